//! A few connections that all calls share, opened again when they are lost.
//!
//! Owns when a connection is opened, given up and replaced. It repeats a statement
//! only if the service says that it undid it. It must not know what statements mean.
//!
//! Calls on one connection are carried out one after the other, without waiting for
//! each other's answers. Writes wait for the disk, and the server lets those of several
//! connections wait together: so a call takes the connection that is least busy, and
//! another one is opened when all are busy.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::OnceCell;
use tokio::task::AbortHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Connection, NoTls, Row, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::debug;

use crate::config::Config;
use crate::descriptor::Facts;
use crate::error::{breaks_connection, translate, was_undone};
use crate::sql::{self, Prepared, Sql};

/// How often a statement is sent that the service undid each time.
const ATTEMPTS: usize = 8;

/// The parameters of a statement.
pub(crate) type Parameters<'a> = [&'a (dyn ToSql + Sync)];

/// An open connection.
struct Live {
    client: Client,
    /// The statements: made ready with the connection where the layout is there, and
    /// otherwise when the first one is needed.
    prepared: OnceCell<Prepared>,
    given_up: AtomicBool,
    /// How many calls wait for an answer.
    waiting: AtomicUsize,
    task: AbortHandle,
}

impl Live {
    fn is_good(&self) -> bool {
        !self.given_up.load(Ordering::Acquire) && !self.client.is_closed()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // A good one says good-bye by itself.
        if !self.is_good() {
            self.task.abort();
        }
    }
}

/// How the latest attempt to connect failed, if it did.
#[derive(Default)]
struct Attempt {
    number: u64,
    failure: Option<Error>,
}

/// The connections, as many as there are just now.
pub(crate) struct Pool {
    config: Config,
    encryption: Option<MakeRustlsConnect>,
    live: RwLock<Vec<Arc<Live>>>,
    attempt: tokio::sync::Mutex<Attempt>,
    /// How many attempts have begun.
    attempts: AtomicU64,
    growing: AtomicBool,
    /// How long an unanswered request makes the connection suspect.
    patience: Duration,
    /// What the service said of itself on the first connection.
    facts: OnceLock<Facts>,
    /// Whether the layout is there.
    is_laid_out: AtomicBool,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl Pool {
    /// Opens the first connection. Makes nothing.
    pub(crate) async fn connect(
        config: Config,
        encryption: Option<MakeRustlsConnect>,
    ) -> Result<(Arc<Self>, Facts)> {
        let pool = Arc::new(Self {
            // Less than a call takes when the portable layer gives up on it.
            patience: config.call_timeout.mul_f64(0.9),
            config,
            encryption,
            live: RwLock::default(),
            attempt: tokio::sync::Mutex::default(),
            attempts: AtomicU64::new(0),
            growing: AtomicBool::new(false),
            facts: OnceLock::new(),
            is_laid_out: AtomicBool::new(false),
        });
        pool.open().await?;
        // Set by the connection that was opened.
        let facts = pool.facts.get().cloned().ok_or(ErrorKind::Unavailable)?;
        Ok((pool, facts))
    }

    /// Carries a statement out. The first one makes the layout if it is not there.
    pub(crate) async fn query(
        self: &Arc<Self>,
        sql: Sql,
        parameters: &Parameters<'_>,
    ) -> Result<Vec<Row>> {
        let mut attempt = 1;
        loop {
            let live = self.live().await?;
            let waiting = Waiting::new(&live, self.patience);
            let prepare = || self.prepare(&live.client);
            let prepared = live.prepared.get_or_try_init(prepare).await?;
            let result = live.client.query(prepared.get(sql), parameters).await;
            waiting.end(result.as_ref().err());
            match result {
                Err(error) if was_undone(&error) && attempt < ATTEMPTS => attempt += 1,
                result => return result.map_err(translate),
            }
        }
    }

    /// Bounds requests that do not come through the portable layer.
    pub(crate) async fn bounded<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        match tokio::time::timeout(self.config.call_timeout, request).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }

    /// The connection that is least busy, opened if there is none.
    async fn live(self: &Arc<Self>) -> Result<Arc<Live>> {
        let Some((live, may_grow)) = self.least_busy() else {
            return self.open().await;
        };
        if may_grow && !self.growing.swap(true, Ordering::AcqRel) {
            let pool = Arc::clone(self);
            tokio::spawn(async move {
                // The next call that finds all of them busy tries again.
                drop(pool.connect_in_time().await);
                pool.growing.store(false, Ordering::Release);
            });
        }
        Ok(live)
    }

    /// The good connection that is least busy, and whether another one would help.
    fn least_busy(&self) -> Option<(Arc<Live>, bool)> {
        let all = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let mut least: Option<(&Arc<Live>, usize)> = None;
        let mut good = 0;
        for live in all.iter().filter(|live| live.is_good()) {
            good += 1;
            let waiting = live.waiting.load(Ordering::Relaxed);
            if least.is_none_or(|(_, most)| waiting < most) {
                least = Some((live, waiting));
            }
        }
        let (live, waiting) = least?;
        Some((
            Arc::clone(live),
            waiting > 0 && good < self.config.connections,
        ))
    }

    /// Opens a connection because there is none. Calls that wait for the same attempt
    /// share its failure.
    async fn open(self: &Arc<Self>) -> Result<Arc<Live>> {
        let begun = self.attempts.load(Ordering::Acquire);
        let mut attempt = self.attempt.lock().await;
        if let Some((live, _)) = self.least_busy() {
            return Ok(live);
        }
        // An attempt that began after this call did and failed speaks for it too.
        if let (true, Some(failure)) = (attempt.number > begun, &attempt.failure) {
            return Err(failure.clone());
        }
        attempt.number = self.attempts.fetch_add(1, Ordering::AcqRel) + 1;
        attempt.failure = None;
        let opened = self.connect_in_time().await;
        attempt.failure = opened.as_ref().err().cloned();
        opened
    }

    /// Opens one and puts it among the others.
    async fn connect_in_time(&self) -> Result<Arc<Live>> {
        let opened = tokio::time::timeout(self.config.connect_timeout, self.connect_once())
            .await
            .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()));
        match opened {
            Ok(live) => {
                let live = Arc::new(live);
                let mut all = self.live.write().unwrap_or_else(PoisonError::into_inner);
                all.retain(|live| live.is_good());
                all.push(Arc::clone(&live));
                debug!(connections = all.len(), "connected");
                Ok(live)
            }
            Err(error) => {
                debug!(%error, "no connection");
                Err(error)
            }
        }
    }

    async fn connect_once(&self) -> Result<Live> {
        match &self.encryption {
            None => {
                let (client, connection) =
                    self.config.client.connect(NoTls).await.map_err(translate)?;
                self.greet(client, connection).await
            }
            Some(encryption) => {
                let (client, connection) = self
                    .config
                    .client
                    .connect(encryption.clone())
                    .await
                    .map_err(translate)?;
                self.greet(client, connection).await
            }
        }
    }

    /// Makes the layout, if it is not there, and the statements ready.
    async fn prepare(&self, client: &Client) -> Result<Prepared> {
        let schema = &self.config.schema;
        if !self.is_laid_out.load(Ordering::Acquire) {
            let facts = self.ask(client).await?;
            if facts.table.is_none() {
                let layout = sql::create(schema, facts.has_schema);
                client.batch_execute(&layout).await.map_err(translate)?;
            }
            self.is_laid_out.store(true, Ordering::Release);
        }
        Prepared::make(client, schema).await.map_err(translate)
    }

    async fn ask(&self, client: &Client) -> Result<Facts> {
        let question = sql::facts(&self.config.schema);
        let row = client.query_one(&question, &[]).await.map_err(translate)?;
        Facts::read(&row)
    }

    /// Asks the service about itself, and makes the statements ready if they can be.
    async fn greet<S>(&self, client: Client, connection: Connection<Socket, S>) -> Result<Live>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let task = tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection has ended");
            }
        });
        // From here on an attempt that is given up leaves no task behind.
        let ending = Ending(Some(task.abort_handle()));
        if self.facts.get().is_none() {
            let facts = self.ask(&client).await?;
            if facts.table.is_some() {
                self.is_laid_out.store(true, Ordering::Release);
            }
            // Only one attempt is the first; a second one would say the same.
            drop(self.facts.set(facts));
        }
        let session = self.session();
        let prepared = OnceCell::new();
        let prepare = async {
            if self.is_laid_out.load(Ordering::Acquire) {
                prepared.get_or_try_init(|| self.prepare(&client)).await?;
            }
            Ok::<_, Error>(())
        };
        let (session, made) = futures::future::join(client.batch_execute(&session), prepare).await;
        session.map_err(translate)?;
        made?;
        Ok(Live {
            client,
            prepared,
            given_up: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            task: ending.disarm(task.abort_handle()),
        })
    }

    /// What holds on each connection, whatever the server's files say: now or later.
    fn session(&self) -> String {
        let commit = self.facts.get().map_or("on", |facts| facts.commit.as_str());
        let timeout = self.config.call_timeout.as_millis();
        // Every statement is written for an index, whatever the planner thinks of the
        // size of a table that it has not looked at yet.
        format!(
            "SET default_transaction_isolation = 'read committed'; \
             SET synchronous_commit = {commit}; \
             SET statement_timeout = {timeout}; \
             SET jit = off; \
             SET enable_seqscan = off; \
             SET enable_bitmapscan = off"
        )
    }
}

/// A statement under way. The connection is given up after a failure that it does not
/// survive, and also when the caller goes away after having waited about as long as a
/// call may take: the next call then takes another connection. Calls that still wait on
/// the old one keep it open.
struct Waiting<'a> {
    live: &'a Live,
    since: Instant,
    patience: Duration,
}

impl<'a> Waiting<'a> {
    fn new(live: &'a Live, patience: Duration) -> Self {
        live.waiting.fetch_add(1, Ordering::Relaxed);
        Self {
            live,
            since: Instant::now(),
            patience,
        }
    }

    /// An answer came, in time or not.
    fn end(mut self, error: Option<&tokio_postgres::Error>) {
        self.patience = Duration::MAX;
        if error.is_some_and(breaks_connection) {
            self.live.given_up.store(true, Ordering::Release);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.live.waiting.fetch_sub(1, Ordering::Relaxed);
        if self.since.elapsed() >= self.patience {
            self.live.given_up.store(true, Ordering::Release);
        }
    }
}

/// Ends the task of a connection that never became one.
struct Ending(Option<AbortHandle>);

impl Ending {
    fn disarm(mut self, handle: AbortHandle) -> AbortHandle {
        self.0 = None;
        handle
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}
