use core::future::Future;
use core::pin::Pin;

use conformance_kit::prelude::*;

case! {
    id: "kv.calls.in-flight-mixed",
    title: "64 calls of all kinds in flight through one handle end each as its own kind does",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

/// A call and the check of what it returned.
type Checked<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// The keys that are listed, with this prefix.
fn listed_as(prefix: &str) -> Vec<String> {
    let all = (0..16).map(|at| format!("list/a-{at}"));
    all.filter(|key| key.starts_with(prefix)).collect()
}

async fn run(cx: &Context) -> Outcome {
    let store = &cx.store().await?;
    for at in 0..16 {
        for kind in ["get", "set", "delete", "list/a"] {
            cx.ok(store.set(&format!("{kind}-{at}"), kind.as_bytes()).await)?;
        }
    }
    let check = |message| cx.check("TYP-CALL-2", message);
    let calls = (0..64).map(|number| -> Checked<'_> {
        let at = number / 8 + 8 * (number % 2);
        Box::pin(async move {
            match number % 8 {
                0 => {
                    check("get among 64 calls").value(store.get(&format!("get-{at}")).await, b"get")
                }
                1 => check("set among 64 calls").ok(store.set(&format!("set-{at}"), b"new").await),
                2 => check("delete among 64 calls").ok(store.delete(&format!("delete-{at}")).await),
                3 => check("exists among 64 calls")
                    .returns(store.exists(&format!("get-{at}")).await, true),
                4 => check("get of an absent key among 64 calls")
                    .none(store.get(&format!("never-{at}")).await),
                5 => {
                    let prefix = format!("list/a-{at}");
                    let listed = cx.all_keys(store, &prefix, Some(3)).await?;
                    check("list among 64 calls").keys(&listed, &listed_as(&prefix))
                }
                6 => check("get of the empty key among 64 calls")
                    .fails(store.get("").await, Kind::InvalidArgument),
                _ => {
                    let prefix = format!("list/a-{at}");
                    let (streamed, end) = store.keys(&prefix).collect().await;
                    check("keys among 64 calls").ok(end)?;
                    check("keys among 64 calls").keys(&streamed, &listed_as(&prefix))
                }
            }
        })
    });
    for outcome in together(calls).await {
        outcome?;
    }
    for number in 0..64 {
        let at = number / 8 + 8 * (number % 2);
        match number % 8 {
            1 => check("get of what was set among 64 calls")
                .value(store.get(&format!("set-{at}")).await, b"new")?,
            2 => check("get of what was deleted among 64 calls")
                .none(store.get(&format!("delete-{at}")).await)?,
            _ => {}
        }
    }
    Ok(())
}
