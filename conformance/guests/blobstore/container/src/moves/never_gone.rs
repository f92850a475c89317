use conformance_kit::prelude::*;

case! {
    /// Each move leads on to a new name. Who looks up the names in this order, and goes on
    /// where the object is no longer, can never come past it.
    actors: 4,
    id: "blob.move.never-gone",
    title: "who looks for a moved object under its old name and then under its new one finds it",
    clauses: ["BLOB-MOVE-2"],
    timeout_s: 60,
}

const MOVES: usize = 30;
/// More than enough; should the moves stop, so do those who look.
const LOOKS: usize = 20_000;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("0", b"bytes").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    blobstore::meet(cx, "begun", index).await?;
    if index == 0 {
        for step in 0..MOVES {
            let (name, new_name) = (step.to_string(), (step + 1).to_string());
            cx.ok(container.r#move(&name, &container, &new_name).await)?;
        }
        return Ok(Vec::new());
    }
    let mut place = 0;
    for _ in 0..LOOKS {
        if cx.ok(container.head(&place.to_string()).await)?.is_some() {
            if place == MOVES {
                break;
            }
            continue;
        }
        cx.check(
            "BLOB-MOVE-2",
            "look for an object that is moved from name to name",
        )
        .that(place < MOVES, "the object under one of its names", &place)?;
        // What the copy wrote may take this long to be seen.
        cx.sleep(cx.visibility_bound()).await;
        place += 1;
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-MOVE-2", "get of an object after many moves")
        .value(container.get(&MOVES.to_string()).await, b"bytes")
}
