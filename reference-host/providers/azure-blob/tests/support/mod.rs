//! The service of a test: Azurite, or a script that answers as told; and questions to it
//! past the provider.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use azure_core::time::{OffsetDateTime, to_rfc7231};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_contract::{Bytes, Provider, Result, Settings};
use hmac::{Hmac, KeyInit as _, Mac as _};
use provider_azure_blob::FACTORY;
use provider_tests::Subject;
use reqwest::{Method, Url};
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const BLOBS: Subject = Subject {
    secrets: &["devstore", "cw-"],
    left: |settings| Box::pin(left(settings)),
    ..Subject::of(&FACTORY)
};

/// The container of the script.
const CONTAINER: &str = "cw-test";
const ACCOUNT: &str = "devstoreaccount1";

/// Connects to a script.
pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    let settings = BLOBS.settings(endpoint, options);
    (FACTORY.connect)(settings.or(&[("container", CONTAINER)])).await
}

/// Asks something past the provider: about a blob, or the container where its key is
/// empty. Returns the status and the body.
pub(crate) async fn ask(
    settings: &Settings,
    method: Method,
    key: &str,
    query: &[(&str, &str)],
    fields: &[(&str, &str)],
    body: &'static [u8],
) -> (u16, Bytes) {
    let (endpoint, container) = (
        settings.endpoint.clone().unwrap(),
        &settings.options["container"],
    );
    let slash = if key.is_empty() { "" } else { "/" };
    let mut url = Url::parse(&format!("{endpoint}/{container}{slash}{key}")).unwrap();
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut headers: Vec<(&str, String)> = vec![
        ("x-ms-date", to_rfc7231(&OffsetDateTime::now_utc())),
        ("x-ms-version", "2020-12-06".to_owned()),
    ];
    headers.extend(fields.iter().map(|&(name, value)| (name, value.to_owned())));
    headers.sort();
    let length = match body.len() {
        0 => String::new(),
        length => length.to_string(),
    };
    let mut text = format!("{method}\n\n\n{length}\n\n\n\n\n\n\n\n\n");
    for (name, value) in &headers {
        text.push_str(&format!("{name}:{value}\n"));
    }
    text.push_str(&format!("/{ACCOUNT}{}", url.path()));
    let mut query = query.to_vec();
    query.sort_unstable();
    for (name, value) in query {
        text.push_str(&format!("\n{name}:{value}"));
    }
    let key = STANDARD.decode(&settings.options["key"]).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let signature = STANDARD.encode(mac.chain_update(text).finalize().into_bytes());
    let mut request = reqwest::Client::new()
        .request(method, url)
        .header("Authorization", format!("SharedKey {ACCOUNT}:{signature}"))
        .header("Content-Length", body.len())
        .body(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap())
}

/// How many blobs the container has, those that are blocks only included or not.
pub(crate) async fn count(settings: &Settings, with_blocks: bool) -> u64 {
    let mut query = vec![("comp", "list"), ("restype", "container")];
    if with_blocks {
        query.push(("include", "uncommittedblobs"));
    }
    let (status, body) = ask(settings, Method::GET, "", &query, &[], b"").await;
    assert_eq!(status, 200);
    String::from_utf8_lossy(&body).matches("<Blob>").count() as u64
}

/// Blocks that are no blob stay for a week, as is declared.
async fn left(settings: Settings) -> u64 {
    count(&settings, false).await
}

/// An answer of the script.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// The status, further header fields, each with its line end, and the body.
    Is(u16, &'static str, &'static str),
    /// The connection ends without one.
    Lost,
    /// None, and the connection stays.
    Silence,
}

/// What the service tells of an object.
const TOLD: &str = "ETag: \"0x1\"\r\nLast-Modified: Wed, 09 Sep 2009 09:20:02 GMT\r\n";

impl Answer {
    pub(crate) const OK: Self = Self::Is(201, TOLD, "");

    /// The form in which the service refuses.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>sesame</Message></Error>");
        let field = match code {
            "" => String::new(),
            code => format!("x-ms-error-code: {code}\r\n"),
        };
        Self::Is(status, field.leak(), body.leak())
    }

    /// An object with this ETag.
    pub(crate) fn found(etag: &str, fields: &str, body: &'static str) -> Self {
        let status = if fields.is_empty() { 200 } else { 206 };
        let told = TOLD.replace("0x1", etag);
        Self::Is(status, format!("{told}{fields}").leak(), body)
    }
}

/// A service that answers the requests of one kind by a script, and the others as a
/// container with one open scope does. It ends with its runtime.
pub(crate) struct Script {
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method, path and query.
    pub(crate) line: String,
    /// The header, in lower case.
    pub(crate) header: String,
}

/// The method, and what the rest of the line contains.
type Asked = (&'static str, &'static str);

struct Plan {
    plans: Mutex<Vec<(Asked, VecDeque<Answer>)>>,
    ahead: Duration,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Script {
    /// Each list of answers comes one after the other to requests of its kind, the last
    /// one again and again. The clock of the service is `ahead` of ours.
    pub(crate) async fn start(plans: &[(Asked, &[Answer])], ahead: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::default();
        let plans = plans.iter();
        let plans = plans.map(|(asked, answers)| (*asked, answers.iter().cloned().collect()));
        let plan = Arc::new(Plan {
            plans: Mutex::new(plans.collect()),
            ahead,
            seen: Arc::clone(&seen),
        });
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let plan = Arc::clone(&plan);
                tokio::spawn(async move { plan.serve(connection).await });
            }
        });
        Self { port, seen }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/{ACCOUNT}", self.port)
    }

    /// All requests of a method whose path and query contain a text.
    pub(crate) fn seen(&self, method: &'static str, part: &'static str) -> Vec<Request> {
        let seen = self.seen.lock().unwrap();
        let of = seen.iter().filter(|request| is(request, (method, part)));
        of.cloned().collect()
    }
}

fn is(request: &Request, (method, part): Asked) -> bool {
    let (asked, rest) = request.line.split_once(' ').unwrap();
    asked == method && rest.contains(part)
}

impl Plan {
    async fn serve(&self, connection: TcpStream) {
        let mut connection = BufReader::new(connection);
        while let Some(request) = request(&mut connection).await {
            let is_head = request.line.starts_with("HEAD ");
            let answer = self.answer(&request);
            self.seen.lock().unwrap().push(request);
            match answer {
                Answer::Lost => return,
                Answer::Silence => std::future::pending().await,
                Answer::Is(status, fields, body) => {
                    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap() + self.ahead;
                    let now = i64::try_from(now.as_secs()).unwrap();
                    let date = to_rfc7231(&OffsetDateTime::from_unix_timestamp(now).unwrap());
                    let shown = if is_head { "" } else { body };
                    let length = shown.len();
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\nDate: {date}\r\n{fields}\
                         Content-Length: {length}\r\n\r\n{shown}",
                    );
                    if connection.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut plans = self.plans.lock().unwrap();
        if let Some((_, answers)) = plans.iter_mut().find(|(asked, _)| is(request, *asked)) {
            return match answers.len() {
                0 | 1 => answers.front().cloned().unwrap_or(Answer::OK),
                _ => answers.pop_front().unwrap(),
            };
        }
        // Marks are there, objects are not.
        if request.line.starts_with("HEAD ") && request.line.contains("/in/") {
            return Answer::error(404, "BlobNotFound");
        }
        if request.line.contains("comp=list&") || request.line.contains("comp=list ") {
            let none = "<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>";
            return Answer::Is(200, "", none);
        }
        Answer::OK
    }
}

/// One request; none at the end.
async fn request(connection: &mut BufReader<TcpStream>) -> Option<Request> {
    let (mut first, mut header, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if first.is_empty() {
            line.clone_into(&mut first);
            continue;
        }
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
        header.push_str(&line);
        header.push('\n');
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    Some(Request {
        line: first,
        header,
    })
}
