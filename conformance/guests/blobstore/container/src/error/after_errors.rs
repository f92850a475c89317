use blobstore::{options, range};
use conformance_kit::prelude::*;

use crate::support::sized;

case! {
    /// More of each than the 64 calls that a container has to have in flight at a time.
    id: "blob.error.after-errors",
    title: "a container works as usual after any number of refused calls",
    clauses: ["TYP-ERR-3"],
    timeout_s: 40,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(1_000);
    let calls = async {
        for round in 0..100 {
            refused(cx, &container, round).await?;
        }
        let check = cx.check("TYP-ERR-3", "use a container after many refusals");
        check.ok(container.put("object", &bytes).await)?;
        check.value(container.get("object").await, &bytes)?;
        check.ok(container.delete("object").await)
    };
    let check = cx.check("TYP-ERR-3", "go on after calls that were refused");
    // As long as the case may take, but for the word that it took too long.
    match cx.within(3 * cx.patience(), calls).await {
        Some(made) => made,
        None => Err(check.failed("answers", "none in time")),
    }
}

/// One call of each kind. The first round makes the object that others find.
async fn refused(cx: &Context, container: &Container, round: u32) -> Outcome {
    let calls = [
        container.put("", b"bytes").await.is_err(),
        container.head("").await.is_err(),
        container.create("object", b"bytes").await.is_err() == (round > 0),
        container.list("", Some(""), None, None).await.is_err(),
        container.copy("absent", container, "copy").await.is_err(),
        container.get_range("object", range(6, 1)).await.is_err(),
        container
            .begin_get("object", None, Some("other"))
            .await
            .is_err(),
        container
            .put_with("object", b"bytes", sized(4))
            .await
            .is_err(),
        give_up(container).await.is_err(),
    ];
    cx.check("TYP-ERR-3", "make calls that are refused")
        .equal(calls.iter().filter(|failed| **failed).count(), calls.len())
}

/// A put that the guest gives up.
async fn give_up(container: &Container) -> Result<String, Error> {
    let (mut writer, answer) = container.begin_put("object", options());
    let write = async {
        writer.write(b"bytes").await;
        writer.fail(Error::Cancelled).await;
    };
    both(write, answer.wait()).await.1
}
