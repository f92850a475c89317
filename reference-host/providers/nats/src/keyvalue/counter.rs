//! Counters: read, add, write if nobody wrote in between.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::counter;

use super::Store;
use super::record::Ending;
use crate::error::Failure;
use crate::link::Live;

/// From this many defeats on a caller waits before it tries again: it contends with
/// other hosts then, whose increments do not stand in its queue.
const PATIENT_DEFEATS: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_millis(8);

impl Store {
    /// The first attempt is made at once. Who meets another one on the same key then
    /// stands in line with the others of this host, so that each of them is served in
    /// its turn and few attempts are made in vain.
    pub(super) async fn increment_on(&self, live: &Live, key: &str, delta: i64) -> Result<i64> {
        let subject = self.subject(key);
        if let Some(sum) = self.try_increment(live, &subject, delta).await? {
            return Ok(sum);
        }
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let queues = &self.bucket.queues;
        let place = usize::try_from(hasher.finish() % queues.len() as u64).unwrap_or(0);
        let _turn = queues[place].lock().await;
        let mut defeats = 0;
        loop {
            if let Some(sum) = self.try_increment(live, &subject, delta).await? {
                return Ok(sum);
            }
            defeats += 1;
            if defeats >= PATIENT_DEFEATS {
                tokio::time::sleep(pause()).await;
            }
        }
    }

    /// None if somebody else wrote in between; nothing was changed then.
    async fn try_increment(&self, live: &Live, subject: &str, delta: i64) -> Result<Option<i64>> {
        let state = self.state(live, subject).await?;
        let (value, end) = match &state.present {
            Some((value, end)) => (Some(value.as_ref()), *end),
            None => (None, None),
        };
        let sum = counter::add(value, delta)?;
        let ending = end.map_or(Ending::Never, |end| {
            Ending::At(end, Duration::from_nanos(end.saturating_sub(state.now)))
        });
        let text = Bytes::from(sum.to_string());
        match self
            .write(live, subject, text, Some(state.sequence), ending)
            .await
        {
            Ok(_) => Ok(Some(sum)),
            Err(Failure::OtherSequence) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Some time below the longest pause, hardly the same for two hosts.
fn pause() -> Duration {
    let mut hasher = DefaultHasher::new();
    Instant::now().hash(&mut hasher);
    std::thread::current().id().hash(&mut hasher);
    LONGEST_PAUSE.mul_f64((hasher.finish() % 1024) as f64 / 1024.0)
}
