use blobstore::{append, patiently, unless_expired};
use conformance_kit::prelude::*;

case! {
    /// What was given up may have happened, also behind what comes next. It may not have
    /// happened in part.
    id: "blob.append.dropped",
    title: "an append that is dropped when it was said to be whole adds all of its bytes or none",
    clauses: ["TYP-CALL-1"],
    requires: ["blob.append"],
    timeout_s: 30,
}

const ROUNDS: usize = 12;
const SIZE: usize = 40_000;
/// How long the word that a stream is whole may wait for somebody who takes it.
const TAKEN: Duration = Duration::from_millis(600);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let [before, first, second] = [10, SIZE, SIZE].map(|size| cx.random_bytes(size));
    let first_then_second = [&before[..], &first, &second].concat();
    let allowed = [
        [&before[..], &second].concat(),
        first_then_second,
        [&before[..], &second, &first].concat(),
    ];
    for round in 0..ROUNDS {
        // What was dropped may still come: each round has an object of its own.
        let name = format!("object-{round}");
        cx.ok(container.put(&name, &before).await)?;
        let (mut writer, answer) = append::begin(&container, &name, None);
        let answer = begin(answer.wait()).await;
        writer.write(&first).await;
        let word = begin(writer.finish()).await;
        // Before the word is taken, right behind it, and a little later.
        if round % 3 > 0 {
            cx.within(TAKEN, word.finish()).await;
            for _ in 0..round % 3 {
                cx.now().await;
            }
        }
        drop(answer);
        let add = async || append::append(&container, &name, &second, None).await;
        let check = cx.check("TYP-CALL-1", "append after another one was dropped");
        check.ok(patiently(cx, add).await)?;
        let get = async || container.get(&name).await;
        let bytes = check.some(unless_expired(cx, get).await)?;
        check.that(
            allowed.contains(&bytes),
            "what was dropped as a whole or not at all, and the other append",
            &bytes,
        )?;
    }
    Ok(())
}
