use conformance_kit::prelude::*;

use crate::apart::name_limit;
use crate::facts::described;

case! {
    id: "blob.error.no-effect",
    title: "calls that are refused leave every object as it was",
    clauses: ["TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = name_limit(cx)?;
    let long = cx.random_text(limit.unwrap_or_default() + 1);
    let bytes = cx.random_bytes(300);
    // Names that a refused call may have been about, made shorter or not at all.
    let mut names = vec!["object", "(empty)", " ", "\0", "copy-of"];
    names.push(&long[..long.len().min(255)]);
    let mut versions = Vec::new();
    for name in &names {
        let options = described(Some("text/plain"), &[("key", "value")]);
        versions.push(cx.ok(container.put_with(name, &bytes, options).await)?);
    }
    let put = |name, options| container.put_with(name, b"lost", options);
    let sized = blobstore::PutOptions {
        size: Some(5),
        ..blobstore::options()
    };
    // Each of them fails; which error it is, other cases say.
    let mut refused = vec![
        put("", blobstore::options()).await.is_err(),
        put("object", described(Some(""), &[])).await.is_err(),
        put("object", described(None, &[("Key", "")]))
            .await
            .is_err(),
        put("object", sized).await.is_err(),
        container.create("object", b"lost").await.is_err(),
        container.replace("object", b"lost", "none").await.is_err(),
        container.delete("").await.is_err(),
        container.delete_many(&["object", ""]).await.is_err(),
        container
            .copy("absent", &container, "object")
            .await
            .is_err(),
        container.copy("object", &container, "").await.is_err(),
        container
            .r#move("absent", &container, "object")
            .await
            .is_err(),
        container.r#move("object", &container, "").await.is_err(),
        container.list("", None, Some("none"), None).await.is_err(),
        container.list("", None, None, Some(0)).await.is_err(),
    ];
    if limit.is_some() {
        refused.push(put(&long, blobstore::options()).await.is_err());
        refused.push(container.delete(&long).await.is_err());
        refused.push(container.delete_many(&["object", &long]).await.is_err());
        refused.push(container.copy("object", &container, &long).await.is_err());
        refused.push(container.r#move("object", &container, &long).await.is_err());
    }
    let check = |message| cx.check("TYP-ERR-6", message);
    let count = refused.iter().filter(|refused| **refused).count();
    check("make calls with arguments that are not acceptable").equal(count, refused.len())?;
    for (name, version) in names.iter().zip(&versions) {
        let check = check("read an object after calls were refused");
        check.value(container.get(name).await, &bytes)?;
        check.equal(&cx.info(&container, name).await?.version, version)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    check("list after calls were refused").keys(&listed, &names)
}
