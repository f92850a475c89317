use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// A provider that reads a number out of the text, or compares beginnings,
    /// takes some of these for the version itself.
    id: "kv.version.altered",
    title: "a version with anything added, removed or changed is another one",
    clauses: ["TYP-VER-4", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

fn alterations(version: &str) -> Vec<String> {
    let mut texts = vec![
        [version, " "].concat(),
        [" ", version].concat(),
        [version, "\n"].concat(),
        [version, "\0"].concat(),
        [version, "0"].concat(),
        ["0", version].concat(),
        ["+", version].concat(),
        [version, ".0"].concat(),
        ["\"", version, "\""].concat(),
        [version, version].concat(),
        [version, &"x".repeat(300)].concat(),
        version.to_uppercase(),
        version.to_lowercase(),
        version.chars().rev().collect(),
    ];
    let chars: Vec<char> = version.chars().collect();
    texts.push(chars[1..].iter().collect());
    texts.push(chars[..chars.len() - 1].iter().collect());
    for place in [0, chars.len() / 2, chars.len() - 1] {
        let mut changed = chars.clone();
        changed[place] = if changed[place] == 'a' { 'b' } else { 'a' };
        texts.push(changed.into_iter().collect());
    }
    // The same number to whoever keeps the lowest bits of it.
    if let Ok(number) = version.parse::<u64>() {
        for bits in [32, 53, 63, 64] {
            texts.push((u128::from(number) + (1 << bits)).to_string());
        }
    }
    texts.retain(|text| text != version);
    texts
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // The first version of a key can be special, so another one is tried too.
    let first = cx.ok(cas::create(&store, "first", b"value").await)?;
    cx.ok(store.set("second", b"old").await)?;
    cx.ok(store.set("second", b"value").await)?;
    let second = cx.version(&store, "second").await?;
    for (key, version) in [("first", first), ("second", second)] {
        let check = cx.check("TYP-VER-4", "call with an altered version");
        check.that(!version.is_empty(), "a version of a byte or more", &version)?;
        for text in alterations(&version) {
            check.stale(cas::swap(&store, key, b"new", &text).await, Some(b"value"))?;
            check.stale(cas::delete_if(&store, key, &text).await, Some(b"value"))?;
        }
        let check = cx.check("KV-CAS-4", "current after stale calls");
        check.equal(
            check.entry(cas::current(&store, key).await, b"value")?,
            version,
        )?;
    }
    Ok(())
}
