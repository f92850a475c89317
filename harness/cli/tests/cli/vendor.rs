//! An account of a vendor, as far as commands about tables go: a script of DynamoDB
//! that tells accounts by their key and regions by the signature. What is done with
//! items is denied.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::conformance;

/// What the vendor has, and how it behaves.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By account and region and name, as they were created.
    pub(crate) tables: BTreeMap<String, Value>,
    /// The names of all requests.
    pub(crate) seen: Vec<String>,
    /// Requests that nobody has the right to; `*` for all.
    pub(crate) denied: Vec<&'static str>,
    /// How long it takes to create a table.
    pub(crate) slow: Duration,
}

/// The vendor. It answers as long as the process lives.
#[derive(Debug)]
pub(crate) struct Vendor {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Vendor {
    pub(crate) fn start(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { address, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The command of a user of this vendor.
    pub(crate) fn user(&self, state: &Path, account: &str, region: &str) -> User {
        User {
            address: self.address.clone(),
            state: state.to_str().unwrap().to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
        }
    }
}

/// Credentials, a region, and a place for ledgers.
#[derive(Debug, Clone)]
pub(crate) struct User {
    address: String,
    state: String,
    account: String,
    region: String,
}

impl User {
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = conformance(arguments);
        for (name, value) in [
            ("AWS_ENDPOINT_URL", &*self.address),
            ("AWS_REGION", &*self.region),
            ("AWS_ACCESS_KEY_ID", &*self.account),
            ("AWS_SECRET_ACCESS_KEY", "sesame"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("XDG_STATE_HOME", &*self.state),
        ] {
            command.env(name, value);
        }
        command.env_remove("AWS_ENDPOINT_URL_DYNAMODB");
        command.env_remove("AWS_PROFILE");
        command
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut head = BTreeMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) => head.insert(name.to_lowercase(), value.to_owned()),
                None if line == "\r\n" => break,
                None => None,
            };
        }
        let length: usize = head.get("content-length")?.parse().ok()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body: Value = serde_json::from_slice(&body).ok()?;
        let action = head.get("x-amz-target")?.rsplit('.').next()?.to_owned();
        let scope: Vec<&str> = head
            .get("authorization")?
            .split("Credential=")
            .nth(1)?
            .split('/')
            .collect();
        let (status, answer) = answer(state, &action, &format!("{} {}", scope[0], scope[2]), &body);
        let answer = answer.to_string();
        write!(
            writer,
            "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.0\r\n\
             content-length: {}\r\n\r\n{answer}",
            answer.len()
        )
        .ok()?;
    }
}

fn answer(state: &Mutex<State>, action: &str, place: &str, body: &Value) -> (u16, Value) {
    let fault = |name: &str| {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{name}");
        (400, json!({ "__type": kind, "message": "no" }))
    };
    let name = body["TableName"].as_str().unwrap_or_default();
    let table = format!("{place} {name}");
    let (is_denied, slow) = {
        let mut state = state.lock().unwrap();
        state.seen.push(action.to_owned());
        let is_denied = state.denied.iter().any(|it| *it == action || *it == "*");
        (is_denied, state.slow)
    };
    if is_denied {
        return fault("AccessDeniedException");
    }
    if action == "CreateTable" {
        std::thread::sleep(slow);
    }
    let mut state = state.lock().unwrap();
    let description = |made: &Value, status: &str| {
        json!({
            "TableName": name,
            "TableStatus": status,
            "KeySchema": made["KeySchema"],
            "AttributeDefinitions": made["AttributeDefinitions"],
        })
    };
    match (action, state.tables.get(&table).cloned()) {
        ("CreateTable", None) => {
            state.tables.insert(table, body.clone());
            let made = description(body, "ACTIVE");
            (200, json!({ "TableDescription": made }))
        }
        ("CreateTable", Some(_)) => fault("ResourceInUseException"),
        (_, None) => fault("ResourceNotFoundException"),
        ("DescribeTable", Some(made)) => (200, json!({ "Table": description(&made, "ACTIVE") })),
        ("UpdateTimeToLive", Some(_)) => (200, json!({})),
        ("DeleteTable", Some(made)) => {
            state.tables.remove(&table);
            let gone = description(&made, "DELETING");
            (200, json!({ "TableDescription": gone }))
        }
        _ => fault("AccessDeniedException"),
    }
}
