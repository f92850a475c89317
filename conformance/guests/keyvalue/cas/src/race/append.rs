use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// A lost update shows as a missing word, one that was made twice as a double,
    /// and one that was made on an old state by a wrong order.
    actors: 5,
    id: "kv.cas.race.append",
    title: "words that instances append by swap are all there, once and in order",
    clauses: ["KV-CAS-1", "KV-CAS-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const EACH: usize = 8;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut entry: Option<cas::Entry> = None;
    let mut words = Vec::new();
    while words.len() < EACH {
        let word = format!("{index}.{}", words.len());
        let (mut value, swapped) = match &entry {
            Some(entry) => ([&entry.value[..], b" "].concat(), Some(&entry.version)),
            None => (Vec::new(), None),
        };
        value.extend_from_slice(word.as_bytes());
        let result = match swapped {
            Some(version) => cas::swap(&store, "words", &value, version).await,
            None => cas::create(&store, "words", &value).await,
        };
        match result {
            Ok(version) => {
                words.push(word);
                entry = Some(cas::Entry { value, version });
            }
            Err(SwapError::Stale(now)) => entry = now,
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(words)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let text = cx
        .check("KV-CAS-1", "get after all swaps")
        .some(store.get("words").await)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    cx.check("KV-CAS-2", "compare the words with those appended")
        .keys(&words, &seen.concat())?;
    for (actor, appended) in seen.iter().enumerate() {
        let start = format!("{actor}.");
        let mine: Vec<String> = words
            .iter()
            .filter(|w| w.starts_with(&start))
            .cloned()
            .collect();
        cx.check("KV-CAS-1", "compare the order of an instance's words")
            .equal(&mine, appended)?;
    }
    Ok(())
}
