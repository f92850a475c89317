use conformance_kit::prelude::*;

use crate::listing::{fill, shuffle};
use crate::support::each;

case! {
    /// What a provider might use as a cursor without marking it as one.
    id: "kv.list.cursor-is-no-key",
    title: "a key, a prefix, a place or a plain encoding of them is no cursor",
    clauses: ["TYP-PAGE-6", "KV-LIST-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys = [
        "a", "ab", "abc", "1", "2", "5", "10", "key", "6162", "YWI", "YWI=",
    ];
    shuffle(cx, &mut keys);
    fill(cx, &store, &keys).await?;
    let mut texts: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    for key in keys {
        texts.push(hex(key.as_bytes()));
        texts.push(base64(key.as_bytes()));
        texts.push(base64(key.as_bytes()).trim_end_matches('=').to_owned());
        texts.extend([
            [key, "\0"].concat(),
            ["/", key].concat(),
            [key, ":1"].concat(),
        ]);
        texts.push(format!("{{\"after\":{key:?}}}"));
    }
    texts.extend((0..12).map(|place| place.to_string()));
    for prefix in ["", "a"] {
        let lists = each(&texts, |text| store.list(prefix, Some(text), Some(3))).await;
        for (text, listed) in texts.iter().zip(lists) {
            let message = format!("list from the cursor {}", text.shown());
            cx.check("TYP-PAGE-6", &message)
                .fails(listed, Kind::InvalidArgument)?;
        }
    }
    let listed = cx.all_keys(&store, "", Some(2)).await?;
    cx.check("KV-LIST-1", "read a list after refused cursors")
        .keys(&listed, &keys)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}
