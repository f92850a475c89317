//! One connection that all calls share, and the login and clock that go with it.
//!
//! Owns sending. It repeats a request only where the service says that it did nothing,
//! because a login had run out. The channel of the client library connects anew by
//! itself; it repeats nothing.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cloud_contract::{ClockSample, Error, ErrorKind, Result, ServiceClock};
use prost::Message;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;
use tracing::debug;

use crate::config::Config;
use crate::date::parse_date;
use crate::error::{needs_login, translate, unexpected_reply};
use crate::proto::{
    AuthenticateRequest, AuthenticateResponse, Done, LeaseGrantRequest, LeaseRevokeRequest,
    RangeRequest, RangeResponse, StatusRequest, StatusResponse, TxnRequest, TxnResponse,
};

/// An answer to a question for the date is short.
const ANSWER_BYTES: u64 = 16 * 1024;
/// How far apart the bounds of the clock may be: a second, since dates are in seconds,
/// and the time that an answer takes.
const CLOCK_WIDTH: Duration = Duration::from_millis(1_200);
/// How old they may be: the more often they are asked for, the closer they are.
const CLOCK_AGE: Duration = Duration::from_secs(10);
/// How long a date is waited for, and how soon after an answer another one is asked for
/// where that did not help.
const DATE_TIMEOUT: Duration = Duration::from_secs(1);
const DATE_PAUSE: Duration = Duration::from_secs(1);

/// The connection.
pub(crate) struct Link {
    config: Config,
    grpc: Grpc<Channel>,
    token: RwLock<Option<MetadataValue<Ascii>>>,
    /// Held by the one who logs in.
    login: tokio::sync::Mutex<()>,
    /// None if the service does not tell the time.
    clock: Option<ServiceClock>,
    /// When the date was asked for last. Held by the one who asks.
    asked: tokio::sync::Mutex<Option<Instant>>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    /// Connects and logs in; returns the version of the service, where it tells.
    pub(crate) async fn connect(config: Config) -> Result<(Arc<Self>, Option<String>)> {
        let patience = config.connect_timeout;
        let greeting = async move {
            let channel = config
                .endpoint
                .connect()
                .await
                .map_err(|error| Error::with_source(ErrorKind::Unavailable, error))?;
            let mut link = Self {
                // What is asked for is what is wanted, whatever its length.
                grpc: Grpc::new(channel).max_decoding_message_size(usize::MAX),
                config,
                token: RwLock::default(),
                login: tokio::sync::Mutex::default(),
                clock: None,
                asked: tokio::sync::Mutex::default(),
            };
            link.log_in(None).await?;
            let version = match link.status().await {
                Ok((version, _)) => Some(version),
                // It is forbidden to most users.
                Err(status) if status.code() == Code::PermissionDenied => None,
                Err(status) => return Err(translate(status)),
            };
            link.clock = link.sample().await.map(|sample| {
                let clock = ServiceClock::new(CLOCK_WIDTH, CLOCK_AGE);
                clock.learn(sample);
                clock
            });
            Ok((Arc::new(link), version))
        };
        match tokio::time::timeout(patience, greeting).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }

    /// Bounds requests that do not come through the portable layer.
    pub(crate) async fn bounded<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        match tokio::time::timeout(self.config.call_timeout, request).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }

    pub(crate) async fn range(&self, request: RangeRequest) -> Result<RangeResponse> {
        self.call("/etcdserverpb.KV/Range", request)
            .await
            .map_err(translate)
    }

    pub(crate) async fn txn(&self, request: TxnRequest) -> Result<TxnResponse, Status> {
        self.call("/etcdserverpb.KV/Txn", request).await
    }

    pub(crate) async fn grant(&self, request: LeaseGrantRequest) -> Result<Done, Status> {
        self.call("/etcdserverpb.Lease/LeaseGrant", request).await
    }

    pub(crate) async fn revoke(&self, lease: i64) -> Result<Done, Status> {
        self.call(
            "/etcdserverpb.Lease/LeaseRevoke",
            LeaseRevokeRequest { id: lease },
        )
        .await
    }

    /// The service's clock, good enough to go by. Where the service does not tell its
    /// date any more, the bounds that are left are right as well: keys end later.
    pub(crate) async fn clock(&self) -> Option<&ServiceClock> {
        let clock = self.clock.as_ref()?;
        if clock.needs_sample() {
            // One asks for all who wait.
            let mut asked = self.asked.lock().await;
            let is_due = asked.is_none_or(|asked| asked.elapsed() >= DATE_PAUSE)
                // After the host slept nothing is known until then.
                || clock.end_of(Duration::ZERO).is_none();
            if is_due && clock.needs_sample() {
                let sample = tokio::time::timeout(DATE_TIMEOUT, self.sample()).await;
                if let Ok(Some(sample)) = sample {
                    clock.learn(sample);
                }
                *asked = Some(Instant::now());
            }
        }
        Some(clock)
    }

    pub(crate) fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    async fn call<M, R>(&self, path: &'static str, message: M) -> Result<R, Status>
    where
        M: Message + Clone + 'static,
        R: Message + Default + 'static,
    {
        let token = self.token();
        if token.is_none() && self.config.login.is_none() {
            return self
                .send(path, message, None)
                .await
                .map(Response::into_inner);
        }
        match self.send(path, message.clone(), token.clone()).await {
            Err(status) if needs_login(&status) => {
                self.log_in(token).await.map_err(|_| status)?;
                self.send(path, message, self.token()).await
            }
            result => result,
        }
        .map(Response::into_inner)
    }

    async fn send<M, R>(
        &self,
        path: &'static str,
        message: M,
        token: Option<MetadataValue<Ascii>>,
    ) -> Result<Response<R>, Status>
    where
        M: Message + 'static,
        R: Message + Default + 'static,
    {
        let mut request = Request::new(message);
        if let Some(token) = token {
            request.metadata_mut().insert("token", token);
        }
        let mut grpc = self.grpc.clone();
        grpc.ready()
            .await
            .map_err(|error| Status::from_error(error.into()))?;
        let codec: ProstCodec<M, R> = ProstCodec::default();
        grpc.unary(request, PathAndQuery::from_static(path), codec)
            .await
    }

    fn token(&self) -> Option<MetadataValue<Ascii>> {
        self.token
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Gets a token in place of `old`, unless somebody else did.
    async fn log_in(&self, old: Option<MetadataValue<Ascii>>) -> Result<()> {
        let Some((name, password)) = self.config.login.clone() else {
            return Ok(());
        };
        let _one = self.login.lock().await;
        if self.token() != old {
            return Ok(());
        }
        let request = AuthenticateRequest { name, password };
        let answer = self
            .send("/etcdserverpb.Auth/Authenticate", request, None)
            .await;
        let answer: AuthenticateResponse = match answer {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::FailedPrecondition => {
                return Err(Error::invalid("username: the service asks for none"));
            }
            Err(status) => return Err(translate(status)),
        };
        let mut token: MetadataValue<Ascii> =
            answer.token.parse().map_err(|_| unexpected_reply())?;
        token.set_sensitive(true);
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Ok(())
    }

    /// The version, and the date where the answer has one: it comes from an HTTP server
    /// where the connection is encrypted.
    async fn status(&self) -> Result<(String, Option<i64>), Status> {
        let path = "/etcdserverpb.Maintenance/Status";
        let answer: Response<StatusResponse> =
            self.send(path, StatusRequest {}, self.token()).await?;
        let date = answer.metadata().get("date");
        let date = date
            .and_then(|date| date.to_str().ok())
            .and_then(parse_date);
        Ok((answer.into_inner().version, date))
    }

    async fn sample(&self) -> Option<ClockSample> {
        let sent = Instant::now();
        let date = match &self.config.plain {
            Some(authority) => date_of(authority).await,
            None => self.status().await.ok().and_then(|(_, date)| date),
        };
        if date.is_none() {
            debug!("the service does not tell the time");
        }
        Some(ClockSample {
            sent,
            received: Instant::now(),
            told: date?.checked_mul(1_000_000_000)?,
            resolution: Duration::from_secs(1),
        })
    }
}

/// The date of an answer of the member's HTTP server, which is on the same port.
async fn date_of(authority: &str) -> Option<i64> {
    let mut stream = TcpStream::connect(authority).await.ok()?;
    let question =
        format!("GET /version HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream
        .take(ANSWER_BYTES)
        .read_to_end(&mut answer)
        .await
        .ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let head = answer.split("\r\n\r\n").next()?;
    let date = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("date").then_some(value)
    })?;
    parse_date(date)
}
