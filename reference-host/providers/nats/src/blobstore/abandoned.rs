//! Bytes of writes and removals whose host ended in the middle. A message beside them
//! says that they are being written, or about to go, as long as they are; who opens a
//! container removes those that nobody has touched for long.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::Result;

use super::bucket::Bucket;
use super::residue::{gone, unmarked};
use super::upload::LONGEST_PAUSE;

/// A write that goes on has sent something since.
pub(super) const ABANDONED: Duration = LONGEST_PAUSE.saturating_mul(2);

/// Removes the bytes of these messages that were abandoned for so long. What fails is
/// tried again by the next one who opens the container.
pub(super) async fn sweep(bucket: Arc<Bucket>, marks: Vec<String>, age: Duration) -> Result<()> {
    let live = bucket.live().await?;
    let (link, stream) = (&bucket.link, &bucket.stream);
    let before = stream.now(link, &live).await?;
    let before = before.saturating_sub(u64::try_from(age.as_nanos()).unwrap_or(u64::MAX));
    let mut old = Vec::new();
    for nuid in marks.iter().filter_map(|mark| bucket.marked(mark)) {
        let mut is_old = true;
        for subject in [bucket.mark(nuid), bucket.chunks(nuid)] {
            let last = stream.last(link, &live, &subject).await?;
            is_old &= last.is_none_or(|last| last.stamp < before);
        }
        if is_old {
            old.push(nuid);
        }
    }
    if old.is_empty() {
        return Ok(());
    }
    let in_use = bucket.in_use(&live, &old).await?;
    for nuid in old {
        if in_use.contains(nuid) {
            unmarked(&bucket, nuid).await;
        } else {
            gone(&bucket, nuid, true).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::closing::Closing;
    use crate::config::Config;
    use crate::link::Link;
    use crate::stream::Stream;
    use crate::streams;
    use cloud_contract::blobstore::{Expected, RenameRequest};
    use provider_tests::blob::{bytes, container, put, read};
    use provider_tests::{Server, Subject, scope};

    /// The container `data` of a scope, past the provider.
    async fn bucket(server: &Server, scope: &str) -> Arc<Bucket> {
        let config = Config::read(&server.settings(server.endpoint(), &[])).unwrap();
        let link = Arc::new(Link::new(config));
        let live = link.live().await.unwrap();
        let name = format!("OBJ_cw_{scope}_data");
        let info = streams::describe(&link, &live, &name).await.unwrap();
        let stream = Stream::new(name, &info, Arc::<Closing>::default());
        Arc::new(Bucket::new(link, stream))
    }

    /// The subjects of all bytes, and of what is beside them.
    async fn beside(bucket: &Bucket) -> Vec<String> {
        let live = bucket.live().await.unwrap();
        let filter = format!("{}>", bucket.chunks(""));
        let info = streams::describe_with(&bucket.link, &live, &bucket.stream.name, &filter);
        let subjects = info.await.unwrap().state.subjects.unwrap_or_default();
        let mut subjects: Vec<String> = subjects.into_keys().collect();
        subjects.sort_unstable();
        subjects
    }

    async fn nuid(bucket: &Bucket, name: &str) -> String {
        let live = bucket.live().await.unwrap();
        let found = bucket.find(&live, name).await.unwrap();
        found.state.unwrap().nuid
    }

    #[test]
    fn what_nobody_goes_on_to_write_is_removed() {
        Subject::of(&crate::FACTORY).on_server(async |server| {
            let provider = server.provider().await;
            let driver = container(&provider, "left").await;
            put(&driver, "kept", bytes(300_000, 1)).await;
            let bucket = bucket(server, "left").await;
            let live = bucket.live().await.unwrap();
            let kept = nuid(&bucket, "kept").await;
            for nuid in [kept.as_str(), "n1"] {
                for subject in [bucket.mark(nuid), bucket.chunks("n1")] {
                    let stream = &bucket.stream;
                    let sent = stream.publish(&bucket.link, &live, &subject, None, "x".into());
                    sent.await.unwrap();
                }
            }
            let marks = vec![bucket.mark(&kept), bucket.mark("n1")];
            let before = beside(&bucket).await;
            assert_eq!(before.len(), 4);
            // Nothing is old enough yet.
            sweep(Arc::clone(&bucket), marks.clone(), ABANDONED)
                .await
                .unwrap();
            assert_eq!(beside(&bucket).await, before);
            tokio::time::sleep(Duration::from_millis(300)).await;
            sweep(Arc::clone(&bucket), marks, Duration::ZERO)
                .await
                .unwrap();
            assert_eq!(beside(&bucket).await, [bucket.chunks(&kept)]);
            assert!(read(&driver, "kept").await.unwrap().unwrap() == bytes(300_000, 1));
            provider.close(&scope("left", &[])).await.unwrap();
        });
    }

    /// A host that may remove nothing is as one that ends when it has replaced a state,
    /// and has not let go of its bytes.
    #[test]
    fn what_was_replaced_and_not_let_go_of_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("nats.conf");
        let rights = r#"authorization { users: [
            { user: mute, password: p, permissions: { publish: { deny: "$JS.API.STREAM.PURGE.>" } } },
            { user: king, password: p } ] }"#;
        std::fs::write(&file, rights).unwrap();
        let file: &'static str = file.display().to_string().leak();
        let restricted = Subject {
            arguments: vec!["-c", file].leak(),
            options: &[("username", "king"), ("password", "p")],
            ..Subject::of(&crate::FACTORY)
        };
        restricted.on_server(async |server| {
            let provider = server.provider().await;
            let driver = container(&provider, "ended").await;
            for name in ["k", "l", "m", "n"] {
                put(&driver, name, bytes(300_000, 1)).await;
            }
            let bucket = bucket(server, "ended").await;
            let mut old = Vec::new();
            for name in ["k", "l", "n"] {
                old.push(nuid(&bucket, name).await);
            }
            let ending = server.connect(&[("username", "mute")]).await.unwrap();
            let ending = container(&ending, "ended").await;
            put(&ending, "k", bytes(300_000, 2)).await;
            ending.delete("l", None).await.unwrap();
            let request = RenameRequest {
                name: "m",
                new_name: "n",
                expected: &Expected::Any,
            };
            ending.rename(request).await.unwrap();

            let left = beside(&bucket).await;
            for nuid in &old {
                assert!(left.contains(&bucket.chunks(nuid)));
                assert!(left.contains(&bucket.mark(nuid)));
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
            sweep(Arc::clone(&bucket), left, Duration::ZERO)
                .await
                .unwrap();
            let mut used = [nuid(&bucket, "k").await, nuid(&bucket, "n").await];
            used.sort_unstable();
            let used: Vec<String> = used.iter().map(|nuid| bucket.chunks(nuid)).collect();
            assert_eq!(beside(&bucket).await, used);
            for (name, seed) in [("k", 2), ("n", 1)] {
                let read = read(&driver, name).await.unwrap().unwrap();
                assert!(read == bytes(300_000, seed));
            }
            provider.close(&scope("ended", &[])).await.unwrap();
        });
    }

    /// Bytes that go from one name to another all the time have either.
    #[test]
    fn bytes_that_wander_are_in_use() {
        Subject::of(&crate::FACTORY).on_server(async |server| {
            let provider = server.provider().await;
            let driver = container(&provider, "wander").await;
            put(&driver, "a", bytes(10, 1)).await;
            let bucket = bucket(server, "wander").await;
            let live = bucket.live().await.unwrap();
            let wanders = nuid(&bucket, "a").await;
            for name in 0..50 {
                put(&driver, &format!("k{name}"), bytes(10, 1)).await;
            }
            let wandering = tokio::spawn(async move {
                for names in [["a", "b"], ["b", "a"]].iter().cycle() {
                    let request = RenameRequest {
                        name: names[0],
                        new_name: names[1],
                        expected: &Expected::Absent,
                    };
                    driver.rename(request).await.unwrap();
                }
            });
            for _ in 0..200 {
                let used = bucket.in_use(&live, &["n1", &wanders]).await.unwrap();
                assert!(used.len() == 1 && used.contains(&wanders), "{used:?}");
            }
            wandering.abort();
            provider.close(&scope("wander", &[])).await.unwrap();
        });
    }
}
