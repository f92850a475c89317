//! One component, the same bytes, with each manifest of the example: the digest and
//! the answer are the same on every service. A second run on the same data is, too.
//!
//! Starts the servers that it finds on this machine. With `ONE_BINARY_ALL` set, one
//! that is missing is a failure.
#![cfg(unix)]

mod server;
#[path = "../support/mod.rs"]
mod support;

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use cloud_contract::Target;
use reference_host::Digest;

use server::Server;
use support::{Done, finish, finish_with, not_run, reference_host, repository, tally};

/// A manifest of the example, the kind of its server, and the variable that its
/// endpoint is told in.
const RUNS: &[(&str, &str, &str)] = &[
    ("memory", "memory", ""),
    ("local", "local", ""),
    ("redis", "redis", "REDIS_URL"),
    ("redis", "redis/valkey", "REDIS_URL"),
    ("nats", "nats", "NATS_URL"),
    ("etcd", "etcd", "ETCD_ENDPOINT"),
    ("postgres", "postgres", "DATABASE_URL"),
    ("dynamodb-local", "dynamodb/local", "DYNAMODB_ENDPOINT"),
    ("azurite", "azure-tables/azurite", "AZURITE_ENDPOINT"),
    (
        "firestore-emulator",
        "firestore/emulator",
        "FIRESTORE_ENDPOINT",
    ),
    ("mixed", "redis", "REDIS_URL"),
];

const RESULT: &str = "poll lunch: 32 ballots\n    11  pizza\n     8  ramen\n     7  sushi\n     \
                      6  salad\nthe running totals agree\n";

fn manifest(name: &str) -> std::path::PathBuf {
    repository(&format!("docs/examples/tally/hosts/{name}.toml"))
}

/// What a run has of its machine.
struct Machine<'a> {
    manifest: &'a str,
    variable: &'a str,
    endpoint: Option<&'a str>,
    data: &'a Path,
}

impl Machine<'_> {
    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = reference_host();
        command
            .args(words)
            .arg("--manifest")
            .arg(manifest(self.manifest))
            .env("TALLY_DATA", self.data);
        if let Some(endpoint) = self.endpoint {
            command.env(self.variable, endpoint);
        }
        command
    }

    fn vote(&self) -> Done {
        let tally = tally();
        let ballots = std::fs::read(repository("docs/examples/tally/ballots.txt")).unwrap();
        let words = ["run", tally.to_str().unwrap(), "--verbose"];
        finish_with(&mut self.command(&words), &ballots).expect(0)
    }
}

/// The digest that the command tells.
fn told(done: &Done) -> &str {
    let after = done.stderr.split("sha256:").nth(1).unwrap();
    after.lines().next().unwrap()
}

fn line(text: &str) {
    std::io::stderr()
        .write_all(format!("{text}\n").as_bytes())
        .unwrap();
}

#[test]
fn the_same_bytes_give_the_same_answer_everywhere() {
    let all = std::env::var_os("ONE_BINARY_ALL").is_some();
    let digest = Digest::of(&std::fs::read(tally()).unwrap());
    let mut missing = Vec::new();
    for &(name, kind, variable) in RUNS {
        let found = provider_registry::find(kind);
        let [target] = found.as_slice() else {
            missing.push(format!("{kind}: not in this build"));
            continue;
        };
        let data = tempfile::tempdir().unwrap();
        let mut server = match server(target) {
            Ok(server) => server,
            Err(program) => {
                not_run(
                    &format!("one_binary on {kind}"),
                    &format!("no {program} in PATH"),
                );
                missing.push(format!("{kind}: no {program}"));
                continue;
            }
        };
        let endpoint = server.as_ref().map(|server| server.endpoint.clone());
        let machine = Machine {
            manifest: name,
            variable,
            endpoint: endpoint.as_deref(),
            data: data.path(),
        };
        // A table may have to be there before anything can be checked.
        let app = tally();
        let check = ["run", app.to_str().unwrap(), "--check"];
        let answers = || {
            finish(&mut machine.command(&["create"])).code == Some(0)
                && finish(&mut machine.command(&check)).code == Some(0)
        };
        if let Some(server) = &mut server {
            server.wait(kind, answers);
        }
        let started = Instant::now();
        let first = machine.vote();
        let took = started.elapsed();
        assert_eq!(first.stdout, RESULT, "{kind}: {first:#?}");
        assert_eq!(told(&first), digest.as_str(), "{kind}");
        let again = machine.vote();
        assert_eq!(again.stdout, RESULT, "{kind}: {again:#?}");
        let expected = if kind == "memory" {
            "32 new"
        } else {
            "0 new, 0 changed, 32 as before"
        };
        assert!(again.stderr.contains(expected), "{kind}: {again:#?}");
        let answer = Digest::of(first.stdout.as_bytes());
        let short = |digest: &Digest| digest.as_str().get(..12).unwrap().to_owned();
        line(&format!(
            "one binary: {name:<20} {kind:<22} component {} answer {} {:>6.2} s",
            short(&digest),
            short(&answer),
            took.as_secs_f64()
        ));
    }
    for reason in &missing {
        line(&format!("one binary: not on {reason}"));
    }
    assert!(!all || missing.is_empty(), "{missing:?}");
}

/// A server of this kind; none where none is needed, or the program that is missing.
fn server(target: &Target) -> Result<Option<Server>, &'static str> {
    let process = target.flavour.and_then(|flavour| flavour.process);
    let Some(process) = process else {
        return Ok(None);
    };
    Server::start(&process).map(Some).ok_or(process.program)
}
