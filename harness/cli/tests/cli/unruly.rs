//! Guests that misbehave: whatever they do, the run ends and says that it was
//! the guest. They are written in the text format, because no compiler would
//! produce them.

use std::fmt::Write as _;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::support::{Done, json, run};

/// Where the description of the one case lies in the guest's memory.
const DESCRIPTION: u32 = 1024;
const CASE: &str = "unruly.case";

/// A component with one case, whose `run` has this body.
fn component(body: &str) -> Vec<u8> {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/guests/kit/wit");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(kit).unwrap();
    let world = resolve
        .select_world(&[package], Some("suite-only"))
        .unwrap();
    let suite = "cloud:conformance/suite@0.1.0";
    let data: String = description().iter().fold(String::new(), |mut text, byte| {
        write!(text, "\\{byte:02x}").unwrap();
        text
    });
    let module = format!(
        r#"(module
            (memory (export "memory") 1)
            (global $free (mut i32) (i32.const 32768))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (global.get $free)
                (global.set $free (i32.and (i32.const -8)
                    (i32.add (global.get $free) (i32.add (local.get 3) (i32.const 7))))))
            (func (export "{suite}#describe") (result i32) (i32.const {DESCRIPTION}))
            (func (export "[async-lift]{suite}#run") (param i32) (result i32) {body})
            (func (export "[callback][async-lift]{suite}#run") (param i32 i32 i32) (result i32)
                unreachable)
            (data (i32.const {DESCRIPTION}) "{data}"))"#
    );
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let mut encoder = ComponentEncoder::default().module(&module).unwrap();
    encoder.encode().unwrap()
}

/// `suite.description` as it lies in memory, its strings behind it.
fn description() -> Vec<u8> {
    /// Bytes of the record `description`, and of one `test-case`.
    const HEAD: [u32; 2] = [16, 72];
    let clauses = DESCRIPTION + HEAD[0] + HEAD[1];
    let mut strings: Vec<u8> = Vec::new();
    let mut string = |text: &str| -> [u32; 2] {
        let at = clauses + 8 + u32::try_from(strings.len()).unwrap();
        strings.extend(text.as_bytes());
        [at, u32::try_from(text.len()).unwrap()]
    };
    let nanoseconds = 1_000_000_000;
    let words = [
        string("keyvalue"),
        [DESCRIPTION + HEAD[0], 1],
        string(CASE),
        string("misbehaves"),
        // must; the list of clauses begins.
        [0, clauses],
        // One clause; no required feature.
        [1, 4],
        [0, 0],
        [0, 0],
        // fast; alone.
        [0, 0],
        [nanoseconds, 0],
        string("unruly.rs"),
        string("KV-GET-1"),
    ];
    let words = words.iter().flatten().flat_map(|word| word.to_le_bytes());
    words.chain(strings).collect()
}

/// Runs a suite of this one component on `memory`, whose case has one second, and that
/// so many times.
fn run_suite(name: &str, bytes: &[u8], scale: u32) -> (Done, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(format!("{name}.wasm")), bytes).unwrap();
    let digest = reference_host::Digest::of(bytes);
    let manifest =
        format!("schema = 1\n\n[[component]]\nname = \"{name}\"\nsha256 = \"{digest}\"\n");
    std::fs::write(folder.path().join("manifest.toml"), manifest).unwrap();
    let folder = folder.path().to_str().unwrap();
    let reports = tempfile::tempdir().unwrap();
    let done = run(&[
        "-p",
        "memory",
        "--components",
        folder,
        "--no-cache",
        "--timeout-scale",
        &scale.to_string(),
        "-o",
        reports.path().to_str().unwrap(),
    ]);
    let report = reports.path().join("report.json");
    let report = if report.exists() {
        json(report)
    } else {
        serde_json::Value::Null
    };
    (done, report)
}

#[track_caller]
fn blames_the_guest(body: &str, reason: &str) {
    // Who computes is told by interruptions, of which a slow machine makes few a second.
    let (done, report) = run_suite("unruly", &component(body), 10);
    done.expect(5).says(reason);
    let verdict = &report["providers"][0]["tests"][0];
    assert_eq!(verdict["id"], CASE, "{report:#}");
    assert_eq!(verdict["status"], "error", "{report:#}");
    assert_eq!(verdict["blame"], "harness", "{report:#}");
}

#[test]
fn a_guest_that_loops_for_ever_is_to_blame_itself() {
    blames_the_guest("(loop $l (br $l)) unreachable", "the guest computed until");
}

#[test]
fn a_guest_that_allocates_without_end_is_refused_and_traps() {
    blames_the_guest(
        "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable",
        "the guest trapped",
    );
}

#[test]
fn a_guest_that_returns_without_a_result_is_to_blame_itself() {
    // 0 is `exit`.
    blames_the_guest("(i32.const 0)", "the guest trapped");
}

#[test]
fn a_guest_that_waits_for_nothing_is_out_of_time() {
    // 1 is `yield`: the callback, which traps.
    blames_the_guest("(i32.const 1)", "the guest trapped");
}

#[test]
fn what_is_no_suite_is_refused_by_name() {
    for (bytes, reason) in [
        (&b"\0asm"[..], "not a valid component"),
        (b"", "not a valid component"),
        (&wat::parse_str("(component)").unwrap(), "does not export"),
        (
            &wat::parse_str("(module)").unwrap(),
            "not a valid component",
        ),
    ] {
        let (done, report) = run_suite("stranger", bytes, 1);
        done.expect(2).says("component stranger").says(reason);
        assert!(report.is_null());
    }
}
