use blobstore::bad_names;
use blobstore::links::{ACCESSES, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.error-text",
    title: "the text of an error of links holds neither data of the guest nor anything of the installation",
    clauses: ["TYP-ERR-2"],
    requires: ["blob.links"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    let name = cx.random_text(12);
    let own = [name.as_str(), &names.primary, &names.secondary];
    for access in ACCESSES {
        let mut refused = vec![
            (name.clone(), Duration::ZERO),
            (name.clone(), Duration::MAX),
        ];
        for bad in bad_names(cx)? {
            refused.push((bad.name, Duration::from_secs(60)));
        }
        for (name, lifetime) in refused {
            let link = sign(&container, &name, access, lifetime).await;
            cx.check("TYP-ERR-2", "read the text of an error of a link")
                .tells_nothing(link, &own)?;
        }
    }
    Ok(())
}
