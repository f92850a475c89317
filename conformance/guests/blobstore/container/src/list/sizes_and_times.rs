use conformance_kit::prelude::*;

use blobstore::Item;

case! {
    id: "blob.list.sizes-and-times",
    title: "a list tells of each object the size and the time that head tells",
    clauses: ["BLOB-LIST-8"],
}

const SIZES: [usize; 5] = [0, 1, 255, 70_000, 3];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..3 {
        for (number, size) in SIZES.into_iter().enumerate() {
            let bytes = cx.random_bytes(size + round);
            cx.ok(container.put(&format!("a/{number}"), &bytes).await)?;
        }
        cx.ok(container.copy("a/3", &container, "a/9").await)?;
        cx.ok(container.copy("a/2", &container, "b").await)?;
        cx.ok(container.r#move("b", &container, "a/8").await)?;
        for delimiter in [None, Some("#")] {
            let items = cx.all_items(&container, "a/", delimiter, Some(4)).await?;
            for item in &items {
                let Item::Object(object) = item else {
                    continue;
                };
                let info = cx.info(&container, &object.name).await?;
                let check = cx.check("BLOB-LIST-8", "compare a list with head");
                check.equal(object.size, info.size)?;
                check.equal(object.modified, info.modified)?;
            }
            cx.check("BLOB-LIST-8", "look at all objects of a list")
                .equal(items.len(), SIZES.len() + 2)?;
        }
    }
    Ok(())
}
