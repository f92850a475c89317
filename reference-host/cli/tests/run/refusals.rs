//! What is refused before a guest starts.

use crate::apps::{NOTHING, Place, app, app_with, exporting, run};
use crate::support::{finish, reference_host};

/// A guest that must not start.
fn bomb() -> Vec<u8> {
    app("(unreachable)")
}

#[test]
fn what_is_no_component_of_this_host_is_refused() {
    run(b"not wasm", NOTHING)
        .expect(2)
        .says(".wasm: this is no WebAssembly component");
    run(b"", NOTHING).expect(2).says("no WebAssembly component");
    run(b"\0asm\x01\0\0\0", NOTHING)
        .expect(2)
        .says("a core module, not a component");
    let mut torn = bomb();
    torn.truncate(100);
    run(&torn, NOTHING).expect(2).says("not a valid component");
    let library = wat::parse_str("(component)").unwrap();
    run(&library, NOTHING).expect(2).says("it exports nothing");
}

#[test]
fn other_versions_of_wasi_are_named() {
    let old = exporting("wasi:cli/run@0.2.6", "", "", "(i32.const 0)");
    run(&old, NOTHING)
        .expect(2)
        .says("built for WASI 0.2: it has wasi:cli/run@0.2.6")
        .says("this host runs components of WASI 0.3");
    let candidate = exporting("wasi:cli/run@0.4.0", "async", "", "(i32.const 0)");
    run(&candidate, NOTHING)
        .expect(2)
        .says("it exports wasi:cli/run@0.4.0, and not wasi:cli/run@0.3.0");
}

#[test]
fn imports_that_are_not_offered_are_named() {
    for (import, name) in [
        (
            "(import \"wasi:sockets/types@0.3.0\" (instance))",
            "wasi:sockets/types@0.3.0",
        ),
        (
            "(import \"wasi:http/client@0.3.0\" (instance))",
            "wasi:http/client@0.3.0",
        ),
        ("(import \"my:own/thing\" (instance))", "my:own/thing"),
    ] {
        run(&app_with(import, "(unreachable)"), NOTHING)
            .expect(2)
            .says(&format!("does not offer: {name}"))
            .says("this host offers");
    }
    let newer = "(import \"cloud:keyvalue/store@7.0.0\" (instance (export \"x\" (func))))";
    run(&app_with(newer, "(unreachable)"), NOTHING)
        .expect(2)
        .says("cloud:keyvalue/store@7.0.0");
}

#[test]
fn a_component_with_another_digest_is_refused() {
    let place = Place::new(&bomb(), NOTHING);
    place
        .run(&["--sha256", &"0".repeat(64)])
        .expect(2)
        .says("wrong digest");
    let said = place.run(&["--check"]).expect(0).stdout;
    let digest = said.split("sha256:").nth(1).unwrap().trim();
    assert_eq!(digest.len(), 64);
    place.run(&["--check", "--sha256", digest]).expect(0);
    place
        .run(&["--sha256", &format!("sha256:{digest}")])
        .expect(134);
}

#[test]
fn a_manifest_that_is_wrong_is_refused() {
    let place = Place::new(&bomb(), "schema-version = 1\nscope = \"a\"\nstores = 1\n");
    place
        .run(&[])
        .expect(2)
        .says("host.toml:3: unknown key `stores`; the manifest has schema-version");
    std::fs::remove_file(place.manifest()).unwrap();
    place.run(&[]).expect(2).says("cannot be read");
}

#[test]
fn a_provider_that_does_not_answer_is_refused() {
    // Nobody listens on the port of a socket that is closed again.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let manifest = "schema-version = 1\nscope = \"shop\"\n[keyvalue.orders]\n\
                    provider = \"main\"\n[providers.main]\nkind = \"redis\"\n\
                    endpoint = { env = \"REDIS_URL\" }\n";
    let place = Place::new(&bomb(), manifest);
    let url = format!("redis://:opensesame@127.0.0.1:{port}");
    for arguments in [&["--verbose"][..], &["--check"]] {
        finish(place.command(arguments).env("REDIS_URL", &url))
            .expect(3)
            .says("host.toml:5: provider `main` (redis) cannot be used: unavailable")
            .never_says("opensesame")
            .never_says(&port.to_string());
    }
    place
        .run(&[])
        .expect(2)
        .says("the variable REDIS_URL is not set");
    finish(place.command(&[]).env("REDIS_URL", "opensesame"))
        .expect(2)
        .says("invalid argument: endpoint")
        .never_says("opensesame");
}

#[test]
fn settings_that_a_provider_does_not_know_are_refused() {
    let manifest = "schema-version = 1\nscope = \"shop\"\n[keyvalue.orders]\n\
                    provider = \"main\"\n[providers.main]\nkind = \"memory\"\n\
                    options = { size = 1 }\n";
    run(&bomb(), manifest).expect(2).says(
        "provider `main` (memory) cannot be used: invalid argument: options: there is no `size`",
    );
}

#[test]
fn a_check_runs_and_creates_nothing() {
    let manifest = "schema-version = 1\nscope = \"shop\"\n[keyvalue.orders]\n\
                    provider = \"memory\"\n";
    let done = Place::new(&bomb(), manifest).run(&["--check"]).expect(0);
    assert!(
        done.stdout
            .contains("keyvalue `orders` is `shop--orders` of memory")
    );
}

#[test]
fn the_command_line_is_explained() {
    let help = finish(reference_host().arg("--help")).expect(0);
    for word in ["Examples:", "Exit codes", "schema-version = 1", "134"] {
        assert!(help.stdout.contains(word), "{word}");
    }
    assert!(!help.stdout.contains('\u{1b}'), "colours in a pipe");
    finish(reference_host().args(["run", "--help"])).expect(0);
    finish(&mut reference_host()).expect(2);
    finish(reference_host().args(["run", "app.wasm"]))
        .expect(2)
        .says("--manifest");
    let script = finish(reference_host().args(["completions", "bash"])).expect(0);
    assert!(script.stdout.contains("--manifest"));
}
