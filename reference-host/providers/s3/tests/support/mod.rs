//! The service of a test: SeaweedFS, or a script that answers as told; and questions to
//! it past the provider.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use cloud_contract::{Provider, Result, Settings};
use provider_s3::FACTORY;
use provider_tests::Subject;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const S3: Subject = Subject {
    secrets: &["cloudwit", "cw-"],
    left: |settings| Box::pin(left(settings)),
    ..Subject::of(&FACTORY)
};

/// The bucket of the script.
const BUCKET: &str = "cw-test";

/// Connects to a script.
pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    let settings = S3.settings(endpoint, options).or(&[("bucket", BUCKET)]);
    (FACTORY.connect)(settings).await
}

/// A client that is not the provider's, and the bucket.
pub(crate) async fn client(settings: &Settings) -> (Client, String) {
    let key = |name: &str| settings.options[name].clone();
    let keys = Credentials::new(
        key("access-key-id"),
        key("secret-access-key"),
        None,
        None,
        "test",
    );
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .credentials_provider(keys)
        .endpoint_url(settings.endpoint.clone().unwrap())
        .load()
        .await;
    let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
    (Client::from_conf(config.build()), key("bucket"))
}

/// The keys and the uploads of the bucket, counted past the provider.
async fn left(settings: Settings) -> u64 {
    let (client, bucket) = client(&settings).await;
    let objects = client.list_objects_v2().bucket(&bucket).send();
    let uploads = client.list_multipart_uploads().bucket(&bucket).send();
    let (objects, uploads) = (objects.await.unwrap(), uploads.await.unwrap());
    (objects.contents().len() + uploads.uploads().len()) as u64
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

impl Answer {
    pub(crate) const OK: Self = Self::Is(200, "ETag: \"e\"\r\n", "");

    /// The form in which S3 refuses.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>sesame</Message></Error>");
        Self::Is(status, "", body.leak())
    }
}

/// A service that answers the requests of one kind by a script, and the others as a
/// bucket of ours with one open scope does. It ends with its runtime.
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

struct Plan {
    /// The method, and what the rest of the line contains.
    asked: (&'static str, &'static str),
    answers: Mutex<VecDeque<Answer>>,
    ahead: Duration,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Script {
    /// `answers` come one after the other to requests of the method whose path and query
    /// contain a text, the last one again and again. The clock of the service is `ahead`
    /// of ours.
    pub(crate) async fn start(
        asked: (&'static str, &'static str),
        answers: &[Answer],
        ahead: Duration,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::default();
        let plan = Arc::new(Plan {
            asked,
            answers: Mutex::new(answers.iter().cloned().collect()),
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
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All requests of a method whose path and query contain a text.
    pub(crate) fn seen(&self, method: &str, part: &str) -> Vec<Request> {
        let seen = self.seen.lock().unwrap();
        let of = seen.iter().filter(|request| is(request, (method, part)));
        of.cloned().collect()
    }
}

fn is(request: &Request, (method, part): (&str, &str)) -> bool {
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
                    let now = DateTime::from(SystemTime::now() + self.ahead);
                    let now = DateTime::from_secs(now.secs());
                    let date = now.fmt(DateTimeFormat::HttpDate).unwrap();
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
        if is(request, self.asked) {
            let mut answers = self.answers.lock().unwrap();
            return match answers.len() {
                0 | 1 => answers.front().cloned().unwrap_or(Answer::OK),
                _ => answers.pop_front().unwrap(),
            };
        }
        // Marks are there, objects are not.
        if request.line.starts_with("HEAD ") && request.line.contains("/in/") {
            return Answer::Is(404, "", "");
        }
        if request.line.contains("?uploads") && request.line.starts_with("POST ") {
            let begun = "<InitiateMultipartUploadResult><UploadId>u1</UploadId>\
                         </InitiateMultipartUploadResult>";
            return Answer::Is(200, "", begun);
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
