use conformance_kit::prelude::*;

use crate::listing::{ODD_NAMES, fill, shuffle};

case! {
    id: "blob.names.order",
    title: "a stream is in the order of the bytes of its names",
    clauses: ["BLOB-LIST-9", "BLOB-NAMES-1"],
    requires: ["blob.list.ordered"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names: Vec<String> = ODD_NAMES.iter().map(|name| (*name).to_owned()).collect();
    shuffle(cx, &mut names);
    fill(cx, &container, &names).await?;
    names.sort_unstable();
    for prefix in ["", "a", "a/"] {
        let mut expected = names.clone();
        expected.retain(|name| name.starts_with(prefix));
        let (streamed, end) = container.names(prefix).collect().await;
        cx.ok(end)?;
        cx.check("BLOB-NAMES-1", "read an ordered stream")
            .keys(&streamed, &expected)?;
        let place = streamed.iter().zip(&expected).position(|(a, b)| a != b);
        let from = place.unwrap_or(0);
        cx.check("BLOB-LIST-9", "read an ordered stream")
            .equal(streamed[from..].to_vec(), expected[from..].to_vec())?;
    }
    Ok(())
}
