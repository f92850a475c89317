use conformance_kit::prelude::*;

case! {
    /// Where the bound lies is not stated; a provider without one passes too.
    id: "blob.handle.more-than-allowed",
    title: "handles beyond the bound of an instance are refused as throttled, and only they",
    clauses: ["BLOB-HANDLE-2", "BLOB-HANDLE-4", "BLOB-HANDLE-5"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().primary;
    let mut handles = Vec::new();
    let mut refused = 0;
    for _ in 0..38 {
        for opened in together((0..32).map(|_| blobstore::open(name))).await {
            match opened {
                Ok(container) => handles.push(container),
                Err(error) => {
                    refused += 1;
                    let check = cx.check("BLOB-HANDLE-5", "open one handle more");
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
    let check = cx.check("BLOB-HANDLE-5", "count the handles that were opened");
    check.that(handles.len() >= 64, "at least 64", &handles.len())?;
    for container in handles.iter().step_by(handles.len() / 8) {
        cx.check("BLOB-HANDLE-2", "use a handle after another was refused")
            .ok(container.put("object", b"bytes").await)?;
    }
    handles.pop();
    let again = blobstore::open(name).await;
    let check = cx.check(
        "BLOB-HANDLE-4",
        "open a handle in the place of a dropped one",
    );
    let container = check.ok(again)?;
    check.value(container.get("object").await, b"bytes")
}
