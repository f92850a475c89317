use blobstore::{history, range};
use conformance_kit::prelude::*;

use crate::states_of::{cursor, written};

case! {
    id: "blob.history.error-text",
    title: "the text of an error of earlier states holds neither data of the guest nor anything of the installation",
    clauses: ["TYP-ERR-2", "TYP-PAGE-4"],
    requires: ["blob.history"],
}

fn clean<T>(cx: &Context, result: Result<T, Error>, own: &[&str]) -> Outcome {
    cx.check("TYP-ERR-2", "read the text of an error of earlier states")
        .tells_nothing(result, own)
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    let [name, other, noise] = [0; 3].map(|_| cx.random_text(12));
    let mut latest = String::new();
    for number in 0..4 {
        latest = written(cx, &container, &name, number).await?.info.version;
        written(cx, &container, &other, number).await?;
    }
    let issued = cursor(cx, &container, &name, 2).await?;
    let changed = [&issued, "0"].concat();
    let own = [
        name.as_str(),
        &other,
        &noise,
        &latest,
        &issued,
        &names.primary,
        &names.secondary,
    ];
    for (name, cursor, page_size) in [
        (&name, Some(&noise), None),
        (&name, Some(&changed), None),
        // One of another list is the provider's own text: no more welcome.
        (&other, Some(&issued), None),
        (&name, Some(&issued), Some(0)),
        (&name, None, Some(0)),
        (&String::new(), None, None),
    ] {
        let cursor = cursor.map(String::as_str);
        let listed = history::versions(&container, name, cursor, page_size).await;
        clean(cx, listed, &own)?;
    }
    let behind = history::begin_get(&container, &name, &latest, range(1_000, None));
    clean(cx, behind.await, &own)?;
    let unnamed = history::begin_get(&container, "", &latest, None);
    clean(cx, unnamed.await, &own)?;
    clean(cx, history::delete(&container, &name, &latest).await, &own)?;
    clean(cx, history::delete(&container, "", &latest).await, &own)
}
