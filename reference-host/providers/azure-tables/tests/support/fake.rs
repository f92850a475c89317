//! A server of a few lines that answers as a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use azure_core::time::{OffsetDateTime, to_rfc3339, to_rfc7231};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HashMap<String, String>,
}

impl Asked {
    pub(crate) fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.target.contains(part)
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// A status, further headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The connection ends without an answer.
    Nothing,
    /// There is no answer, and no end either.
    Silence,
}

/// A status with the service's name for what is wrong.
pub(crate) fn refused(status: u16, code: &str) -> Told {
    let body = format!(
        r#"{{"odata.error":{{"code":"{code}","message":{{"lang":"en","value":"sesame"}}}}}}"#
    );
    Told::Answer(status, Vec::new(), body)
}

pub(crate) fn told(status: u16, body: &str) -> Told {
    Told::Answer(status, Vec::new(), body.to_owned())
}

type Script = dyn Fn(&Asked) -> Option<Told> + Send + Sync;

/// A running server. It ends with the test's runtime.
pub(crate) struct Fake {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// A server whose clock is so many seconds ahead. Where the script says
    /// nothing, it knows its clock, takes every write, and has nothing.
    pub(crate) async fn start(
        ahead: i64,
        script: impl Fn(&Asked) -> Option<Told> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Arc<Script>) = (Arc::clone(&asked), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, ahead, Arc::clone(&log), Arc::clone(&script)));
            }
        });
        Self {
            endpoint: format!("http://127.0.0.1:{port}/devstoreaccount1"),
            asked,
        }
    }

    /// How many such requests came in.
    pub(crate) fn count(&self, method: &str, part: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.is(method, part)).count()
    }
}

/// The time, so many seconds ahead.
pub(crate) fn now(ahead: i64) -> OffsetDateTime {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let ahead = i128::from(ahead) * 1_000_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(i128::try_from(now).unwrap() + ahead).unwrap()
}

async fn serve(
    stream: TcpStream,
    ahead: i64,
    log: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Script>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let asked = read(&mut stream).await?;
        log.lock().unwrap().push(asked.clone());
        let (status, headers, body) = match script(&asked).unwrap_or_else(|| usual(&asked, ahead)) {
            Told::Answer(status, headers, body) => (status, headers, body),
            Told::Nothing => return None,
            Told::Silence => std::future::pending().await,
        };
        let mut text = format!(
            "HTTP/1.1 {status} x\r\nDate: {}\r\n",
            to_rfc7231(&now(ahead))
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if status != 204 {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        text.push_str(&format!("\r\n{body}"));
        stream.write_all(text.as_bytes()).await.ok()?;
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or("0", String::as_str);
    let mut body = vec![0; length.parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        method,
        target,
        headers,
    })
}

fn usual(asked: &Asked, ahead: i64) -> Told {
    match asked.method.as_str() {
        "GET" if asked.target.contains("clock") => {
            let stamp = to_rfc3339(&now(ahead));
            told(
                200,
                &format!(r#"{{"odata.etag":"e","Timestamp":"{stamp}"}}"#),
            )
        }
        "GET" if asked.target.contains("()") => told(200, r#"{"value":[]}"#),
        "GET" => refused(404, "ResourceNotFound"),
        _ => told(204, ""),
    }
}
