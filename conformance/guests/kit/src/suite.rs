//! Serves the exported interface from a list of cases.

pub use crate::bindings::exports::cloud::conformance::suite::{
    Description, Ending, Environment, Guest, Role, TestCase,
};
pub use crate::case::assert_unique;
use crate::{Case, Context, Run, Stop};

/// The stream that carries the harness's time.
pub type Readings = wit_bindgen::StreamReader<u64>;

/// Paths that the compiler knows are relative to the guest workspace; this is
/// where that lies in the repository.
pub(crate) const ROOT: &str = "conformance/guests/";

/// Describes `cases`.
pub fn describe(capability: &str, cases: &[&Case]) -> Description {
    Description {
        capability: capability.to_owned(),
        cases: cases.iter().map(|case| test_case(case)).collect(),
    }
}

fn test_case(case: &Case) -> TestCase {
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
    TestCase {
        id: case.id.to_owned(),
        title: case.title.to_owned(),
        level: case.level,
        clauses: owned(case.clauses),
        requires: owned(case.requires),
        refuses: case.refuses.map(str::to_owned),
        lane: case.lane,
        actors: match case.run {
            Run::Alone(_) => 0,
            Run::Actors { count, .. } => count,
        },
        timeout: u64::from(case.timeout_s) * 1_000_000_000,
        source: [ROOT, case.source].concat(),
    }
}

/// Runs one part of one case.
///
/// # Panics
///
/// If there is no such case, or it has no such part. That is a fault of the
/// harness, which the trap tells apart from every answer of a provider.
pub async fn run(
    cases: &[&'static Case],
    id: String,
    role: Role,
    environment: Environment,
    clock: Readings,
) -> Result<Vec<String>, Ending> {
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        panic!("no case {id}");
    };
    let cx = Context::new(case, environment, clock, &role);
    let ended = match (case.run, role) {
        (Run::Alone(run), Role::Alone) => run(&cx).await.map(|()| cx.take_notes()),
        (Run::Actors { prepare, .. }, Role::Prepare) => {
            prepare(&cx).await.map(|()| cx.take_notes())
        }
        (Run::Actors { actor, .. }, Role::Actor(index)) => {
            // What the preparing instance wrote may take this long to be seen.
            cx.sleep(cx.visibility_bound()).await;
            actor(&cx, index).await
        }
        (Run::Actors { verify, .. }, Role::Verify(seen)) => {
            cx.sleep(cx.visibility_bound()).await;
            verify(&cx, &seen).await.map(|()| cx.take_notes())
        }
        _ => panic!("case {id} has no such part"),
    };
    ended.map_err(Stop::into_ending)
}
