//! Counters: the service cannot add, so the sum is written if nobody wrote since
//! its parts were read.

use std::time::Duration;

use cloud_contract::Result;
use cloud_contract::keyvalue::counter;

use super::Store;
use crate::record::Select;

/// The longest pause before another attempt is twice this.
const LONGEST_PAUSE_MS: u64 = 64;

impl Store {
    /// Adds until nobody came in between; the limit of time of a call ends that.
    pub(super) async fn add(&self, key: &str, delta: i64) -> Result<i64> {
        let place = self.place(key);
        // Calls through this provider take turns, so that none of a crowd waits
        // for ever. That the sum is right does not depend on it.
        let _turn = self.table.turn(&place).await;
        let mut attempt = 0;
        loop {
            let found = self.table.read(&place, Select::Counter).await?;
            let end = found.as_ref().and_then(|found| found.end);
            let has_ended = self.table.has_ended(end).await;
            let alive = found.as_ref().filter(|_| !has_ended);
            // Only the first part of a long value is there, which is no number
            // either.
            let value = alive.map(|found| found.value()).transpose()?;
            let sum = counter::add(value.as_deref(), delta)?;
            let end = alive.and_then(|found| found.end);
            let text = sum.to_string();
            let written = match &found {
                Some(found) => self.replace(&place, found, end, text.as_bytes()).await?,
                None => self.insert(&place, None, text.as_bytes()).await?,
            };
            if written.is_some() {
                return Ok(sum);
            }
            attempt += 1;
            tokio::time::sleep(self.pause(attempt)).await;
        }
    }

    /// Longer each time, and not in step with others.
    fn pause(&self, attempt: u32) -> Duration {
        let longest = (2_u64 << attempt.min(16)).min(LONGEST_PAUSE_MS);
        let jitter = self.table.hash(self.table.version()) as u64 % (longest * 1_000);
        Duration::from_micros(longest * 1_000 + jitter)
    }
}
