//! What a case is, and the macros that state one and that list them.

use core::future::Future;
use core::pin::Pin;

use crate::bindings::exports::cloud::conformance::suite;
use crate::{Context, Stop};

pub use suite::{Lane, Level};

/// One part of a case, running.
pub type Part<'a, T> = Pin<Box<dyn Future<Output = Result<T, Stop>> + 'a>>;

/// How a case runs.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    /// By one instance.
    Alone(for<'a> fn(&'a Context) -> Part<'a, ()>),
    /// By several instances at a time, between one that prepares and one that
    /// verifies.
    Actors {
        /// How many act.
        count: u32,
        /// Runs first, alone.
        prepare: for<'a> fn(&'a Context) -> Part<'a, ()>,
        /// Runs in each actor, with its number from 0; returns what it saw.
        actor: for<'a> fn(&'a Context, u32) -> Part<'a, Vec<String>>,
        /// Runs last, alone, in a fresh instance, with what the actors saw.
        verify: for<'a> fn(&'a Context, &'a [Vec<String>]) -> Part<'a, ()>,
    },
}

/// A case, as `case!` states it.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Dotted, stable, never reused.
    pub id: &'static str,
    /// What has to hold, in one sentence.
    pub title: &'static str,
    /// How strong the clauses are.
    pub level: Level,
    /// The clauses it proves.
    pub clauses: &'static [&'static str],
    /// The features without which it cannot run.
    pub requires: &'static [&'static str],
    /// The feature whose absence it proves.
    pub refuses: Option<&'static str>,
    /// In which runs it takes part.
    pub lane: Lane,
    /// How long it may take, in seconds.
    pub timeout_s: u32,
    /// Its file, from the root of the guest workspace.
    pub source: &'static str,
    /// What it does.
    pub run: Run,
}

impl Case {
    /// A case with nothing but the defaults.
    #[doc(hidden)]
    pub const fn new(source: &'static str, run: Run) -> Self {
        Self {
            id: "",
            title: "",
            level: Level::Must,
            clauses: &[],
            requires: &[],
            refuses: None,
            lane: match run {
                Run::Alone(_) => Lane::Fast,
                Run::Actors { .. } => Lane::Concurrency,
            },
            timeout_s: 10,
            source,
            run,
        }
    }

    /// Refuses, while the guest is compiled, a case that does not say what it is.
    #[doc(hidden)]
    pub const fn checked(self) -> Self {
        assert!(!self.id.is_empty(), "a case needs an id");
        assert!(!self.title.is_empty(), "a case needs a title");
        assert!(
            !self.clauses.is_empty(),
            "a case proves at least one clause"
        );
        assert!(self.timeout_s > 0, "a case needs time");
        if let Run::Actors { count, .. } = self.run {
            assert!(count > 1, "a case with actors has at least two");
        }
        self
    }
}

/// Refuses, while the guest is compiled, two cases with one id.
#[doc(hidden)]
pub const fn assert_unique(cases: &[&Case]) {
    let mut i = 0;
    while i < cases.len() {
        let mut j = i + 1;
        while j < cases.len() {
            assert!(
                !same(cases[i].id, cases[j].id),
                "two cases have the same id"
            );
            j += 1;
        }
        i += 1;
    }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// States a case, at the head of its file.
///
/// Fields, in any order: `id`, `title`, `clauses` are required; `level`,
/// `requires`, `refuses`, `lane` and `timeout_s` have the defaults of a fast
/// MUST case of ten seconds without features. The file then holds
/// `async fn run(cx: &Context) -> Outcome`.
///
/// With `actors: N,` as the first field it holds instead
/// `async fn prepare(cx: &Context) -> Outcome`,
/// `async fn actor(cx: &Context, index: u32) -> Observations` and
/// `async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome`, and the lane
/// is `Lane::Concurrency` unless stated.
#[macro_export]
macro_rules! case {
    ($(#[$doc:meta])* actors: $count:expr, $($field:ident: $value:expr),+ $(,)?) => {
        $crate::case!(@state [$(#[$doc])*] [$($field: $value,)+] $crate::Run::Actors {
            count: $count,
            prepare: |cx| Box::pin(prepare(cx)),
            actor: |cx, index| Box::pin(actor(cx, index)),
            verify: |cx, seen| Box::pin(verify(cx, seen)),
        });
    };
    (@state [$(#[$doc:meta])*] [$($field:ident: $value:expr,)+] $run:expr) => {
        $(#[$doc])*
        pub(crate) const CASE: $crate::Case = $crate::Case {
            $($field: $crate::case!(@value $field $value),)+
            ..$crate::Case::new(file!(), $run)
        }
        .checked();
    };
    (@value clauses $value:expr) => { &$value };
    (@value requires $value:expr) => { &$value };
    (@value refuses $value:expr) => { Some($value) };
    (@value $field:ident $value:expr) => { $value };
    ($(#[$doc:meta])* $($field:ident: $value:expr),+ $(,)?) => {
        $crate::case!(@state [$(#[$doc])*] [$($field: $value,)+]
            $crate::Run::Alone(|cx| Box::pin(run(cx))));
    };
}

/// Lists the cases of a guest, once in its `lib.rs`: `area { case; case; }`
/// stands for the files `src/area/case.rs`.
#[macro_export]
macro_rules! suite {
    (capability: $capability:literal; $($area:ident { $($case:ident;)* })*) => {
        $(mod $area { $(pub(crate) mod $case;)* })*

        const CASES: &[&$crate::Case] = &[$($(&$area::$case::CASE,)*)*];
        const _: () = $crate::suite::assert_unique(CASES);

        struct Suite;

        impl $crate::suite::Guest for Suite {
            fn describe() -> $crate::suite::Description {
                $crate::suite::describe($capability, CASES)
            }

            async fn run(
                id: String,
                role: $crate::suite::Role,
                environment: $crate::suite::Environment,
                clock: $crate::suite::Readings,
            ) -> Result<Vec<String>, $crate::suite::Ending> {
                $crate::suite::run(CASES, id, role, environment, clock).await
            }
        }

        $crate::bindings::export_suite!(Suite);
    };
}
