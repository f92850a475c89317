use conformance_kit::prelude::*;

use crate::listing::{fill, read, some_size, starting};

case! {
    /// Instances that read one list at a time must not move each other's place.
    actors: 8,
    id: "kv.list.readers",
    title: "instances that list one store at a time all get every key once",
    clauses: ["KV-LIST-1", "KV-VISIBLE-1"],
}

fn names() -> Vec<String> {
    (0..50)
        .map(|number| format!("{}/{number}", number % 3))
        .collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    fill(cx, &store, &names()).await
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let prefix = ["", "0/", "1/", ""][index as usize % 4];
    let mut listed = Vec::new();
    for most in [2, 9] {
        let check = cx.check("KV-LIST-1", "read a list while others read it");
        let pages = read(check, &store, prefix, 50, || some_size(cx, most)).await?;
        listed = pages.concat();
        check.keys(&listed, &starting(&names(), prefix))?;
    }
    Ok(listed)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    for (index, listed) in seen.iter().enumerate() {
        let prefix = ["", "0/", "1/", ""][index % 4];
        cx.check("KV-VISIBLE-1", "compare what the instances listed")
            .keys(listed, &starting(&names(), prefix))?;
    }
    Ok(())
}
