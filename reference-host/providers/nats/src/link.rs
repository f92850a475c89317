//! One connection that all calls share, opened again when it is lost.
//!
//! Owns when a connection is opened, given up and replaced, and what a request that
//! gets no answer means. It never repeats a request. It must not know what requests
//! mean.
//!
//! The client would connect again by itself. It keeps what was not sent until then and
//! sends it late, and lets what was sent wait for answers that never come. So here a
//! client is for one connection: once that is lost, all of its calls fail at once, and
//! the next call opens another.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::header::HeaderMap;
use async_nats::{Client, ConnectOptions, Event, Message, Request, ServerError};
use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tracing::debug;

use crate::api::Answer;
use crate::config::{Config, Login};
use crate::error::{Failure, asking, connecting};

/// How often an idle connection is tested; the second silence ends it.
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// How many connections there are at a time beside the one that is shared.
const ASIDE: usize = 2;
/// Nobody listens there, nor ever will.
const NOWHERE: &str = "nats://127.0.0.1:0";
/// How the server says that this user may not ask for something.
const VIOLATION: &str = "permissions violation for ";

/// How many such words are kept: more than there are requests of one call.
const WORDS: usize = 64;

/// What the user may not do, as the server said.
#[derive(Debug, Default)]
struct Denied {
    /// How often it said so.
    count: u64,
    /// What it said last.
    latest: VecDeque<Box<str>>,
}

impl Denied {
    fn add(&mut self, violation: &str) {
        if self.latest.len() == WORDS {
            self.latest.pop_front();
        }
        self.latest.push_back(violation.into());
        self.count += 1;
    }

    /// What it said since then, the latest first.
    fn since(&self, heard: Heard) -> impl Iterator<Item = &str> {
        let count = usize::try_from(self.count - heard.0).unwrap_or(usize::MAX);
        self.latest.iter().rev().take(count).map(AsRef::as_ref)
    }
}

/// Up to which of these words somebody has listened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard(u64);

/// An open connection.
pub(crate) struct Live {
    pub(crate) client: Client,
    denied: watch::Receiver<Denied>,
    given_up: AtomicBool,
    /// How long an unanswered request makes the connection suspect.
    patience: Duration,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Live {
    fn is_usable(&self) -> bool {
        !self.given_up.load(Ordering::Acquire) && self.client.connection_state() == State::Connected
    }

    /// Sends a message and waits for the answer.
    pub(crate) async fn request(
        &self,
        subject: String,
        headers: Option<HeaderMap>,
        payload: Bytes,
    ) -> Result<Message, Failure> {
        let mut request = Request::new().timeout(None).payload(payload);
        if let Some(headers) = headers {
            request = request.headers(headers);
        }
        let subject = async_nats::Subject::from(subject);
        let asked = subject.clone();
        let answer = async {
            self.client
                .send_request(asked, request)
                .await
                .map_err(asking)
        };
        self.permitted(self.heard(), &subject, answer).await
    }

    /// To be taken before something is sent: the server's word that it must not be may come
    /// before anybody waits for the answer.
    pub(crate) fn heard(&self) -> Heard {
        Heard(self.denied.borrow().count)
    }

    /// Letters and digits that nobody else has.
    pub(crate) fn unique(&self) -> String {
        // What tells inboxes apart.
        let inbox = self.client.new_inbox();
        inbox.rsplit('.').next().unwrap_or_default().to_owned()
    }

    /// Asks for an answer in JSON.
    pub(crate) async fn ask<A>(&self, subject: String, body: Bytes) -> Result<A, Failure>
    where
        A: for<'a> Answer<'a>,
    {
        let message = self.request(subject, None, body).await?;
        A::read(&message.payload)
    }

    /// Waits for an answer, or for the server's word, after those that were heard, that
    /// `subject` must not be used: it says so apart, and answers nothing.
    pub(crate) async fn permitted<T>(
        &self,
        heard: Heard,
        subject: &str,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let waiting = Waiting {
            live: Some(self),
            since: Instant::now(),
        };
        let result = self.unless_denied(heard, subject, answer).await;
        waiting.end();
        result
    }

    /// The same for one who may be left alone for long while the answer is there, a reader
    /// of a guest that pauses: that says nothing of the connection. He tells himself
    /// what he knows of it.
    pub(crate) async fn unless_denied<T>(
        &self,
        mut heard: Heard,
        subject: &str,
        answer: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut denied = self.denied.clone();
        let refused = async {
            loop {
                {
                    let denied = denied.borrow_and_update();
                    if denied.since(heard).any(|word| is_about(word, subject)) {
                        return;
                    }
                    heard = Heard(denied.count);
                }
                if denied.changed().await.is_err() {
                    // The connection is over; the answer says how.
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            biased;
            result = answer => result,
            () = refused => Err(Failure::Refused(ErrorKind::AccessDenied.into())),
        }
    }

    /// Nothing came since then that was asked for. When that is about as long as a call
    /// may take, the connection is given up: the next call tries another one. Calls that
    /// still wait keep the old one open.
    pub(crate) fn was_silent(&self, since: Instant) {
        if since.elapsed() >= self.patience {
            self.given_up.store(true, Ordering::Release);
        }
    }
}

/// Whether a violation concerns a request to `subject`: its subject, or the answers to
/// all requests.
fn is_about(violation: &str, subject: &str) -> bool {
    let mut parts = violation.split('"');
    let action = parts.next().unwrap_or_default();
    let object = parts.next().unwrap_or_default();
    let answers = || action.to_ascii_lowercase().contains("subscription");
    object == subject || (object.starts_with("_INBOX.") && answers())
}

/// A request under way, whose caller may go away.
struct Waiting<'a> {
    live: Option<&'a Live>,
    since: Instant,
}

impl Waiting<'_> {
    fn end(mut self) {
        self.live = None;
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(live) = self.live {
            live.was_silent(self.since);
        }
    }
}

/// The end of something that was sent or awaited while the connection was lost.
pub(crate) fn lost(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::with_source(ErrorKind::Unavailable, error)
}

/// How the latest attempt to connect failed, if it did.
#[derive(Default)]
struct Attempt {
    number: u64,
    failure: Option<Error>,
}

/// The connection, whether or not there is one just now.
pub(crate) struct Link {
    pub(crate) config: Config,
    live: RwLock<Option<Arc<Live>>>,
    attempt: tokio::sync::Mutex<Attempt>,
    /// How many attempts have begun.
    attempts: AtomicU64,
    aside: Semaphore,
}

/// A connection for one answer. What becomes of it concerns nobody else.
pub(crate) struct Aside<'a> {
    pub(crate) live: Live,
    _turn: SemaphorePermit<'a>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            live: RwLock::default(),
            attempt: tokio::sync::Mutex::default(),
            attempts: AtomicU64::new(0),
            aside: Semaphore::new(ASIDE),
        }
    }

    /// The connection, opened if need be.
    pub(crate) async fn live(&self) -> Result<Arc<Live>> {
        match self.current() {
            Some(live) => Ok(live),
            None => self.open().await,
        }
    }

    fn current(&self) -> Option<Arc<Live>> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.as_ref().filter(|live| live.is_usable()).cloned()
    }

    async fn open(&self) -> Result<Arc<Live>> {
        let begun = self.attempts.load(Ordering::Acquire);
        let mut attempt = self.attempt.lock().await;
        if let Some(live) = self.current() {
            return Ok(live);
        }
        // An attempt that began after this call did and failed speaks for it too.
        if let (true, Some(failure)) = (attempt.number > begun, &attempt.failure) {
            return Err(failure.clone());
        }
        attempt.number = self.attempts.fetch_add(1, Ordering::AcqRel) + 1;
        attempt.failure = None;
        match self.connect_in_time().await {
            Ok(live) => {
                let live = Arc::new(live);
                *self.live.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Arc::clone(&live));
                debug!(attempt = attempt.number, "connected");
                Ok(live)
            }
            Err(error) => {
                debug!(attempt = attempt.number, %error, "no connection");
                attempt.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Another connection, when those before it have ended: what it is for takes memory.
    pub(crate) async fn aside(&self) -> Result<Aside<'_>> {
        let turn = self.aside.acquire().await.map_err(lost)?;
        Ok(Aside {
            live: self.connect_in_time().await?,
            _turn: turn,
        })
    }

    async fn connect_in_time(&self) -> Result<Live> {
        tokio::time::timeout(self.config.connect_timeout, self.connect())
            .await
            .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
    }

    async fn connect(&self) -> Result<Live> {
        let config = &self.config;
        let (deny, denied) = watch::channel(Denied::default());
        let mut options = match &config.login {
            Login::Nobody => ConnectOptions::new(),
            Login::User { name, password } => {
                ConnectOptions::with_user_and_password(name.clone(), password.clone())
            }
            Login::Token(token) => ConnectOptions::with_token(token.clone()),
            Login::Credentials(text) => ConnectOptions::with_credentials(text)
                .map_err(|_| Error::invalid("credentials: not the text of a credentials file"))?,
        };
        if let Some(file) = &config.ca_file {
            options = options.add_root_certificates(file.clone());
        }
        let client = options
            .name("cloud-wit")
            .connection_timeout(config.connect_timeout)
            .ping_interval(PING_INTERVAL)
            .ignore_discovered_servers()
            .reconnect_delay_callback(|_| Duration::ZERO)
            // Enough to try each server once; see below.
            .max_reconnects(config.servers.len())
            // Ours are made of letters that every subject may have.
            .skip_subject_validation(true)
            .event_callback(move |event| {
                if let Event::ServerError(ServerError::Other(text)) = event
                    && text.to_ascii_lowercase().starts_with(VIOLATION)
                {
                    deny.send_modify(|denied| denied.add(&text[VIOLATION.len()..]));
                }
                std::future::ready(())
            })
            .connect(config.servers.as_slice())
            .await
            .map_err(connecting)?;
        // From here on the client finds nobody to connect to again, and ends.
        client
            .set_server_pool([NOWHERE].as_slice())
            .await
            .map_err(|error| Error::with_source(ErrorKind::Unavailable, error))?;
        Ok(Live {
            client,
            denied,
            given_up: AtomicBool::new(false),
            // Less than a call takes when the portable layer gives up on it.
            patience: config.call_timeout.mul_f64(0.9),
        })
    }

    /// Bounds requests that do not come through the portable layer.
    pub(crate) async fn bounded<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        match tokio::time::timeout(self.config.call_timeout, request).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_since_then_is_found_and_none_before() {
        let mut denied = Denied::default();
        denied.add("before");
        let heard = Heard(denied.count);
        assert_eq!(denied.since(heard).next(), None);
        // The second takes the place of the first before anybody looks.
        denied.add("first");
        denied.add("second");
        assert!(denied.since(heard).eq(["second", "first"]));
        for _ in 0..2 * WORDS {
            denied.add("many");
        }
        assert_eq!(denied.since(heard).count(), WORDS);
        assert_eq!(denied.since(Heard(denied.count)).next(), None);
    }

    #[test]
    fn a_violation_concerns_its_subject() {
        let publish = "Publish to \"$KV.a.b\"";
        assert!(is_about(publish, "$KV.a.b"));
        assert!(!is_about(publish, "$KV.a.c"));
        assert!(!is_about(publish, "$KV.a.B"));
        let answers = "Subscription to \"_INBOX.abc.*\"";
        assert!(is_about(answers, "$KV.a.c"));
        assert!(!is_about("Subscription to \"other\"", "$KV.a.c"));
        assert!(!is_about("", "$KV.a.b"));
    }
}
