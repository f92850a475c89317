use conformance_kit::prelude::*;

use crate::apart::each;

case! {
    /// A file system has no file where it has a folder.
    id: "blob.name.file-and-prefix",
    title: "an object may have a name that others begin with, in whatever order they come and go",
    clauses: ["BLOB-NAME-3", "BLOB-PUT-3", "BLOB-DELETE-3"],
    timeout_s: 30,
}

const NAMES: [&str; 5] = ["a", "a/", "a/b", "a/b/", "a/b/c"];
/// Each order begins and ends with another name.
const ORDERS: [[usize; 5]; 6] = [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 0, 4, 1, 3],
    [1, 4, 0, 3, 2],
    [3, 2, 1, 4, 0],
    [0, 4, 2, 3, 1],
];

/// Exactly these of the names are there, each with its own bytes.
async fn holds(cx: &Context, clause: &str, container: &Container, places: &[usize]) -> Outcome {
    let names: Vec<&str> = places.iter().map(|&place| NAMES[place]).collect();
    for (name, read) in NAMES
        .iter()
        .zip(each(&NAMES, |name| container.get(name)).await)
    {
        let expected = names.contains(name).then(|| name.as_bytes().to_vec());
        cx.check(clause, &format!("get of {}", name.shown()))
            .returns(read, expected)?;
    }
    let listed = cx.all_names(container, "", None).await?;
    cx.check("BLOB-NAME-3", "list names that begin alike")
        .keys(&listed, &names)
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (round, order) in ORDERS.iter().enumerate() {
        for (count, &place) in (1..).zip(order) {
            let name = NAMES[place];
            let message = format!("put of {}", name.shown());
            cx.check("BLOB-NAME-3", &message)
                .ok(container.put(name, name.as_bytes()).await)?;
            holds(cx, "BLOB-PUT-3", &container, &order[..count]).await?;
        }
        let order = ORDERS[(round + 1) % ORDERS.len()];
        for (count, &place) in (1..).zip(&order) {
            let message = format!("delete of {}", NAMES[place].shown());
            cx.check("BLOB-NAME-3", &message)
                .ok(container.delete(NAMES[place]).await)?;
            holds(cx, "BLOB-DELETE-3", &container, &order[count..]).await?;
        }
    }
    Ok(())
}
