//! How services are stood up, and that nothing of them stays: whatever ends them,
//! and whatever ends the harness.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cloud_contract::keyvalue::{Expected, SetOptions};
use cloud_contract::{Bytes, Flavour, Process, Provider, Scope, ScopeId, Settings, Target};
use conformance_runner::{LaunchOptions, Opened, open_provider};

use crate::support::{
    Done, conformance, everything, finish, has_redis, is_alive, json, run, servers, signal,
    wait_for,
};

const CASE: &str = "kv.get.missing";
/// Made by `.ci/images`.
const IMAGE: &str = "cloud-wit-local/redis:latest";

/// Whether a container of ours can be started here. A test that cannot run is
/// named on the screen.
fn has_image() -> bool {
    let found = docker(&["image", "inspect", IMAGE]).is_some();
    if !found {
        crate::support::not_run(&format!("no container engine with {IMAGE}"));
    }
    found
}

/// What the engine's own command prints; none if it fails.
fn docker(arguments: &[&str]) -> Option<String> {
    let done = Command::new("docker")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    done.status.success().then_some(text)
}

/// The containers of a harness, running or not.
fn containers(harness: u32) -> Vec<String> {
    let filter = format!("label=cloud-wit.pid={harness}");
    let listed = docker(&["ps", "-aq", "--no-trunc", "--filter", &filter]).unwrap();
    listed.lines().map(str::to_owned).collect()
}

fn in_container(reports: &Path, more: &[&str]) -> Command {
    let reports = reports.to_str().unwrap();
    let mut command = conformance(&["-p", "redis", "--launch", "container", "--image", IMAGE]);
    command.args(["-o", reports]).args(more);
    command
}

fn midst(events: &Path) {
    wait_for("the run", || {
        let events = std::fs::read_to_string(events).ok()?;
        (events.matches("case-finished").count() > 10).then_some(())
    });
}

#[test]
fn a_way_that_does_not_exist_ends_with_2() {
    for wrong in ["podman", "no such", ""] {
        let done = run(&["-p", "redis", "--launch", wrong, "--run", CASE]);
        if wrong.is_empty() {
            continue;
        }
        done.expect(2).says("auto, process, container, endpoint");
    }
    let endpoint = ["--endpoint", "redis://127.0.0.1:1"];
    run(&[
        "-p",
        "redis",
        "--launch",
        "process",
        endpoint[0],
        endpoint[1],
    ])
    .expect(2)
    .says("leave one of the two out");
    run(&["-p", "redis", "--image", "a b"])
        .expect(2)
        .says("no image");
    run(&["-p", "redis", "--image", "rediss=local/redis"])
        .expect(2)
        .says("did you mean");
    run(&["-p", "redis,memory", "--image", "local/redis"])
        .expect(2)
        .says("--image PROVIDER=IMAGE");
    run(&["-p", "redis", "--image-registry", "https://mirror.example"])
        .expect(2)
        .says("HOST");
}

#[test]
fn what_could_only_be_ignored_ends_with_2() {
    let image = ["--run", CASE, "--image", IMAGE];
    let with = |more: &[&str]| run(&[more, &image].concat()).expect(2);
    with(&["-p", "redis", "--launch", "process"]).says("--image alone means");
    with(&["-p", "redis", "--endpoint", "redis://127.0.0.1:1"]).says("leave one of the two out");
    with(&["-p", "memory"]).says("not stood up in a container");
    run(&["-p", "redis", "--image", "valkey=local/valkey:1"])
        .expect(2)
        .says("not in this run")
        .says("the providers of this run are redis");
    for launch in ["process", "container"] {
        run(&["-p", "memory,local", "--launch", launch, "--run", CASE])
            .expect(2)
            .says("memory, local runs in this process");
    }
}

/// Not even where a program is installed that would do as well.
#[test]
fn an_image_that_was_named_is_not_passed_over() {
    let redis = |name: &str, value: &str| -> Done {
        let image = ["--image", "redis=no.example/none:1"];
        let mut command = conformance(&["-p", "redis", "--run", CASE]);
        if name.is_empty() {
            command.args(image);
        } else {
            command.env(name, value);
        }
        let command = command.env("DOCKER_HOST", "unix:///no/such/socket");
        command.output().unwrap().into()
    };
    let done = redis("", "").expect(3).says("no Docker engine answers");
    assert!(!done.both().contains("launched as process"), "{done:#?}");
    // In the environment are the images of all containers there may be.
    if has_redis() {
        redis("CONFORMANCE_IMAGE", "redis=a/b\nvalkey=c/d")
            .expect(0)
            .says("launched as process");
    }
}

#[test]
fn the_port_of_a_container_is_for_this_machine_alone() {
    if !has_image() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let child = in_container(reports.path(), &["--repeat", "1000"])
        .spawn()
        .unwrap();
    midst(&reports.path().join("events.jsonl"));
    let harness = child.id();
    let ports = docker(&["port", &containers(harness)[0]]).unwrap();
    signal(harness, "INT");
    finish(child).expect(130);
    assert!(!ports.is_empty());
    for port in ports.lines() {
        assert!(port.contains("-> 127.0.0.1:"), "{ports}");
    }
}

#[test]
fn where_nothing_works_each_way_says_what_would_mend_it() {
    let empty = tempfile::tempdir().unwrap();
    let run = |launch: &str| -> Done {
        conformance(&["-p", "redis", "--run", CASE, "--launch", launch])
            .env("PATH", empty.path())
            .env("CLOUD_WIT_SERVERS", empty.path())
            .env("DOCKER_HOST", "unix:///no/such/socket")
            .output()
            .unwrap()
            .into()
    };
    run("auto")
        .expect(3)
        .says("process: redis-server is not installed (try: apt-get install redis-server)")
        .says("container: no Docker engine answers (try: unset DOCKER_HOST)")
        .says("endpoint: none was named (try: --endpoint redis://HOST:PORT)");
    let only = run("process")
        .expect(3)
        .says("redis-server is not installed");
    assert!(!only.both().contains("Docker"), "{only:#?}");
    run("container").expect(3).says("no Docker engine answers");
    run("endpoint").expect(3).says("none was named");
}

#[test]
fn doctor_looks_at_everything_without_starting_anything() {
    let empty = tempfile::tempdir().unwrap();
    let doctor = |arguments: &[&str]| -> Done {
        conformance(&[&["doctor"], arguments].concat())
            .env("PATH", empty.path())
            .env("CLOUD_WIT_SERVERS", empty.path())
            .env("DOCKER_HOST", "unix:///no/such/socket")
            .output()
            .unwrap()
            .into()
    };
    doctor(&[])
        .expect(0)
        .says("memory: ready")
        .says("adapter: cannot be used")
        .says("command: the program to run is missing")
        .says("nats-server is not installed; try: .ci/servers nats")
        .says("redis: cannot be used")
        .says("redis-server is not installed; try: apt-get install redis-server")
        .says("no Docker engine answers; try: unset DOCKER_HOST")
        .says("with --endpoint redis://HOST:PORT");
    doctor(&["-p", "redis"])
        .expect(3)
        .says("redis: cannot be used");
    doctor(&["-p", "adapter"])
        .expect(3)
        .says("adapter: cannot be used");
    doctor(&["-p", "memory"])
        .expect(0)
        .says("reached as embedded");
}

#[test]
fn providers_tells_ways_images_and_what_is_declared() {
    run(&["providers"])
        .expect(0)
        .says("redis/valkey: Valkey")
        .says("docker.io/library/redis:7.4.11-alpine@sha256:");
    let listed = run(&["providers", "--format", "json"]).expect(0);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    let providers = listed["providers"].as_array().unwrap();
    for one in providers {
        // Only a program of the user's can say.
        if one["id"] == "adapter" {
            continue;
        }
        let features = one["features"].as_array().unwrap();
        let cores = [
            ("kv.store", "kv.key.max-bytes"),
            ("blob.container", "blob.name.max-bytes"),
        ];
        let offered = cores.map(|(core, limit)| {
            let declares = features.iter().any(|feature| feature == core);
            assert_eq!(declares, one["limits"][limit].as_u64() > Some(0), "{one}");
            declares
        });
        assert_ne!(offered, [false, false], "{one}");
    }
}

#[test]
fn a_name_that_stands_for_nothing_has_a_neighbour() {
    run(&["-p", "valky"])
        .expect(2)
        .says("did you mean `valkey`");
    run(&["completions", "bash"]).expect(0).says("redis/valkey");
}

#[test]
fn the_lists_of_all_flavours_name_cases_that_exist() {
    let cases = run(&["list", "--format", "json"]).expect(0);
    let cases: serde_json::Value = serde_json::from_str(&cases.stdout).unwrap();
    let cases: Vec<conformance_model::Case> =
        serde_json::from_value(cases["cases"].clone()).unwrap();
    for target in provider_registry::factories()
        .iter()
        .copied()
        .flat_map(Target::of)
    {
        let list = conformance_runner::ExpectedFailures::of_flavour(&target, &cases);
        assert!(list.is_ok(), "{}: {list:?}", target.id());
    }
}

#[test]
fn a_choice_is_said_on_the_terminal_and_in_the_report() {
    if !has_redis() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let o = reports.path().to_str().unwrap();
    run(&["-p", "redis", "--run", CASE, "-o", o])
        .expect(0)
        .says("launched as process: redis-server");
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["providers"][0]["provider"]["mode"], "process");
    let notes = report["providers"][0]["notes"].to_string();
    assert!(notes.contains("launched as process"), "{notes}");
    // Nothing was left open here.
    let done = run(&["-p", "redis", "--run", CASE, "--launch", "process"]).expect(0);
    assert!(!done.both().contains("launched as"), "{done:#?}");
}

#[test]
fn a_server_that_dies_is_told_at_once_with_its_cause() {
    if !has_redis() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let o = reports.path().to_str().unwrap();
    let child = conformance(&["-p", "redis", "--repeat", "1000", "-o", o])
        .spawn()
        .unwrap();
    midst(&reports.path().join("events.jsonl"));
    for server in servers(child.id()) {
        signal(server, "KILL");
    }
    let done = finish(child)
        .expect(3)
        .says("redis: redis-server ended during the run")
        .says("SIGKILL")
        // Its last words, which are for its owner.
        .says("redis wrote: ");
    let report = json(reports.path().join("report.json"));
    for test in report["providers"][0]["tests"].as_array().unwrap() {
        let status = test["status"].as_str().unwrap();
        assert!(["error", "not-run"].contains(&status), "{test:#}");
        let reason = test["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("ended during the run"), "{test:#}");
    }
    assert!(
        !everything(reports.path()).contains("Ready to accept"),
        "{done:#?}"
    );
}

/// What a harness started ends after the harness, however that ended; its folder
/// goes as well.
#[test]
fn a_killed_harness_leaves_no_server_and_no_folder() {
    if !has_redis() {
        return;
    }
    for signals in [&["KILL"][..], &["INT", "INT"]] {
        let reports = tempfile::tempdir().unwrap();
        let place = tempfile::tempdir().unwrap();
        let o = reports.path().to_str().unwrap();
        let child = conformance(&["-p", "redis", "--repeat", "1000", "-o", o])
            .env("TMPDIR", place.path())
            .spawn()
            .unwrap();
        midst(&reports.path().join("events.jsonl"));
        let started = servers(child.id());
        assert_eq!(started.len(), 1);
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
        for name in signals {
            // It may have ended at the one before.
            Command::new("kill")
                .args([format!("-{name}"), child.id().to_string()])
                .stderr(Stdio::null())
                .status()
                .unwrap();
        }
        let done = finish(child);
        wait_for("the end of the server", || {
            (!is_alive(started[0])).then_some(())
        });
        wait_for("the end of the folder", || {
            (std::fs::read_dir(place.path()).unwrap().count() == 0).then_some(())
        });
        assert_ne!(done.code, Some(0));
    }
}

#[test]
fn a_container_is_used_and_gone_afterwards() {
    if !has_image() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let child = in_container(reports.path(), &["--run", "kv.get.*"])
        .spawn()
        .unwrap();
    let harness = child.id();
    finish(child).expect(0).says("nothing red");
    assert!(containers(harness).is_empty());
    let report = json(reports.path().join("report.json"));
    assert_eq!(report["providers"][0]["provider"]["mode"], "container");
}

#[test]
fn a_run_leaves_no_container_however_it_ends() {
    if !has_image() {
        return;
    }
    for (signals, code) in [
        (&["INT"][..], Some(130)),
        (&["INT", "INT"], Some(130)),
        (&["KILL"], None),
    ] {
        let reports = tempfile::tempdir().unwrap();
        let child = in_container(reports.path(), &["--repeat", "1000"])
            .spawn()
            .unwrap();
        midst(&reports.path().join("events.jsonl"));
        let harness = child.id();
        assert_eq!(containers(harness).len(), 1);
        for name in signals {
            signal(harness, name);
        }
        assert_eq!(finish(child).code, code);
        wait_for("the end of the container", || {
            containers(harness).is_empty().then_some(())
        });
    }
}

#[test]
fn a_container_that_dies_is_told_with_its_cause() {
    if !has_image() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let child = in_container(reports.path(), &["--repeat", "1000"])
        .spawn()
        .unwrap();
    midst(&reports.path().join("events.jsonl"));
    let harness = child.id();
    docker(&["kill", &containers(harness)[0]]).unwrap();
    finish(child)
        .expect(3)
        .says("ended during the run (exit code 137)")
        .says("redis wrote: ");
    assert!(containers(harness).is_empty());
}

/// What a killed harness left is removed at the next start; what others have is
/// not touched. Whoever watches over the dead one finds no command that could remove it.
#[test]
fn what_the_dead_left_is_swept_and_nothing_else() {
    if !has_image() {
        return;
    }
    let reports = tempfile::tempdir().unwrap();
    let without_engine = tempfile::tempdir().unwrap();
    let dead = in_container(reports.path(), &["--repeat", "1000"])
        .env("PATH", without_engine.path())
        .spawn()
        .unwrap();
    midst(&reports.path().join("events.jsonl"));
    let dead_id = dead.id();
    signal(dead_id, "KILL");
    finish(dead);
    assert_eq!(containers(dead_id).len(), 1, "nobody could remove it");

    let other_reports = tempfile::tempdir().unwrap();
    let alive = in_container(other_reports.path(), &["--repeat", "1000"])
        .spawn()
        .unwrap();
    midst(&other_reports.path().join("events.jsonl"));
    assert!(containers(dead_id).is_empty(), "it was not swept");
    let label = "cloud-wit.run=of-another-machine";
    let stranger = docker(&["create", "--label", label, IMAGE]).unwrap();

    let more = tempfile::tempdir().unwrap();
    let done: Done = in_container(more.path(), &["--run", CASE])
        .output()
        .unwrap()
        .into();
    done.expect(0);
    assert_eq!(containers(alive.id()).len(), 1, "it was another's");
    assert!(docker(&["rm", &stranger]).is_some(), "it was a stranger's");
    signal(alive.id(), "INT");
    finish(alive).expect(130);
}

/// A server that keeps what it was told, and one that is made of a container.
const KEEPING: &[&str] = &[
    "--port",
    "{port}",
    "--dir",
    "{directory}",
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
];

fn target_of(flavour: Flavour) -> Target {
    let factory = provider_registry::find("redis")[0].factory;
    Target {
        factory,
        flavour: Some(Box::leak(Box::new(flavour))),
    }
}

async fn opened(target: &Target) -> Opened {
    let (settings, launch) = (Settings::default(), LaunchOptions::default());
    open_provider(target, &settings, &launch).await.unwrap()
}

async fn remembers_after_a_crash(mut opened: Opened) {
    let scope = Scope {
        id: ScopeId::new("cf-crash").unwrap(),
        names: vec!["store".to_owned()],
    };
    let store = async |provider: &dyn Provider| {
        let namespace = provider.open(&scope).await.unwrap();
        namespace.keyvalue("store").await.unwrap()
    };
    let provider = std::sync::Arc::clone(&opened.provider);
    let before = store(&*provider).await;
    let value = Bytes::from_static(b"kept");
    let options = SetOptions {
        expected: Expected::Any,
        ..SetOptions::default()
    };
    before.set("key", value.clone(), options).await.unwrap();

    let service = opened.service().unwrap();
    let endpoint = service.settings().endpoint;
    service.kill().await.unwrap();
    assert!(before.get("key").await.is_err(), "it still answers");
    let service = opened.service().unwrap();
    service.restart().await.unwrap();
    assert_eq!(service.settings().endpoint, endpoint);
    let mut found = before.get("key").await;
    for _ in 0..1_200 {
        if found.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        found = before.get("key").await;
    }
    assert_eq!(found.unwrap(), Some(value));
    // It was asked for, and is no loss.
    assert_eq!(opened.health.loss(), None);
    drop((before, provider));
    assert!(opened.close().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_killed_and_started_again_with_its_data() {
    if !has_redis() {
        return;
    }
    let process = provider_registry::find("redis")[0].flavour.unwrap().process;
    let target = target_of(Flavour {
        name: "keeping",
        process: Some(Process {
            arguments: KEEPING,
            ..process.unwrap()
        }),
        ..Flavour::EMPTY
    });
    remembers_after_a_crash(opened(&target).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_does_not_start_gives_way_to_a_container() {
    if !has_image() {
        return;
    }
    let usual = provider_registry::find("redis")[0].flavour.unwrap();
    let target = target_of(Flavour {
        process: Some(Process {
            program: "false",
            arguments: &[],
            ..usual.process.unwrap()
        }),
        container: Some(cloud_contract::Container {
            image: "cloud-wit-local/redis",
            tag: "latest",
            digest: "",
            ..usual.container.unwrap()
        }),
        ..*usual
    });
    let opened = opened(&target).await;
    assert_eq!(opened.mode, "container");
    assert!(opened.notes[0].starts_with("not as process: false did not start"));
    assert!(opened.close().await.is_empty());
    conformance_runner::remove_own_containers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_killed_and_started_again_with_its_data() {
    if !has_image() {
        return;
    }
    let container = provider_registry::find("redis")[0]
        .flavour
        .unwrap()
        .container;
    let target = target_of(Flavour {
        name: "keeping",
        container: Some(cloud_contract::Container {
            image: "cloud-wit-local/redis",
            tag: "latest",
            digest: "",
            command: &[
                "redis-server",
                "--protected-mode",
                "no",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
            ],
            ..container.unwrap()
        }),
        ..Flavour::EMPTY
    });
    remembers_after_a_crash(opened(&target).await).await;
    conformance_runner::remove_own_containers().await;
}
