//! The connection: requests to the container of the account, signed, dated by the
//! service's clock, and what of them may be sent twice. Must not know what a blob means.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use azure_access::{Credentials, Dates, no_answer};
use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result, ServiceClock};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, RETRY_AFTER, SERVER};
use reqwest::{Method, Url};

use crate::config::Config;
use crate::error::{Failure, refusal, unexpected_reply};
use crate::signature::{Link, Signed, VERSION, moment, quoted};

/// How often a request is sent at most, and the first pause in between.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(20);
/// An answer has a field for each entry of metadata.
const HEADERS: usize = 1_024;
/// What an account answers that is no bytes of an object: lists.
const ANSWER_BYTES: usize = 64 << 20;
/// How exact the clock has to be, and how old it may be: signatures need minutes.
const CLOCK_WIDTH: Duration = Duration::from_secs(10);
const CLOCK_AGE: Duration = Duration::from_secs(300);
const SECOND: i64 = 1_000_000_000;

/// A container of an account, and how to reach it.
pub(crate) struct Service {
    http: reqwest::Client,
    endpoint: Url,
    container: String,
    credentials: Credentials,
    dates: Dates,
    pub(crate) call_timeout: Duration,
}

/// Shows nothing: it holds credentials.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// A request.
#[derive(Clone)]
pub(crate) struct Ask {
    method: Method,
    /// None for one about the container itself.
    key: Option<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Ask {
    /// About a blob.
    pub(crate) fn blob(method: Method, key: &str) -> Self {
        Self {
            method,
            key: Some(key.to_owned()),
            query: Vec::new(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// About the container.
    pub(crate) fn container(method: Method) -> Self {
        let mut ask = Self::blob(method, "");
        ask.key = None;
        ask.with("restype", "container")
    }

    /// With a parameter of the address.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With a header, whose name is in lower case.
    pub(crate) fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With several of them.
    pub(crate) fn fields(mut self, fields: impl IntoIterator<Item = (String, String)>) -> Self {
        self.headers.extend(fields);
        self
    }

    /// With bytes.
    pub(crate) fn body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }
}

/// An answer whose body is still to come.
pub(crate) struct Reply {
    pub(crate) headers: HeaderMap,
    body: reqwest::Response,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the service calls itself.
    pub(crate) fn server(&self) -> &str {
        self.header(SERVER.as_str()).unwrap_or_default()
    }

    /// The next bytes of the body; none at its end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.body.chunk().await.map_err(no_answer)
    }

    /// All of the body.
    async fn whole(&mut self) -> Result<Bytes> {
        let mut all = Vec::new();
        while let Some(piece) = self.chunk().await? {
            if all.len() + piece.len() > ANSWER_BYTES {
                return Err(unexpected_reply());
            }
            all.extend_from_slice(&piece);
        }
        Ok(Bytes::from(all))
    }
}

impl Service {
    /// Makes the client, and asks nothing yet.
    pub(crate) fn new(config: Config) -> Result<Self> {
        let http = azure_access::client(&config.account, config.connect_timeout)
            .http1_max_headers(HEADERS);
        Ok(Self {
            http: http.build().map_err(no_answer)?,
            credentials: Credentials::new(&config.account)?,
            endpoint: config.account.endpoint,
            container: config.container.unwrap_or_default(),
            dates: Dates {
                clock: ServiceClock::new(CLOCK_WIDTH, CLOCK_AGE),
            },
            call_timeout: config.call_timeout,
        })
    }

    /// Sends a request that changes nothing, or that does the same however often it is
    /// sent, again where it fails by chance.
    pub(crate) async fn read(&self, ask: &Ask) -> Result<Reply, Failure> {
        self.attempt(ask, |kind| {
            matches!(kind, ErrorKind::Throttled { .. } | ErrorKind::Unavailable)
        })
        .await
    }

    /// The same for an answer that fits into memory.
    pub(crate) async fn read_whole(&self, ask: &Ask) -> Result<Bytes, Failure> {
        let limit = self.call_timeout;
        for number in 1.. {
            let mut reply = self.read(ask).await?;
            match bounded(limit, reply.whole()).await {
                Err(error) if *error.kind() == ErrorKind::Unavailable && number < ATTEMPTS => {
                    pause(number).await;
                }
                whole => return Ok(whole?),
            }
        }
        Err(unexpected_reply().into())
    }

    /// Sends a write, again only where the service said that it did not carry it out.
    pub(crate) async fn write(&self, ask: &Ask) -> Result<Reply, Failure> {
        self.attempt(ask, |kind| matches!(kind, ErrorKind::Throttled { .. }))
            .await
    }

    async fn attempt(
        &self,
        ask: &Ask,
        again: impl Fn(&ErrorKind) -> bool + Send,
    ) -> Result<Reply, Failure> {
        for number in 1..ATTEMPTS {
            match self.send(ask).await {
                Err(failure) if again(failure.kind()) => pause(number).await,
                done => return done,
            }
        }
        self.send(ask).await
    }

    /// Sends a request once. A second time only where the first was refused because of
    /// its date, which changes nothing.
    async fn send(&self, ask: &Ask) -> Result<Reply, Failure> {
        let dated = self.dates.now();
        match self.send_dated(ask, dated).await {
            Err(failure) if *failure.kind() == ErrorKind::AccessDenied => {
                match self.dates.again(dated) {
                    None => Err(failure),
                    Some(now) => self.send_dated(ask, now).await,
                }
            }
            done => done,
        }
    }

    async fn send_dated(&self, ask: &Ask, dated: i64) -> Result<Reply, Failure> {
        let mut headers = ask.headers.clone();
        headers.push(("x-ms-date".to_owned(), Dates::text(dated)?));
        headers.push(("x-ms-version".to_owned(), VERSION.to_owned()));
        let mut url = self.url(ask.key.as_deref());
        let query: Vec<String> = ask
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", quoted(value, b"-_.~")))
            .collect();
        if !query.is_empty() {
            url.set_query(Some(&query.join("&")));
        }
        let signed = Signed {
            method: ask.method.as_str(),
            url: &url,
            query: &ask.query,
            headers: &headers,
            length: ask.body.len(),
        };
        let right = self.credentials.authorize(|account| signed.text(account));
        let authorization = right.await?.apply("SharedKey", &mut url);
        let mut http = self.http.request(ask.method.clone(), url);
        for (name, value) in &headers {
            http = http.header(name, value);
        }
        if let Some(authorization) = authorization {
            http = http.header(AUTHORIZATION, authorization);
        }
        if ask.method == Method::PUT {
            http = http
                .header(CONTENT_LENGTH, ask.body.len())
                .body(ask.body.clone());
        }
        let sent = Instant::now();
        let answer = bounded(self.call_timeout, async {
            http.send().await.map_err(no_answer)
        });
        let mut answer = answer.await?;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        self.dates.observe(&headers, sent, Instant::now());
        let reply = Reply {
            headers,
            body: answer,
        };
        if status.is_success() {
            return Ok(reply);
        }
        self.refused(status.as_u16(), reply).await
    }

    async fn refused(&self, status: u16, mut reply: Reply) -> Result<Reply, Failure> {
        let retry_after = reply.header(RETRY_AFTER.as_str());
        let retry_after = retry_after.and_then(|seconds| seconds.parse().ok());
        let retry_after = retry_after.map(Duration::from_secs);
        let code = match reply.header("x-ms-error-code") {
            Some(code) => code.to_owned(),
            None => azure_access::code(&bounded(self.call_timeout, reply.whole()).await?),
        };
        Err(refusal(status, code, retry_after))
    }

    /// The address of the container, or of a blob.
    fn url(&self, key: Option<&str>) -> Url {
        let mut url = self.endpoint.clone();
        let root = url.path().trim_end_matches('/');
        let container = &self.container;
        let path = match key {
            None => format!("{root}/{container}"),
            Some(key) => format!("{root}/{container}/{}", quoted(key, b"-_.~/")),
        };
        url.set_path(&path);
        url
    }

    /// Whether links can be made.
    pub(crate) fn has_key(&self) -> bool {
        matches!(self.credentials, Credentials::Key { .. })
    }

    /// A link to a blob that lasts so long; none without the key of the account.
    pub(crate) fn link(
        &self,
        key: &str,
        right: &str,
        lifetime: Duration,
    ) -> Result<Option<String>> {
        let now = match self.dates.clock.now() {
            Some((_, latest)) => latest,
            None => self.dates.now().saturating_add(1).saturating_mul(SECOND),
        };
        let lifetime = i64::try_from(lifetime.as_nanos()).unwrap_or(i64::MAX);
        // The second in which it ends is its last one.
        let end = now.saturating_add(lifetime).div_euclid(SECOND) + 1;
        let link = Link {
            right,
            container: &self.container,
            key,
            end: &moment(end)?,
        };
        let signature = self.credentials.sign(|account| link.text(account));
        Ok(signature.map(|signature| {
            let mut url = self.url(Some(key));
            url.set_query(Some(&link.query(&signature)));
            url.into()
        }))
    }

    /// The header fields that let the service read a blob by itself.
    pub(crate) async fn source(&self, key: &str) -> Result<Vec<(String, String)>> {
        let by = |url: String| ("x-ms-copy-source".to_owned(), url);
        if let Some(link) = self.link(key, "r", self.call_timeout * 3)? {
            return Ok(vec![by(link)]);
        }
        let mut url = self.url(Some(key));
        let right = self.credentials.authorize(|_| String::new()).await?;
        // A token does not fit into an address.
        let token = right.apply("", &mut url);
        let token = token.map(|token| ("x-ms-copy-source-authorization".to_owned(), token));
        Ok([by(url.into())].into_iter().chain(token).collect())
    }
}

/// Ends what takes longer than a call may.
async fn bounded<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(Error::from(ErrorKind::Timeout)))
}

/// Waits between two attempts, twice as long each time, and each caller for another
/// while, so that they do not all come back at once.
pub(crate) async fn pause(number: u32) {
    let longest = PAUSE * 2_u32.pow(number.min(6));
    let drawn = (RandomState::new().hash_one(number) % 64) as u32;
    tokio::time::sleep(longest / 2 + longest * drawn / 128).await;
}
