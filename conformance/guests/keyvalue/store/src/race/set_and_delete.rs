use conformance_kit::prelude::*;

case! {
    actors: 5,
    id: "kv.race.set-and-delete",
    title: "beside sets and deletes of one key readers see a whole value or none",
    clauses: ["KV-VALUE-4", "KV-SET-4"],
    timeout_s: 30,
}

fn value(writer: u32) -> Vec<u8> {
    vec![b'a' + writer as u8; 6_000]
}

fn whole(seen: Option<&Vec<u8>>) -> bool {
    seen.is_none_or(|seen| (0..3).any(|writer| *seen == value(writer)))
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", &value(2)).await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut absent = 0;
    cx.rounds(index, 24, async |_| {
        match index {
            0 | 1 => cx.ok(store.set("key", &value(index)).await)?,
            2 => cx.ok(store.delete("key").await)?,
            _ => {
                let check = cx.check("KV-VALUE-4", "get beside sets and deletes");
                let seen = check.ok(store.get("key").await)?;
                check.that(
                    whole(seen.as_ref()),
                    "none or the value of one writer",
                    &seen,
                )?;
                absent += u32::from(seen.is_none());
                cx.ok(store.exists("key").await)?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(vec![format!("absent {absent} times")])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    cx.note(seen.concat().join(", "));
    let store = cx.store().await?;
    let check = cx.check("KV-SET-4", "read after all ended");
    let last = check.ok(store.get("key").await)?;
    check.that(
        whole(last.as_ref()),
        "none or the value of one writer",
        &last,
    )?;
    check.returns(store.exists("key").await, last.is_some())?;
    let keys: &[&str] = if last.is_some() { &["key"] } else { &[] };
    check.keys(&cx.all_keys(&store, "", None).await?, keys)
}
