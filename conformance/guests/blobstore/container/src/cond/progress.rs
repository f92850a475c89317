use conformance_kit::prelude::*;

use crate::objects::unless_failed;

case! {
    id: "blob.cond.progress",
    title: "of 16 conditional puts that contend for an object at least one succeeds each time",
    clauses: ["BLOB-COND-5"],
    level: Level::Should,
    lane: Lane::Concurrency,
    timeout_s: 30,
}

const CALLS: usize = 16;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for round in 0..8 {
        let version = cx
            .ok(container.head("object").await)?
            .map(|info| info.version);
        let texts: Vec<String> = (0..CALLS).map(|call| format!("{round}/{call}")).collect();
        let calls = texts.iter().map(async |text| match &version {
            None => container.create("object", text.as_bytes()).await,
            Some(version) => container.replace("object", text.as_bytes(), version).await,
        });
        let check = cx.check("BLOB-COND-5", "count the puts that succeeded");
        let mut won = 0;
        for ended in together(calls).await {
            // One that is told to come again has not failed for good.
            if !matches!(ended, Err(Error::Throttled(_))) {
                won += u32::from(unless_failed(check, ended)?.is_some());
            }
        }
        check.that(won > 0, "one or more", &won)?;
        if round % 3 == 2 {
            cx.ok(container.delete("object").await)?;
        }
    }
    Ok(())
}
