use conformance_kit::prelude::*;

use crate::listing::{expected, fill, read, some_size};

case! {
    /// Few characters, so that names, prefixes and delimiters meet in many ways.
    id: "blob.list.random",
    title: "random lists of random names, by prefix and delimiter, are what the rules say",
    clauses: ["BLOB-LIST-1", "BLOB-LIST-2", "BLOB-LIST-4"],
    timeout_s: 20,
}

const CHARACTERS: [char; 6] = ['a', 'b', '/', '/', 'é', '-'];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names: Vec<String> = (0..80).map(|_| some_text(cx, 1, 7)).collect();
    names.sort_unstable();
    names.dedup();
    fill(cx, &container, &names).await?;
    for round in 0..80 {
        let prefix = some_text(cx, 0, 3);
        let delimiter = (round % 3 > 0).then(|| some_text(cx, 1, 2));
        let clause = match &delimiter {
            Some(_) => "BLOB-LIST-4",
            None if prefix.is_empty() => "BLOB-LIST-1",
            None => "BLOB-LIST-2",
        };
        let message = format!(
            "list by the prefix {} and the delimiter {}",
            prefix.shown(),
            delimiter.as_deref().unwrap_or_default().shown()
        );
        let check = cx.check(clause, &message);
        let most = [3, 20][round % 2];
        let delimiter = delimiter.as_deref();
        let size = || some_size(cx, most);
        let walk = read(check, &container, &prefix, delimiter, names.len(), size).await?;
        check.keys(&walk.lines(), &expected(&names, &prefix, delimiter))?;
    }
    Ok(())
}

/// A text of `least` to `most` of the characters.
fn some_text(cx: &Context, least: u64, most: u64) -> String {
    let length = least + cx.random_below(most - least + 1);
    let character = |_| CHARACTERS[cx.random_below(CHARACTERS.len() as u64) as usize];
    (0..length).map(character).collect()
}
