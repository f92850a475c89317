use conformance_kit::prelude::*;

use blobstore::atomic_move::rename;

case! {
    /// Each rename leads on to a new name. Who looks them up in this order, and goes on
    /// where the object is no longer, can never come past it; who sees it under one name
    /// never sees it under an earlier one again. One of them looks at lists alone, each of
    /// which can have been read before and behind a rename.
    actors: 4,
    id: "blob.rename.one-step",
    title: "while an object is renamed nobody finds it under both names or under neither",
    clauses: ["BLOB-RENAME-2"],
    requires: ["blob.atomic-move"],
    timeout_s: 60,
}

const RENAMES: usize = 30;
/// More than enough; should the renames stop, so do those who look.
const LOOKS: usize = 20_000;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("0", b"bytes").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    blobstore::meet(cx, "begun", index).await?;
    if index == 0 {
        for step in 0..RENAMES {
            let (name, new_name) = (step.to_string(), (step + 1).to_string());
            cx.ok(rename(&container, &name, &new_name, None).await)?;
        }
        return Ok(Vec::new());
    }
    if index == 1 {
        follows_lists(cx, &container).await?;
        return Ok(Vec::new());
    }
    let check = cx.check(
        "BLOB-RENAME-2",
        "look for an object that is renamed again and again",
    );
    let is_there = async |place: usize| -> Result<bool, Stop> {
        Ok(cx.ok(container.head(&place.to_string()).await)?.is_some())
    };
    let bound = cx.visibility_bound();
    let mut place = 0;
    for _ in 0..LOOKS {
        if place < RENAMES && is_there(place + 1).await? {
            // What others see may be this old.
            cx.sleep(bound).await;
            check.that(!is_there(place).await?, "not under the name before", &place)?;
            place += 1;
        } else if !is_there(place).await? {
            check.that(place < RENAMES, "under one of its names", &place)?;
            cx.sleep(bound).await;
            place += 1;
        } else if place == RENAMES {
            break;
        }
    }
    Ok(Vec::new())
}

/// After a list with a name no later one has a name of before.
async fn follows_lists(cx: &Context, container: &Container) -> Outcome {
    let check = cx.check(
        "BLOB-RENAME-2",
        "list an object that is renamed again and again",
    );
    let mut least = 0;
    for _ in 0..LOOKS {
        let (listed, end) = container.names("").collect().await;
        cx.ok(end)?;
        let places: Vec<usize> = listed.iter().filter_map(|name| name.parse().ok()).collect();
        check.that(
            places.iter().all(|place| *place >= least),
            "no name that it had before",
            &listed,
        )?;
        let most = places.into_iter().max().unwrap_or(least);
        if most > least {
            // What others see may be this old.
            cx.sleep(cx.visibility_bound()).await;
            least = most;
        } else if least == RENAMES {
            break;
        }
    }
    Ok(())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let check = cx.check("BLOB-RENAME-2", "read after many renames");
    check.value(container.get(&RENAMES.to_string()).await, b"bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    check.keys(&listed, &[RENAMES.to_string()])
}
