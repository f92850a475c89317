//! A bucket, as all handles of this provider share it.

use std::sync::Arc;
use std::time::Instant;

use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use tokio::sync::Mutex;

use crate::api::{NewStream, StreamInfo};
use crate::closing::Closing;
use crate::link::{Link, Live};
use crate::stored::nanoseconds;
use crate::stream::Stream;
use crate::{names, streams};

/// How many increments of different keys can wait for their turns apart.
const QUEUES: usize = 64;

#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) stream: Stream,
    /// What subjects of keys begin with.
    pub(crate) subjects: String,
    /// What versions of permanent keys and of others begin with.
    marks: [String; 2],
    /// Whether messages can have times to live.
    pub(crate) lifetimes: bool,
    /// Increments that met others wait here for their turns, by the hash of the key.
    pub(crate) queues: [Mutex<()>; QUEUES],
}

impl Bucket {
    /// A bucket as the service describes it.
    fn new(stream: String, info: &StreamInfo, closing: Arc<Closing>) -> Result<Self> {
        // Another bucket of the same name counts from one again: its versions differ
        // by the moment at which it was created.
        let created = nanoseconds(&info.created)?;
        Ok(Self {
            subjects: names::subject_prefix(&stream),
            marks: [0, 1].map(|kind| format!("{:016x}", scattered(2 * u128::from(created) + kind))),
            lifetimes: info.config.allow_msg_ttl,
            queues: [(); QUEUES].map(Mutex::new),
            stream: Stream::new(stream, info, closing),
        })
    }

    /// The bucket of this name, created unless it is there. `lifetimes`: whether its
    /// messages can have times to live.
    pub(crate) async fn create(
        link: &Link,
        live: &Live,
        stream: String,
        lifetimes: bool,
        closing: Arc<Closing>,
    ) -> Result<Self> {
        let subjects = format!("{}>", names::subject_prefix(&stream));
        let new = NewStream::bucket(&stream, subjects, link.config.replicas, lifetimes);
        let asked = Instant::now();
        let info = match streams::create(link, live, &new).await? {
            Some(info) => info,
            // Other settings, by an operator or another version of this program.
            None => streams::describe(link, live, &stream).await?,
        };
        if lifetimes && !info.config.allow_msg_ttl {
            return Err(ErrorKind::Other(
                "a bucket does not allow messages to have a time to live".into(),
            )
            .into());
        }
        let bucket = Self::new(stream, &info, closing)?;
        bucket.stream.observe(&info, asked)?;
        Ok(bucket)
    }

    /// The version of a message. The two kinds look different, so that no text that was
    /// issued for one reads as the other.
    pub(crate) fn version(&self, sequence: u64, ends: bool) -> Version {
        Version::from(format!("{}-{sequence:x}", self.marks[usize::from(ends)]))
    }

    /// The sequence that a version names, and whether its key ends; none for what was
    /// never issued for this bucket.
    pub(crate) fn sequence(&self, version: &str) -> Option<(u64, bool)> {
        [false, true].into_iter().find_map(|ends| {
            let digits = version
                .strip_prefix(self.marks[usize::from(ends)].as_str())?
                .strip_prefix('-')?;
            let sequence = u64::from_str_radix(digits, 16).ok()?;
            (sequence > 0 && self.version(sequence, ends) == version).then_some((sequence, ends))
        })
    }
}

/// A number that looks like no other's neighbour; different for different numbers.
fn scattered(number: u128) -> u64 {
    // The finish of SplitMix64. Nanoseconds since 1970 leave the top bit free until
    // 2262, so twice the number fits.
    #[allow(clippy::cast_possible_truncation, reason = "it fits, as said")]
    let mut bits = number as u64;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Answer as _;

    fn bucket(created: &str) -> Bucket {
        let json = format!(
            r#"{{"created":"{created}","config":{{"num_replicas":1,"allow_direct":true}}}}"#
        );
        let info = StreamInfo::read(json.as_bytes()).unwrap();
        Bucket::new("KV_cw_s_a".to_owned(), &info, Arc::default()).unwrap()
    }

    #[test]
    fn versions_are_of_one_bucket_and_one_kind() {
        let bucket = bucket("2026-11-22T05:02:30.695456653Z");
        let permanent = bucket.version(255, false);
        let ending = bucket.version(255, true);
        assert_ne!(permanent, ending);
        assert_eq!(bucket.sequence(&permanent), Some((255, false)));
        assert_eq!(bucket.sequence(&ending), Some((255, true)));
        let again = super::tests::bucket("2026-11-22T05:02:30.695456654Z");
        assert_eq!(again.sequence(&permanent), None);
        for never in [
            "",
            "-",
            "255",
            &permanent[1..],
            &permanent.to_uppercase(),
            &format!("{permanent} "),
            &format!("{}-0ff", &permanent[..16]),
            &format!("{}-0", &permanent[..16]),
            &format!("{}-+f", &permanent[..16]),
            &format!("{}-", &permanent[..16]),
        ] {
            assert_eq!(bucket.sequence(never), None, "{never}");
        }
    }
}
