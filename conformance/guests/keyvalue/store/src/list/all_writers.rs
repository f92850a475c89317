use conformance_kit::prelude::*;

use crate::listing::{NONE, clear, fill, listed_by};

case! {
    actors: 6,
    id: "kv.list.all-writers",
    title: "what several instances wrote and deleted at a time is what a list then holds",
    clauses: ["KV-VISIBLE-1", "KV-LIST-1", "KV-SESSION-3"],
}

fn names(actor: usize) -> Vec<String> {
    (0..24).map(|number| format!("{actor}/{number}")).collect()
}

/// All but every third.
fn kept(actor: usize) -> Vec<String> {
    let names = names(actor).into_iter().enumerate();
    names
        .filter(|(place, _)| place % 3 != 0)
        .map(|(_, key)| key)
        .collect()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for actor in 0..6 {
        fill(cx, &store, &names(actor)[..12]).await?;
    }
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let index = index as usize;
    let prefix = format!("{index}/");
    cx.check("KV-VISIBLE-1", "read a list of what another instance wrote")
        .keys(
            &cx.all_keys(&store, &prefix, Some(5)).await?,
            &names(index)[..12],
        )?;
    fill(cx, &store, &names(index)).await?;
    let kept = kept(index);
    let gone: Vec<String> = names(index)
        .into_iter()
        .filter(|key| !kept.contains(key))
        .collect();
    clear(cx, &store, &gone).await?;
    cx.check(
        "KV-SESSION-3",
        "read a list of the own keys while others write",
    )
    .keys(&cx.all_keys(&store, &prefix, Some(7)).await?, &kept)?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..seen.len()).flat_map(kept).collect();
    let mut prefixes: Vec<String> = (0..seen.len()).map(|actor| format!("{actor}/")).collect();
    prefixes.push(String::new());
    listed_by(cx, "KV-VISIBLE-1", &store, &keys, &prefixes).await?;
    clear(cx, &store, &keys).await?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-LIST-1", "read a list after all keys were deleted")
        .keys(&listed, NONE)
}
