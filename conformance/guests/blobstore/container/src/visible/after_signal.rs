use blobstore::{Info, Item, PutOptions, range};
use conformance_kit::prelude::*;

use crate::facts::{described, entries, told_by_get};

case! {
    /// The writer signals after its put returned; once the signal is seen, the
    /// visibility bound for the put runs. Each instance has an object that it alone
    /// writes, and reads what the other is about to change before that: what it kept
    /// of those reads has to go without a write of its own.
    actors: 2,
    id: "blob.visible.after-signal",
    title: "while two instances live, each sees the other's puts after the visibility bound",
    clauses: ["BLOB-VISIBLE-1"],
    timeout_s: 60,
}

const ROUNDS: usize = 8;

/// The object that only the instance of this number writes.
const OWN: [&str; 2] = ["data-0", "data-1"];

/// The object whose bytes stay the same, and whose metadata only the instance of this
/// number changes.
const DESCRIBED: [&str; 2] = ["described-0", "described-1"];

/// What is new in a round, and gone after the next.
fn object(round: usize) -> String {
    format!("object-{round}")
}

/// What an instance writes into its own object: in each round another size.
fn bytes(round: usize) -> Vec<u8> {
    vec![b'a'; 10 + round]
}

/// What an instance writes beside the bytes that stay the same.
fn description(round: usize) -> PutOptions {
    described(None, &[("round", &round.to_string())])
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for name in ["data", OWN[0], OWN[1]] {
        cx.ok(container.put(name, b"old").await)?;
    }
    for name in DESCRIBED {
        cx.ok(container.put(name, b"same").await)?;
    }
    Ok(())
}

/// Waits until the other instance signalled this round; returns what the signal says.
/// The name of a signal is used once, because the signal itself may be late.
async fn signalled(cx: &Context, container: &Container, round: usize) -> Result<Vec<u8>, Stop> {
    let limit = cx.visibility_bound() + cx.patience();
    let signal = format!("signal-{round}");
    let came = cx
        .wait_until(limit, async || {
            Ok(cx.ok(container.head(&signal).await)?.is_some())
        })
        .await?;
    let check = cx.check("BLOB-VISIBLE-1", "wait for a signal of another instance");
    check.equal(came, true)?;
    check.some(container.get(&signal).await)
}

/// Reads what the other instance changes in `round`, which has not begun: what it
/// will write, what it will create and what it will delete.
async fn look(cx: &Context, container: &Container, round: usize, other: usize) -> Outcome {
    let (before, described) = (object(round - 1), DESCRIBED[other]);
    let other = OWN[other];
    for name in [other, described, &object(round), &before] {
        cx.ok(container.get(name).await)?;
        cx.ok(container.head(name).await)?;
    }
    for prefix in ["object-", other] {
        cx.all_items(container, prefix, None, None).await?;
    }
    let (_, end) = container.names("").collect().await;
    cx.ok(end)
}

/// Sees all that the other instance did in `round`; `version` is what its last put
/// returned.
async fn sees(
    cx: &Context,
    container: &Container,
    round: usize,
    (number, version): (usize, &[u8]),
) -> Outcome {
    let check = |message| cx.check("BLOB-VISIBLE-1", message);
    let other = OWN[number];
    // Before anything else tells how large it is by now.
    let last = container.get_range(other, range(bytes(round).len() as u64 - 1, 1));
    check("get of the last byte after a signal").value(last.await, b"a")?;
    let name = object(round);
    check("get after a signal").value(container.get("data").await, name.as_bytes())?;
    check("get of a new object after a signal").value(container.get(&name).await, b"")?;
    check("head after a signal").some(container.head(&name).await)?;
    if let Some(before) = round.checked_sub(1).map(object) {
        check("get of a deleted object after a signal").none(container.get(&before).await)?;
        check("head of a deleted object after a signal").none(container.head(&before).await)?;
    }
    let listed = cx.all_names(container, "object-", None).await?;
    check("list after a signal").keys(&listed, &[&name])?;

    let expected = bytes(round);
    let message = "get of what only another instance writes";
    check(message).value(container.get(other).await, &expected)?;
    let message = "head of what only another instance writes";
    let info = check(message).some(container.head(other).await)?;
    check(message).equal(info.size, expected.len() as u64)?;
    check(message).bytes(info.version.as_bytes(), version)?;
    let listed = cx.all_items(container, other, None, None).await?;
    let lines: Vec<String> = listed.iter().map(line).collect();
    let line = format!("{other} of {} bytes", expected.len());
    check("list of what only another instance writes").keys(&lines, &[line])?;

    let (names, end) = container.names("").collect().await;
    cx.ok(end)?;
    let present = ["data", OWN[0], OWN[1], DESCRIBED[0], DESCRIBED[1], &name];
    check("names after a signal").keys(&names, &present)?;
    sees_description(cx, container, round, DESCRIBED[number]).await
}

/// Sees the metadata that the other instance wrote last, beside the same bytes.
async fn sees_description(
    cx: &Context,
    container: &Container,
    round: usize,
    name: &str,
) -> Outcome {
    let told: [Info; 2] = [
        told_by_get(cx, container, name).await?,
        cx.info(container, name).await?,
    ];
    for info in told {
        cx.check(
            "BLOB-VISIBLE-1",
            "metadata of what only another instance writes",
        )
        .equal(
            entries(&info.metadata),
            entries(&description(round).metadata),
        )?;
    }
    Ok(())
}

fn line(item: &Item) -> String {
    match item {
        Item::Object(object) => format!("{} of {} bytes", object.name, object.size),
        Item::Prefix(prefix) => format!("{prefix} as a prefix"),
    }
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let signals = cx.second_container().await?;
    let own = index as usize;
    let other = 1 - own;
    for round in 0..ROUNDS {
        let name = object(round);
        // They take turns in writing.
        if round % 2 == own {
            cx.ok(container.put("data", name.as_bytes()).await)?;
            cx.ok(container.put(&name, b"").await)?;
            if let Some(before) = round.checked_sub(1).map(object) {
                cx.ok(container.delete(&before).await)?;
            }
            let same = container.put_with(DESCRIBED[own], b"same", description(round));
            cx.ok(same.await)?;
            let version = cx.ok(container.put(OWN[own], &bytes(round)).await)?;
            // The other writes when it has seen the signal, and not before.
            look(cx, &container, round + 1, other).await?;
            let signal = format!("signal-{round}");
            cx.ok(signals.put(&signal, version.as_bytes()).await)?;
        } else {
            let version = signalled(cx, &signals, round).await?;
            cx.sleep(cx.visibility_bound()).await;
            sees(cx, &container, round, (other, version.as_slice())).await?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let expected = object(ROUNDS - 1);
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .value(container.get("data").await, expected.as_bytes())
}
