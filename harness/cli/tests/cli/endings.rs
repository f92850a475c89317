//! Runs that do not come to their end: interrupts, and a service that dies.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;

use crate::support::{Done, conformance, finish, has_redis, json, servers, signal, text, wait_for};

/// Waits until some cases have ended, so that the run is in its midst.
fn midst(events: &Path) {
    wait_for("the run", || {
        let events = std::fs::read_to_string(events).ok()?;
        (events.matches("case-finished").count() > 10).then_some(())
    });
}

fn long_run(provider: &str, reports: &Path) -> std::process::Child {
    let reports = reports.to_str().unwrap();
    let arguments = ["-p", provider, "--repeat", "1000", "-o", reports];
    conformance(&arguments).spawn().unwrap()
}

#[test]
fn an_interrupted_run_writes_what_it_knows() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let reports = tempfile::tempdir().unwrap();
        let child = long_run("memory", reports.path());
        midst(&reports.path().join("events.jsonl"));
        signal(child.id(), name);
        finish(child).expect(code).says("closing scopes");

        let report = json(reports.path().join("report.json"));
        assert!(report["run"]["aborted"].is_string());
        assert_eq!(report["run"]["publishable"], false);
        let passed = report["providers"][0]["counts"]["must"]["pass"].as_u64();
        assert!(passed > Some(0), "{}", report["providers"][0]["counts"]);
        let events = text(reports.path().join("events.jsonl"));
        assert!(events.ends_with("}\n") && events.contains("run-finished"));
    }
}

/// Whether a process has a handler for a signal.
fn is_caught(pid: u32, signal: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
    caught >> (signal - 1) & 1 == 1
}

#[test]
fn an_interrupted_selftest_says_so() {
    for (name, code, word) in [("INT", 130, "interrupted"), ("TERM", 143, "terminated")] {
        let child = conformance(&["selftest"]).spawn().unwrap();
        wait_for("somebody who listens", || {
            is_caught(child.id(), 15).then_some(())
        });
        signal(child.id(), name);
        let done = finish(child).expect(code);
        assert_eq!(done.stderr, format!("{word}: nothing is reported\n"));
        assert_eq!(done.stdout, "");
    }
}

#[test]
fn an_interrupted_run_stops_the_server_that_it_started() {
    if !has_redis() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let child = long_run("redis", reports.path());
    midst(&reports.path().join("events.jsonl"));
    let started = servers(child.id());
    assert_eq!(started.len(), 1);
    signal(child.id(), "INT");
    finish(child).expect(130);
    for server in started {
        assert!(!Path::new(&format!("/proc/{server}")).exists(), "it stays");
    }
    // Everything that ran before the interrupt was closed in order.
    let report = json(reports.path().join("report.json"));
    for test in report["providers"][0]["tests"].as_array().unwrap() {
        let status = test["status"].as_str().unwrap();
        assert!(
            ["pass", "unsupported", "not-run"].contains(&status),
            "{test:#}"
        );
    }
}

#[test]
fn a_service_that_dies_is_no_failure_of_the_provider() {
    if !has_redis() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let child = long_run("redis", reports.path());
    midst(&reports.path().join("events.jsonl"));
    for server in servers(child.id()) {
        signal(server, "KILL");
    }
    let done: Done = finish(child).expect(3);
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["providers"][0]["conclusion"], "error", "{done:#?}");
    for test in report["providers"][0]["tests"].as_array().unwrap() {
        let status = test["status"].as_str().unwrap();
        assert!(["error", "not-run"].contains(&status), "{test:#}");
        assert_eq!(test["blame"], "environment", "{test:#}");
    }
}

/// Serves as an S3 in which containers can be made and no object can be reached, and
/// returns its port.
fn full_disk() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            std::thread::spawn(move || answer(&connection));
        }
    });
    port
}

/// Answers the one request of a connection.
fn answer(mut connection: &TcpStream) -> std::io::Result<()> {
    let mut request = String::new();
    BufReader::new(connection).read_line(&mut request)?;
    let answer = match request {
        request if request.contains("/in/") => "503 Slow Down\r\n\r\n",
        request if request.contains("?uploads") => "200 OK\r\n\r\n<ListMultipartUploadsResult/>",
        request if request.starts_with("GET") => "200 OK\r\n\r\n<ListBucketResult/>",
        _ => "200 OK\r\nETag: \"e\"\r\n\r\n",
    };
    write!(connection, "HTTP/1.0 {answer}")?;
    connection.shutdown(Shutdown::Write)?;
    // What the client still sends is taken, or it would lose the answer.
    std::io::copy(&mut connection, &mut std::io::sink()).map(|_| ())
}

/// Scopes are opened and closed, and that is all: case after case would be waited for.
#[test]
fn a_service_that_answers_no_case_is_given_up() {
    let reports = tempfile::tempdir().unwrap();
    let endpoint = format!("http://127.0.0.1:{}", full_disk());
    let done = conformance(&["-p", "s3", "--endpoint", &endpoint, "-o"])
        .arg(reports.path())
        .args(["--set", "bucket=cw-test", "--set", "region=us-east-1"])
        .args(["--set", "access-key-id=cloudwit"])
        .args(["--set", "secret-access-key=cloudwit"])
        .output();
    // It opens scopes: what it does not answer, it is to blame for.
    let done = Done::from(done.unwrap())
        .expect(1)
        .says("20 cases in a row got no answer from the service");
    let report = json(reports.path().join("report.json"));
    let tests = report["providers"][0]["tests"].as_array().unwrap();
    let given_up = tests.iter().filter(|test| test["status"] == "not-run");
    assert!(given_up.count() > 300, "{done:#?}");
}
