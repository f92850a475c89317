//! Requests to the service: signed, dated by its clock, sent once.
//!
//! Knows HTTP and the protocol's headers. Must not know what an entity means.

use std::sync::Arc;
use std::time::{Duration, Instant};

use azure_access::{Credentials, Dates, no_answer};
use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result, ServiceClock};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, IF_MATCH, RETRY_AFTER, SERVER,
};
use reqwest::{Method, Url};
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::error::{code, refusal};

/// The first version that takes tokens of an identity for tables.
const VERSION: &str = "2020-12-06";
/// How many requests may be on their way at a time; others wait for their turn.
const AT_ONCE: usize = 128;
/// How far apart the bounds of the service's clock may be before a call that goes by
/// them reads it anew, and how old.
const CLOCK_WIDTH: Duration = Duration::from_millis(200);
const CLOCK_AGE: Duration = Duration::from_secs(300);

/// A way to the service.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    endpoint: Url,
    credentials: Credentials,
    pub(crate) dates: Dates,
    turns: Semaphore,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Behind the endpoint: `Tables`. Holds nothing that needs an escape.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    /// Ask for marks of versions in the answer.
    pub(crate) marks: bool,
    pub(crate) if_match: Option<String>,
    pub(crate) body: Option<Bytes>,
}

/// What the service did. Everything else is an error.
#[derive(Debug)]
pub(crate) enum Answer {
    Done(Reply),
    /// The entity is not there.
    Absent,
    /// The entity, or table, is there already.
    Exists,
    /// The entity has another version.
    Changed,
}

/// The contents of an answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) sent: Instant,
    pub(crate) received: Instant,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the service calls itself.
    pub(crate) fn server(&self) -> &str {
        self.header(SERVER.as_str()).unwrap_or_default()
    }
}

impl Client {
    pub(crate) fn new(config: Config) -> Result<Arc<Self>> {
        let account = config.account;
        let http = azure_access::client(&account, config.connect_timeout)
            .timeout(config.call_timeout)
            .pool_max_idle_per_host(AT_ONCE);
        Ok(Arc::new(Self {
            http: http.build().map_err(no_answer)?,
            credentials: Credentials::new(&account)?,
            endpoint: account.endpoint,
            dates: Dates {
                clock: ServiceClock::new(CLOCK_WIDTH, CLOCK_AGE),
            },
            turns: Semaphore::new(AT_ONCE),
        }))
    }

    /// Sends a request once. A second time only where the first changed nothing: it was
    /// refused because of its date, or is a read whose connection was lost.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer> {
        let _turn = self.turns.acquire().await.map_err(|_| closed())?;
        let dated = self.dates.now();
        match self.send_dated(request, dated).await {
            Err(error) if *error.kind() == ErrorKind::AccessDenied => {
                match self.dates.again(dated) {
                    None => Err(error),
                    Some(now) => self.send_dated(request, now).await,
                }
            }
            Err(error)
                if *error.kind() == ErrorKind::Unavailable && request.method == Method::GET =>
            {
                self.send_dated(request, self.dates.now()).await
            }
            answer => answer,
        }
    }

    /// Sends a write, and lets it come to its end when the caller goes away, as
    /// what `held` stands for must know when it has.
    pub(crate) async fn commit<G: Send + 'static>(
        self: &Arc<Self>,
        request: Request,
        held: G,
    ) -> Result<Answer> {
        let client = Arc::clone(self);
        let work = async move {
            let answer = client.send(&request).await;
            drop(held);
            answer
        };
        tokio::spawn(work).await.unwrap_or_else(|_| Err(closed()))
    }

    async fn send_dated(&self, request: &Request, dated: i64) -> Result<Answer> {
        let date = Dates::text(dated)?;
        let mut url = self.endpoint.clone();
        let root = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{root}/{}", request.path));
        url.set_query(request.query.as_deref());
        let signed = |account: &str| string_to_sign(account, &date, &url);
        let right = self.credentials.authorize(signed).await?;
        let authorization = right.apply("SharedKeyLite", &mut url);
        let marks = if request.marks {
            "application/json;odata=minimalmetadata"
        } else {
            "application/json;odata=nometadata"
        };
        let mut http = self
            .http
            .request(request.method.clone(), url)
            .header("x-ms-date", &date)
            .header("x-ms-version", VERSION)
            .header("DataServiceVersion", "3.0;NetFx")
            .header("MaxDataServiceVersion", "3.0;NetFx")
            .header(ACCEPT, marks);
        if let Some(authorization) = authorization {
            http = http.header(AUTHORIZATION, authorization);
        }
        if let Some(mark) = &request.if_match {
            http = http.header(IF_MATCH, mark);
        }
        if let Some(body) = &request.body {
            http = http
                .header(CONTENT_TYPE, "application/json")
                .header("Prefer", "return-no-content")
                .body(body.clone());
        }
        let sent = Instant::now();
        let mut response = http.send().await.map_err(no_answer)?;
        let received = Instant::now();
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        self.dates.observe(&headers, sent, received);
        let body = response.bytes().await.map_err(no_answer)?;
        if status.is_success() {
            return Ok(Answer::Done(Reply {
                sent,
                received,
                headers,
                body,
            }));
        }
        let code = code(&body);
        Ok(match (status.as_u16(), code.as_str()) {
            (404, "ResourceNotFound" | "EntityNotFound") => Answer::Absent,
            (409, "EntityAlreadyExists" | "TableAlreadyExists") => Answer::Exists,
            (412, _) => Answer::Changed,
            _ => return Err(refusal(status, &code, retry_after(&headers))),
        })
    }
}

/// What Shared Key Lite signs of a request to tables: its date, and its resource
/// without the parameters, none of ours being `comp`.
fn string_to_sign(account: &str, date: &str, url: &Url) -> String {
    format!("{date}\n/{account}{}", url.path())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What cannot come about while the process lives.
fn closed() -> Error {
    ErrorKind::Other("the provider failed internally".into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_that_is_signed_is_that_of_the_reference() {
        // The example of the page "Authorize with Shared Key".
        let url = Url::parse("https://testaccount1.table.core.windows.net/Tables").unwrap();
        assert_eq!(
            string_to_sign("testaccount1", "Sun, 11 Oct 2009 19:52:39 GMT", &url),
            "Sun, 11 Oct 2009 19:52:39 GMT\n/testaccount1/Tables"
        );
        // An emulator's account stands in the path as well; parameters do not count.
        let url = "http://127.0.0.1:10002/devstoreaccount1/Data(PartitionKey='a',RowKey='k')";
        let url = Url::parse(&format!("{url}?$select=d")).unwrap();
        assert_eq!(
            string_to_sign("devstoreaccount1", "D", &url),
            "D\n/devstoreaccount1/devstoreaccount1/Data(PartitionKey='a',RowKey='k')"
        );
    }
}
