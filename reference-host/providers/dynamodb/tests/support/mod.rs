//! The service of a test: DynamoDB Local, or a script that answers as told.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use cloud_contract::{Provider, Result, Settings};
use provider_dynamodb::FACTORY;
use provider_tests::Subject;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const DYNAMODB: Subject = Subject {
    left: |settings| Box::pin(items(settings)),
    ..Subject::of(&FACTORY)
};

/// The table of the script.
const TABLE: &str = "cw-test";

/// Connects to a script.
pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    let settings = DYNAMODB.settings(endpoint, options).or(&[("table", TABLE)]);
    (FACTORY.connect)(settings).await
}

/// The items of the table, counted past the provider.
async fn items(settings: Settings) -> u64 {
    let keys = Credentials::new("test", "test", None, None, "test");
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .credentials_provider(keys)
        .endpoint_url(settings.endpoint.unwrap())
        .load()
        .await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let scan = client.scan().table_name(&settings.options["table"]);
    let found = scan.send().await.unwrap();
    u64::try_from(found.count()).unwrap()
}

/// An answer of the script.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// The status and the body.
    Is(u16, String),
    /// The connection ends without one.
    Lost,
    /// None, and the connection stays.
    Silence,
}

impl Answer {
    pub(crate) fn ok(body: &str) -> Self {
        Self::Is(200, body.to_owned())
    }

    /// The form in which DynamoDB refuses.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        let body =
            format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"sesame"}}"#);
        Self::Is(status, body)
    }
}

/// A service that answers one operation by a script, and the others as a table of
/// ours without items does. It ends with its runtime.
pub(crate) struct Script {
    port: u16,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

struct Plan {
    operation: &'static str,
    answers: Mutex<VecDeque<Answer>>,
    ahead: Duration,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

impl Script {
    /// `answers` come one after the other to calls of `operation`, the last one
    /// again and again. The clock of the service is `ahead` of ours.
    pub(crate) async fn start(
        operation: &'static str,
        answers: &[Answer],
        ahead: Duration,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::default();
        let plan = Arc::new(Plan {
            operation,
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

    /// The bodies of all calls of an operation so far.
    pub(crate) fn seen(&self, operation: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let of = seen.iter().filter(|(name, _)| name == operation);
        of.map(|(_, body)| body.clone()).collect()
    }
}

impl Plan {
    async fn serve(&self, connection: TcpStream) {
        let mut connection = BufReader::new(connection);
        while let Some((operation, body)) = request(&mut connection).await {
            self.seen.lock().unwrap().push((operation.clone(), body));
            match self.answer(&operation) {
                Answer::Lost => return,
                Answer::Silence => std::future::pending().await,
                Answer::Is(status, body) => {
                    let now = DateTime::from(SystemTime::now() + self.ahead);
                    let now = DateTime::from_secs(now.secs());
                    let date = now.fmt(DateTimeFormat::HttpDate).unwrap();
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\nDate: {date}\r\n\
                         Content-Type: application/x-amz-json-1.0\r\n\
                         Content-Length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    if connection.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn answer(&self, operation: &str) -> Answer {
        if operation == self.operation {
            let mut answers = self.answers.lock().unwrap();
            return match answers.len() {
                0 | 1 => answers.front().cloned().unwrap_or(Answer::ok("{}")),
                _ => answers.pop_front().unwrap(),
            };
        }
        Answer::ok(match operation {
            "DescribeTable" => {
                r#"{"Table":{"TableStatus":"ACTIVE","KeySchema":[
                    {"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"k","KeyType":"RANGE"}],
                    "AttributeDefinitions":[
                    {"AttributeName":"p","AttributeType":"S"},{"AttributeName":"k","AttributeType":"B"}]}}"#
            }
            _ => "{}",
        })
    }
}

/// One request: the operation and the body; none at the end.
async fn request(connection: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "x-amz-target" => operation = value.rsplit('.').next()?.to_owned(),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    Some((operation, String::from_utf8(body).ok()?))
}
