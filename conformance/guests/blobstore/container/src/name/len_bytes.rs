use conformance_kit::prelude::*;

use crate::apart::{apart, filled, name_limit};

case! {
    id: "blob.name.len-bytes",
    title: "the limit of a name counts bytes of UTF-8, not characters",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-5", "BLOB-NAME-6"],
}

/// Characters of one to four bytes.
const CHARACTERS: [char; 4] = ['x', 'é', '€', '\u{1f600}'];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = name_limit(cx)? else {
        return Ok(());
    };
    for character in CHARACTERS {
        for over in 1..=4 {
            let name = filled(character, limit + over);
            let message = format!("a name of {} bytes", name.len());
            let check = || cx.check("BLOB-NAME-5", &message);
            let refusal = Kind::TooLarge(limit as u64);
            check().fails(container.put(&name, b"bytes").await, refusal)?;
            check().fails(container.get(&name).await, refusal)?;
            check().fails(container.head(&name).await, refusal)?;
            check().fails(container.delete(&name).await, refusal)?;
        }
    }
    let mut names: Vec<String> = CHARACTERS.map(|one| filled(one, limit)).into();
    names.extend(CHARACTERS.map(|one| filled(one, limit - 3)));
    apart(cx, &container, &names).await
}
