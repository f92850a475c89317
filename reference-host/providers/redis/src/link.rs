//! One connection that all calls share, opened again when it is lost.
//!
//! Owns when a connection is opened, given up and replaced. It never repeats a
//! request, save one that the service did not know as a script and so did not
//! carry out. It must not know what requests mean.
//!
//! The client's own `ConnectionManager` is not used: it hands the outcome of a
//! past attempt to connect to later calls, so that the first call after the
//! service is back still fails, and it waits between attempts also where waiting
//! cannot help (a wrong password). Here a call that finds no connection opens
//! one, calls that wait for the same attempt share its failure, and the end of a
//! connection is seen when it happens rather than by the next call.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Result};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisError, RedisResult, Value};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::AbortHandle;
use tracing::debug;

use crate::config::{Address, Config};
use crate::descriptor::Facts;
use crate::error::{
    breaks_connection, is_unknown_script, is_unknown_script_reply, translate, unexpected_reply,
};
use crate::scripts::SCRIPTS;

/// Requests that may wait for their turn to be sent.
const QUEUE: usize = 1024;
/// The part of the run's name that versions carry: 28 bits, and short enough for
/// a version to be stored without an allocation.
const MARK_BYTES: usize = 7;

/// An open connection.
pub(crate) struct Live {
    connection: MultiplexedConnection,
    ended: Arc<AtomicBool>,
    task: AbortHandle,
    mark: String,
    pub(crate) facts: Facts,
}

impl Live {
    /// Names this run of the service within versions: whatever a restart loses,
    /// a number that is counted twice makes two versions.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    fn give_up(&self) {
        self.ended.store(true, Ordering::Release);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("ended", &self.ended).finish()
    }
}

/// How the latest attempt to connect failed, if it did.
#[derive(Default)]
struct Attempt {
    number: u64,
    failure: Option<Error>,
}

/// The connection, whether or not there is one just now.
pub(crate) struct Link {
    config: Config,
    live: RwLock<Option<Arc<Live>>>,
    attempt: tokio::sync::Mutex<Attempt>,
    /// How many attempts have begun.
    attempts: AtomicU64,
    /// How long an unanswered request makes the connection suspect.
    patience: Duration,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            // Less than a call takes when the portable layer gives up on it.
            patience: config.call_timeout.mul_f64(0.9),
            config,
            live: RwLock::default(),
            attempt: tokio::sync::Mutex::default(),
            attempts: AtomicU64::new(0),
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
        live.as_ref()
            .filter(|live| !live.ended.load(Ordering::Acquire))
            .cloned()
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
        let opened = tokio::time::timeout(self.config.connect_timeout, self.connect())
            .await
            .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()));
        match opened {
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

    async fn connect(&self) -> Result<Live> {
        let unavailable = |error| Error::with_source(ErrorKind::Unavailable, error);
        match &self.config.address {
            Address::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port))
                    .await
                    .map_err(unavailable)?;
                // Requests are small and somebody waits for each.
                stream.set_nodelay(true).map_err(unavailable)?;
                self.greet(stream).await
            }
            Address::Unix(path) => {
                self.greet(UnixStream::connect(path).await.map_err(unavailable)?)
                    .await
            }
        }
    }

    /// Logs in, loads the scripts and asks the service about itself.
    async fn greet<S>(&self, stream: S) -> Result<Live>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // The portable layer has a timer for each call; another one here would
        // only cost time.
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_pipeline_buffer_size(QUEUE);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&self.config.login, stream, config)
                .await
                .map_err(translate)?;
        let ended = Arc::new(AtomicBool::new(false));
        let ending = Ending(Arc::clone(&ended));
        let task = tokio::spawn(async move {
            let _ending = ending;
            driver.await;
        });
        let mut live = Live {
            connection,
            ended,
            task: task.abort_handle(),
            mark: String::new(),
            facts: Facts::default(),
        };
        let mut questions = SCRIPTS.load();
        let scripts = questions.len();
        questions.cmd("INFO").cmd("TIME");
        let mut answers = self.send_all(&live, &questions).await?.into_iter();
        for answer in answers.by_ref().take(scripts) {
            answer.extract_error().map_err(translate)?;
        }
        // `INFO` may be forbidden to this user; then we know less.
        if let Some(Value::BulkString(info)) = answers.next() {
            live.facts = Facts::read(&String::from_utf8_lossy(&info));
        }
        live.mark = mark(live.facts.run.as_deref(), answers.next())?;
        Ok(live)
    }

    /// Sends a request and waits for the answer.
    pub(crate) async fn send(&self, live: &Arc<Live>, cmd: &Cmd) -> Result<Value> {
        self.exchange(live, cmd).await.map_err(translate)
    }

    /// Sends a script call, once more if the service has lost the script.
    pub(crate) async fn call(&self, live: &Arc<Live>, cmd: &Cmd) -> Result<Value> {
        match self.exchange(live, cmd).await {
            Err(error) if is_unknown_script(&error) => {
                self.load(live).await?;
                self.send(live, cmd).await
            }
            result => result.map_err(translate),
        }
    }

    /// Sends several script calls at once, all of them again if the service has
    /// lost a script: they must be idempotent. The first refusal is the error.
    pub(crate) async fn call_all(&self, live: &Live, pipeline: &Pipeline) -> Result<Vec<Value>> {
        let mut answers = self.send_all(live, pipeline).await?;
        if answers.iter().any(is_unknown_script_reply) {
            self.load(live).await?;
            answers = self.send_all(live, pipeline).await?;
        }
        answers
            .into_iter()
            .map(|answer| answer.extract_error().map_err(translate))
            .collect()
    }

    /// Makes the service know the scripts again.
    pub(crate) async fn load(&self, live: &Live) -> Result<()> {
        for answer in self.send_all(live, &SCRIPTS.load()).await? {
            answer.extract_error().map_err(translate)?;
        }
        Ok(())
    }

    /// Sends several requests at once; refusals stand among the answers, one for
    /// each request.
    pub(crate) async fn send_all(&self, live: &Live, pipeline: &Pipeline) -> Result<Vec<Value>> {
        let mut connection = live.connection.clone();
        let waiting = self.wait(live);
        let result = connection
            .send_packed_commands(pipeline, 0, pipeline.len())
            .await;
        waiting.end(result.as_ref().err());
        let answers = result.map_err(translate)?;
        if answers.len() == pipeline.len() {
            Ok(answers)
        } else {
            Err(unexpected_reply())
        }
    }

    async fn exchange(&self, live: &Live, cmd: &Cmd) -> RedisResult<Value> {
        let mut connection = live.connection.clone();
        let waiting = self.wait(live);
        let result = connection
            .send_packed_command(cmd)
            .await
            .and_then(Value::extract_error);
        waiting.end(result.as_ref().err());
        result
    }

    fn wait<'a>(&self, live: &'a Live) -> Waiting<'a> {
        Waiting {
            live: Some(live),
            since: Instant::now(),
            patience: self.patience,
        }
    }

    /// Bounds requests that do not come through the portable layer.
    pub(crate) async fn bounded<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        match tokio::time::timeout(self.config.call_timeout, request).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }
}

/// A request under way. The connection is given up after a failure that it does
/// not survive, and also when the caller goes away after having waited about as
/// long as a call may take: the next call then tries another connection. Calls
/// that still wait on the old one keep it open.
struct Waiting<'a> {
    live: Option<&'a Live>,
    since: Instant,
    patience: Duration,
}

impl Waiting<'_> {
    fn end(mut self, error: Option<&RedisError>) {
        if let Some(live) = self.live.take()
            && error.is_some_and(breaks_connection)
        {
            live.give_up();
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(live) = self.live
            && self.since.elapsed() >= self.patience
        {
            live.give_up();
        }
    }
}

/// Tells that the connection's task is over, however it ended.
struct Ending(Arc<AtomicBool>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A short name of the run: out of the service's own, else out of the time.
fn mark(run: Option<&str>, time: Option<Value>) -> Result<String> {
    if let Some(mark) = run.and_then(|run| run.get(..MARK_BYTES)) {
        return Ok(mark.to_owned());
    }
    let time = time.ok_or_else(unexpected_reply)?;
    let time = time.extract_error().map_err(translate)?;
    let (seconds, microseconds): (u64, u64) =
        redis::from_redis_value(time).map_err(|_| unexpected_reply())?;
    let time = seconds.wrapping_mul(1_000_000).wrapping_add(microseconds);
    Ok(format!("{:07x}", time & 0xfff_ffff))
}
