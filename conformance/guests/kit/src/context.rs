//! What a case knows and can do: its environment, its checks, time and chance.

use core::cell::RefCell;
use core::future::{Future, poll_fn};
use core::panic::Location;
use core::task::Poll;
use core::time::Duration;

use crate::bindings::exports::cloud::conformance::suite::{Environment, Role};
use crate::case::{Case, Run};
use crate::check::Check;
use crate::clock::Clock;
use crate::ending::{Cause, Failing, Stop};
use crate::random::Random;
use crate::suite::Readings;

/// The world of one case in one instance.
pub struct Context {
    case: &'static Case,
    environment: Environment,
    clock: Clock,
    random: Random,
    notes: RefCell<Vec<String>>,
}

impl Context {
    pub(crate) fn new(
        case: &'static Case,
        environment: Environment,
        clock: Readings,
        role: &Role,
    ) -> Self {
        // Each part of a case draws numbers of its own.
        let part = match role {
            Role::Alone | Role::Prepare => 0,
            Role::Verify(_) => 1,
            Role::Actor(index) => u64::from(*index) + 2,
        };
        let random = Random::new(environment.seed ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self {
            case,
            environment,
            clock: Clock::new(clock),
            random,
            notes: RefCell::new(Vec::new()),
        }
    }

    /// The names that a case may open.
    pub fn names(&self) -> &Environment {
        &self.environment
    }

    /// How many actors the case has.
    pub(crate) fn actors(&self) -> u32 {
        match self.case.run {
            Run::Alone(_) => 0,
            Run::Actors { count, .. } => count,
        }
    }

    /// An assertion about `clause`; `message` says in a few words what the case
    /// did.
    ///
    /// # Panics
    ///
    /// If the case does not list the clause.
    #[track_caller]
    pub fn check<'a>(&self, clause: &'a str, message: &'a str) -> Check<'a> {
        assert!(
            self.case.clauses.contains(&clause),
            "case {} does not list clause {clause}",
            self.case.id
        );
        Check {
            clause,
            message,
            location: Location::caller(),
        }
    }

    /// For the calls that a case needs but is not about: returns what the call
    /// returned, and stops the case if it failed, by TYP-FEAT-3.
    #[track_caller]
    pub fn ok<T, E: Failing>(&self, result: Result<T, E>) -> Result<T, Stop> {
        self.needed("TYP-FEAT-3", "a call that the case needs")
            .ok(result)
    }

    /// A check on something that every case relies on, whatever it lists.
    #[track_caller]
    pub(crate) fn needed<'a>(&self, clause: &'a str, message: &'a str) -> Check<'a> {
        Check {
            clause,
            message,
            location: Location::caller(),
        }
    }

    /// Writes down what was seen where the specification leaves a choice.
    pub fn note(&self, text: impl Into<String>) {
        self.notes.borrow_mut().push(text.into());
    }

    pub(crate) fn take_notes(&self) -> Vec<String> {
        self.notes.take()
    }

    /// Whether the provider declares a feature.
    pub fn declares(&self, feature: &str) -> bool {
        self.environment.features.iter().any(|id| id == feature)
    }

    /// The value of a limit, in its unit.
    ///
    /// # Errors
    ///
    /// If the provider does not state it, by TYP-LIMIT-1.
    #[track_caller]
    pub fn limit(&self, id: &str) -> Result<u64, Stop> {
        let stated = self
            .environment
            .limits
            .iter()
            .find(|(limit, _)| limit == id);
        match stated {
            Some((_, value)) => Ok(*value),
            None => Err(self.needed("TYP-LIMIT-1", "look up a limit").stop(
                Cause::Broken,
                ["limit ", id].concat(),
                "not stated".to_owned(),
            )),
        }
    }

    /// The value of a limit on bytes or items if it is small enough to be tried,
    /// at most 16 Mi; otherwise notes that it was not tried.
    ///
    /// # Errors
    ///
    /// As [`Context::limit`].
    #[track_caller]
    pub fn small_limit(&self, id: &str) -> Result<Option<usize>, Stop> {
        let limit = self.limit(id)?;
        if limit <= 16 << 20 {
            return Ok(Some(limit as usize));
        }
        self.note(format!("{id} of {limit} was not tried"));
        Ok(None)
    }

    /// How long another instance may read what was before a write.
    pub fn visibility_bound(&self) -> Duration {
        Duration::from_nanos(self.environment.visibility_bound)
    }

    /// How long to wait for what a broken provider never brings: 10 seconds, stretched
    /// as the time limit of the case is, and at most half of that limit. A wait that is
    /// given up says more than a case that runs out of time.
    pub fn patience(&self) -> Duration {
        let limit = Duration::from_nanos(self.environment.time_limit);
        (limit * 10 / self.case.timeout_s).min(limit / 2)
    }

    /// The time since a moment that the harness chose. A reading costs up to a
    /// millisecond.
    pub async fn now(&self) -> Duration {
        self.clock.now().await
    }

    /// What the harness's clock of the day said at a moment that [`Context::now`] told:
    /// nanoseconds since 1970.
    pub fn wall_clock(&self, moment: Duration) -> u64 {
        let since = u64::try_from(moment.as_nanos()).unwrap_or(u64::MAX);
        self.environment.wall_clock.saturating_add(since)
    }

    /// Waits.
    pub async fn sleep(&self, duration: Duration) {
        if !duration.is_zero() {
            let end = self.now().await + duration;
            while self.now().await < end {}
        }
    }

    /// Waits for `call`, but no longer than `limit`; none means that it was given
    /// up. For what could otherwise hang a case.
    pub async fn within<T>(&self, limit: Duration, call: impl Future<Output = T>) -> Option<T> {
        let mut call = Box::pin(call);
        let mut alarm = Box::pin(self.sleep(limit));
        poll_fn(|context| match call.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => alarm.as_mut().poll(context).map(|()| None),
        })
        .await
    }

    /// Asks `probe` again and again, until it returns true or `limit` has passed;
    /// returns its last answer.
    pub async fn wait_until(
        &self,
        limit: Duration,
        mut probe: impl AsyncFnMut() -> Result<bool, Stop>,
    ) -> Result<bool, Stop> {
        let end = self.now().await + limit;
        loop {
            // The clock is read before the probe: the last answer is never from
            // before the end.
            let last = self.now().await >= end;
            if probe().await? {
                return Ok(true);
            }
            if last {
                return Ok(false);
            }
        }
    }

    /// A random number, from the seed of the run, the same for the same part.
    pub fn random(&self) -> u64 {
        self.random.next()
    }

    /// A random number below `bound`, or 0 if that is 0.
    pub fn random_below(&self, bound: u64) -> u64 {
        self.random.next().checked_rem(bound).unwrap_or(0)
    }

    /// Random bytes.
    pub fn random_bytes(&self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.random.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    /// Random small letters.
    pub fn random_text(&self, length: usize) -> String {
        let letter = |_| char::from(b'a' + (self.random.next() % 26) as u8);
        (0..length).map(letter).collect()
    }
}
