use conformance_kit::prelude::*;

use blobstore::{atomic_move::rename, is_exactly, name_limit, odd_names, put_all, with_bytes};

case! {
    id: "blob.rename.odd-names",
    title: "objects are renamed from names of all kinds and back to them",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-3"],
    requires: ["blob.atomic-move"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let objects = with_bytes(cx, &odd_names(cx)?);
    put_all(cx, &container, &objects).await?;
    let mark = cx.random_text(6);
    let most = name_limit(cx)?.map_or(usize::MAX, |limit| limit - mark.len());
    let away = |name: &str| [&name[..name.len().min(most)], &mark].concat();
    // Every second one, beside those that it may be taken for.
    for first in [0, 1] {
        let some: Vec<_> = objects.iter().skip(first).step_by(2).collect();
        let left = each(&some, async |(name, _)| {
            rename(&container, name, &away(name), None).await
        });
        for ((name, _), left) in some.iter().zip(left.await) {
            cx.check("BLOB-NAME-1", &format!("rename {}", name.shown()))
                .ok(left)?;
        }
        let places = objects.iter().enumerate().map(|(place, (name, bytes))| {
            let is_away = place % 2 == first;
            let name = if is_away { away(name) } else { name.clone() };
            (name, bytes.clone())
        });
        let places: Vec<_> = places.collect();
        is_exactly(cx, "BLOB-NAME-2", &container, &places).await?;
        let back = each(&some, async |(name, _)| {
            rename(&container, &away(name), name, None).await
        });
        for ((name, _), back) in some.iter().zip(back.await) {
            cx.check("BLOB-NAME-1", &format!("rename back to {}", name.shown()))
                .ok(back)?;
        }
        is_exactly(cx, "BLOB-NAME-3", &container, &objects).await?;
    }
    Ok(())
}
