//! Runs on what is somebody else's: what is written down, told and bounded.

use std::path::Path;

use crate::support::{Done, conformance, json, run, wait_for};

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
    again.expect(0).says("nothing was left");
    let done = gc(&place).expect(0).says("removed scope cf-");
    assert!(!done.both().contains(data.path().to_str().unwrap()));
    gc(&place).expect(0).says("nothing was left");
    assert_eq!(ledgers(state.path()), 0);
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
        .says("--max-requests");
    let report = json(reports.path().join("report.json"));
    let counts = &report["providers"][0]["counts"]["must"];
    for red in ["fail", "error", "timeout"] {
        assert_eq!(counts[red].as_u64().unwrap_or(0), 0, "{counts}");
    }
    assert!(counts["not-run"].as_u64() > Some(0), "{counts}");
    assert_eq!(report["run"]["publishable"], false);
    assert!(report["run"]["aborted"].as_str().unwrap().contains("300"));
}
