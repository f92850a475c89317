//! A small specification with everything that pages, phases and coverage look at, its
//! cases, and published runs of it.
#![allow(dead_code, unreachable_pub)]

use conformance_model::{
    Case, CaseStatus, Implementation, Lane, Level, Published, RunReport, ServiceKind,
};
use conformance_spec::{Catalog, Source, Sources};
use serde_json::json;

const STORE: &str = "\
/// Keeps things. For small tests.
///
/// | id | level | interface |
/// |---|---|---|
/// | `s.store` | core | `store` |
/// | `s.more` | extended | `more` |
/// | `s.new` | unstable | `new` |
///
/// | id | what it limits | portable bound | stated with |
/// |---|---|---|---|
/// | `s.key.max-bytes` | the longest key | at least 16 | `s.store` |
package small:things@0.1.0;

/// All that is stable.
@since(version = 0.1.0)
world imports {
    @since(version = 0.1.0)
    import store;
    // Not a gate.
    @unstable(feature = things-new)
    import new;
}

/// The core. See S-GET-1.
///
/// ## Rules
///
/// - [S-ALL-1] MUST hold in every call,
///   also in the second.
/// - [S-ALL-2] REMOVED in 0.1.0: it said nothing.
@since(version = 0.1.0)
interface store {
    use types.{failure};

    /// What is kept.
    @since(version = 0.1.0)
    record entry {
        /// Its bytes.
        value: list<u8>,
        // A plain comment with a } in it.
        name: string,
    }

    /// A place for things.
    @since(version = 0.1.0)
    resource store {
        /// Returns one.
        ///
        /// - [S-GET-1] MUST return what was kept under `S-GET-1`, see S-ALL-1.
        /// - [S-GET-2] MAY be slow.
        ///
        /// Errors: none.
        @since(version = 0.1.0)
        get: func(key: string)
            -> result<entry, failure>;
    }

    /// Opens the place.
    ///
    /// - [S-OPEN-1] MUST open.
    /// - [S-OPEN-2] SHOULD be quick.
    @since(version = 0.1.0)
    open: func() -> store;
}
";

const TYPES: &str = "\
package small:things@0.1.0;

/// Shared | types.
@since(version = 0.1.0)
interface types {
    /// Why not.
    @since(version = 0.1.0)
    enum failure {
        /// It is gone.
        gone,
        %list,
    }
}

/// More of it.
@since(version = 0.1.0)
interface more {
    /// Does more.
    ///
    /// - [S-MORE-1] MUST do more.
    @since(version = 0.1.0)
    @deprecated(version = 0.1.0)
    more: func();
}

/// Not yet.
@unstable(feature = things-new)
interface new {
    /// - [S-NEW-1] MUST be new.
    @unstable(feature = things-new)
    make: func() -> string;
}
";

const FEATURES: &str = r#"
capability = "things"
package = "small:things@0.1.0"

[[feature]]
id = "s.store"
level = "core"
since = "0.1.0"
proposal = "0001-things"
title = "keep a thing"
interfaces = ["store", "types"]

[[feature]]
id = "s.more"
level = "extended"
since = "0.1.0"
proposal = "0001-things"
title = "do more"
interfaces = ["more"]

[[feature]]
id = "s.new"
level = "unstable"
since = "0.1.0"
proposal = "0001-things"
title = "not yet"
interfaces = ["new"]

[[elsewhere]]
clause = "S-ALL-1"
by = "tests/all.rs"
why = "no guest sees it"
"#;

const FACTS: &str = r#"
schema = 1
id = "0001-things"
title = "Things"
status = "experimental"
capability = "things"
packages = ["small:things@0.1.0"]
created = 2026-01-31
champions = []
supersedes = []
requires = []
core-features = ["s.store"]
extended-features = ["s.more"]
unstable-features = ["s.new"]
decision = []

[criteria]
open-source-providers = 2
cloud-providers = 1
operating-systems = ["linux", "macos"]
features = ["s.more"]

[[open]]
id = "O1"
question = "Does it stay?"
blocking = true
"#;

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// The text.
pub fn sources() -> Sources {
    Sources {
        wit: vec![
            source("things/store.wit", STORE),
            source("things/types.wit", TYPES),
        ],
        features: vec![source("things.toml", FEATURES)],
        proposals: vec![
            source(
                "0001-things/README.md",
                "# Things\n\n### O1: Does it stay?\n",
            ),
            source("0001-things/proposal.toml", FACTS),
        ],
        ..Sources::default()
    }
}

/// The text, read.
pub fn catalog() -> Catalog {
    Catalog::new(&sources()).unwrap()
}

/// A case with these clauses.
pub fn case(id: &str, clauses: &[&str]) -> Case {
    Case {
        id: id.to_owned(),
        title: format!("what {id} says"),
        capability: "things".to_owned(),
        level: Level::Must,
        clauses: clauses.iter().map(|&id| id.to_owned()).collect(),
        requires: Vec::new(),
        refuses: None,
        lane: Lane::Fast,
        actors: 0,
        timeout_ns: 1,
        source: format!("guests/{}.rs", id.replace('.', "/")),
        component: "things".to_owned(),
        digest: String::new(),
        status: CaseStatus::Stable,
    }
}

/// The cases.
pub fn cases() -> Vec<Case> {
    let more = Case {
        requires: vec!["s.more".to_owned()],
        ..case("s.more.plain", &["S-MORE-1"])
    };
    vec![
        more,
        case("s.open.plain", &["S-OPEN-1"]),
        case("s.get.kept", &["S-GET-1", "S-OPEN-1"]),
    ]
}

/// A published run: its name, what it stands on, its family, the system, and what
/// became of each case.
pub fn run(
    name: &str,
    kind: ServiceKind,
    family: &str,
    os: &str,
    statuses: &[(&str, &str)],
) -> Published {
    let counts = |wanted: &dyn Fn(&str) -> bool| {
        let mut counts = serde_json::Map::new();
        for (_, status) in statuses.iter().filter(|(case, _)| wanted(case)) {
            let count = counts.entry((*status).to_owned()).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap() + 1);
        }
        json!({ "must": counts, "should": {}, "may": {}, "uncounted": {} })
    };
    let failed: Vec<&str> = statuses
        .iter()
        .filter(|(_, status)| *status == "fail")
        .map(|(case, _)| *case)
        .collect();
    let (conclusion, reasons) = if failed.is_empty() {
        ("conformant", Vec::new())
    } else {
        let reason = format!("{} case did not hold: {}", failed.len(), failed.join(", "));
        ("not-conformant", vec![reason])
    };
    let has_more = statuses
        .iter()
        .any(|(case, status)| *case == "s.more.plain" && *status != "unsupported");
    let (verified, refused) = if has_more {
        (vec!["s.store", "s.more"], vec![])
    } else {
        (vec!["s.store"], vec!["s.more"])
    };
    let tests: Vec<serde_json::Value> = statuses
        .iter()
        .map(|(case, status)| {
            json!({
                "id": case, "title": "", "capability": "things", "level": "must",
                "case_status": "stable", "clauses": [], "requires": [], "lane": "fast",
                "source": "", "component": "things", "status": status, "counts": {},
                "attempts": [], "duration_ms": 0.5, "repro": "",
            })
        })
        .collect();
    let info = catalog().spec_info();
    let report: RunReport = serde_json::from_value(json!({
        "schema_version": 1,
        "suite": { "version": "0.1.0", "components": [] },
        "spec": info,
        "host": { "engine": "engine 1", "os": os, "arch": "x86_64" },
        "run": {
            "seed": 1, "started_unix_ms": 0, "finished_unix_ms": 1, "command": ["conformance"],
            "filters": [], "repeat": 1, "jobs": 1, "timeout_scale": 1.0, "publishable": true,
            "not_publishable": [], "complete": true, "exit_code": 0,
        },
        "providers": [{
            "provider": {
                "name": name, "id": name, "product": name, "version": "1.0", "features": verified,
                "limits": [{ "id": "s.key.max-bytes", "value": 16 + name.len() }],
            },
            "conclusion": conclusion, "reasons": reasons, "counts": counts(&|_| true),
            "capabilities": [{
                "capability": "things", "conclusion": conclusion, "reasons": reasons,
                "counts": counts(&|_| true),
            }],
            "features": {
                "declared": verified, "verified": verified, "overclaimed": [],
                "refused": refused, "unproved": [],
            },
            "profiles": [], "duration_ms": 1.0, "tests": tests,
        }],
        "features": [], "clauses": [],
    }))
    .unwrap();
    Published {
        folder: format!("conformance/reports/0.1.0/{name}"),
        spec_version: "0.1.0".to_owned(),
        implementation: Implementation {
            schema: 1,
            kind,
            family: family.to_owned(),
            organisation: "Somebody".to_owned(),
            project: name.to_owned(),
            url: "https://example.org".to_owned(),
            licence: Some("MIT".to_owned()),
            note: None,
        },
        provider: report.providers[0].clone(),
        report,
    }
}

/// Runs of several kinds, one of which fails.
pub fn published() -> Vec<Published> {
    let all = [
        ("s.more.plain", "pass"),
        ("s.open.plain", "pass"),
        ("s.get.kept", "pass"),
    ];
    let refuses = [
        ("s.more.plain", "unsupported"),
        ("s.open.plain", "pass"),
        ("s.get.kept", "pass"),
    ];
    let wrong = [
        ("s.more.plain", "pass"),
        ("s.open.plain", "pass"),
        ("s.get.kept", "fail"),
    ];
    let old = [("s.more.plain", "pass"), ("s.open.plain", "pass")];
    vec![
        run("alpha", ServiceKind::OpenSource, "alpha", "linux", &all),
        run("beta", ServiceKind::OpenSource, "alpha", "linux", &all),
        run("gamma", ServiceKind::OpenSource, "gamma", "linux", &old),
        run("inside", ServiceKind::Reference, "host", "linux", &refuses),
        run("pretend", ServiceKind::Emulator, "sky", "linux", &all),
        run("sky", ServiceKind::Cloud, "sky", "linux", &wrong),
    ]
}
