//! A made-up run that has every verdict, on two providers side by side and a
//! third that could not be set up.
#![allow(dead_code, unreachable_pub)]

use conformance_model::{
    Blame, Case, CaseStatus, CatalogInfo, Clause, Durability, Event, EventLine, Evidence, Feature,
    FeatureLevel, HostInfo, Lane, Level, LimitValue, PackageInfo, Profile, ProviderInfo, RunInfo,
    RunReport, SpecInfo, Status, SuiteComponent, SuiteInfo, Verdict, Word,
};

/// 2026-11-20T12:00:00Z.
const START: u64 = 1_795_176_000_000;

pub fn case(id: &str, level: Level, clause: &str, requires: &[&str]) -> Case {
    Case {
        id: id.to_owned(),
        title: format!("{} hold what {id} says", level.word()),
        capability: "keyvalue".to_owned(),
        level,
        clauses: vec![clause.to_owned()],
        requires: requires.iter().map(|&id| id.to_owned()).collect(),
        refuses: None,
        lane: Lane::Fast,
        actors: 0,
        timeout_ns: 10_000_000_000,
        source: format!(
            "conformance/guests/keyvalue/src/{}.rs",
            id.replace('.', "/")
        ),
        component: "keyvalue".to_owned(),
        digest: "sha256:1111".to_owned(),
        status: CaseStatus::Stable,
    }
}

fn clause(id: &str, word: Word, text: &str, item: Option<&str>, line: u32) -> Clause {
    Clause {
        id: id.to_owned(),
        word,
        text: text.to_owned(),
        package: "cloud:keyvalue@0.1.0".to_owned(),
        interface: "store".to_owned(),
        item: item.map(str::to_owned),
        unstable: false,
        file: "keyvalue/store.wit".to_owned(),
        line,
    }
}

fn feature(id: &str, level: FeatureLevel, title: &str, interfaces: &[&str]) -> Feature {
    Feature {
        id: id.to_owned(),
        level,
        capability: "keyvalue".to_owned(),
        title: title.to_owned(),
        since: "0.1.0".to_owned(),
        proposal: "0001-keyvalue".to_owned(),
        interfaces: interfaces.iter().map(|&name| name.to_owned()).collect(),
    }
}

pub fn catalog() -> CatalogInfo {
    let must = Level::Must;
    let cas = ["kv.store", "kv.cas"];
    let mut cases = vec![
        case("kv.get.missing", must, "KV-GET-2", &[]),
        case("kv.get.latest", must, "KV-GET-1", &[]),
        case("kv.set.replaces", must, "KV-SET-2", &[]),
        case("kv.set.hangs", must, "KV-SET-2", &[]),
        case("kv.set.lost", must, "KV-SET-2", &[]),
        case("kv.set.sometimes", must, "KV-SET-2", &[]),
        case("kv.set.undecided", must, "KV-SET-2", &[]),
        case("kv.delete.listed", must, "KV-DELETE-2", &[]),
        case("kv.delete.repaired", must, "KV-DELETE-2", &[]),
        case("kv.list.full", Level::Should, "KV-LIST-7", &[]),
        case("kv.list.left-out", must, "KV-LIST-1", &[]),
        case("kv.list.late", must, "KV-LIST-1", &[]),
        case("kv.list.new", must, "KV-LIST-1", &[]),
        case("kv.list.order", must, "KV-LIST-6", &["kv.list.ordered"]),
        case("kv.cas.race", must, "KV-CAS-2", &cas),
        case("kv.counters.sum", must, "KV-INCR-1", &["kv.counters"]),
        case("kv.batch.works", must, "KV-BATCH-1", &["kv.batch"]),
        case("kv.cas.refused", must, "TYP-FEAT-1", &[]),
        case("kv.page.reuse", Level::May, "TYP-PAGE-8", &[]),
    ];
    for case in &mut cases {
        match case.id.as_str() {
            "kv.list.new" => case.status = CaseStatus::Provisional,
            "kv.cas.refused" => case.refuses = Some("kv.cas".to_owned()),
            "kv.cas.race" => {
                case.lane = Lane::Concurrency;
                case.actors = 8;
            }
            _ => {}
        }
    }
    CatalogInfo {
        cases,
        clauses: vec![
            clause(
                "KV-GET-1",
                Word::Must,
                "MUST return the value that the latest write to the key gave it.",
                Some("store.get"),
                79,
            ),
            clause(
                "KV-GET-2",
                Word::Must,
                "MUST return none for a key that was never written.",
                Some("store.get"),
                80,
            ),
            clause(
                "KV-SET-2",
                Word::Must,
                "MUST replace the whole of an earlier value, whatever the two lengths are.",
                Some("store.set"),
                91,
            ),
            clause(
                "KV-CAS-2",
                Word::Must,
                "MUST let exactly one of several callers that expect the same state of a key \
                 succeed.",
                None,
                10,
            ),
            clause(
                "KV-LIST-7",
                Word::Should,
                "SHOULD fill a page up to the page size while keys are left.",
                Some("store.list"),
                120,
            ),
        ],
        features: vec![
            feature(
                "kv.store",
                FeatureLevel::Core,
                "the store itself",
                &["store"],
            ),
            feature(
                "kv.list.ordered",
                FeatureLevel::Extended,
                "lists in order",
                &[],
            ),
            feature(
                "kv.cas",
                FeatureLevel::Extended,
                "compare and swap",
                &["cas"],
            ),
            feature(
                "kv.counters",
                FeatureLevel::Extended,
                "counters",
                &["counters"],
            ),
            feature(
                "kv.batch",
                FeatureLevel::Extended,
                "many keys at once",
                &["batch"],
            ),
            feature("kv.watch", FeatureLevel::Unstable, "changes", &["watch"]),
        ],
        profiles: vec![
            Profile {
                name: "kv-core".to_owned(),
                capability: "keyvalue".to_owned(),
                title: "the core".to_owned(),
                features: vec!["kv.store".to_owned()],
            },
            Profile {
                name: "kv-atomic".to_owned(),
                capability: "keyvalue".to_owned(),
                title: "atomic change".to_owned(),
                features: vec!["kv.store".to_owned(), "kv.cas".to_owned()],
            },
        ],
    }
}

fn provider(name: &str, features: &[&str]) -> ProviderInfo {
    ProviderInfo {
        name: name.to_owned(),
        id: name.to_owned(),
        product: format!("The {name} store"),
        version: Some("7.0.15".to_owned()),
        mode: Some("in process".to_owned()),
        arguments: Vec::new(),
        features: features.iter().map(|&id| id.to_owned()).collect(),
        limits: vec![LimitValue {
            id: "kv.key.max-bytes".to_owned(),
            value: 512,
        }],
        durability: Some(Durability::Volatile),
        visibility_bound_ns: Some(0),
    }
}

fn evidence(clause: &str, expected: &str, actual: &str) -> Evidence {
    Evidence {
        clause: clause.to_owned(),
        message: "get after two sets".to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        location: "conformance/guests/keyvalue/src/kv/set.rs:31".to_owned(),
    }
}

/// What became of a case of the good provider, and of the bad one.
fn verdicts(id: &str) -> (Verdict, Verdict) {
    use Status::*;
    let pass = Verdict::pass;
    let because = Verdict::because;
    match id {
        "kv.get.missing" => (pass(), pass()),
        "kv.set.replaces" => (
            pass(),
            because(Fail, "get returned what no one wrote")
                // Control characters and markup, as a hostile guest would.
                .with_evidence(evidence(
                    "KV-SET-2",
                    "some([1])",
                    "some([1, 2, 3]) \u{1b}[2J<b>|x|</b>]]>",
                )),
        ),
        "kv.set.hangs" => (pass(), because(Timeout, "no end after 10 s")),
        "kv.set.lost" => (
            pass(),
            because(Error, "the connection to the service was lost"),
        ),
        "kv.set.sometimes" => (
            pass(),
            because(Flaky, "failed once, passed at the second try"),
        ),
        "kv.set.undecided" => (pass(), because(Inconclusive, "the checker ran out of time")),
        "kv.delete.listed" => (pass(), because(Xfail, "known: issue 12")),
        "kv.delete.repaired" => (pass(), because(Xpass, "listed as a known failure")),
        "kv.list.full" => (pass(), because(Fail, "3 keys in a page of 10")),
        "kv.list.left-out" => (pass(), because(Skip, "left out by --skip")),
        "kv.list.late" => (
            pass(),
            because(NotRun, "the budget was used up").blamed_on(Blame::User),
        ),
        "kv.list.new" => (pass(), because(Fail, "a key was missing")),
        "kv.list.order" => (
            pass(),
            because(Unsupported, "kv.list.ordered is not declared"),
        ),
        "kv.cas.race" => (
            pass(),
            because(Overclaim, "two callers won").with_evidence(evidence(
                "KV-CAS-2",
                "1 winner",
                "2 winners",
            )),
        ),
        "kv.counters.sum" => (
            because(
                Unsupported,
                "kv.counters is not declared; every function refused",
            ),
            because(
                Unsupported,
                "kv.counters is not declared; every function refused",
            ),
        ),
        "kv.batch.works" => (
            pass(),
            because(Underclaim, "kv.batch is not declared but works"),
        ),
        "kv.page.reuse" => {
            let notes = |text: &str| pass().with_notes(vec![text.to_owned()]);
            (
                notes("a used cursor continues the list"),
                notes("a used cursor is refused"),
            )
        }
        _ => (pass(), pass()),
    }
}

/// The events of the run.
pub fn events() -> Vec<EventLine> {
    let catalog = catalog();
    let mut events = vec![Event::RunStarted {
        suite: SuiteInfo {
            version: "0.1.0".to_owned(),
            components: vec![SuiteComponent {
                name: "keyvalue".to_owned(),
                digest: "sha256:1111".to_owned(),
            }],
        },
        spec: SpecInfo {
            packages: vec![PackageInfo {
                name: "cloud:keyvalue".to_owned(),
                version: "0.1.0".to_owned(),
            }],
            wit_digest: "sha256:2222".to_owned(),
            clause_index_digest: "sha256:3333".to_owned(),
        },
        host: HostInfo {
            engine: "wasmtime 48.0.8".to_owned(),
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
        },
        run: RunInfo {
            seed: 42,
            command: ["conformance", "--provider", "good", "--provider", "bad"]
                .map(str::to_owned)
                .to_vec(),
            filters: vec!["--skip kv.list.left-out".to_owned()],
            repeat: 1,
            jobs: 2,
            timeout_scale: 1.0,
            not_publishable: vec!["--skip was given".to_owned()],
        },
        providers: ["good", "bad", "gone"].map(str::to_owned).to_vec(),
        cases: catalog.cases.iter().map(|case| case.id.clone()).collect(),
        planned: 2 * catalog.cases.len() as u64,
    }];
    let good = ["kv.store", "kv.list.ordered", "kv.cas", "kv.batch"];
    for (name, features) in [("good", &good[..]), ("bad", &["kv.store", "kv.cas"][..])] {
        events.push(Event::ProviderStarted {
            provider: provider(name, features),
            planned: catalog.cases.len() as u64,
        });
        for case in &catalog.cases {
            events.push(Event::CaseStarted {
                provider: name.to_owned(),
                case: case.id.clone(),
                repetition: 1,
            });
            let (of_good, of_bad) = verdicts(&case.id);
            let verdict = if name == "good" { of_good } else { of_bad };
            events.push(Event::CaseFinished {
                provider: name.to_owned(),
                case: case.id.clone(),
                repetition: 1,
                attempts: u32::from(verdict.status.was_executed()),
                duration_ms: 1.5,
                verdict,
            });
        }
        events.push(Event::ProviderFinished {
            provider: name.to_owned(),
            duration_ms: 28.5,
        });
    }
    events.push(Event::SetupFailed {
        provider: "gone".to_owned(),
        reason: "nothing answers at the endpoint; start the service or give --endpoint".to_owned(),
    });
    events.push(Event::Note {
        provider: Some("bad".to_owned()),
        text: "2 leftovers were removed".to_owned(),
    });
    events.push(Event::RunFinished {
        exit_code: 1,
        aborted: None,
    });
    (START..)
        .zip(events)
        .map(|(at, event)| EventLine::new(at, event))
        .collect()
}

/// The report of the run.
pub fn report() -> RunReport {
    RunReport::fold(&events(), catalog()).expect("the events are a run")
}
