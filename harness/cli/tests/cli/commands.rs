//! What each command answers, and what it answers to wrong input.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Done, conformance, everything, has_redis, json, run, text, wait_for};

const CASE: &str = "kv.get.missing";
const SECRET: &str = "hunter2-is-secret";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_conformant_provider_ends_with_0_and_leaves_every_report() {
    let reports = folder();
    let done = run(&["-p", "memory", "-o", name(reports.path())])
        .expect(0)
        .says("memory is conformant");
    assert!(!done.stdout.contains('\u{1b}'), "colours in a pipe");

    let report = json(reports.path().join("report.json"));
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/schema");
    let valid = |schema: &str, value: &serde_json::Value| {
        let validator = jsonschema::validator_for(&json(schemas.join(schema))).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    };
    valid("report.json", &report);
    assert_eq!(report["run"]["exit_code"], 0);
    assert_eq!(report["run"]["publishable"], true, "{}", report["run"]);
    assert_eq!(report["providers"][0]["conclusion"], "conformant");

    let events = text(reports.path().join("events.jsonl"));
    let events: Vec<serde_json::Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    events.iter().for_each(|event| valid("event.json", event));
    assert_eq!(events[0]["event"], "run-started");
    assert_eq!(events.last().unwrap()["event"], "run-finished");

    assert!(text(reports.path().join("junit.xml")).contains(CASE));
    assert!(text(reports.path().join("report.md")).contains("memory"));
}

#[test]
fn an_unexpected_pass_is_red() {
    let folder = folder();
    let list = folder.path().join("known.txt");
    std::fs::write(&list, format!("# known\n{CASE}  # it is broken\n")).unwrap();
    run(&[
        "-p",
        "memory",
        "--run",
        CASE,
        "--expected-failures",
        name(&list),
    ])
    .expect(1)
    .says("xpass")
    // Without the list it would pass.
    .says("--expected-failures FILE");
}

#[test]
fn what_is_wrong_with_the_command_line_ends_with_2() {
    run(&[]).expect(2).says("no provider is named");
    run(&["-p", "memroy"])
        .expect(2)
        .says("did you mean `memory`")
        .says("local");
    run(&["-p", "memory,memory"]).expect(2).says("named twice");
    run(&["--no-such-flag"]).expect(2);
    run(&["-p", "memory", "--run", "[a"]).expect(2).says("[a");
    run(&["-p", "memory", "--run", "@/no/such/file"])
        .expect(2)
        .says("/no/such/file");
    run(&["-p", "memory", "--set", "a=b"])
        .expect(2)
        .says("refuses its settings");
    run(&["-p", "memory", "--set", "a"])
        .expect(2)
        .says("KEY=VALUE");
    // The second is asked before the first runs.
    run(&["-p", "memory,adapter", "--run", CASE])
        .expect(2)
        .says("provider adapter refuses its settings: ");
    let done: Done = conformance(&["-p", "memory"])
        .env("CONFORMANCE_SET", "a=b\nno pair")
        .output()
        .unwrap()
        .into();
    done.expect(2).says("KEY=VALUE");
    run(&["-p", "memory", "--timeout-scale", "0"]).expect(2);
    run(&["-p", "memory", "--jobs", "0"]).expect(2);
    run(&["explain", "kv.caz"]).expect(2).says("kv.cas");
    run(&["list", "--clause", "KV-NO-1"]).expect(2);
}

#[test]
fn a_wrong_setting_of_a_server_that_is_started_is_seen_at_once() {
    if !has_redis() {
        return;
    }
    for setting in ["passwrod=x", "timeout-ms=soon", "password=nobody-asked"] {
        let started = std::time::Instant::now();
        run(&["-p", "redis", "--run", CASE, "--set", setting])
            .expect(2)
            .says("provider redis refuses its settings");
        // The patience with a server that does not answer is 120 s.
        assert!(started.elapsed().as_secs() < 60, "{setting}");
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_does_not_start_is_told_with_its_last_words() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder();
    let program = folder.path().join("redis-server");
    std::fs::write(&program, "#!/bin/sh\necho the disk is full >&2\nexit 7\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = |arguments: &[&str]| -> Done {
        conformance(arguments)
            .env("PATH", folder.path())
            .output()
            .unwrap()
            .into()
    };
    run(&["doctor", "-p", "redis"])
        .expect(3)
        .says("ended at once")
        .says("it wrote: the disk is full");
    let reports = folder.path().join("reports");
    run(&["-p", "redis", "--run", CASE, "-o", name(&reports)])
        .expect(3)
        .says("ended at once");
    // They may name anything, so they are not recorded.
    assert!(!everything(&reports).contains("the disk is full"));
}

#[test]
fn reports_name_no_folder_of_the_machine() {
    let folder = folder();
    let place = folder.path().join("somewhere-secret");
    let reports = place.join("reports");
    std::fs::create_dir_all(&reports).unwrap();
    let components = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/components");
    let guests = place.join("guests");
    std::fs::create_dir_all(&guests).unwrap();
    for file in std::fs::read_dir(components).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, guests.join(path.file_name().unwrap())).unwrap();
    }
    let (list, patterns) = (place.join("known.txt"), place.join("patterns.txt"));
    std::fs::write(&list, format!("{CASE}  # it is not broken\n")).unwrap();
    std::fs::write(&patterns, format!("{CASE}\n")).unwrap();
    run(&[
        "-p",
        "local",
        "--data-dir",
        name(&place.join("data")),
        "--components",
        name(&guests),
        "--expected-failures",
        name(&list),
        "--run",
        &format!("@{}", patterns.display()),
        "-o",
        name(&reports),
    ])
    .expect(1);
    let written = everything(&reports);
    assert!(!written.contains("somewhere-secret"));
    let report = json(reports.join("report.json"));
    let command: Vec<&str> = report["run"]["command"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    let command = command.join(" ");
    for words in [
        "--data-dir DIR",
        "--components DIR",
        "--expected-failures FILE",
        "--run @FILE",
    ] {
        assert!(command.contains(words), "{command}");
    }
}

#[test]
fn a_malformed_list_of_failures_is_named_with_its_line() {
    let folder = folder();
    let list = folder.path().join("known.txt");
    for (line, problem) in [
        (CASE.to_owned(), "has no reason"),
        ("kv.no.such.case  # why".to_owned(), "is no case"),
        ("two words  # why".to_owned(), "write one case id"),
    ] {
        std::fs::write(&list, format!("# comment\n\n{line}\n")).unwrap();
        run(&["-p", "memory", "--expected-failures", name(&list)])
            .expect(2)
            .says(&format!("{}:3: ", list.display()))
            .says(problem);
    }
    run(&["-p", "memory", "--expected-failures", "/no/such/file"])
        .expect(2)
        .says("/no/such/file");
}

#[test]
fn a_report_folder_that_cannot_be_written_is_seen_before_the_run() {
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let done = run(&["-p", "memory", "-o", name(&file)])
        .expect(2)
        .says("--report-dir");
    assert!(!done.stdout.contains("memory"), "it ran");
}

#[test]
fn a_provider_that_cannot_be_set_up_ends_with_3_and_the_others_run() {
    let reports = folder();
    let arguments = [
        "-p",
        "redis,memory",
        "--run",
        CASE,
        "-o",
        name(reports.path()),
    ];
    let done: Done = conformance(&arguments)
        .env("PATH", reports.path())
        .output()
        .unwrap()
        .into();
    done.expect(3)
        .says("redis-server is not installed")
        .says("apt-get install");
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["providers"][0]["conclusion"], "error");
    assert_eq!(report["providers"][1]["counts"]["must"]["pass"], 1);
}

#[test]
fn an_empty_filter_ends_with_4_and_says_what_matched_nothing() {
    run(&["-p", "memory", "--run", "kv.get.misssing"])
        .expect(4)
        .says("kv.get.misssing")
        .says("did you mean `kv.get.missing`")
        .says("conformance list");
    run(&["-p", "memory", "--run", CASE, "--skip", "*"]).expect(4);
    for (flag, pattern) in [("--run", "kv.gte.*"), ("--skip", "kv.sett.*")] {
        run(&["-p", "memory", "--run", CASE, flag, pattern])
            .expect(0)
            .says(&format!("note: {flag} {pattern} matches no case"));
    }
    let folder = folder();
    let empty = folder.path().join("none.txt");
    std::fs::write(&empty, "# nothing\n").unwrap();
    run(&["-p", "memory", "--run", &format!("@{}", empty.display())]).expect(4);
}

#[test]
fn reports_that_cannot_be_written_after_the_run_end_with_5() {
    let reports = folder();
    std::fs::create_dir(reports.path().join("report.json")).unwrap();
    run(&["-p", "memory", "--run", CASE, "-o", name(reports.path())])
        .expect(5)
        .says("harness fault");
}

#[test]
fn components_that_are_not_what_their_manifest_says_end_with_2() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/components");
    let folder = folder();
    for file in std::fs::read_dir(source).unwrap() {
        let path = file.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let run = || {
        run(&[
            "-p",
            "memory",
            "--run",
            CASE,
            "--components",
            name(folder.path()),
        ])
    };
    run().expect(0);

    let manifest = folder.path().join("manifest.toml");
    let good = text(&manifest);
    let first = good.split("name = \"").nth(1).unwrap();
    let first = folder
        .path()
        .join(format!("{}.wasm", first.split('"').next().unwrap()));
    let bytes = std::fs::read(&first).unwrap();
    std::fs::write(&first, &bytes[..bytes.len() / 2]).unwrap();
    run().expect(2).says("wrong digest");
    std::fs::remove_file(&first).unwrap();
    run().expect(2).says("not in the suite");
    std::fs::write(&manifest, "components = 1").unwrap();
    run().expect(2).says("manifest");
    std::fs::write(&manifest, good.replace("schema = 1", "schema = 99")).unwrap();
    run().expect(2).says("schema 99");
}

#[test]
fn several_providers_stand_side_by_side() {
    let reports = folder();
    let done = run(&[
        "-p",
        "memory",
        "-p",
        "local",
        "--run",
        "kv.get.*",
        "-o",
        name(reports.path()),
    ])
    .expect(0);
    let head = done
        .stdout
        .lines()
        .find(|line| line.contains("memory") && line.contains("local"));
    assert!(head.is_some(), "{done:#?}");
    // The same matrix from the file, and from the file twice.
    let report = reports.path().join("report.json");
    let matrix = crate::support::run(&["matrix", name(&report), name(&report), "--format", "json"])
        .expect(0);
    let matrix: serde_json::Value = serde_json::from_str(&matrix.stdout).unwrap();
    assert_eq!(matrix["columns"].as_array().unwrap().len(), 4);
    run(&["matrix", name(&report)]).expect(0).says("memory");
}

#[test]
fn a_report_that_is_none_ends_the_matrix_with_2() {
    let folder = folder();
    let file = folder.path().join("report.json");
    for content in ["", "{}", "[1,2", "{\"schema_version\": 99}", "\u{0}\u{1}"] {
        std::fs::write(&file, content).unwrap();
        run(&["matrix", name(&file)])
            .expect(2)
            .says(&file.display().to_string());
    }
    run(&["matrix", "/no/such/report.json"]).expect(2);
    run(&["matrix"]).expect(2);
}

#[test]
fn a_secret_in_an_endpoint_is_nowhere() {
    let reports = folder();
    let endpoint = format!("redis://someone:{SECRET}@127.0.0.1:1/0");
    let o = name(reports.path());
    let run = |arguments: &[&str]| -> Done {
        conformance(arguments)
            .env("CONFORMANCE_ENDPOINT", &endpoint)
            .output()
            .unwrap()
            .into()
    };
    let on_the_line = ["-p", "redis", "--endpoint", &endpoint, "-o", o];
    let all = [
        crate::support::run(&on_the_line).expect(3),
        run(&["-p", "redis", "-o", o]).expect(3),
        run(&["-p", "redis", "--help"]).expect(0),
        run(&["doctor", "-p", "redis"]).expect(3),
        run(&["-p", "memory"]).expect(2),
        crate::support::run(&["-p", "memory", &endpoint]).expect(2),
        crate::support::run(&["-p", &endpoint]).expect(2),
        crate::support::run(&["doctor", "--set", SECRET]).expect(2),
        crate::support::run(&["-p", "memory", "--set", &format!("password={SECRET}")]).expect(2),
    ];
    for done in all {
        assert!(!done.both().contains(SECRET), "{done:#?}");
    }
    assert!(!everything(reports.path()).contains(SECRET));
}

#[test]
fn help_tells_the_exit_codes_and_needs_no_engine() {
    let folder = folder();
    let cache = folder.path().join("cache");
    let help = |arguments: &[&str]| -> Done {
        conformance(arguments)
            .env("CONFORMANCE_CACHE_DIR", &cache)
            .output()
            .unwrap()
            .into()
    };
    help(&["--help"])
        .expect(0)
        .says("Exit codes:")
        .says("nobody agreed to what it may cost")
        .says("conformance --provider memory,redis,nats,etcd --report-dir reports\n");
    // A clock would depend on what else runs; what it leaves alone does not.
    assert!(!cache.exists(), "it set an engine up");
    help(&["list", "--run", CASE]).expect(0);
    assert!(cache.exists(), "the test looks at the wrong place");
    run(&["--version"]).expect(0).says("conformance ");
    run(&["run", "--help"]).expect(0).says("Exit codes:");
}

#[test]
fn the_small_commands_answer() {
    let list = run(&["list", "--run", CASE, "--format", "json"]).expect(0);
    let list: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    assert_eq!(list["cases"][0]["id"], CASE);
    run(&["list"]).expect(0).says(CASE).says("cases");
    run(&["list", "--format", "md"])
        .expect(0)
        .says(&format!("| `{CASE}` |"));
    run(&["explain", CASE])
        .expect(0)
        .says("KV-GET-2")
        .says("wit/keyvalue/store.wit:")
        .says(&format!("--run {CASE}"));
    run(&["explain", "kv-get-2"]).expect(0).says(CASE);
    run(&["explain", "kv.cas"]).expect(0).says("KV-SWAP-1");
    for name in ["memory", "local", "redis"] {
        run(&["providers"]).expect(0).says(name);
    }
    run(&["doctor", "-p", "memory,local"])
        .expect(0)
        .says("ready");
    for shell in ["bash", "zsh", "fish"] {
        run(&["completions", shell])
            .expect(0)
            .says("report-dir")
            .says("memory");
    }
    let schema = run(&["schema", "report"]).expect(0);
    let schema: serde_json::Value = serde_json::from_str(&schema.stdout).unwrap();
    assert!(schema["properties"]["providers"].is_object());
    run(&["schema", "event"]).expect(0).says("at_unix_ms");
}

#[test]
fn the_environment_sets_what_the_line_does_not() {
    let reports = folder();
    let done: Done = conformance(&["--run", CASE])
        .env("CONFORMANCE_PROVIDER", "memory")
        .env("CONFORMANCE_SEED", "41")
        .env("CONFORMANCE_QUIET", "1")
        .env("CONFORMANCE_REPORT_DIR", reports.path())
        .env("CONFORMANCE_SKIP", "kv.set.*\nkv.list.*")
        .output()
        .unwrap()
        .into();
    assert_eq!(done.expect(0).both(), "");
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["run"]["seed"], 41);
    assert_eq!(report["run"]["publishable"], false);
}

#[test]
fn a_mutant_that_is_killed_ends_the_selftest_with_0() {
    let reports = folder();
    run(&[
        "selftest",
        "--mutant",
        "kv-get-*",
        "-o",
        name(reports.path()),
    ])
    .expect(0)
    .says("mutants killed");
    let table = json(reports.path().join("kill-table.json"));
    let mutants = table["mutants"].as_array().unwrap();
    assert!(!mutants.is_empty());
    assert_eq!(table["killed"], mutants.len(), "{table:#}");
    assert_eq!(table["exit_code"], 0);
    assert!(text(reports.path().join("kill-table.md")).contains("| mutant |"));
    run(&["selftest", "--mutant", "no-such-mutant"]).expect(4);
}

/// A server with a password, and its port: one that was free a moment ago, so that
/// another program may have it, and the server ends.
fn with_password(folder: &Path) -> (Child, u16) {
    for _ in 0..10 {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let port_text = port.to_string();
        let mut server = Command::new("redis-server")
            .args(["--port", &port_text, "--save", "", "--requirepass", SECRET])
            .current_dir(folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let runs = wait_for("the start of the server", || {
            let ended = server.try_wait().unwrap().map(|_| false);
            ended.or_else(|| takes_password(port).then_some(true))
        });
        if runs {
            return (server, port);
        }
    }
    panic!("no server starts");
}

fn takes_password(port: u16) -> bool {
    let talk = || -> std::io::Result<[u8; 3]> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "AUTH {SECRET}\r\n")?;
        let mut answer = [0; 3];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    talk().is_ok_and(|answer| answer == *b"+OK")
}

#[test]
fn a_server_with_a_password_is_reached_and_the_password_is_nowhere() {
    if !has_redis() {
        return;
    }
    let folder = folder();
    let (mut server, port) = with_password(folder.path());
    let reports = folder.path().join("reports");
    let endpoint = format!("redis://:{SECRET}@127.0.0.1:{port}");
    let right = run(&[
        "-p",
        "redis",
        "--endpoint",
        &endpoint,
        "--run",
        "kv.get.*",
        "-o",
        name(&reports),
    ]);
    let wrong = run(&[
        "-p",
        "redis",
        "--endpoint",
        &endpoint.replace("hunter2", "hunter3"),
    ]);
    server.kill().unwrap();
    server.wait().unwrap();
    let right = right.expect(0);
    let wrong = wrong.expect(3).says("credentials");
    assert!(!right.both().contains(SECRET) && !wrong.both().contains("is-secret"));
    assert!(!everything(&reports).contains(SECRET));
}
