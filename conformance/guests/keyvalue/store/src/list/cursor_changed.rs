use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_keys};
use crate::support::each;

case! {
    id: "kv.list.cursor-changed",
    title: "a cursor is invalid when any of its bytes was changed, lost or added",
    clauses: ["TYP-PAGE-6", "KV-LIST-1"],
}

/// Digits as several encodings have them. Neighbours differ in their lowest bit,
/// which a lax decoder drops at the end of a text.
const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/";

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = some_keys(cx, "key", 9);
    fill(cx, &store, &keys).await?;
    for prefix in ["", "key"] {
        // All cursors of this list: a change of one may not happen to be another.
        let mut issued = Vec::new();
        let mut walk = Walk::new(prefix);
        let check = cx.check("KV-LIST-1", "read a list in pages of two");
        while !walk.ended && issued.len() < keys.len() {
            walk.step(check, &store, Some(2)).await?;
            issued.extend(walk.cursor().map(str::to_owned));
        }
        let Some(cursor) = issued.get(1) else {
            return check.that(false, "a cursor while keys are left", &walk.keys());
        };
        let mut changes = changes(cursor);
        changes.retain(|change| !issued.contains(change));
        let lists = each(&changes, |cursor| store.list(prefix, Some(cursor), Some(2))).await;
        for (change, listed) in changes.iter().zip(lists) {
            let message = format!(
                "list from {} in place of {}",
                change.shown(),
                cursor.shown()
            );
            cx.check("TYP-PAGE-6", &message)
                .fails(listed, Kind::InvalidArgument)?;
        }
    }
    let listed = cx.all_keys(&store, "", Some(2)).await?;
    cx.check("KV-LIST-1", "read a list after refused cursors")
        .keys(&listed, &keys)
}

fn changes(cursor: &str) -> Vec<String> {
    let mut changes: Vec<String> = vec![
        cursor.chars().skip(1).collect(),
        cursor
            .chars()
            .rev()
            .skip(1)
            .collect::<Vec<_>>()
            .iter()
            .rev()
            .collect(),
        cursor.chars().rev().collect(),
        [cursor, cursor].concat(),
        cursor.to_uppercase(),
        cursor.to_lowercase(),
        cursor.chars().take(cursor.chars().count() / 2).collect(),
    ];
    for added in ["A", "0", "=", "==", " ", "\n", "\0", ".", ":", "é", "%00"] {
        changes.push([cursor, added].concat());
        changes.push([added, cursor].concat());
    }
    let step = cursor.chars().count().div_ceil(60);
    for (place, character) in cursor.char_indices() {
        let near_end = place + 3 >= cursor.len();
        if place % step != 0 && !near_end {
            continue;
        }
        let digit = DIGITS.find(character);
        let neighbour = digit.and_then(|place| DIGITS[place ^ 1..].chars().next());
        for other in [
            neighbour.unwrap_or('A'),
            if character == 'a' { 'b' } else { 'a' },
        ] {
            let mut change = cursor.to_owned();
            change.replace_range(
                place..place + character.len_utf8(),
                other.encode_utf8(&mut [0; 4]),
            );
            changes.push(change);
        }
        let mut lost = cursor.to_owned();
        lost.remove(place);
        changes.push(lost);
    }
    changes.sort_unstable();
    changes.dedup();
    changes.retain(|change| change != cursor);
    changes
}
