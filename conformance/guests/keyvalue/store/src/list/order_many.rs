use conformance_kit::prelude::*;

use crate::listing::{fill, read};

case! {
    /// More keys than most services return at once: pieces have to be put
    /// together in order.
    id: "kv.list.order-many",
    title: "a list of more than a thousand keys is in order",
    clauses: ["KV-LIST-6"],
    requires: ["kv.list.ordered"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // By number they would stand in another order than by bytes.
    let mut keys: Vec<String> = (0..1_040)
        .map(|number| (number * 37 % 1_040).to_string())
        .collect();
    fill(cx, &store, &keys).await?;
    keys.sort_unstable();
    for (prefix, size) in [("", None), ("", Some(333)), ("1", Some(100))] {
        let mut expected = keys.clone();
        expected.retain(|key| key.starts_with(prefix));
        let check = cx.check("KV-LIST-6", "read a long ordered list");
        let listed = read(check, &store, prefix, keys.len(), || size)
            .await?
            .concat();
        let place = listed.iter().zip(&expected).position(|(a, b)| a != b);
        check.equal(listed.len(), expected.len())?;
        let place = place.unwrap_or(0);
        check.equal(listed[place..].to_vec(), expected[place..].to_vec())?;
    }
    Ok(())
}
