//! The connection: requests to the JSON API, and how often one is sent. Knows what may be
//! sent twice; must not know what an object means.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use bucket_scopes::Looks;
use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;

use crate::access::Access;
use crate::config::Config;
use crate::error::{Failure, Verdict, unexpected_reply};

/// What a service that keeps 8 KiB of metadata can send at most, an entry a field.
const HEADERS: usize = 4_096;
/// The longest answer that is taken whole. A page of 1,000 objects with all the metadata
/// that they may have is a sixth of it.
const ANSWER_BYTES: usize = 64 << 20;
/// Shorter than servers keep a connection that is not used: one that is being closed as a
/// request leaves would make the end of a write unknown.
const IDLE: Duration = Duration::from_secs(4);
/// How often a request is sent at most that fails by chance.
const ATTEMPTS: u32 = 4;
/// The first pause in between, and the longest.
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(1_280);
/// A piece of a resumable upload was taken, and others are waited for.
const TO_BE_RESUMED: u16 = 308;

/// What the service answers; a failure where it did not do what it was asked for.
pub(crate) type Reply<T> = std::result::Result<T, Failure>;

/// A bucket, and how to reach it.
pub(crate) struct Service {
    http: reqwest::Client,
    /// Scheme and authority, without a slash at the end.
    pub(crate) endpoint: String,
    pub(crate) access: Access,
    pub(crate) bucket: String,
    pub(crate) call_timeout: Duration,
    /// How old the objects of a write are whose host is gone.
    pub(crate) abandoned_after: Duration,
    pub(crate) looks: Looks,
    /// Whether the bucket keeps the states of objects.
    pub(crate) has_history: bool,
}

/// Shows nothing: it holds credentials.
impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: Method,
    /// Behind the endpoint, with the query.
    path: String,
    fields: Vec<(&'static str, String)>,
    body: Bytes,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// What the body says.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|_| unexpected_reply())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether others are waited for.
    pub(crate) fn is_to_be_resumed(&self) -> bool {
        self.status == TO_BE_RESUMED
    }
}

impl Request {
    pub(crate) fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            fields: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn get(path: String) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: String) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn delete(path: String) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a parameter.
    pub(crate) fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.path
            .push(if self.path.contains('?') { '&' } else { '?' });
        self.path.push_str(name);
        self.path.push('=');
        self.path.push_str(&quoted(&value.to_string()));
        self
    }

    /// Adds a parameter, if there is a value.
    pub(crate) fn with_some(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(crate) fn field(mut self, name: &'static str, value: String) -> Self {
        self.fields.push((name, value));
        self
    }

    /// Bytes of which nothing is said.
    pub(crate) fn bytes(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn body(self, content_type: &str, body: Bytes) -> Self {
        self.bytes(body)
            .field(CONTENT_TYPE.as_str(), content_type.to_owned())
    }

    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        self.body("application/json", body.to_string().into())
    }
}

impl Service {
    /// Makes the client. Looks for credentials, and does not ask for the service.
    ///
    /// # Errors
    /// `access-denied` without credentials.
    pub(crate) async fn new(config: &Config) -> Result<Self> {
        // The first one stays; all ours are the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut http = reqwest::Client::builder()
            // A connection for each request: an object that nobody goes on to read must
            // not fill the window of another one.
            .http1_only()
            // Each entry of metadata is a header field of an object that is read.
            .http1_max_headers(HEADERS)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // Bytes are those of the object, whatever it says of its encoding.
            .no_gzip()
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true);
        if config.is_emulator {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build().map_err(Failure::from)?,
            endpoint: config.endpoint.clone(),
            access: Access::find(config).await?,
            bucket: config.bucket.clone().unwrap_or_default(),
            call_timeout: config.call_timeout,
            abandoned_after: config.abandoned_after,
            looks: Looks::default(),
            has_history: false,
        })
    }

    /// Sends a request that changes nothing, or that does the same however often it is
    /// sent, again where it fails by chance.
    pub(crate) async fn read(&self, request: &Request) -> Reply<Answer> {
        for number in 1..ATTEMPTS {
            match self.send(request).await {
                Err(failure) if is_by_chance(&failure) => pause(number).await,
                done => return done,
            }
        }
        self.send(request).await
    }

    /// Sends a write, again only where the service said that it did not carry it out: an
    /// object can be written about once in a second.
    pub(crate) async fn write(&self, request: &Request) -> Reply<Answer> {
        let until = Instant::now() + self.call_timeout / 2;
        for number in 1.. {
            match self.send(request).await {
                Err(failure) if failure.verdict == Verdict::Throttled => {
                    let wait = wait(number);
                    if Instant::now() + wait > until {
                        return Err(failure);
                    }
                    tokio::time::sleep(wait).await;
                }
                done => return done,
            }
        }
        Err(Failure::timeout())
    }

    /// Sends a request once. A request has a little less time than the call that it
    /// belongs to, so that it ends here and not there.
    pub(crate) async fn send(&self, request: &Request) -> Reply<Answer> {
        let work = async {
            let response = self.request(request).await?.send().await?;
            answered(response).await
        };
        match tokio::time::timeout(self.call_timeout.mul_f64(0.9), work).await {
            Ok(ended) => ended,
            Err(_) => Err(Failure::timeout()),
        }
    }

    /// Asks for bytes, and returns the answer as soon as it begins.
    pub(crate) async fn open(&self, request: &Request) -> Reply<reqwest::Response> {
        let work = async {
            // As they are kept, also where they are kept compressed.
            let asked = self.request(request).await?;
            let response = asked.header(ACCEPT_ENCODING, "gzip").send().await?;
            if response.status().is_success() {
                Ok(response)
            } else {
                Err(answered(response)
                    .await
                    .err()
                    .unwrap_or_else(|| unexpected_reply().into()))
            }
        };
        let bounded = || async {
            match tokio::time::timeout(self.call_timeout.mul_f64(0.9), work).await {
                Ok(ended) => ended,
                Err(_) => Err(Failure::timeout()),
            }
        };
        bounded().await
    }

    async fn request(&self, request: &Request) -> Reply<reqwest::RequestBuilder> {
        let url = format!("{}{}", self.endpoint, request.path);
        let mut http = self
            .http
            .request(request.method.clone(), url)
            .headers(self.access.headers().await?);
        for (name, value) in &request.fields {
            http = http.header(*name, value);
        }
        // Also where there is nothing: servers want to be told so.
        if request.method != Method::GET && request.method != Method::DELETE {
            http = http.body(request.body.clone());
            if request.body.is_empty() {
                http = http.header(reqwest::header::CONTENT_LENGTH, 0);
            }
        }
        Ok(http)
    }
}

async fn answered(mut response: reqwest::Response) -> Reply<Answer> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let body = whole(response).await?;
    if status.is_success() || status == TO_BE_RESUMED {
        Ok(Answer {
            status: status.as_u16(),
            headers,
            body,
        })
    } else {
        Err(Failure::refusal(status.as_u16(), &body))
    }
}

async fn whole(mut response: reqwest::Response) -> Reply<Bytes> {
    let mut all = BytesMut::new();
    while let Some(piece) = response.chunk().await? {
        if all.len() + piece.len() > ANSWER_BYTES {
            return Err(unexpected_reply().into());
        }
        all.extend_from_slice(&piece);
    }
    Ok(all.freeze())
}

/// Whether it may well succeed a moment later.
pub(crate) fn is_by_chance(failure: &Failure) -> bool {
    match failure.verdict {
        Verdict::Throttled => true,
        Verdict::Lost => {
            let error = cloud_contract::Error::from(failure.clone());
            *error.kind() == cloud_contract::ErrorKind::Unavailable
        }
        _ => false,
    }
}

/// Text as a part of a URL between two slashes, or of its query.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("%{byte:02X}"));
        }
    }
    quoted
}

/// Waits between two attempts.
pub(crate) async fn pause(number: u32) {
    tokio::time::sleep(wait(number)).await;
}

/// Twice as long each time, and for each caller another while, so that they do not all
/// come back at once.
fn wait(number: u32) -> Duration {
    let longest = LONGEST_PAUSE.min(PAUSE * 2_u32.pow(number.min(10)));
    let drawn = (RandomState::new().hash_one(number) % 64) as u32;
    longest / 2 + longest * drawn / 128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        for number in [1, 2, 6, 60] {
            let took = wait(number);
            let longest = LONGEST_PAUSE.min(PAUSE * 2_u32.pow(number.min(10)));
            assert!(took >= longest / 2 && took <= longest);
        }
    }

    #[test]
    fn parameters_and_names_are_quoted() {
        assert_eq!(
            quoted("s/in/c/a b+\u{e9}%"),
            "s%2Fin%2Fc%2Fa%20b%2B%C3%A9%25"
        );
        let request = Request::get("/x".to_owned())
            .with("a", "/")
            .with_some("b", Some(1));
        assert_eq!(request.with_some("c", None::<u64>).path, "/x?a=%2F&b=1");
    }
}
