use blobstore::links::{ACCESSES, sign};
use blobstore::{bad_names, odd_names};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.names",
    title: "links are made to names of all kinds, but not to the empty one and those that are too long",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-4", "BLOB-NAME-5"],
    requires: ["blob.links"],
    timeout_s: 30,
}

const MINUTE: Duration = Duration::from_secs(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let accesses = ACCESSES.into_iter().cycle();
    let names = odd_names(cx)?;
    let pairs: Vec<_> = names.iter().zip(accesses).collect();
    let links = each(&pairs, |(name, access)| {
        sign(&container, name, *access, MINUTE)
    });
    for ((name, _), link) in pairs.iter().zip(links.await) {
        cx.check("BLOB-NAME-1", &format!("a link to {}", name.shown()))
            .ok(link)?;
    }
    for bad in bad_names(cx)? {
        for access in ACCESSES {
            let link = sign(&container, &bad.name, access, MINUTE).await;
            cx.check(bad.clause, "a link to a name that is refused")
                .fails(link, bad.refused)?;
        }
    }
    Ok(())
}
