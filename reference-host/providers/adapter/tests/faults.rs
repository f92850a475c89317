//! What happens when the process dies, stalls, or breaks the protocol.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::SetOptions;
use cloud_contract::{Bytes, Error, ErrorKind, Provider, Result};
use futures::future::join_all;
use provider_adapter::FACTORY;
use provider_tests::{guest_store, not_run, scope, settings, store};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/misbehave.py");

/// Whether there is a Python; says what is not run otherwise.
fn has_python() -> bool {
    let found = std::process::Command::new("python3")
        .arg("--version")
        .output()
        .is_ok();
    if !found {
        not_run(&"no python3");
    }
    found
}

async fn connect(options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    (FACTORY.connect)(settings(None, options)).await
}

async fn misbehave(mode: &str) -> Result<Arc<dyn Provider>> {
    let command = format!("python3 '{SCRIPT}' {mode}");
    // Those that hang are not waited for long, but long enough for what comes before.
    let timeouts = match mode {
        "hangs" | "closes-input" => ("timeout-ms", "3000"),
        "says-nothing" => ("start-timeout-ms", "500"),
        _ => ("timeout-ms", "10000"),
    };
    connect(&[("command", &command), timeouts]).await
}

/// The process, and the one that it started.
fn processes(provider: &Arc<dyn Provider>) -> Vec<String> {
    let product = provider.descriptor().product.split(' ');
    product.map(str::to_owned).collect()
}

/// Waits until they are gone. What is dead and not reaped is still there.
async fn assert_gone(processes: &[String]) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    let until = Instant::now() + Duration::from_secs(60);
    // Who starts a process and dies leaves its reaping to the system.
    let is_there = |pid: &String| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        status.is_ok_and(|status| *pid == processes[0] || !status.contains(") Z"))
    };
    while processes.iter().any(is_there) {
        assert!(Instant::now() < until, "left: {processes:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn assert_unavailable(error: &Error, source: &str) {
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    let found = std::error::Error::source(error).unwrap().to_string();
    assert!(found.contains(source), "{found}");
}

#[tokio::test]
async fn a_process_that_breaks_the_protocol_is_unavailable_at_once_and_gone() {
    if !has_python() {
        return;
    }
    for (mode, source) in [
        (
            "dies",
            "it ended (exit status: 9); without an answer: `get` (id 4), `get` (id 5), `get` (id 6) and ",
        ),
        ("garbage", "no answer: not a JSON object; without"),
        ("broken", "no answer: not JSON: "),
        ("stray", "it answered request 4711, which was not made"),
        (
            "endless",
            "more than 67108864 bytes; without an answer: `get`",
        ),
        ("closes-output", "it closed its standard output; without"),
    ] {
        let provider = misbehave(mode).await.unwrap();
        let driver = store(&provider, "s").await;
        let begun = Instant::now();
        let calls = (0..100).map(|_| driver.get("k"));
        for result in join_all(calls).await {
            assert_unavailable(&result.unwrap_err(), source);
        }
        // The first fault speaks for all that comes later.
        assert_unavailable(&driver.exists("k").await.unwrap_err(), source);
        let closed = provider.close(&scope("s", &[])).await;
        assert_unavailable(&closed.unwrap_err(), source);
        // A line without an end takes its time in Python.
        assert!(begun.elapsed() < Duration::from_secs(60), "{mode}");
        assert_gone(&processes(&provider)).await;
    }
}

#[tokio::test]
async fn a_second_answer_is_the_end() {
    if !has_python() {
        return;
    }
    let provider = misbehave("twice").await.unwrap();
    let driver = store(&provider, "s").await;
    assert_eq!(driver.get("k").await.unwrap(), None);
    let until = Instant::now() + Duration::from_secs(60);
    let error = loop {
        match driver.set("k", Bytes::new(), SetOptions::default()).await {
            Ok(_) => assert!(Instant::now() < until),
            Err(error) => break error,
        }
    };
    assert_unavailable(&error, "it answered request 4 (`get`) a second time");
    assert_gone(&processes(&provider)).await;
}

#[tokio::test]
async fn a_process_that_says_nothing_times_out_and_is_killed_with_the_provider() {
    if !has_python() {
        return;
    }
    for mode in ["hangs", "closes-input"] {
        let provider = misbehave(mode).await.unwrap();
        let guest = guest_store(&provider, "s").await;
        let begun = Instant::now();
        for result in join_all((0..64).map(|_| guest.get("k"))).await {
            let kind = result.unwrap_err().kind().clone();
            let expected = [ErrorKind::Timeout, ErrorKind::Unavailable];
            assert!(expected.contains(&kind), "{mode}: {kind}");
        }
        // Much more than a pipe holds.
        let large = || Bytes::from(vec![0; 64 << 10]);
        for result in join_all((0..64).map(|_| guest.set("k", large()))).await {
            assert!(result.unwrap_err().is_ambiguous(), "{mode}");
        }
        let closed = provider.close(&scope("s", &[])).await.unwrap_err();
        assert!(closed.is_ambiguous(), "{mode}: {closed}");
        assert!(begun.elapsed() < Duration::from_secs(60));
        let processes = processes(&provider);
        drop((guest, provider));
        assert_gone(&processes).await;
    }
}

#[tokio::test]
async fn whoever_leaves_too_much_unanswered_is_given_up() {
    if !has_python() {
        return;
    }
    let provider = misbehave("forgets").await.unwrap();
    let driver = store(&provider, "s").await;
    let mut given_up = 0;
    let error = loop {
        match tokio::time::timeout(Duration::from_millis(50), async {
            join_all((0..1000).map(|_| driver.get("k"))).await
        })
        .await
        {
            Err(_) => given_up += 1000,
            Ok(mut results) => break results.remove(0).unwrap_err(),
        }
        // The process may take what was sent slowly: this is a minute.
        assert!(given_up < 1_200_000);
    };
    assert_unavailable(&error, "without an answer");
    assert_gone(&processes(&provider)).await;
}

#[tokio::test]
async fn an_answer_of_another_form_fails_its_call_alone() {
    if !has_python() {
        return;
    }
    for (mode, place) in [
        ("another-form", "`ok` is not a string"),
        ("two-answers-in-one", "it has more than one of `ok`"),
        ("stale", "it has `stale`, and no condition was set"),
        ("no-utf8", "it is not JSON in UTF-8"),
    ] {
        let provider = misbehave(mode).await.unwrap();
        let driver = store(&provider, "s").await;
        for _ in 0..2 {
            let error = driver.get("k").await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Other(_)), "{error}");
            let text = error.to_string();
            assert!(text.contains("answered `get`"), "{text}");
            assert!(text.contains(place), "{text}");
        }
        let value = Bytes::from_static(b"v");
        let set = driver.set("k", value, SetOptions::default()).await;
        assert!(set.is_ok(), "{mode}");
    }
    let provider = misbehave("miscounts").await.unwrap();
    let driver = store(&provider, "s").await;
    let keys = ["a".to_owned(), "b".to_owned()];
    let results = driver.get_many(&keys).await;
    assert_eq!(results.len(), 2);
    for result in results {
        let text = result.unwrap_err().to_string();
        let wrong = "answered `get-many` in a form that the protocol does not have: `ok` has 0 items for the 1 that were asked";
        assert!(text.contains(wrong), "{text}");
    }
}

#[tokio::test]
async fn a_late_answer_is_nobodys() {
    if !has_python() {
        return;
    }
    let provider = misbehave("late").await.unwrap();
    let driver = store(&provider, "s").await;
    // The first `set` is what their answers wait for.
    for _ in 0..3 {
        let late = tokio::time::timeout(Duration::from_millis(50), driver.get("k")).await;
        assert!(late.is_err());
    }
    let value = Bytes::from_static(b"v");
    for _ in 0..3 {
        let value = value.clone();
        driver.set("k", value, SetOptions::default()).await.unwrap();
    }
    assert_eq!(driver.get("k").await.unwrap(), Some(value));
}

#[tokio::test]
async fn answers_come_in_any_order() {
    if !has_python() {
        return;
    }
    let provider = misbehave("backwards").await.unwrap();
    let driver = store(&provider, "s").await;
    let keys: Vec<String> = (0..100).map(|number| format!("key-{number}")).collect();
    let values = join_all(keys.iter().map(|key| driver.get(key))).await;
    for (key, value) in keys.iter().zip(values) {
        assert_eq!(value.unwrap().unwrap(), key.as_bytes());
    }
}

#[tokio::test]
async fn calls_that_are_not_there_are_made_of_others() {
    if !has_python() {
        return;
    }
    let provider = misbehave("well").await.unwrap();
    let driver = store(&provider, "s").await;
    let entries = [
        ("a".to_owned(), Bytes::from_static(b"1")),
        ("b".to_owned(), Bytes::from_static(b"2")),
    ];
    for _ in 0..2 {
        assert!(!driver.exists("c").await.unwrap());
        let set = driver.set_many(&entries).await;
        assert!(set.iter().all(Result::is_ok));
        assert!(driver.exists("a").await.unwrap());
        let keys = ["b".to_owned(), "c".to_owned(), "a".to_owned()];
        let values: Vec<_> = driver.get_many(&keys).await;
        let values: Vec<_> = values.into_iter().map(Result::unwrap).collect();
        let text = |text: &'static str| Some(Bytes::from_static(text.as_bytes()));
        assert_eq!(values, [text("2"), None, text("1")]);
    }
    let error = driver.increment("a", 1).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }));
}

/// Values whose sum is beyond what one line holds come in several.
#[tokio::test]
async fn large_batches_are_divided() {
    if !has_python() {
        return;
    }
    let provider = misbehave("large").await.unwrap();
    let driver = store(&provider, "s").await;
    let value = Bytes::from(vec![7; 32 << 20]);
    let set = driver.set("k", value.clone(), SetOptions::default()).await;
    set.unwrap();
    let keys = vec!["k".to_owned(); 3];
    for result in driver.get_many(&keys).await {
        assert!(result.unwrap().unwrap() == value);
    }
}

#[tokio::test]
async fn a_process_ends_with_its_provider() {
    if !has_python() {
        return;
    }
    for mode in ["well", "stays"] {
        let provider = misbehave(mode).await.unwrap();
        let processes = processes(&provider);
        let begun = Instant::now();
        drop(provider);
        assert_gone(&processes).await;
        assert!(begun.elapsed() < Duration::from_secs(30), "{mode}");
    }
}

/// Waits until they are dead. Nobody reaps them here.
fn assert_dead(processes: &[String]) {
    let is_alive = |pid: &String| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        status.is_ok_and(|status| !status.contains(") Z"))
    };
    let until = Instant::now() + Duration::from_secs(60);
    while processes.iter().any(is_alive) {
        assert!(Instant::now() < until, "left: {processes:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_process_ends_with_its_runtime() {
    if !has_python() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let provider = runtime.block_on(misbehave("stays")).unwrap();
    let processes = processes(&provider);
    drop(runtime);
    assert_dead(&processes);
}

/// As a command ends: the provider goes, and its runtime at once after it. In the
/// other order, where the command was interrupted.
#[test]
fn the_last_second_is_given_when_the_runtime_ends() {
    if !has_python() {
        return;
    }
    for is_interrupted in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cleaned");
        let mode = format!("cleans-up '{}'", file.display());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let provider = runtime.block_on(misbehave(&mode)).unwrap();
        let processes = processes(&provider);
        let kept = is_interrupted.then_some(provider);
        runtime.shutdown_timeout(Duration::from_secs(2));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "done");
        drop(kept);
        assert_dead(&processes);
    }
}

/// What a test runs in a process of its own: this file again, with the mode in the
/// environment.
const OWN_PROCESS: &str = "ADAPTER_TEST_OWN_PROCESS";

fn own_process(test: &str, mode: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command.env(OWN_PROCESS, mode);
    command
}

#[tokio::test]
async fn the_owner_is_told_why_a_process_is_given_up() {
    if !has_python() {
        return;
    }
    if let Ok(mode) = std::env::var(OWN_PROCESS) {
        match misbehave(&mode).await {
            Ok(provider) => {
                let driver = store(&provider, "s").await;
                while driver.get("k").await.is_ok() {}
            }
            // Who connects is told, and says so.
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        return;
    }
    let prefix = "adapter: the provider process is given up: ";
    for (mode, words) in [
        (
            "dies",
            &["it ended (exit status: 9); without an answer: `get` (id 4)\n"][..],
        ),
        (
            "garbage",
            &[
                "it wrote a line to its standard output that is no answer: not a JSON object",
                "`get` (id 4); the line begins: debug: get was called\n",
            ],
        ),
        // It holds data.
        (
            "broken",
            &["not JSON: ", "without an answer: `get` (id 4)\n"],
        ),
        (
            "stray",
            &["it answered request 4711, which was not made: the last one was 4"],
        ),
        ("twice", &["it answered request 4 (`get`) a second time"]),
        ("closes-output", &["it closed its standard output"]),
        ("ends-early", &[]),
        ("well-closed", &[]),
    ] {
        let test = "the_owner_is_told_why_a_process_is_given_up";
        let mut command = own_process(test, mode);
        if mode == "well-closed" {
            command = own_process("a_process_ends_with_its_provider", mode);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{mode}: {text}");
        let told = text.matches(prefix).count();
        assert_eq!(told, usize::from(!words.is_empty()), "{mode}: {text}");
        for word in words {
            assert!(text.contains(word), "{mode}: {text}");
        }
        assert!(!text.contains("sesame"), "{mode}: {text}");
    }
}

/// What does not end with its input stays behind otherwise.
#[cfg(unix)]
#[tokio::test]
async fn a_process_ends_with_a_host_that_is_killed() {
    use std::io::BufRead as _;
    use std::process::Stdio;

    if !has_python() {
        return;
    }
    if let Ok(mode) = std::env::var(OWN_PROCESS) {
        let provider = misbehave(&mode).await.unwrap();
        println!("\nprocesses: {}", provider.descriptor().product);
        return std::future::pending().await;
    }
    let mut host = own_process("a_process_ends_with_a_host_that_is_killed", "stays");
    let mut host = host.stdout(Stdio::piped()).spawn().unwrap();
    let lines = std::io::BufReader::new(host.stdout.take().unwrap()).lines();
    let line = lines
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("processes: ").map(str::to_owned));
    // SIGKILL.
    host.kill().unwrap();
    host.wait().unwrap();
    let processes: Vec<String> = line.unwrap().split(' ').map(str::to_owned).collect();
    assert_eq!(processes.len(), 2);
    assert_dead(&processes);
}

/// The check of the example finds what a run of the suite does not see.
#[test]
fn the_check_of_the_example_tells_right_from_wrong() {
    if !has_python() {
        return;
    }
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../docs/examples/python-provider"
    );
    let check = |arguments: &[&str]| {
        let mut command = std::process::Command::new("python3");
        command.arg(format!("{folder}/check.py")).args(arguments);
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    for right in [
        &["python3", &format!("{folder}/provider.py")][..],
        &["python3", SCRIPT, "well"],
    ] {
        let (code, text) = check(right);
        assert!(code == Some(0) && !text.contains("WRONG"), "{text}");
        assert!(
            text.contains("ok     close-scope removes everything"),
            "{text}"
        );
    }
    for (mode, wrong) in [
        ("reopens-empty", "WRONG  open-scope of an open scope keeps"),
        ("keeps", "WRONG  close-scope removes everything"),
        ("makes-stores", "WRONG  open-store makes no store"),
        ("loses", "WRONG  what was written is there after kill -9"),
        ("knows-all", "WRONG  a call that it does not know"),
        ("stays", "WRONG  it ends after its standard input"),
    ] {
        let (code, text) = check(&["python3", SCRIPT, mode]);
        assert!(code == Some(1) && text.contains(wrong), "{mode}: {text}");
        assert_eq!(text.matches("WRONG").count(), 1, "{mode}: {text}");
    }
}

#[tokio::test]
async fn a_handshake_that_fails_says_why() {
    if !has_python() {
        return;
    }
    for (mode, words) in [
        (
            "ends-early",
            "asked for `describe`, it ended (exit status: 7)",
        ),
        ("greets", "a line to its standard output that is no answer"),
        ("says-nothing", "did not answer `describe` within 500 ms"),
        ("refuses", "refuses `describe`"),
        (
            "another-protocol",
            "version 2 of the protocol, this host speaks [1]",
        ),
        ("another-feature", "the feature `kv.teleport`"),
        ("no-store", "it does not declare the feature `kv.store`"),
        (
            "low-limit",
            "its limit `kv.batch.max-items` is not a whole number from 25 to 4294967295",
        ),
    ] {
        let error = misbehave(mode).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(matches!(error.kind(), ErrorKind::Other(_)), "{mode}");
    }
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_named_by_the_setting_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = format!("'{}'", folder.path().display());
    for program in ["no-such-sesame", "/no/such/sesame", &folder] {
        let error = connect(&[("command", program)]).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("command"), "{text}");
        assert!(!text.contains("sesame") && !text.contains('/'), "{text}");
        assert!(matches!(error.kind(), ErrorKind::Other(_)));
    }
    let error = connect(&[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
}
