//! Bytes of writes whose host ended in the middle. A message beside them says that they
//! are being written, as long as they are; who opens a container removes those that
//! nobody has touched for long.

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
    let in_use = bucket.in_use(&live).await?;
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
    use provider_tests::blob::{bytes, container, put, read};
    use provider_tests::{Subject, scope};

    #[test]
    fn what_nobody_goes_on_to_write_is_removed() {
        Subject::of(&crate::FACTORY).on_server(async |server| {
            let provider = server.provider().await;
            let driver = container(&provider, "left").await;
            put(&driver, "kept", bytes(300_000, 1)).await;
            let config = Config::read(&server.settings(server.endpoint(), &[])).unwrap();
            let link = Arc::new(Link::new(config));
            let live = link.live().await.unwrap();
            let name = "OBJ_cw_left_data".to_owned();
            let info = streams::describe(&link, &live, &name).await.unwrap();
            let closing = Arc::<Closing>::default();
            let bucket = Arc::new(Bucket::new(
                Arc::clone(&link),
                Stream::new(name, &info, closing),
            ));
            let found = bucket.find(&live, "kept").await.unwrap();
            let kept = found.state.unwrap().nuid;
            for nuid in [kept.as_str(), "n1"] {
                for subject in [bucket.mark(nuid), bucket.chunks("n1")] {
                    let stream = &bucket.stream;
                    let sent = stream.publish(&link, &live, &subject, None, "x".into());
                    sent.await.unwrap();
                }
            }
            let marks = vec![bucket.mark(&kept), bucket.mark("n1")];
            let left = async |subject: String| {
                let last = bucket.stream.last(&link, &live, &subject).await;
                last.unwrap().is_some()
            };
            // Nothing is old enough yet.
            sweep(Arc::clone(&bucket), marks.clone(), ABANDONED)
                .await
                .unwrap();
            assert!(left(bucket.mark("n1")).await && left(bucket.chunks("n1")).await);
            tokio::time::sleep(Duration::from_millis(300)).await;
            sweep(Arc::clone(&bucket), marks, Duration::ZERO)
                .await
                .unwrap();
            for subject in [bucket.mark("n1"), bucket.chunks("n1"), bucket.mark(&kept)] {
                assert!(!left(subject).await);
            }
            assert!(read(&driver, "kept").await.unwrap().unwrap() == bytes(300_000, 1));
            provider.close(&scope("left", &[])).await.unwrap();
        });
    }
}
