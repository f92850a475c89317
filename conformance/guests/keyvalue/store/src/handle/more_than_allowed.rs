use conformance_kit::prelude::*;

case! {
    /// Where the bound lies is not stated; a provider without one passes too.
    id: "kv.handle.more-than-allowed",
    title: "handles beyond the bound of an instance are refused as throttled, and only they",
    clauses: ["KV-HANDLE-2", "KV-HANDLE-4", "KV-HANDLE-5"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().primary;
    let mut handles = Vec::new();
    let mut refused = 0;
    for _ in 0..38 {
        for opened in together((0..32).map(|_| keyvalue::open(name))).await {
            match opened {
                Ok(store) => handles.push(store),
                Err(error) => {
                    refused += 1;
                    let check = cx.check("KV-HANDLE-5", "open one handle more");
                    check.fails::<(), Error>(Err(error), Kind::Throttled)?;
                }
            }
        }
        if refused > 0 {
            break;
        }
    }
    cx.note(format!(
        "{} handles at a time, {refused} refused",
        handles.len()
    ));
    let check = cx.check("KV-HANDLE-5", "count the handles that were opened");
    check.that(handles.len() >= 64, "at least 64", &handles.len())?;
    for store in handles.iter().step_by(handles.len() / 8) {
        cx.check("KV-HANDLE-2", "use a handle after another was refused")
            .ok(store.set("key", b"value").await)?;
    }
    handles.pop();
    let again = keyvalue::open(name).await;
    let store = cx
        .check("KV-HANDLE-4", "open a handle in the place of a dropped one")
        .ok(again)?;
    cx.check("KV-HANDLE-4", "use it")
        .value(store.get("key").await, b"value")
}
