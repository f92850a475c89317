use conformance_kit::prelude::*;

use blobstore::{atomic_move::rename, patiently};

case! {
    /// Whichever comes first, the other finds its old name present: it takes the object
    /// back that the first one put in the place of its own.
    id: "blob.rename.crossed",
    title: "of two renames of two names to each other both end, and the object of the first is under its own name",
    clauses: ["TYP-CALL-2", "BLOB-RENAME-1", "BLOB-RENAME-2"],
    requires: ["blob.atomic-move"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const ROUNDS: usize = 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for _ in 0..ROUNDS {
        let objects = ["a", "b"].map(|name| (name, cx.random_bytes(20)));
        for (name, bytes) in &objects {
            cx.ok(container.put(name, bytes).await)?;
        }
        let renames = [("a", "b"), ("b", "a")].map(async |(name, new_name)| {
            let once = async || rename(&container, name, new_name, None).await;
            patiently(cx, once).await
        });
        // Longer than one is patient. A host whose calls end of themselves is quicker.
        let limit = cx.patience() * 8 / 5;
        let ended = cx.within(limit, together(renames)).await;
        let check = cx.check("TYP-CALL-2", "rename two names to each other");
        for renamed in check.some(Ok::<_, Error>(ended))? {
            cx.check("BLOB-RENAME-1", "rename while another takes the name")
                .ok(renamed)?;
        }
        let [a, b] = objects.map(|(_, bytes)| Some(bytes));
        let left = [
            cx.ok(container.get("a").await)?,
            cx.ok(container.get("b").await)?,
        ];
        cx.check("BLOB-RENAME-2", "read after two renames to each other")
            .that(
                left == [a, None] || left == [None, b],
                "one of the two objects, under its own name",
                &left.map(|found| found.shown()).join(" and "),
            )?;
    }
    Ok(())
}
