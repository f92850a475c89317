use conformance_kit::prelude::*;

use crate::listing::{Walk, each, fill, some_names};

case! {
    id: "blob.list.cursor-changed",
    title: "a cursor is invalid when any of its bytes was changed, lost or added",
    clauses: ["TYP-PAGE-6"],
}

/// Digits as several encodings have them. Neighbours differ in their lowest bit,
/// which a lax decoder drops at the end of a text.
const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/";

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    fill(cx, &container, &some_names(cx, "a/", 9)).await?;
    for delimiter in [None, Some(".")] {
        // All cursors of this list: a change of one may not happen to be another.
        let mut issued = Vec::new();
        let mut walk = Walk::new("a/", delimiter);
        let check = cx.check("TYP-PAGE-6", "read a list in pages of two");
        while !walk.ended && issued.len() < 9 {
            walk.step(check, &container, Some(2)).await?;
            issued.extend(walk.cursor().map(str::to_owned));
        }
        let Some(cursor) = issued.get(1) else {
            return check.that(false, "a cursor while items are left", &walk.lines());
        };
        let mut changes = changes(cursor);
        changes.retain(|change| !issued.contains(change));
        let list = |cursor| container.list("a/", delimiter, Some(cursor), Some(2));
        for (change, listed) in changes
            .iter()
            .zip(each(&changes, |change| list(change)).await)
        {
            let message = format!(
                "list from {} in the place of {}",
                change.shown(),
                cursor.shown()
            );
            cx.check("TYP-PAGE-6", &message)
                .fails(listed, Kind::InvalidArgument)?;
        }
    }
    Ok(())
}

fn changes(cursor: &str) -> Vec<String> {
    let mut changes: Vec<String> = vec![
        cursor.chars().skip(1).collect(),
        cursor.chars().rev().collect(),
        [cursor, cursor].concat(),
        cursor.to_uppercase(),
        cursor.to_lowercase(),
    ];
    for added in ["A", "0", "=", "==", " ", "\n", "\0", ".", "é"] {
        changes.push([cursor, added].concat());
        changes.push([added, cursor].concat());
    }
    let step = cursor.chars().count().div_ceil(40);
    for (place, character) in cursor.char_indices() {
        if place % step != 0 && place + 3 < cursor.len() {
            continue;
        }
        let behind = place + character.len_utf8();
        let digit = DIGITS.find(character);
        let neighbour = digit.and_then(|place| DIGITS[place ^ 1..].chars().next());
        for other in [
            neighbour.unwrap_or('A'),
            if character == 'a' { 'b' } else { 'a' },
        ] {
            let mut change = cursor.to_owned();
            change.replace_range(place..behind, other.encode_utf8(&mut [0; 4]));
            changes.push(change);
        }
        changes.push([&cursor[..place], &cursor[behind..]].concat());
    }
    changes.sort_unstable();
    changes.dedup();
    changes.retain(|change| change != cursor);
    changes
}
