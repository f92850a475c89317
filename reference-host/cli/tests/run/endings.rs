//! How a guest ends, and what it is given.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::apps::{NOTHING, Place, app, count, run};
use crate::support::{Done, finish};

const FOREVER: &str = "(loop $again (br $again)) (unreachable)";
const WAITS: &str = "(call $wait (i64.const 600000000000)) (i32.const 0)";

#[test]
fn the_exit_code_is_the_guests() {
    let quiet = |done: Done| assert_eq!((done.stdout, done.stderr), Default::default());
    quiet(run(&app("(i32.const 0)"), NOTHING).expect(0));
    quiet(run(&app("(i32.const 1)"), NOTHING).expect(1));
    for code in [0, 2, 77, 255] {
        let leaves = app(&format!("(call $leave (i32.const {code})) (unreachable)"));
        quiet(run(&leaves, NOTHING).expect(code));
    }
}

#[test]
fn a_trap_is_told_from_an_exit() {
    run(&app("(unreachable)"), NOTHING)
        .expect(134)
        .says("error: the guest trapped: wasm trap: wasm `unreachable` instruction executed")
        .says("wasm backtrace");
    run(&app("(i32.load (i32.const -4))"), NOTHING)
        .expect(134)
        .says("error: the guest trapped: wasm trap: out of bounds memory access");
}

#[test]
fn a_deadline_ends_a_guest_that_computes_and_one_that_waits() {
    let manifest = "schema-version = 1\n[guest]\ndeadline-seconds = 1\n";
    for body in [FOREVER, WAITS] {
        let started = Instant::now();
        run(&app(body), manifest)
            .expect(124)
            .says("error: the guest ran longer than its deadline");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn memory_is_bounded_by_the_manifest() {
    // Leaves with 1 if 32 MiB more are not to be had.
    let grows =
        app("(call $leave (i32.eq (memory.grow (i32.const 512)) (i32.const -1))) (unreachable)");
    run(&grows, NOTHING).expect(0);
    run(&grows, "schema-version = 1\n[guest]\nmemory-mib = 16\n").expect(1);
}

#[test]
fn a_guest_sees_no_variable_but_those_it_is_given() {
    let place = Place::new(
        &count("variables"),
        "schema-version = 1\n[guest.env]\nONE = \"1\"\nTWO = { env = \"PATH\" }\n",
    );
    place.run(&[]).expect(2);
    let mut command = place.command(&["--env", "TWO=2", "--env", "THREE=3", "-e", "FOUR"]);
    finish(command.env("FOUR", "4").env("FIVE", "5")).expect(4);
    place
        .run(&["--env", "NOWHERE"])
        .expect(2)
        .says("is not set");
    place.run(&["--env", "=x"]).expect(2).says("NAME=VALUE");
    Place::new(&count("variables"), NOTHING).run(&[]).expect(0);
}

#[test]
fn arguments_come_from_the_manifest_and_the_command_line() {
    let manifest = "schema-version = 1\n[guest]\narguments = [\"one\"]\n";
    let place = Place::new(&count("arguments"), manifest);
    // Its own name is the first.
    place.run(&[]).expect(2);
    place.run(&["--", "--two", "three"]).expect(4);
}

#[test]
fn there_is_no_directory() {
    run(&count("directories"), NOTHING).expect(0);
}

#[test]
fn ctrl_c_ends_it() {
    let manifest = "schema-version = 1\nscope = \"shop\"\n[keyvalue.orders]\n\
                    provider = \"memory\"\n";
    for body in [FOREVER, WAITS] {
        for (name, code) in [("INT", 130), ("TERM", 143)] {
            let place = Place::new(&app(body), manifest);
            let mut child = place.command(&["--verbose"]).spawn().unwrap();
            let mut said = BufReader::new(child.stderr.take().unwrap());
            let mut stderr = String::new();
            // The last word before the guest runs.
            while !stderr.contains("`orders`") {
                assert!(said.read_line(&mut stderr).unwrap() > 0, "{stderr}");
            }
            std::thread::sleep(Duration::from_millis(200));
            let pid = child.id().to_string();
            let sent = Command::new("kill")
                .args([&format!("-{name}"), &pid])
                .status();
            assert!(sent.unwrap().success());
            let started = Instant::now();
            said.read_to_string(&mut stderr).unwrap();
            let done: Done = child.wait_with_output().unwrap().into();
            Done { stderr, ..done }.expect(code);
            assert!(started.elapsed() < Duration::from_secs(60));
        }
    }
}
