use conformance_kit::prelude::*;

case! {
    /// One instance counts up; the others never see it count down, through
    /// whichever handle they read.
    actors: 4,
    id: "kv.session.monotonic",
    title: "a session never reads an older value than it read before",
    clauses: ["KV-SESSION-2"],
    timeout_s: 30,
}

const LAST: u64 = 120;

fn number(value: &[u8]) -> Option<u64> {
    core::str::from_utf8(value).ok()?.trim_start().parse().ok()
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"0").await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let handles = [cx.store().await?, cx.store().await?];
    if index == 0 {
        for count in 1..=LAST {
            // Lengths go up and down while the numbers go up.
            let width = 1 + cx.random_below(40) as usize;
            cx.ok(handles[0]
                .set("key", format!("{count:>width$}").as_bytes())
                .await)?;
            if count % 4 == 0 {
                cx.now().await;
            }
        }
        return Ok(Vec::new());
    }
    let mut latest = 0;
    let mut reads = 0_usize;
    cx.wait_until(cx.visibility_bound() + cx.patience(), async || {
        for handle in &handles {
            let check = cx.check("KV-SESSION-2", "get while another instance counts up");
            let value = check.some(handle.get("key").await)?;
            let seen = number(&value);
            let expected = format!("a number of at least {latest}");
            check.that(seen.is_some_and(|seen| seen >= latest), &expected, &value)?;
            latest = seen.unwrap_or(latest);
            reads += 1;
        }
        Ok(latest == LAST)
    })
    .await?;
    Ok(vec![format!("{latest} after {reads} reads")])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    for seen in seen.iter().flatten() {
        cx.note(seen.clone());
    }
    let store = cx.store().await?;
    let check = cx.check("KV-SESSION-2", "get after all ended");
    let last = check.some(store.get("key").await)?;
    check.equal(number(&last), Some(LAST))
}
