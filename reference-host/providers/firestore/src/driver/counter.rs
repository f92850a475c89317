//! Counters: increments that wait for the same key are added in one write.
//!
//! A document takes few writes in a second. The first increment of a key begins a
//! task that reads and writes; those that come meanwhile wait, and the task takes
//! all of them at once. Other processes are met by the condition of the write.

use std::collections::HashMap;
use std::collections::hash_map;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::{Core, Outcome};
use crate::record::{Change, Condition, Content, State, Stay};

/// An increment that waits.
#[derive(Debug)]
struct Waiting {
    delta: i64,
    reply: oneshot::Sender<Result<i64>>,
}

/// The increments that wait, by document. A document is there while a task works
/// on it.
#[derive(Debug, Default)]
pub(super) struct Counters(Mutex<HashMap<String, Vec<Waiting>>>);

impl Counters {
    fn queues(&self) -> MutexGuard<'_, HashMap<String, Vec<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is the first, for which a task has to be begun.
    fn push(&self, document: &str, waiting: Waiting) -> bool {
        match self.queues().entry(document.to_owned()) {
            hash_map::Entry::Occupied(mut queue) => {
                queue.get_mut().push(waiting);
                false
            }
            hash_map::Entry::Vacant(place) => {
                place.insert(vec![waiting]);
                true
            }
        }
    }

    /// All that wait. If none do, the task is over.
    fn take(&self, document: &str) -> Option<Vec<Waiting>> {
        let mut queues = self.queues();
        let waiting = std::mem::take(queues.get_mut(document)?);
        if waiting.is_empty() {
            queues.remove(document);
            return None;
        }
        Some(waiting)
    }
}

pub(super) async fn increment(core: &Arc<Core>, key: &str, delta: i64) -> Result<i64> {
    let document = core.names.entry(key.as_bytes());
    let (reply, answer) = oneshot::channel();
    if core.counters.push(&document, Waiting { delta, reply }) {
        let turns = Turns {
            core: Arc::clone(core),
            document,
            is_over: false,
        };
        tokio::spawn(turns.serve().in_current_span());
    }
    // Without a reply the task is gone, and nobody knows what it did.
    let lost = |_| Err(ErrorKind::Unavailable.into());
    answer.await.unwrap_or_else(lost)
}

/// The task of one document.
struct Turns {
    core: Arc<Core>,
    document: String,
    is_over: bool,
}

/// A task that fails must not leave a queue behind that nobody serves.
impl Drop for Turns {
    fn drop(&mut self) {
        if !self.is_over {
            self.core.counters.queues().remove(&self.document);
        }
    }
}

impl Turns {
    async fn serve(mut self) {
        // What the last turn wrote: the next one need not read it.
        let mut known = None;
        while let Some(mut waiting) = self.core.counters.take(&self.document) {
            // Those that were given up before they began.
            waiting.retain(|one| !one.reply.is_closed());
            let deltas: Vec<i64> = waiting.iter().map(|one| one.delta).collect();
            match self.add(&deltas, &mut known).await {
                Ok(sums) => {
                    for (one, sum) in waiting.into_iter().zip(sums) {
                        // Nobody may be there any more.
                        let _ = one.reply.send(sum);
                    }
                }
                Err(error) => {
                    for one in waiting {
                        let _ = one.reply.send(Err(error.clone()));
                    }
                }
            }
        }
        self.is_over = true;
    }

    /// Adds one after the other in one write, and returns the sum after each.
    async fn add(&self, deltas: &[i64], known: &mut Option<State>) -> Result<Vec<Result<i64>>> {
        let mut pauses = self.core.link.pauses();
        loop {
            let remembered = known.take();
            let is_remembered = remembered.is_some();
            let before = match remembered {
                Some(state) => Some(state),
                None => self.core.look(&self.document).await?,
            };
            let now = self.core.link.clock.latest();
            let live = before.as_ref().filter(|state| !state.has_ended(now));
            let (sums, sum) = add_all(live.map(|state| &*state.value), deltas);
            let Some(sum) = sum else {
                // Only a write proves that what is remembered still holds: meanwhile
                // others may have written or deleted the entry.
                if is_remembered {
                    continue;
                }
                return Ok(sums);
            };
            let value = Bytes::from(sum.to_string());
            let ends = live.and_then(|state| state.ends);
            let change = Change {
                document: self.document.clone(),
                content: Content::Entry(value.clone(), ends.map_or(Stay::Forever, Stay::Until)),
                condition: before
                    .as_ref()
                    .map_or(Condition::Absent, |state| Condition::Updated(state.updated)),
            };
            match self.core.attempt(change).await? {
                Outcome::Done(updated) => {
                    // Whether an entry has ended takes a read to know.
                    *known = ends.is_none().then_some(State {
                        value,
                        updated,
                        ends,
                    });
                    return Ok(sums);
                }
                Outcome::Refuted if pauses.pause().await => {}
                Outcome::Refuted => {
                    return Err(ErrorKind::Throttled { retry_after: None }.into());
                }
            }
        }
    }
}

/// The sum after each increment, and the last; none if nothing is to be written.
fn add_all(value: Option<&[u8]>, deltas: &[i64]) -> (Vec<Result<i64>>, Option<i64>) {
    let Some(begin) = value.map_or(Some(0), canonical) else {
        let wrong = Error::from(ErrorKind::WrongType);
        return (vec![Err(wrong); deltas.len()], None);
    };
    let mut sum = begin;
    let mut written = None;
    let sums = deltas.iter().map(|&delta| match sum.checked_add(delta) {
        Some(next) => {
            sum = next;
            written = Some(next);
            Ok(next)
        }
        None => Err(ErrorKind::OutOfRange.into()),
    });
    (sums.collect(), written)
}

/// The number that a value is the shortest decimal text of.
fn canonical(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_canonical = match digits.as_bytes() {
        [b'0'] => text == "0",
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_canonical {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_text_of_a_number_is_a_counter() {
        for (text, number) in [
            ("0", 0),
            ("-1", -1),
            ("10", 10),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(canonical(text.as_bytes()), Some(number));
        }
        for text in [
            "",
            "-",
            "-0",
            "00",
            "01",
            "-01",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "٣",
            "9223372036854775808",
        ] {
            assert_eq!(canonical(text.as_bytes()), None, "{text}");
        }
        assert_eq!(canonical(b"\xff"), None);
    }

    #[test]
    fn each_increment_has_its_own_sum() {
        assert_eq!(add_all(None, &[1, 2]), (vec![Ok(1), Ok(3)], Some(3)));
        assert_eq!(add_all(Some(b"5"), &[0]), (vec![Ok(5)], Some(5)));
        let out_of_range = || Err(Error::from(ErrorKind::OutOfRange));
        let most = i64::MAX.to_string();
        assert_eq!(
            add_all(Some(most.as_bytes()), &[1, -1, 1, 1]),
            (
                vec![
                    out_of_range(),
                    Ok(i64::MAX - 1),
                    Ok(i64::MAX),
                    out_of_range()
                ],
                Some(i64::MAX)
            )
        );
        let (sums, written) = add_all(Some(most.as_bytes()), &[1]);
        assert_eq!((sums, written), (vec![out_of_range()], None));
        let (sums, written) = add_all(Some(b"x"), &[1]);
        assert_eq!(sums, vec![Err(Error::from(ErrorKind::WrongType))]);
        assert_eq!(written, None);
    }
}
