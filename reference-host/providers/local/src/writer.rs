//! The one thread that writes: group commit.
//!
//! Calls wait in a queue. The thread takes all that wait into one transaction,
//! commits it with a flush to the disk, and answers them; while it does so the
//! next calls gather. A transaction that fails answers every call of it with the
//! error and leaves nothing behind that was acknowledged. Knows neither keys nor
//! records: what a call does is a closure over the ledger.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Result};
use redb::{Durability, WriteTransaction};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::engine::Shared;
use crate::error::Fault;
use crate::ledger::{Effect, Ledger, Leftover};

/// The most calls in one transaction. Beyond some hundred, a flush is spread
/// thin enough, and the first callers should not wait for ever more others.
const MOST_JOBS: usize = 1_024;
/// Dead records that a transaction removes beside its calls.
const RECLAIM_BESIDE: usize = 256;
/// Dead records that a transaction removes when nobody waits.
const RECLAIM_IDLE: usize = 2_048;
/// Records of keys that ended wait this long for others, so that many keys do
/// not cost a transaction each.
const RECLAIM_DELAY: Duration = Duration::from_secs(1);
/// A wall clock may be set, so a far deadline is looked at again by then.
const LONGEST_IDLE: Duration = Duration::from_secs(600);
/// Between attempts to open the database again after a failure, when nobody
/// calls.
const RETRY_DELAY: Duration = Duration::from_secs(5);

/// A call on its way through the writer.
pub(crate) trait Job: Send {
    /// Carries it out within a transaction, if anybody still waits for it.
    /// Only a broken database is an error; a refusal is an outcome.
    fn run(&mut self, ledger: &mut Ledger<'_>) -> Result<(), redb::Error>;

    /// Answers, once the transaction ended in `commit`.
    fn answer(self: Box<Self>, commit: &Result<()>);
}

/// A job with the type of its outcome.
pub(crate) struct Call<T, F> {
    change: Option<F>,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
    /// Its share of the memory that waiting calls may take.
    _permit: OwnedSemaphorePermit,
}

impl<T, F> Call<T, F>
where
    F: FnOnce(&mut Ledger<'_>) -> Result<T, Fault>,
{
    pub(crate) fn new(
        change: F,
        permit: OwnedSemaphorePermit,
    ) -> (Self, oneshot::Receiver<Result<T>>) {
        let (reply, answer) = oneshot::channel();
        let call = Self {
            change: Some(change),
            outcome: None,
            reply,
            _permit: permit,
        };
        (call, answer)
    }
}

impl<T, F> Job for Call<T, F>
where
    T: Send,
    F: FnOnce(&mut Ledger<'_>) -> Result<T, Fault> + Send,
{
    fn run(&mut self, ledger: &mut Ledger<'_>) -> Result<(), redb::Error> {
        // A call that was dropped in the queue is one that never happened.
        if self.reply.is_closed() {
            return Ok(());
        }
        if let Some(change) = self.change.take() {
            match change(ledger) {
                Ok(outcome) => self.outcome = Some(Ok(outcome)),
                Err(Fault::Refused(error)) => self.outcome = Some(Err(error)),
                Err(Fault::Broken(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn answer(self: Box<Self>, commit: &Result<()>) {
        let outcome = match (commit, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            // Dropped before it ran: nobody reads this.
            (Ok(()), None) => Err(ErrorKind::Cancelled.into()),
            (Err(error), _) => Err(error.clone()),
        };
        // The caller may have gone; the write then simply happened.
        drop(self.reply.send(outcome));
    }
}

/// The state of the writing thread.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    queue: Receiver<Box<dyn Job>>,
    /// The last number given, also by transactions that failed.
    sequence: u64,
    leftover: Leftover,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, queue: Receiver<Box<dyn Job>>) -> Self {
        Self {
            shared,
            queue,
            sequence: 0,
            // The last process may have left something.
            leftover: Leftover {
                more: true,
                next_deadline: None,
            },
        }
    }

    /// Works until every sender is gone and the queue is empty.
    pub(crate) fn run(mut self) {
        loop {
            let mut jobs = match self.queue.recv_timeout(self.idle()) {
                Ok(job) => vec![job],
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => return,
            };
            while jobs.len() < MOST_JOBS {
                match self.queue.try_recv() {
                    Ok(job) => jobs.push(job),
                    Err(_) => break,
                }
            }
            self.turn(jobs);
        }
    }

    /// How long to wait for a call before removing dead records.
    fn idle(&self) -> Duration {
        if !self.shared.is_open() {
            return RETRY_DELAY;
        }
        if self.leftover.more {
            return Duration::ZERO;
        }
        self.leftover
            .next_deadline
            .map_or(LONGEST_IDLE, |deadline| {
                let until = deadline.saturating_sub(self.shared.clock().now());
                Duration::from_nanos(until)
                    .saturating_add(RECLAIM_DELAY)
                    .min(LONGEST_IDLE)
            })
    }

    /// One transaction, from the first call to the last answer.
    fn turn(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let result = self
            .shared
            .reopen()
            .and_then(|()| self.transact(&mut jobs).map_err(Error::from));
        if let Err(error) = &result {
            tracing::error!(
                calls = jobs.len(),
                %error,
                cause = std::error::Error::source(error).map(tracing::field::display),
                "a write transaction failed"
            );
            // Dead records wait for better times.
            self.leftover = Leftover {
                more: false,
                next_deadline: None,
            };
        }
        // After a failure of the disk the database refuses everything, also to
        // readers, until it is opened again.
        let failed = self.shared.is_open()
            && matches!(&result, Err(error) if *error.kind() == ErrorKind::Unavailable);
        if failed {
            self.shared.give_up();
        }
        for job in jobs {
            job.answer(&result);
        }
        if failed && let Err(error) = self.shared.reopen() {
            tracing::error!(%error, "the data file does not open again");
        }
    }

    fn transact(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Fault> {
        let transaction = self.shared.begin_write()?;
        let mut ledger = Ledger::open(&transaction, self.shared.clock(), self.sequence)?;
        for job in jobs.iter_mut() {
            job.run(&mut ledger).map_err(Fault::Broken)?;
        }
        let limit = if jobs.is_empty() {
            RECLAIM_IDLE
        } else {
            RECLAIM_BESIDE
        };
        ledger.reclaim(limit)?;
        let leftover = ledger.leftover()?;
        let (effect, files, sequence) = ledger.finish()?;
        self.sequence = sequence;
        if let Err(fault) = end(transaction, effect) {
            files.unknown();
            return Err(fault);
        }
        files.committed(self.shared.files());
        self.leftover = leftover;
        Ok(())
    }
}

/// Ends a transaction as its effect asks for.
fn end(mut transaction: WriteTransaction, effect: Effect) -> Result<(), Fault> {
    match effect {
        Effect::None => transaction.abort()?,
        Effect::Volatile => {
            transaction
                .set_durability(Durability::None)
                .map_err(|error| Fault::Broken(error.into()))?;
            transaction.commit()?;
        }
        Effect::Durable => transaction.commit()?,
    }
    Ok(())
}

/// What waits for an answer that will not come: the writer has ended.
pub(crate) fn ended() -> Error {
    Error::with_source(ErrorKind::Unavailable, "the writing thread has ended")
}
