use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};

case! {
    id: "blob.copy.apart",
    title: "later writes and deletions of source or copy leave the other as it was",
    clauses: ["BLOB-COPY-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    for to in [&container, &other] {
        let (bytes, options) = (cx.random_bytes(300), some_options(cx));
        let sides = [(&container, "object"), (to, "copy")];
        for changed in [0, 1] {
            let (side, name) = sides[changed];
            let (kept_side, kept_name) = sides[1 - changed];
            cx.ok(container.put_with("object", &bytes, options.clone()).await)?;
            cx.ok(container.copy("object", to, "copy").await)?;
            let kept = cx.info(kept_side, kept_name).await?.version;
            for step in ["overwritten", "deleted", "created"] {
                if step == "deleted" {
                    cx.ok(side.delete(name).await)?;
                } else {
                    let new = cx.random_bytes(40);
                    cx.ok(side.put_with(name, &new, some_options(cx)).await)?;
                }
                let message = format!("read {kept_name} after the other was {step}");
                let check = cx.check("BLOB-COPY-3", &message);
                let info = is_state(check, kept_side, kept_name, &bytes, &options).await?;
                check.equal(info.version.as_str(), kept.as_str())?;
            }
        }
    }
    Ok(())
}
