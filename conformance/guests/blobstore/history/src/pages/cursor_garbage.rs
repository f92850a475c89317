use blobstore::history;
use conformance_kit::prelude::*;

use crate::states_of::{page, written};

case! {
    id: "blob.history.cursor-garbage",
    title: "a text that is no cursor, or is one with a change, begins no list of states",
    clauses: ["TYP-PAGE-6"],
    requires: ["blob.history"],
}

const GARBAGE: [&str; 14] = [
    "", " ", "\0", "0", "1", "-1", "a", "AAAA", "====", "..", "*", "null", "é", "cursor",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut garbage = GARBAGE.map(str::to_owned).to_vec();
    garbage.extend([16, 43, 64, 1_000].map(|length| cx.random_text(length)));
    let mut issued = Vec::new();
    for number in 0..6 {
        let state = written(cx, &container, "object", number).await?;
        // A version in plain text would let a guest choose its place.
        garbage.push(state.info.version);
    }
    let mut cursor = None;
    loop {
        cursor = page(cx, &container, "object", cursor.as_deref(), Some(1))
            .await?
            .cursor;
        match &cursor {
            Some(cursor) if issued.len() < 8 => issued.push(cursor.clone()),
            _ => break,
        }
    }
    if let Some(cursor) = issued.get(1) {
        garbage.extend(changes(cursor));
    }
    // A change of one may not happen to be another one.
    garbage.retain(|text| !issued.contains(text));
    for text in &garbage {
        for name in ["object", "never"] {
            let message = format!("versions from the cursor {}", text.shown());
            let listed = history::versions(&container, name, Some(text), Some(2)).await;
            cx.check("TYP-PAGE-6", &message)
                .fails(listed, Kind::InvalidArgument)?;
        }
    }
    Ok(())
}

/// A cursor with something added, and with something lost or put in its place at some
/// forty places.
fn changes(cursor: &str) -> Vec<String> {
    let mut changes = vec![[cursor, cursor].concat()];
    for added in ["A", "0", "=", " ", "\0"] {
        changes.push([cursor, added].concat());
        changes.push([added, cursor].concat());
    }
    let step = cursor.chars().count().div_ceil(40);
    for (at, character) in cursor.char_indices().step_by(step) {
        let behind = at + character.len_utf8();
        let other = if character == 'a' { "b" } else { "a" };
        for instead in ["", other] {
            changes.push([&cursor[..at], instead, &cursor[behind..]].concat());
        }
    }
    changes
}
