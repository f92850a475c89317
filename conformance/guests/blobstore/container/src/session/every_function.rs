use blobstore::Item;
use conformance_kit::prelude::*;

case! {
    /// The functions take turns in being the first to read after a put.
    id: "blob.session.every-function",
    title: "every function that reads sees the session's latest put at once",
    clauses: ["BLOB-SESSION-1", "BLOB-SESSION-3"],
    timeout_s: 30,
}

const FUNCTIONS: usize = 5;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..6 * FUNCTIONS {
        // Created in the first rounds, overwritten in the others.
        let name = if round < FUNCTIONS {
            format!("object-{round}")
        } else {
            "object".to_owned()
        };
        let bytes = cx.random_bytes(20 + round);
        let version = cx.ok(container.put(&name, &bytes).await)?;
        for turn in 0..FUNCTIONS {
            let function = (round + turn) % FUNCTIONS;
            reads(cx, &container, function, &name, &bytes, &version).await?;
        }
        moves(cx, &container, round).await?;
    }
    Ok(())
}

async fn reads(
    cx: &Context,
    container: &Container,
    function: usize,
    name: &str,
    bytes: &[u8],
    version: &str,
) -> Outcome {
    let check = |message| cx.check("BLOB-SESSION-3", message);
    match function {
        0 => cx
            .check("BLOB-SESSION-1", "get after a put")
            .value(container.get(name).await, bytes),
        1 => {
            let info = check("head after a put").some(container.head(name).await)?;
            check("version that head reports after a put").equal(info.version.as_str(), version)
        }
        2 => {
            let items = cx.all_items(container, "object", None, None).await?;
            let size = items.iter().find_map(|item| match item {
                Item::Object(object) if object.name == name => Some(object.size),
                _ => None,
            });
            check("list after a put").that(
                size == Some(bytes.len() as u64),
                "the object with its size",
                &items,
            )
        }
        3 => {
            let (streamed, end) = container.names("object").collect().await;
            cx.ok(end)?;
            check("names after a put").that(
                streamed.iter().any(|streamed| streamed == name),
                "the name of the object",
                &streamed,
            )
        }
        _ => {
            check("copy after a put").ok(container.copy(name, container, "copy").await)?;
            check("get of a copy after a put").value(container.get("copy").await, bytes)
        }
    }
}

/// The source is gone behind it: a move is the only one to read after its put.
async fn moves(cx: &Context, container: &Container, round: usize) -> Outcome {
    let bytes = cx.random_bytes(20 + round);
    cx.ok(container.put("source", &bytes).await)?;
    let check = |message| cx.check("BLOB-SESSION-3", message);
    let moved = container.r#move("source", container, "moved").await;
    check("move after a put").ok(moved)?;
    check("get of what was moved after a put").value(container.get("moved").await, &bytes)
}
