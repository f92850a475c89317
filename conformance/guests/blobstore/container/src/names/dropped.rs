use conformance_kit::prelude::*;

use crate::listing::{fill, some_names};

case! {
    /// What a stream holds on to until its end runs out.
    id: "blob.names.dropped",
    title: "streams may be dropped unread, midway, with their handle, and 64 of them at a time",
    clauses: ["BLOB-NAMES-5", "BLOB-NAMES-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = some_names(cx, "a", 9);
    fill(cx, &container, &names).await?;
    for taken in [0, 1, 5, 9] {
        let mut stream = cx.container().await?.names("a");
        for _ in 0..taken {
            let name = stream.next().await;
            let known = name.as_ref().is_some_and(|name| names.contains(name));
            cx.check("BLOB-NAMES-1", "read some names of a stream")
                .that(known, "a name of the container", &name)?;
        }
        drop(stream);
        all_works(cx, &container, &names).await?;
    }
    let mut streams: Vec<_> = (0..64).map(|_| container.names("")).collect();
    for first in together(streams.iter_mut().map(|stream| stream.next())).await {
        cx.check("BLOB-NAMES-1", "read the first names of many streams")
            .that(first.is_some(), "a name", &first)?;
    }
    drop(streams);
    all_works(cx, &container, &names).await
}

async fn all_works(cx: &Context, container: &Container, names: &[String]) -> Outcome {
    let check = cx.check("BLOB-NAMES-5", "go on after a stream that was dropped");
    let (streamed, end) = container.names("").collect().await;
    check.ok(end)?;
    check.keys(&streamed, names)?;
    let listed = cx.all_names(container, "", Some(3)).await?;
    check.keys(&listed, names)?;
    check.ok(container.put(&names[0], b"new").await)?;
    check.value(container.get(&names[0]).await, b"new")
}
