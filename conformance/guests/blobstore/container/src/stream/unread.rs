use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.stream.unread",
    title: "gets that nobody reads hold up neither each other nor other calls",
    clauses: ["BLOB-STREAM-5"],
    timeout_s: 20,
}

const GETS: usize = 32;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut contents = Vec::new();
    for number in 0..GETS {
        let bytes = big(cx, 50_000 + number);
        let name = format!("object-{number}");
        cx.ok(container.put(&name, &bytes).await)?;
        let begun = cx
            .within(cx.patience(), container.begin_get(&name, None, None))
            .await;
        let check = || cx.check("BLOB-STREAM-5", "get beside others that nobody reads");
        check().that(begun.is_some(), "an answer", "none in time")?;
        if let Some(begun) = begun {
            contents.push((check().some(begun)?, bytes));
        }
    }
    let calls = async {
        cx.ok(container.put("other", b"bytes").await)?;
        cx.check("BLOB-STREAM-5", "get of another object meanwhile")
            .value(container.get("other").await, b"bytes")?;
        cx.ok(container.head("other").await)?;
        cx.ok(container.delete("other").await)?;
        let listed = cx.all_names(&container, "object-", None).await?;
        cx.check("BLOB-STREAM-5", "list meanwhile")
            .equal(listed.len(), GETS)
    };
    match cx.within(cx.patience(), calls).await {
        Some(made) => made?,
        None => {
            cx.check("BLOB-STREAM-5", "calls beside gets that nobody reads")
                .that(false, "answers", "none in time")?;
        }
    }
    while !contents.is_empty() {
        let next = cx.random_below(contents.len() as u64) as usize;
        let (content, bytes) = contents.swap_remove(next);
        cx.check("BLOB-STREAM-5", "read one of them, in any order")
            .delivers(content, &bytes)
            .await?;
    }
    Ok(())
}
