//! Requests to the process and their answers: many under way at a time, matched
//! by their ids.
//!
//! Owns the ids, who waits for which answer, and what happens to all of them when
//! the process is of no use any more. It never repeats a request. It must not know
//! what requests mean.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::io::{BufReader, BufWriter};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::child::Running;
use crate::error::Fault;
use crate::wire::{Call, Head, Reply, Request};

/// The longest line in either direction, its end included.
pub(crate) const LINE_MAX: u64 = 64 << 20;
/// Requests that may wait for their turn to be written.
const QUEUE: usize = 64;
/// Small lines are written and read together.
const BUFFER: usize = 64 << 10;
/// So many requests may be given up and still be owed an answer.
const MOST_OWED: usize = 4096;
/// How long the process may take to end after its input did.
const GRACE: Duration = Duration::from_secs(1);

/// The way to the process. It is stopped when this value goes.
pub(crate) struct Link {
    requests: mpsc::Sender<Vec<u8>>,
    calls: Arc<Calls>,
    /// Nothing is sent: its end is the message.
    _used: oneshot::Sender<Never>,
}

/// There is none.
enum Never {}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    /// Takes charge of a process that was started.
    pub(crate) fn new(running: Running, stdin: ChildStdin, stdout: ChildStdout) -> Self {
        let (requests, queue) = mpsc::channel(QUEUE);
        let calls = Arc::new(Calls::default());
        let (used, unused) = oneshot::channel();
        let serving = serve(running, stdin, stdout, queue, unused, Arc::clone(&calls));
        tokio::spawn(serving);
        Self {
            requests,
            calls,
            _used: used,
        }
    }

    /// Makes a request and waits for its answer. Whoever gives up waiting drops
    /// this; the answer is then taken and forgotten.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<Reply<T>> {
        let place = match self.requests.reserve().await {
            Ok(place) => place,
            Err(_) => return Err(self.calls.ended()),
        };
        // From here to the end of `send` nothing waits, so that every id that was
        // given is one that the process will see.
        let (id, answer) = self.calls.begin()?;
        let waiting = Waiting {
            calls: &self.calls,
            id,
        };
        let mut line = serde_json::to_vec(&Request { id, call })
            .map_err(|error| Error::with_source(ErrorKind::Unavailable, error))?;
        line.push(b'\n');
        place.send(line);
        let line = answer.await.map_err(|_| self.calls.ended())?;
        drop(waiting);
        Reply::read(&line)
    }

    /// Why the process is of no use, if that is so.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.calls.lock().fault.clone()
    }
}

/// Bounds requests that do not come through the portable layer.
pub(crate) async fn bounded<T>(
    limit: Duration,
    request: impl Future<Output = Result<T>>,
) -> Result<T> {
    match tokio::time::timeout(limit, request).await {
        Ok(result) => result,
        Err(_) => Err(ErrorKind::Timeout.into()),
    }
}

/// Every request that has no answer yet.
#[derive(Default)]
struct Calls {
    table: Mutex<Table>,
    /// A fault was found by somebody else than who reads the answers.
    broken: Notify,
}

#[derive(Default)]
struct Table {
    last: u64,
    waiting: HashMap<u64, Waiter>,
    /// How many of them nobody waits for.
    owed: usize,
    fault: Option<Fault>,
}

enum Waiter {
    There(oneshot::Sender<Vec<u8>>),
    Gone,
}

impl Calls {
    /// The table is consistent after each of its steps, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Result<(u64, oneshot::Receiver<Vec<u8>>)> {
        let mut table = self.lock();
        if let Some(fault) = &table.fault {
            return Err(fault.into());
        }
        if table.owed > MOST_OWED {
            self.broken.notify_one();
            return Err(self.fail(table, Fault::Silent));
        }
        table.last += 1;
        let id = table.last;
        let (sender, receiver) = oneshot::channel();
        table.waiting.insert(id, Waiter::There(sender));
        Ok((id, receiver))
    }

    /// Hands an answer to whoever waits for it.
    fn answer(&self, id: u64, line: Vec<u8>) -> Result<(), Fault> {
        let mut table = self.lock();
        match table.waiting.remove(&id) {
            // Somebody who went away just now needs it no more.
            Some(Waiter::There(waiter)) => drop(waiter.send(line)),
            Some(Waiter::Gone) => table.owed -= 1,
            None => return Err(Fault::Stray),
        }
        Ok(())
    }

    fn give_up(&self, id: u64) {
        let mut table = self.lock();
        if let Some(waiter) = table.waiting.get_mut(&id) {
            *waiter = Waiter::Gone;
            table.owed += 1;
        }
    }

    /// Ends all that wait; the first fault is the one that counts.
    fn fail(&self, mut table: MutexGuard<'_, Table>, fault: Fault) -> Error {
        let fault = table.fault.get_or_insert(fault);
        let error = Error::from(&*fault);
        let waiting = std::mem::take(&mut table.waiting);
        table.owed = 0;
        drop(table);
        // Whoever waited wakes without an answer.
        drop(waiting);
        error
    }

    /// What to say to whoever found the process gone.
    fn ended(&self) -> Error {
        let table = self.lock();
        Error::from(table.fault.as_ref().unwrap_or(&Fault::Closed))
    }
}

/// A call that was sent. When it is dropped without an answer, its answer is still
/// to come.
struct Waiting<'a> {
    calls: &'a Calls,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.calls.give_up(self.id);
    }
}

/// Serves until the process is of no use, or nobody needs it; then sees to it that
/// nothing of it is left.
async fn serve(
    mut running: Running,
    stdin: ChildStdin,
    stdout: ChildStdout,
    queue: mpsc::Receiver<Vec<u8>>,
    unused: oneshot::Receiver<Never>,
    calls: Arc<Calls>,
) {
    let fault = {
        let mut carrying = pin!(carry(stdin, stdout, queue, &calls));
        tokio::select! {
            fault = &mut carrying => fault,
            () = calls.broken.notified() => Fault::Silent,
            _ = unused => {
                // Its input ends with the last request. It may say what it has
                // to say, and end.
                let _ = tokio::time::timeout(GRACE, carrying).await;
                Fault::Closed
            }
        }
    };
    let fault = match fault {
        Fault::Ended(_) => Fault::Ended(running.status().await),
        Fault::Deaf(_) => Fault::Deaf(running.status().await),
        other => other,
    };
    tracing::debug!(fault = fault.text(), "the provider process is given up");
    calls.fail(calls.lock(), fault);
    running.kill().await;
}

/// Carries lines both ways. Ends with what was wrong.
async fn carry(
    stdin: ChildStdin,
    stdout: ChildStdout,
    queue: mpsc::Receiver<Vec<u8>>,
    calls: &Calls,
) -> Fault {
    let mut reading = pin!(read(stdout, calls));
    let deaf = tokio::select! {
        fault = &mut reading => return fault,
        deaf = write(stdin, queue) => deaf,
    };
    match deaf {
        Some(fault) => fault,
        None => reading.await,
    }
}

/// Reads answers. Ends with what was wrong.
async fn read(stdout: ChildStdout, calls: &Calls) -> Fault {
    let mut stdout = BufReader::with_capacity(BUFFER, stdout);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut stdout).take(LINE_MAX);
        if limited.read_until(b'\n', &mut line).await.is_err() {
            return Fault::Ended(None);
        }
        if !line.ends_with(b"\n") {
            let is_full = line.len() as u64 >= LINE_MAX;
            return if is_full {
                Fault::Endless
            } else {
                Fault::Ended(None)
            };
        }
        let Ok(Head { id }) = serde_json::from_slice(&line) else {
            return Fault::Garbage;
        };
        if let Err(fault) = calls.answer(id, line) {
            return fault;
        }
    }
}

/// Writes requests. Ends with none when there will be no more.
async fn write(stdin: ChildStdin, mut queue: mpsc::Receiver<Vec<u8>>) -> Option<Fault> {
    let mut stdin = BufWriter::with_capacity(BUFFER, stdin);
    while let Some(line) = queue.recv().await {
        let mut written = stdin.write_all(&line).await;
        if written.is_ok() && queue.is_empty() {
            written = stdin.flush().await;
        }
        if written.is_err() {
            return Some(Fault::Deaf(None));
        }
    }
    None
}
