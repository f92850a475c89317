use conformance_kit::prelude::*;

case! {
    /// The writer signals after its put returned; once the signal is seen, the
    /// visibility bound for the put runs.
    actors: 2,
    id: "blob.visible.after-signal",
    title: "while two instances live, each sees the other's puts after the visibility bound",
    clauses: ["BLOB-VISIBLE-1"],
    timeout_s: 60,
}

const ROUNDS: usize = 8;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("data", b"old").await).map(drop)
}

/// Waits until the other instance signalled this round. The name of a signal is used
/// once, because the signal itself may be late.
async fn signalled(cx: &Context, container: &Container, round: usize) -> Outcome {
    let limit = cx.visibility_bound() + cx.patience();
    let signal = format!("signal-{round}");
    let came = cx
        .wait_until(limit, async || {
            Ok(cx.ok(container.head(&signal).await)?.is_some())
        })
        .await?;
    cx.check("BLOB-VISIBLE-1", "wait for a signal of another instance")
        .equal(came, true)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let signals = cx.second_container().await?;
    for round in 0..ROUNDS {
        let name = format!("object-{round}");
        // They take turns in writing.
        if round % 2 == index as usize {
            cx.ok(container.put("data", name.as_bytes()).await)?;
            cx.ok(container.put(&name, b"").await)?;
            if round > 0 {
                let before = format!("object-{}", round - 1);
                cx.ok(container.delete(&before).await)?;
            }
            cx.ok(signals.put(&format!("signal-{round}"), b"").await)?;
        } else {
            signalled(cx, &signals, round).await?;
            cx.sleep(cx.visibility_bound()).await;
            let check = |message| cx.check("BLOB-VISIBLE-1", message);
            check("get after a signal").value(container.get("data").await, name.as_bytes())?;
            check("head after a signal").some(container.head(&name).await)?;
            let listed = cx.all_names(&container, "object-", None).await?;
            check("list after a signal").keys(&listed, &[&name])?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let expected = format!("object-{}", ROUNDS - 1);
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .value(container.get("data").await, expected.as_bytes())
}
