use core::future::Future;
use core::pin::Pin;

use conformance_kit::prelude::*;

case! {
    id: "blob.calls.in-flight-mixed",
    title: "64 calls of all kinds in flight through one handle do not mix their results",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// One call on objects of its own, which it proves to have had its own end.
async fn one(cx: &Context, container: &Container, number: usize) -> Outcome {
    let check = cx.check("TYP-CALL-2", "one of 64 calls of all kinds");
    let own = format!("own-{number}");
    let bytes = vec![number as u8; 100 + number];
    match number % 8 {
        0 => check.ok(container.put(&own, &bytes).await).map(drop),
        1 => check.value(container.get(&own).await, &bytes),
        2 => {
            let info = check.some(container.head(&own).await)?;
            check.equal(info.size, bytes.len() as u64)
        }
        3 => check.ok(container.delete(&own).await),
        4 => {
            let copy = format!("copy-{number}");
            check.ok(container.copy(&own, container, &copy).await)?;
            check.value(container.get(&copy).await, &bytes)
        }
        5 => {
            let listed = cx.all_names(container, &own, None).await?;
            check.keys(&listed, &[&own])
        }
        6 => {
            let (names, end) = container.names(&own).collect().await;
            check.ok(end)?;
            check.keys(&names, &[&own])
        }
        _ => check.ok(container.delete_many(&[&own, "absent"]).await),
    }
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    // From 100 on, so that no name begins with another.
    let numbers = 100..164;
    for round in 0..3 {
        for number in numbers.clone().filter(|number| number % 8 != 0) {
            let bytes = vec![number as u8; 100 + number];
            cx.ok(container.put(&format!("own-{number}"), &bytes).await)?;
        }
        let calls = numbers.clone().map(|number| -> Running<'_> {
            // Each round begins them in another order.
            let number = 100 + (number * (2 * round + 1)) % 64;
            Box::pin(one(cx, &container, number))
        });
        for ended in together(calls).await {
            ended?;
        }
        for number in numbers.clone() {
            let bytes = vec![number as u8; 100 + number];
            let gone = matches!(number % 8, 3 | 7);
            let read = container.get(&format!("own-{number}")).await;
            cx.check("TYP-CALL-2", "get after 64 calls of all kinds")
                .returns(read, (!gone).then_some(bytes))?;
        }
    }
    Ok(())
}
