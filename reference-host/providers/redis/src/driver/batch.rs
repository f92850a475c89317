//! Many requests in few round trips, each item with a result of its own.

use cloud_contract::{Error, ErrorKind, Result};
use redis::{Cmd, Pipeline, Value};

use super::Store;
use crate::error::{is_unknown_script_reply, translate};
use crate::link::Live;
use crate::scripts::NO_STORE;

/// One round trip carries so many items at most, so that other calls on the
/// connection get their turn in between.
const ITEMS_AT_ONCE: usize = 128;
/// And so many bytes of values, unless a single value is longer.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

impl Store {
    /// Sends what `cmd` makes of each item and reads each answer with `read`.
    /// After a lost connection nothing more is sent: items that were under way
    /// and those behind them fail alike.
    pub(super) async fn batch<I, T>(
        &self,
        items: &[I],
        cmd: impl Fn(&Live, &I) -> Cmd,
        bytes: impl Fn(&I) -> usize,
        read: impl Fn(Value) -> Result<T>,
    ) -> Vec<Result<T>> {
        let mut results = Vec::with_capacity(items.len());
        while results.len() < items.len() {
            let rest = &items[results.len()..];
            let chunk = &rest[..first_chunk(rest, &bytes)];
            match self.chunk(chunk, &cmd, &read).await {
                Ok(chunk) => results.extend(chunk),
                Err(error) => {
                    let failed = items.len() - results.len();
                    results.extend(std::iter::repeat_with(|| Err(error.clone())).take(failed));
                }
            }
        }
        results
    }

    /// One round trip, and another for items that were not carried out because
    /// the service had lost a script or the store.
    async fn chunk<I, T>(
        &self,
        items: &[I],
        cmd: &impl Fn(&Live, &I) -> Cmd,
        read: &impl Fn(Value) -> Result<T>,
    ) -> Result<Vec<Result<T>>> {
        let renewals = self.registration.renewals();
        let mut live = self.link.live().await?;
        let mut requests = Pipeline::with_capacity(items.len());
        for item in items {
            requests.add_command(cmd(&live, item));
        }
        let mut answers = self.link.send_all(&live, &requests).await?;
        let again: Vec<usize> = (0..answers.len())
            .filter(|&place| not_carried_out(&answers[place]))
            .collect();
        if !again.is_empty() {
            if answers.iter().any(is_unknown_script_reply) {
                self.link.load(&live).await?;
            }
            if answers.contains(&Value::Int(NO_STORE)) {
                match self.registration.renew(&self.link, renewals).await {
                    Ok(()) => live = self.link.live().await?,
                    Err(error) => return Ok(each(answers, read, &error)),
                }
            }
            let mut requests = Pipeline::with_capacity(again.len());
            for &place in &again {
                requests.add_command(cmd(&live, &items[place]));
            }
            let second = self.link.send_all(&live, &requests).await?;
            for (place, answer) in again.into_iter().zip(second) {
                answers[place] = answer;
            }
        }
        Ok(each(answers, read, &ErrorKind::NotFound.into()))
    }
}

fn each<T>(
    answers: Vec<Value>,
    read: &impl Fn(Value) -> Result<T>,
    no_store: &Error,
) -> Vec<Result<T>> {
    answers
        .into_iter()
        .map(|answer| match answer {
            Value::ServerError(error) => Err(translate(error.into())),
            Value::Int(NO_STORE) => Err(no_store.clone()),
            answer => read(answer),
        })
        .collect()
}

fn not_carried_out(answer: &Value) -> bool {
    *answer == Value::Int(NO_STORE) || is_unknown_script_reply(answer)
}

/// How many of the items, at least one, go into the next round trip.
fn first_chunk<I>(items: &[I], bytes: &impl Fn(&I) -> usize) -> usize {
    let mut sum = 0_usize;
    items
        .iter()
        .take(ITEMS_AT_ONCE)
        .take_while(|item| {
            sum = sum.saturating_add(bytes(item));
            sum <= BYTES_AT_ONCE
        })
        .count()
        .max(1)
        .min(items.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_bounded_and_never_empty() {
        let chunk = |sizes: &[usize]| first_chunk(sizes, &|&size| size);
        assert_eq!(chunk(&[0; 1000]), ITEMS_AT_ONCE);
        assert_eq!(chunk(&[BYTES_AT_ONCE + 1, 1]), 1);
        assert_eq!(chunk(&[BYTES_AT_ONCE / 2; 3]), 2);
        assert_eq!(chunk(&[1]), 1);
    }
}
