//! Requests to the process and their answers: many under way at a time, matched
//! by their ids.
//!
//! Owns the ids, who waits for which answer, and what happens to all of them when
//! the process is of no use any more. It never repeats a request. It must not know
//! what requests mean.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::io::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Result};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::io::{BufReader, BufWriter};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::child::Running;
use crate::error::{Fault, Loss, short};
use crate::form::Form;
use crate::wire::{Call, Reply, Request, id};

/// The longest line in either direction, its end included.
pub(crate) const LINE_MAX: u64 = 64 << 20;
/// Requests that may wait for their turn to be written.
const QUEUE: usize = 64;
/// Small lines are written and read together.
const BUFFER: usize = 64 << 10;
/// So many requests may be given up and still be owed an answer.
const MOST_OWED: usize = 4096;
/// So many requests are remembered after they were answered, to name them.
const REMEMBERED: usize = 64;
/// So many calls are named where some have no answer.
const NAMED: usize = 3;
/// So much is shown of a line that is no answer.
const SHOWN: usize = 80;

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
    pub(crate) async fn call<T: Form>(&self, call: &Call<'_>) -> Result<Reply<T>> {
        let place = match self.requests.reserve().await {
            Ok(place) => place,
            Err(_) => return Err(self.calls.ended()),
        };
        // From here to the end of `send` nothing waits, so that every id that was
        // given is one that the process will see.
        let (id, answer) = self.calls.begin(call.name())?;
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
        Reply::read(call.name(), &line)
    }

    /// Why the process is of no use, if that is so.
    pub(crate) fn loss(&self) -> Option<Loss> {
        self.calls.lock().loss.clone()
    }

    /// From now on the owner of the process is told on standard error why it is
    /// given up: who makes a call learns no more than that it is `unavailable`.
    pub(crate) fn tell_losses(&self) {
        let mut table = self.calls.lock();
        table.is_told = true;
        if let Some(loss) = &table.loss {
            tell(loss);
        }
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
    waiting: HashMap<u64, Asked>,
    /// How many of them nobody waits for.
    owed: usize,
    /// The last ones that were answered.
    answered: VecDeque<(u64, &'static str)>,
    loss: Option<Loss>,
    /// Whether the owner of the process is told of a loss.
    is_told: bool,
}

/// A request without an answer.
struct Asked {
    call: &'static str,
    /// None when it was given up.
    waiter: Option<oneshot::Sender<Vec<u8>>>,
}

impl Table {
    /// The requests without an answer, for people.
    fn unanswered(&self) -> String {
        let mut waiting: Vec<_> = self.waiting.iter().collect();
        waiting.sort_unstable_by_key(|(id, _)| **id);
        let named = waiting.iter().take(NAMED);
        let named: Vec<String> = named
            .map(|(id, asked)| format!("`{}` (id {id})", asked.call))
            .collect();
        let more = match waiting.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more}", named.join(", "))
    }
}

/// Tells the owner of the process. It may have closed the terminal.
fn tell(loss: &Loss) {
    if loss.fault != Fault::Closed {
        let _ = writeln!(std::io::stderr().lock(), "{}", loss.words());
    }
}

impl Calls {
    /// The table is consistent after each of its steps, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, call: &'static str) -> Result<(u64, oneshot::Receiver<Vec<u8>>)> {
        let mut table = self.lock();
        if let Some(loss) = &table.loss {
            return Err(loss.into());
        }
        if table.owed > MOST_OWED {
            self.broken.notify_one();
            return Err(self.fail(table, Fault::Silent));
        }
        table.last += 1;
        let id = table.last;
        let (sender, receiver) = oneshot::channel();
        let asked = Asked {
            call,
            waiter: Some(sender),
        };
        table.waiting.insert(id, asked);
        Ok((id, receiver))
    }

    /// Hands an answer to whoever waits for it.
    fn answer(&self, id: u64, line: Vec<u8>) -> Result<(), Fault> {
        let mut table = self.lock();
        let Some(asked) = table.waiting.remove(&id) else {
            return Err(match table.last {
                last if (1..=last).contains(&id) => {
                    let mut answered = table.answered.iter();
                    let known = answered.find(|(answered, _)| *answered == id);
                    let call = known.map(|&(_, call)| call);
                    Fault::Twice { id, call }
                }
                last => Fault::Unasked { id, last },
            });
        };
        if table.answered.len() == REMEMBERED {
            table.answered.pop_front();
        }
        table.answered.push_back((id, asked.call));
        match asked.waiter {
            // Somebody who went away just now needs it no more.
            Some(waiter) => drop(waiter.send(line)),
            None => table.owed -= 1,
        }
        Ok(())
    }

    fn give_up(&self, id: u64) {
        let mut table = self.lock();
        if let Some(asked) = table.waiting.get_mut(&id) {
            asked.waiter = None;
            table.owed += 1;
        }
    }

    /// Ends all that wait; the first fault is the one that counts.
    fn fail(&self, mut table: MutexGuard<'_, Table>, fault: Fault) -> Error {
        let waiting = match &table.loss {
            Some(_) => HashMap::new(),
            None => {
                let unanswered = table.unanswered();
                let loss = Loss { fault, unanswered };
                if table.is_told {
                    tell(&loss);
                }
                table.loss = Some(loss);
                std::mem::take(&mut table.waiting)
            }
        };
        table.owed = 0;
        let error = Self::error(&table);
        drop(table);
        // Whoever waited wakes without an answer.
        drop(waiting);
        error
    }

    /// What to say to whoever found the process gone.
    fn ended(&self) -> Error {
        Self::error(&self.lock())
    }

    fn error(table: &Table) -> Error {
        match &table.loss {
            Some(loss) => loss.into(),
            // The runtime ended.
            None => Error::with_source(ErrorKind::Unavailable, Fault::Closed.text()),
        }
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
    mut queue: mpsc::Receiver<Vec<u8>>,
    unused: oneshot::Receiver<Never>,
    calls: Arc<Calls>,
) {
    let fault = {
        let mut carrying = pin!(carry(stdin, stdout, &mut queue, &calls));
        tokio::select! {
            fault = &mut carrying => fault,
            () = calls.broken.notified() => Fault::Silent,
            _ = unused => {
                // Its input ends with the last request. It may say what it has
                // to say, and end.
                let until = running.dismiss();
                let _ = tokio::time::timeout_at(until.into(), carrying).await;
                running.ended().await;
                Fault::Closed
            }
        }
    };
    let fault = match fault {
        Fault::Ended(_) => Fault::Ended(running.status().await),
        Fault::Deaf(_) => Fault::Deaf(running.status().await),
        other => other,
    };
    calls.fail(calls.lock(), fault);
    // Not before: whoever waits for a place in it is told what was wrong.
    drop(queue);
    running.kill().await;
}

/// Carries lines both ways. Ends with what was wrong.
async fn carry(
    stdin: ChildStdin,
    stdout: ChildStdout,
    queue: &mut mpsc::Receiver<Vec<u8>>,
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
        let id = match id(&line) {
            Ok(id) => id,
            Err(reason) => {
                return Fault::Garbage {
                    reason,
                    beginning: beginning(&line),
                };
            }
        };
        if let Err(fault) = calls.answer(id, line) {
            return fault;
        }
    }
}

/// How a line begins that does not look like an answer; one that does holds data.
fn beginning(line: &[u8]) -> Option<String> {
    let line = line.trim_ascii();
    if line.is_empty() || line.starts_with(b"{") {
        return None;
    }
    // No sign has more bytes than this.
    let line = String::from_utf8_lossy(&line[..line.len().min(SHOWN * 4)]);
    Some(short(&line).chars().take(SHOWN).collect())
}

/// Writes requests. Ends with none when there will be no more.
async fn write(stdin: ChildStdin, queue: &mut mpsc::Receiver<Vec<u8>>) -> Option<Fault> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_looks_like_an_answer_is_not_shown() {
        let shown = |line: &str| beginning(line.as_bytes());
        assert_eq!(shown("debug: \u{1b}[1mget\r\n").unwrap(), "debug: [1mget");
        assert_eq!(shown(&"é".repeat(500)).unwrap().chars().count(), SHOWN);
        for line in ["\n", " {\"id\":7,'ok':'sesame'}\n"] {
            assert_eq!(shown(line), None, "{line}");
        }
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_named() {
        let calls = Calls::default();
        let begun = (0..70).map(|_| calls.begin("get").unwrap());
        let _waiters: Vec<_> = begun.collect();
        for id in 1..=65 {
            calls.answer(id, Vec::new()).unwrap();
        }
        let again = |id| calls.answer(id, Vec::new()).unwrap_err().text();
        assert!(again(65).contains("request 65 (`get`) a second time"));
        // That is too long ago.
        assert!(again(1).contains("request 1 a second time"));
        assert!(again(0).contains("request 0, which was not made"));
        assert!(again(71).contains("not made: the last one was 70"));
        let error = calls.fail(calls.lock(), Fault::Endless);
        let source = std::error::Error::source(&error).unwrap().to_string();
        let named = "without an answer: `get` (id 66), `get` (id 67), `get` (id 68) and 2 more";
        assert!(source.ends_with(named), "{source}");
        // The first fault is the one that counts.
        let error = calls.fail(calls.lock(), Fault::Closed);
        let again = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, again);
    }
}
