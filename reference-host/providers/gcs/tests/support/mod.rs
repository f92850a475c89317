//! The service of a test: the emulator, or a script that answers as told; and questions to
//! it past the provider.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use cloud_contract::{Provider, Result, Settings};
use provider_gcs::FACTORY;
use provider_tests::Subject;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const GCS: Subject = Subject {
    // What is overwritten is gone, as in most buckets.
    options: &[("history", "off")],
    secrets: &["cw-", "upload_id"],
    left: |settings| Box::pin(left(settings)),
    ..Subject::of(&FACTORY)
};

/// The bucket of the script.
const BUCKET: &str = "cw-test";
/// Requests for the bytes of an object.
pub(crate) const BYTES: (&str, &str) = ("GET", "alt=media");
/// Those for bytes with all that is said of their object.
pub(crate) const DESCRIBED: (&str, &str) = ("GET", "/cw-test/test%2Fin%2F");
/// Any object of it, of generation 7.
pub(crate) const OBJECT: &str = r#"{"name":"k","generation":"7","size":"9",
    "timeCreated":"2026-01-01T00:00:00Z","contentType":"text/plain"}"#;

/// Connects to a script.
pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    let settings = GCS.settings(endpoint, options).or(&[("bucket", BUCKET)]);
    (FACTORY.connect)(settings).await
}

/// The objects of the bucket, counted past the provider.
async fn left(settings: Settings) -> u64 {
    let url = format!(
        "{}/storage/v1/b/{}/o",
        settings.endpoint.unwrap(),
        settings.options["bucket"]
    );
    let answer = reqwest::get(url).await.unwrap();
    let list: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(list.get("nextPageToken"), None);
    list["items"].as_array().map_or(0, Vec::len) as u64
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
    pub(crate) const OK: Self = Self::Is(200, "", OBJECT);

    /// The form in which the service refuses.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        let body = format!(
            "{{\"error\":{{\"code\":{status},\"message\":\"{message}\",\
             \"errors\":[{{\"reason\":\"sesame\"}}]}}}}"
        );
        Self::Is(status, "", body.leak())
    }
}

/// A service that answers the requests of one kind by a script, and the others as a
/// bucket of ours with one open scope and no objects does. It ends with its runtime.
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
    pub(crate) body: String,
}

struct Plan {
    /// The method, and what the rest of the line contains.
    asked: (&'static str, &'static str),
    answers: Mutex<VecDeque<Answer>>,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Script {
    /// `answers` come one after the other to requests of the method whose path and query
    /// contain a text, the last one again and again.
    pub(crate) async fn start(asked: (&'static str, &'static str), answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::default();
        let plan = Arc::new(Plan {
            asked,
            answers: Mutex::new(answers.iter().cloned().collect()),
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
            let answer = self.answer(&request);
            self.seen.lock().unwrap().push(request);
            match answer {
                Answer::Lost => return,
                Answer::Silence => std::future::pending().await,
                Answer::Is(status, fields, body) => {
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\n{fields}Content-Length: {length}\r\n\r\n{body}",
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
        let line = &request.line;
        if line.contains("uploadType=resumable") {
            let place = "Location: https://elsewhere.example/upload/s?upload_id=u1\r\n";
            return Answer::Is(200, place, "");
        }
        if line.starts_with("PUT ") {
            return taken(&request.header);
        }
        if line.starts_with("DELETE ") && line.contains("upload_id") {
            return Answer::error(499, "");
        }
        if line.starts_with("GET ") && line.contains("prefix=") {
            return Answer::Is(200, "", "{}");
        }
        // Marks are there; objects are not, unless the script is about their bytes.
        let has_object = [BYTES, DESCRIBED].contains(&self.asked);
        if !has_object && line.starts_with("GET ") && line.contains("%2Fin%2F") {
            return Answer::error(404, "No such object");
        }
        Answer::OK
    }
}

/// What a session answers to a piece: what came is kept.
fn taken(header: &str) -> Answer {
    let (_, range) = header.split_once("content-range: bytes ").unwrap();
    let range = range.lines().next().unwrap();
    let (bytes, all) = range.split_once('/').unwrap();
    if all != "*" {
        return Answer::OK;
    }
    let last = bytes.split_once('-').map_or("0", |(_, last)| last);
    Answer::Is(308, format!("Range: bytes=0-{last}\r\n").leak(), "")
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
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
