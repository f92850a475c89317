use conformance_kit::prelude::*;

use blobstore::{conditional_delete::delete_if, is_exactly, odd_names, put_all, with_bytes};

case! {
    id: "blob.delete-if.odd-names",
    title: "delete-if removes objects with names of all kinds, and none that is alike",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-3"],
    requires: ["blob.conditional-delete"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for first in [0, 1] {
        let objects = with_bytes(cx, &odd_names(cx)?);
        let versions = put_all(cx, &container, &objects).await?;
        let all: Vec<_> = objects.iter().zip(&versions).collect();
        let gone: Vec<_> = all.iter().skip(first).step_by(2).collect();
        let deleted = each(&gone, |((name, _), version)| {
            delete_if(&container, name, version)
        });
        for (((name, _), _), deleted) in gone.iter().zip(deleted.await) {
            cx.check("BLOB-NAME-1", &format!("delete-if of {}", name.shown()))
                .ok(deleted)?;
        }
        let kept = objects.iter().skip(1 - first).step_by(2).cloned();
        let kept: Vec<_> = kept.collect();
        is_exactly(cx, "BLOB-NAME-2", &container, &kept).await?;
        for ((name, _), version) in &gone {
            let again = delete_if(&container, name, version).await;
            cx.check("BLOB-NAME-3", "delete-if beside objects that are alike")
                .fails(again, Kind::PreconditionFailed)?;
        }
    }
    Ok(())
}
