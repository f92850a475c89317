//! Runs on what is somebody else's: what is written down, told and bounded.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Done, conformance, finish, json, not_run, run, signal, text, wait_for};
use crate::vendor::{State, User, Vendor};

const CASE: [&str; 2] = ["--run", "kv.get.missing"];

fn with_state(state: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = conformance(arguments);
    command.env("XDG_STATE_HOME", state);
    command
}

fn ledgers(state: &Path) -> usize {
    std::fs::read_dir(state.join("cloud-wit").join("ledger")).map_or(0, Iterator::count)
}

#[test]
fn what_a_killed_run_left_is_removed_by_its_ledger() {
    let state = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let place = ["-p", "local", "--data-dir", data.path().to_str().unwrap()];
    let begin = |more: &[&str]| with_state(state.path(), &[&place[..], more].concat());
    let gc = |more: &[&str]| -> Done {
        let arguments = [&["gc", "--older-than", "0s"], more].concat();
        with_state(state.path(), &arguments)
            .output()
            .unwrap()
            .into()
    };

    let done: Done = begin(&["--run", "kv.get.*"]).output().unwrap().into();
    done.expect(0);
    assert_eq!(ledgers(state.path()), 0, "a clean run leaves no ledger");

    let reports = tempfile::tempdir().unwrap();
    let folder = reports.path().to_str().unwrap();
    let mut child = begin(&["--repeat", "1000", "-o", folder]).spawn().unwrap();
    wait_for("the run", || {
        let events = std::fs::read_to_string(reports.path().join("events.jsonl")).ok()?;
        (events.matches("case-finished").count() > 10).then_some(())
    });
    gc(&[]).expect(0).says("nothing was left");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(ledgers(state.path()), 1);

    gc(&[]).expect(3).says("name the service of the run");
    gc(&[&place[..], &["--dry-run"]].concat())
        .expect(0)
        .says("would remove scope cf-");
    let again: Done = with_state(state.path(), &[&["gc"], &place[..]].concat())
        .output()
        .unwrap()
        .into();
    again.expect(0).says("1 killed run is younger");
    let done = gc(&place).expect(0).says("removed scope cf-");
    assert!(!done.both().contains(data.path().to_str().unwrap()));
    gc(&place).expect(0).says("nothing was left");
    assert_eq!(ledgers(state.path()), 0);
}

#[test]
fn what_a_service_of_this_machine_had_is_forgotten_on_request() {
    let state = tempfile::tempdir().unwrap();
    // Nobody listens there.
    let endpoint = "http://127.0.0.1:1";
    let there = ["-p", "dynamodb/local", "--endpoint", endpoint];
    let done = |arguments: &[&str]| -> Done {
        let mut command = with_state(state.path(), &[arguments, &there].concat());
        command.output().unwrap().into()
    };
    done(&CASE).expect(3);
    assert_eq!(ledgers(state.path()), 1);
    let gc = ["gc", "--older-than", "0s"];
    done(&gc).expect(3).says("say --forget");
    assert_eq!(ledgers(state.path()), 1);
    done(&[&gc[..], &["--forget"]].concat()).expect(0);
    assert_eq!(ledgers(state.path()), 0);
}

/// Of a vendor, those services run that offer what is asked for.
#[test]
fn a_vendor_stands_for_its_services_of_a_capability() {
    let told = |capability: &str| {
        let one = ["-p", "aws", "--dry-run", "--capability", capability];
        run(&[&one[..], &["--set", "region=eu-west-1"]].concat()).both()
    };
    let (stores, containers) = (told("keyvalue"), told("blobstore"));
    assert!(
        stores.contains("dynamodb/aws") && !stores.contains("s3/aws"),
        "{stores}"
    );
    assert!(
        containers.contains("s3/aws") && !containers.contains("dynamodb/aws"),
        "{containers}"
    );
    run(&[
        "-p",
        "memory",
        "--capability",
        "blobstore",
        "--run",
        "kv.get.*",
    ])
    .expect(4)
    .says("no case matches all of --run kv.get.* --capability blobstore");
    run(&["-p", "memory", "--capability", "queue"]).expect(2);
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    run(&["-p", "memory", "--dry-run", "--run", "kv.get.missing"])
        .expect(0)
        .says("calls of the provider")
        .says("creates scopes");
}

#[test]
fn a_run_ends_with_its_budget_and_blames_nobody() {
    let reports = tempfile::tempdir().unwrap();
    let folder = reports.path().to_str().unwrap();
    run(&["-p", "memory", "--max-requests", "300", "-o", folder])
        .expect(4)
        .says("--max-requests")
        .says("memory is partly tested: ")
        .says(" cases did not run");
    let report = json(reports.path().join("report.json"));
    let counts = &report["providers"][0]["counts"]["must"];
    for red in ["fail", "error", "timeout"] {
        assert_eq!(counts[red].as_u64().unwrap_or(0), 0, "{counts}");
    }
    assert!(counts["not-run"].as_u64() > Some(0), "{counts}");
    assert_eq!(report["run"]["publishable"], false);
    assert!(report["run"]["aborted"].as_str().unwrap().contains("300"));
}

fn done(user: &User, arguments: &[&str]) -> Done {
    user.command(arguments).output().unwrap().into()
}

#[test]
fn nobody_spends_without_being_asked() {
    let state = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(State::default());
    let me = vendor.user(state.path(), "me", "eu-west-1");
    let away = ["--endpoint", "https://acct.example"];
    for arguments in [
        &["-p", "dynamodb/aws", CASE[0], CASE[1]][..],
        &["-p", "dynamodb", away[0], away[1], CASE[0], CASE[1]],
        &["doctor", "-p", "dynamodb/aws"],
        &["doctor", "-p", "azure-tables/azurite", away[0], away[1]],
    ] {
        done(&me, arguments)
            .expect(2)
            .says("nobody is there to be asked");
    }
    assert!(vendor.state().seen.is_empty());
    // On this machine nothing costs.
    let here = ["--endpoint", "http://127.0.0.1:1"];
    done(&me, &["-p", "dynamodb", here[0], here[1], CASE[0], CASE[1]]).expect(3);
}

#[test]
fn the_rights_are_those_of_every_run() {
    run(&["-p", "aws", "--dry-run", CASE[0], CASE[1]])
        .expect(0)
        .says("creates dynamodb-table cw-cf-*")
        .says("arn:aws:dynamodb:*:*:table/cw-cf-*");
    run(&["-p", "azure", "--dry-run", CASE[0], CASE[1]])
        .expect(0)
        .says("Creates, uses and removes the tables cwcfz0*\"");
}

/// A command on a terminal of its own, with what somebody types there.
fn at_a_terminal(user: &User, arguments: &[&str], typed: &[u8]) -> Option<Done> {
    let command = user.command(arguments);
    let mut line = command.get_program().to_str().unwrap().to_owned();
    for argument in arguments {
        line.push_str(&format!(" '{argument}'"));
    }
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line, "/dev/null"]);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => terminal.env(name, value),
            None => terminal.env_remove(name),
        };
    }
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = terminal.spawn().ok()?;
    let mut screen = child.stdout.take()?;
    let shown = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&shown);
    let reader = std::thread::spawn(move || {
        let mut bytes = [0; 1024];
        while let Ok(count @ 1..) = screen.read(&mut bytes) {
            seen.lock().unwrap().extend_from_slice(&bytes[..count]);
        }
    });
    let text = || String::from_utf8_lossy(&shown.lock().unwrap()).into_owned();
    wait_for("the question", || text().contains("Go on?").then_some(()));
    // The terminal stays as long as somebody sits at it.
    let mut keyboard = child.stdin.take()?;
    keyboard.write_all(typed).unwrap();
    let code = wait_for("the end", || child.try_wait().unwrap()).code();
    reader.join().unwrap();
    Some(Done {
        code,
        stdout: text(),
        stderr: String::new(),
    })
}

#[test]
fn a_person_may_say_no_or_leave() {
    let state = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(State::default());
    let me = vendor.user(state.path(), "me", "eu-west-1");
    let arguments = ["-p", "dynamodb/aws", CASE[0], CASE[1]];
    let Some(no) = at_a_terminal(&me, &arguments, b"n\n") else {
        return not_run("no `script` in PATH");
    };
    no.expect(4).says("Go on? [y/N]").says("was not agreed to");
    // Ctrl-C.
    let left = at_a_terminal(&me, &arguments, b"\x03").unwrap();
    left.expect(130).says("Go on? [y/N]");
    assert!(vendor.state().seen.is_empty());
}

#[test]
fn what_an_account_refuses_is_a_verdict_and_no_wrong_setting() {
    let (state, reports) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let vendor = Vendor::start(State {
        denied: vec!["*"],
        ..State::default()
    });
    let me = vendor.user(state.path(), "me", "eu-west-1");
    let folder = reports.path().to_str().unwrap();
    let set = ["--set", "timeout-ms=30000"];
    let arguments = [
        "-p",
        "dynamodb/aws",
        "--yes",
        set[0],
        set[1],
        CASE[0],
        CASE[1],
        "-o",
        folder,
    ];
    done(&me, &arguments).expect(3).says("access denied");
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["providers"][0]["conclusion"], "error");
    // Nobody saw that anything was made.
    vendor.state().denied.clear();
    let gc = [
        "gc",
        "--older-than",
        "0s",
        "-p",
        "dynamodb/aws",
        set[0],
        set[1],
    ];
    done(&me, &gc).expect(0);
    assert_eq!(ledgers(state.path()), 0);
}

#[test]
fn what_is_left_is_found_where_it_is_and_not_forgotten_elsewhere() {
    let state = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(State {
        denied: vec!["DeleteTable"],
        ..State::default()
    });
    let me = vendor.user(state.path(), "me", "eu-west-1");
    let left = done(&me, &["-p", "dynamodb/aws", "--yes", CASE[0], CASE[1]]);
    assert_ne!(left.code, Some(0));
    left.says("could not be removed: ");
    assert_eq!(ledgers(state.path()), 1);
    vendor.state().denied.clear();
    let gc = ["gc", "--older-than", "0s"];
    let elsewhere = vendor.user(state.path(), "me", "us-east-1");
    done(&elsewhere, &gc)
        .expect(3)
        .says("3 things are left; name the service of the run");
    let other = vendor.user(state.path(), "other", "eu-west-1");
    done(&other, &gc).expect(3).says("is not there, and was");
    assert_eq!(vendor.state().tables.len(), 1);
    done(&me, &gc)
        .expect(0)
        .says("removed dynamodb-table cw-cf-");
    assert_eq!(vendor.state().tables.len(), 0);
    assert_eq!(ledgers(state.path()), 0);
}

#[test]
fn scopes_that_could_not_be_closed_are_gone_with_their_table() {
    let state = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(State::default());
    let me = vendor.user(state.path(), "me", "eu-west-1");
    let done = done(&me, &["-p", "dynamodb/aws", "--yes", CASE[0], CASE[1]]);
    assert_ne!(done.code, Some(0), "items are denied: {done:#?}");
    assert!(!done.both().contains("could not be removed"), "{done:#?}");
    assert_eq!(vendor.state().tables.len(), 0);
    assert_eq!(ledgers(state.path()), 0);
}

#[test]
fn what_is_being_created_at_an_interrupt_is_removed() {
    for command in [&["run"][..], &["doctor"]] {
        let state = tempfile::tempdir().unwrap();
        let vendor = Vendor::start(State {
            slow: Duration::from_secs(5),
            ..State::default()
        });
        let me = vendor.user(state.path(), "me", "eu-west-1");
        // Slow, and not too late.
        let set = ["--set", "timeout-ms=60000"];
        let arguments = [command, &["-p", "dynamodb/aws", "--yes"], &set].concat();
        let child = me.command(&arguments).spawn().unwrap();
        wait_for("the table", || {
            let seen = &vendor.state().seen;
            seen.iter()
                .any(|action| action == "CreateTable")
                .then_some(())
        });
        signal(child.id(), "INT");
        finish(child).expect(130);
        let left = vendor.state();
        assert!(left.tables.is_empty(), "{left:#?}");
        assert!(left.seen.iter().any(|action| action == "DeleteTable"));
        assert_eq!(ledgers(state.path()), 0);
    }
}

#[test]
fn a_run_that_ends_before_it_begins_removes_what_it_created() {
    let (state, reports) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let vendor = Vendor::start(State::default());
    let me = vendor.user(state.path(), "me", "eu-west-1");
    // Only known when the provider is open.
    std::fs::create_dir(reports.path().join("events.jsonl")).unwrap();
    let folder = reports.path().to_str().unwrap();
    done(
        &me,
        &[
            "-p",
            "dynamodb/aws",
            "--yes",
            CASE[0],
            CASE[1],
            "-o",
            folder,
        ],
    )
    .expect(2);
    let left = vendor.state();
    assert!(left.seen.iter().any(|action| action == "CreateTable"));
    assert!(left.tables.is_empty(), "{left:#?}");
    assert_eq!(ledgers(state.path()), 0);
}

#[test]
fn doctor_tells_what_it_could_not_remove() {
    let state = tempfile::tempdir().unwrap();
    let vendor = Vendor::start(State {
        denied: vec!["DeleteTable"],
        ..State::default()
    });
    let me = vendor.user(state.path(), "me", "eu-west-1");
    done(&me, &["doctor", "-p", "dynamodb/aws", "--yes"])
        .expect(3)
        .says("could not be removed: ");
    assert_eq!(ledgers(state.path()), 1);
}

#[test]
fn every_report_names_the_accounts_that_did_not_run() {
    let reports = tempfile::tempdir().unwrap();
    let folder = reports.path().to_str().unwrap();
    let there = ["--endpoint", "http://127.0.0.1:1"];
    let words = "not run: dynamodb/aws, which needs an account";
    run(&[
        "-p", "dynamodb", there[0], there[1], CASE[0], CASE[1], "-o", folder,
    ])
    .expect(3)
    .says(words);
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["providers"][0]["notes"], serde_json::json!([words]));
    let markdown = text(reports.path().join("report.md"));
    assert!(markdown.contains(words), "{markdown}");
    let silent = run(&["-p", "memory", CASE[0], CASE[1]]).expect(0);
    assert!(!silent.both().contains("needs an account"));
}

#[test]
fn another_image_is_told_and_not_published() {
    let reports = tempfile::tempdir().unwrap();
    let folder = reports.path().to_str().unwrap();
    let run = |more: &[&str]| {
        let first = [
            "-p",
            "redis",
            "--launch",
            "container",
            CASE[0],
            CASE[1],
            "-o",
            folder,
        ];
        // Whether there is an engine or not: this image is nowhere.
        conformance(&[&first[..], more].concat())
            .env("DOCKER_HOST", "tcp://127.0.0.1:1")
            .output()
            .unwrap();
        json(reports.path().join("report.json"))["run"].to_string()
    };
    let reason = "the image of a container was replaced";
    let replaced = run(&["--image", "secret.example/none:1"]);
    assert!(
        replaced.contains("--image") && replaced.contains("IMAGE"),
        "{replaced}"
    );
    assert!(
        replaced.contains(reason) && !replaced.contains("secret.example"),
        "{replaced}"
    );
    // The digest still holds.
    let mirrored = run(&["--image-registry", "mirror.example"]);
    assert!(
        mirrored.contains("--image-registry") && mirrored.contains("HOST"),
        "{mirrored}"
    );
    assert!(
        !mirrored.contains(reason) && !mirrored.contains("mirror.example"),
        "{mirrored}"
    );
}
