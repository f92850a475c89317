use conformance_kit::prelude::*;

case! {
    id: "kv.handle.many-in-turn",
    title: "an instance opens and drops more than a thousand handles, one after the other",
    clauses: ["KV-HANDLE-4"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let check = || {
        cx.check(
            "KV-HANDLE-4",
            "open a handle after many others were dropped",
        )
    };
    for round in 0..100 {
        let name = [&names.primary, &names.secondary][round % 2];
        let handles = together((0..11).map(|_| keyvalue::open(name))).await;
        let mut last = None;
        for handle in handles {
            last = Some(check().ok(handle)?);
        }
        if let Some(store) = last.filter(|_| round % 10 == 9) {
            check().ok(store.set("key", b"value").await)?;
        }
    }
    let store = check().ok(keyvalue::open(&names.primary).await)?;
    check().none(store.get("key").await)
}
