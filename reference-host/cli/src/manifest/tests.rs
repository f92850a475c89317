use std::ffi::OsString;

use super::*;

fn environment(name: &str) -> Option<OsString> {
    match name {
        "URL" => Some("redis://user:sesame@host:1".into()),
        "WORD" => Some("word".into()),
        "EMPTY" => Some(OsString::new()),
        _ => None,
    }
}

fn read(text: &str) -> Result<Manifest, String> {
    read_at(Path::new("host.toml"), text)
}

fn read_at(path: &Path, text: &str) -> Result<Manifest, String> {
    let read = Manifest::read(path, text, &environment);
    read.map_err(|failure| {
        assert_eq!(failure.exit_code(), 2);
        let text = format!("{failure:?}");
        assert!(!text.contains("sesame"), "{text}");
        text
    })
}

/// A manifest with the first line that all have.
fn with(text: &str) -> Result<Manifest, String> {
    read(&format!("schema-version = 1\n{text}"))
}

#[track_caller]
fn refused(text: &str, words: &[&str]) {
    let told = with(text).expect_err(text);
    for word in words {
        assert!(told.contains(word), "no {word:?} in {told}");
    }
}

#[test]
fn a_manifest_is_read() {
    let manifest = with(
        r#"
scope = "shop"

[guest]
memory-mib = 64
deadline-seconds = 30
handles = 10
arguments = ["one", "two"]
env = { LOG = "debug", API_TOKEN = { env = "WORD" } }

[keyvalue.orders]
provider = "main"

[keyvalue."People & places"]
provider = "main"
store = "people"
scope = "common"

[keyvalue.scratch]
provider = "memory"

[providers.main]
kind = "redis"
endpoint = { env = "URL" }

[providers.main.options]
password = { env = "WORD" }
timeout-ms = 500
"#,
    )
    .unwrap();
    assert_eq!(manifest.guest.memory_bytes, 64 << 20);
    assert_eq!(manifest.guest.deadline, Some(Duration::from_secs(30)));
    assert_eq!(manifest.guest.handles, 10);
    assert_eq!(manifest.guest.arguments, ["one", "two"]);
    let variables: Vec<_> = manifest
        .guest
        .environment
        .iter()
        .map(|(name, value)| format!("{name}={}", value.0))
        .collect();
    assert_eq!(variables, ["API_TOKEN=word", "LOG=debug"]);
    let places: Vec<_> = manifest
        .places
        .iter()
        .map(|place| {
            let service = manifest.services[place.service].target.id();
            format!("{}: {service} {} {}", place.name, place.scope, place.target)
        })
        .collect();
    assert_eq!(
        places,
        [
            "People & places: redis common--people people",
            "orders: redis shop--orders orders",
            "scratch: memory shop--scratch scratch",
        ]
    );
    // Three stores, two services.
    assert_eq!(manifest.services.len(), 2);
    let settings = &manifest.services[0].settings;
    assert_eq!(
        settings.endpoint.as_deref(),
        Some("redis://user:sesame@host:1")
    );
    assert_eq!(settings.options["password"], "word");
    assert_eq!(settings.options["timeout-ms"], "500");
    assert!(!format!("{manifest:?}").contains("sesame"));
}

/// A store and a container of one name are two places, in one scope.
#[test]
fn containers_are_granted_as_stores_are() {
    let text = "scope = \"shop\"\n[keyvalue.data]\nprovider = \"memory\"\n\
        [blobstore.data]\nprovider = \"memory\"\n\
        [blobstore.Pictures]\nprovider = \"memory\"\ncontainer = \"images\"";
    let manifest = with(text).unwrap();
    let places = manifest.places.iter();
    let places: Vec<_> = places
        .map(|place| {
            let capability = place.capability.name();
            format!("{capability} {} {}", place.name, place.scope)
        })
        .collect();
    assert_eq!(
        places,
        [
            "keyvalue data shop--data",
            "blobstore Pictures shop--images",
            "blobstore data shop--data",
        ]
    );
    assert_eq!(manifest.services.len(), 1);
    refused(
        "scope = \"s\"\n[blobstore.ab]\nprovider = \"memory\"",
        &[
            "the name of a container in its service",
            "give [blobstore.ab] a `container`",
        ],
    );
    refused(
        "scope = \"s\"\n[blobstore.abc]\nprovider = \"memory\"\nstore = \"x\"",
        &["unknown key `store`"],
    );
}

#[test]
fn nothing_is_granted_by_default() {
    let manifest = with("").unwrap();
    assert!(manifest.places.is_empty() && manifest.services.is_empty());
    assert!(manifest.guest.environment.is_empty() && manifest.guest.arguments.is_empty());
    assert_eq!(manifest.guest.deadline, None);
}

#[test]
fn equal_settings_are_one_service() {
    let manifest = with(
        r#"
scope = "shop"
[keyvalue.one]
provider = "first"
[keyvalue.two]
provider = "second"
[keyvalue.three]
provider = "other"
[providers.first]
kind = "redis"
endpoint = "redis://host"
[providers.second]
kind = "redis"
endpoint = "redis://host"
[providers.other]
kind = "redis/valkey"
endpoint = "redis://host"
[providers.unused]
kind = "memory"
"#,
    )
    .unwrap();
    assert_eq!(manifest.services.len(), 2);
}

#[test]
fn a_cloud_that_is_named_alone_is_no_emulator() {
    let kinds = [
        ("s3", "s3/aws"),
        ("s3/seaweedfs", "s3/seaweedfs"),
        ("seaweedfs", "s3/seaweedfs"),
        ("dynamodb", "dynamodb/aws"),
        ("azure-blob", "azure-blob/azure"),
        ("gcs", "gcs/gcp"),
        ("redis", "redis"),
        ("memory", "memory"),
    ];
    for (kind, id) in kinds {
        let manifest = with(&format!(
            "scope = \"shop\"\n[keyvalue.one]\nprovider = \"main\"\n\
             [providers.main]\nkind = \"{kind}\"\n"
        ));
        let service = &manifest.unwrap().services[0];
        assert_eq!(service.target.id(), id);
        let options = &service.settings.options;
        assert_eq!(options.contains_key("access-key-id"), id == "s3/seaweedfs");
        // The patience that a test has with its server.
        assert!(!options.contains_key("timeout-ms"), "{id}");
    }
}

#[test]
fn a_folder_lies_beside_the_manifest() {
    let text = "schema-version = 1\nscope = \"s\"\n[keyvalue.one]\nprovider = \"local\"\n\
                [providers.local]\ndirectory = \"data\"\n";
    let manifest = read_at(Path::new("/etc/app/host.toml"), text).unwrap();
    let folder = manifest.services[0].settings.directory.clone().unwrap();
    assert_eq!(folder, Path::new("/etc/app/data"));
}

#[test]
fn unknown_keys_are_refused_with_their_line_and_all_at_once() {
    let told = with(
        "scpoe = \"shop\"\n[guest]\nmemory = 1\n[providers.main]\nkind = \"memory\"\nurl = \"x\"\n\
         [keyvalue.orders]\nprovider = \"main\"\nscope = \"s\"\nname = \"x\"\n[messaging.x]\n",
    )
    .unwrap_err();
    for line in [
        "host.toml:2: unknown key `scpoe`",
        "host.toml:4: unknown key `memory`; [guest] has memory-mib",
        "host.toml:7: unknown key `url`; [providers.main] has kind, endpoint",
        "host.toml:11: unknown key `name`; [keyvalue.orders] has provider, store, scope",
        "host.toml:12: unknown key `messaging`",
    ] {
        assert!(told.contains(line), "no {line:?} in {told}");
    }
}

#[test]
fn the_version_must_be_known() {
    for (text, word) in [
        ("", "`schema-version = 1` is missing"),
        (
            "schema-version = 2\nfuture = 1",
            "schema-version 2: this host knows 1 alone",
        ),
        ("schema-version = \"1\"", "must be a whole number"),
    ] {
        let told = read(text).unwrap_err();
        assert!(told.contains(word), "{told}");
        assert!(!told.contains("future"), "{told}");
    }
}

#[test]
fn text_that_is_no_toml_is_told_without_its_words() {
    refused("scope = sesame", &["host.toml:2: "]);
    refused("[guest]\n[guest]", &["host.toml:3: "]);
}

#[test]
fn secrets_stand_elsewhere() {
    let provider = |text: &str| format!("[providers.redis]\n{text}");
    let reference = "give { env = \\\"NAME\\\" } or { file = \\\"PATH\\\" }";
    for (text, word) in [
        (
            "options = { password = \"sesame\" }",
            "`password` is a secret",
        ),
        ("options = { password = 1234 }", "`password` is a secret"),
        (
            "options = { account-key = \"sesame\" }",
            "`account-key` is a secret",
        ),
        (
            "endpoint = \"redis://:sesame@host\"",
            "`endpoint` has a credential",
        ),
        (
            "options = { dsn = \"a=b;AccountKey=sesame\" }",
            "`dsn` has a credential",
        ),
    ] {
        refused(&provider(text), &[word, reference, "host.toml:3"]);
    }
    refused(
        "[guest.env]\nAPI_TOKEN = \"sesame\"",
        &["`API_TOKEN` is a secret"],
    );
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    std::fs::write(folder.path().join("bytes"), [0xff]).unwrap();
    std::fs::write(folder.path().join("long"), vec![b'x'; 70_000]).unwrap();
    for (value, word) in [
        ("{ env = \"NOWHERE\" }", "the variable NOWHERE is not set"),
        ("{ env = \"EMPTY\" }", "the variable EMPTY is empty"),
        ("{ env = \"\" }", "must be a text"),
        ("{ env = \"URL\", file = \"x\" }", "must be a text"),
        ("{ command = \"cat\" }", "must be a text"),
        ("[\"sesame\"]", "must be a text"),
        ("1.5", "must be a text"),
        ("{ file = \"nowhere\" }", "the file nowhere cannot be read"),
        ("{ file = \"empty\" }", "the file empty is empty"),
        ("{ file = \"bytes\" }", "the file bytes cannot be read"),
        (
            "{ file = \"long\" }",
            "the file long has more than 65536 bytes",
        ),
    ] {
        let text = format!("schema-version = 1\n[providers.redis]\nendpoint = {value}\n");
        let told = read_at(&folder.path().join("host.toml"), &text).unwrap_err();
        assert!(told.contains(word), "{told}");
        assert!(told.contains("host.toml:3"), "{told}");
    }
}

#[test]
fn a_file_holds_a_secret_and_perhaps_a_line_break() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "open\u{e9}\r\n").unwrap();
    let text = "schema-version = 1\nscope = \"s\"\n[keyvalue.one]\nprovider = \"redis\"\n\
                [providers.redis]\noptions = { password = { file = \"secret\" } }";
    let manifest = read_at(&folder.path().join("host.toml"), text).unwrap();
    let options = &manifest.services[0].settings.options;
    assert_eq!(options["password"], "open\u{e9}");
}

#[test]
fn stores_must_stand_for_something() {
    refused(
        "[keyvalue.one]\nscope = \"s\"",
        &["[keyvalue.one] has no `provider`"],
    );
    refused(
        "[keyvalue.one]\nprovider = \"memory\"",
        &["[keyvalue.one] has no `scope`, and the manifest has none for all"],
    );
    refused(
        "scope = \"s\"\n[keyvalue.one]\nprovider = \"mian\"\n[providers.main]\nkind = \"memory\"",
        &["host.toml:3: there is no provider `mian`; [providers] has main; the kinds are memory"],
    );
    refused(
        "[providers.main]\nkind = \"mysql\"",
        &["host.toml:2: there is no provider `mysql`; the kinds are memory"],
    );
    refused(
        "scope = \"s\"\n[keyvalue.one]\nprovider = \"local\"",
        &["provider `local` needs a folder: `directory` in [providers.local]"],
    );
    refused("keyvalue = 1", &["`keyvalue` must be a table"]);
    refused("[providers]\nmain = 1", &["`main` must be a table"]);
}

#[test]
fn names_must_fit_every_service() {
    for (store, scope) in [
        ("Orders", "s"),
        ("or", "s"),
        ("a--b", "s"),
        ("-ab", "s"),
        ("abc", "S"),
        ("abc", ""),
        ("abc", "a--b"),
        ("abc", "s-"),
    ] {
        let text = format!("scope = \"{scope}\"\n[keyvalue.\"{store}\"]\nprovider = \"memory\"");
        refused(&text, &["characters out of a-z, 0-9 and single -"]);
    }
    let long = "x".repeat(59);
    let text =
        |scope: &str| format!("scope = \"{scope}\"\n[keyvalue.{long}]\nprovider = \"memory\"");
    assert_eq!(
        with(&text("ab")).unwrap().places[0].scope.as_str().len(),
        63
    );
    refused(
        &text("abc"),
        &["scope and store have more than 61 characters"],
    );
}

#[test]
fn numbers_have_bounds() {
    for line in [
        "memory-mib = 0",
        "memory-mib = 4096",
        "memory-mib = -1",
        "memory-mib = 1.5",
        "memory-mib = \"64\"",
        "memory-mib = 99999999999999999999999",
        "deadline-seconds = 0",
        "handles = 0",
        "in-flight-mib = 0",
        "arguments = \"one\"",
        "arguments = [1]",
        "env = { \"A=B\" = \"x\" }",
    ] {
        refused(&format!("[guest]\n{line}"), &["host.toml:3: "]);
    }
    assert_eq!(
        with("[guest]\nmemory-mib = 0x40")
            .unwrap()
            .guest
            .memory_bytes,
        64 << 20
    );
}

/// Kinds may be missing in a build that leaves providers out; nothing else is.
#[test]
fn the_manifests_of_the_examples_are_right() {
    assert!(manifests_that_name("tally", &["ballots", "totals"]) > 10);
    assert!(manifests_that_name("shelf", &["files"]) > 8);
}

fn manifests_that_name(example: &str, places: &[&str]) -> usize {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples");
    let folder = examples.join(example).join("hosts");
    let environment = |_: &str| Some("set".into());
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        match Manifest::read(&path, &text, &environment) {
            Ok(manifest) => {
                let names: Vec<_> = manifest.places.iter().map(|place| &place.name).collect();
                assert_eq!(names, places, "{}", path.display());
            }
            Err(failure) => {
                let told = failure.to_string();
                let expected = told
                    .lines()
                    .all(|line| line.contains("there is no provider"));
                assert!(expected, "{told}");
            }
        }
        read += 1;
    }
    read
}
