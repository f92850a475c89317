use blobstore::links::{Access, follow, sign};
use conformance_kit::prelude::*;

case! {
    /// Only an answer that comes within the lifetime says something.
    id: "blob.links.lasts",
    title: "a link is good until its lifetime has passed, the shortest and the longest too",
    clauses: ["BLOB-LINK-1"],
    requires: ["blob.links"],
    lane: Lane::Slow,
    timeout_s: 60,
}

/// Lifetimes, and when the link is used for the last time, in milliseconds. Signatures
/// count in whole seconds.
const LIVES: &[(u64, u64)] = &[(900, 0), (1_900, 1_300), (3_000, 2_500), (4_100, 3_600)];
const ATTEMPTS: u32 = 3;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    let most = cx.limit("blob.link.max-ns")?;
    let lives = LIVES.iter().map(|(lifetime, last)| {
        let [lifetime, last] = [lifetime, last].map(|span| Duration::from_millis(*span));
        (lifetime, last)
    });
    let longest = (Duration::from_nanos(most), Duration::ZERO);
    for (lifetime, last) in lives.chain([longest]) {
        if lifetime > longest.0 {
            cx.note("a link of some seconds is too long to be tried");
            continue;
        }
        let mut was_seen = false;
        for _ in 0..ATTEMPTS {
            let made = cx.now().await;
            let link = cx.ok(sign(&container, "object", Access::Get, lifetime).await)?;
            cx.sleep(last).await;
            let reply = follow(cx, &link, Access::Get, b"").await;
            if cx.now().await - made < lifetime {
                let check = cx.check("BLOB-LINK-1", "read by a link whose time has not passed");
                check.that(reply.is_done(), "that it is done", &reply)?;
                check.bytes(reply.bytes(), b"bytes")?;
                was_seen = true;
                break;
            }
        }
        if !was_seen {
            cx.note("no answer came within the life of a link");
        }
    }
    Ok(())
}
