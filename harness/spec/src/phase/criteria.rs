//! What a proposal asks for in numbers, and the answers that can be counted.

use std::collections::{BTreeMap, BTreeSet};

use conformance_model::{Answer, Coverage, Criterion, ImplementationStanding, Proof, ServiceKind};

use crate::proposals::Proposal;

/// How many independent implementations declare a feature before it is portable.
const DECLARING: usize = 2;

/// The published runs, those that count apart.
#[derive(Debug)]
pub(super) struct Runs<'a> {
    all: &'a [ImplementationStanding],
}

impl<'a> Runs<'a> {
    pub(super) fn of(all: &'a [ImplementationStanding]) -> Self {
        Self { all }
    }

    /// Those that pass every MUST of what they declare.
    pub(super) fn conformant(&self) -> impl Iterator<Item = &'a ImplementationStanding> {
        self.all.iter().filter(|run| run.shortcoming.is_none())
    }

    /// Of these, those of a kind, by family: two of one family count once.
    fn families(&self, kind: ServiceKind) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for run in self.conformant().filter(|run| run.kind == kind) {
            families.entry(&run.family).or_default().push(&run.label);
        }
        families
    }
}

/// A criterion that is met or not.
pub(super) fn counted(asks: &str, figures: String, missing: Option<String>) -> Criterion {
    Criterion {
        asks: asks.to_owned(),
        answer: if missing.is_none() {
            Answer::Met
        } else {
            Answer::NotMet
        },
        figures,
        missing,
    }
}

/// A criterion that no file answers, and who does.
pub(super) fn for_people(asks: &str, who: &str) -> Criterion {
    Criterion {
        asks: asks.to_owned(),
        answer: Answer::NotComputed,
        figures: String::new(),
        missing: Some(who.to_owned()),
    }
}

/// One implementation passes.
pub(super) fn somebody(runs: &Runs<'_>) -> Criterion {
    let passing = runs.conformant().count();
    let missing = (passing == 0).then(|| {
        let why = runs.all.iter().find_map(|run| {
            let reason = run.shortcoming.as_ref()?;
            Some(format!("; {} is {reason}", run.label))
        });
        format!(
            "no published run passes every MUST of what it declares{}",
            why.unwrap_or_default()
        )
    });
    counted(
        "an implementation passes every MUST of the features that it declares",
        format!("{passing} of {} published runs", runs.all.len()),
        missing,
    )
}

/// So many independent implementations of a kind pass.
pub(super) fn independent(runs: &Runs<'_>, kind: ServiceKind, wanted: usize) -> Criterion {
    let families = runs.families(kind);
    let asks = match kind {
        ServiceKind::Cloud => "clouds, run against the services themselves, pass every MUST",
        _ => "open source services, independent of each other, pass every MUST",
    };
    let mut figures = format!("{}, with {wanted} asked for", families.len());
    let names: Vec<String> = families
        .values()
        .map(|labels| match labels.as_slice() {
            [one] => (*one).to_owned(),
            several => format!("{} (one family)", several.join(" and ")),
        })
        .collect();
    if !names.is_empty() {
        figures.push_str(&format!(": {}", names.join(", ")));
    }
    let missing = (families.len() < wanted).then(|| {
        let left = wanted - families.len();
        let be = if left == 1 { "run is" } else { "runs are" };
        let each = if left == 1 { "" } else { "each " };
        let failing: Vec<String> = runs
            .all
            .iter()
            .filter(|run| run.kind == kind)
            .filter_map(|run| {
                let reason = run.shortcoming.as_ref()?;
                Some(format!("{} ({reason})", run.label))
            })
            .collect();
        let on = match kind {
            ServiceKind::Cloud => "a cloud itself, which no emulator replaces",
            _ => "an open source service of another family",
        };
        let mut told = format!("{left} more published {be} needed, {each}on {on}");
        if !failing.is_empty() {
            told.push_str(&format!(
                "; published, but not counted: {}",
                failing.join(", ")
            ));
        }
        told
    });
    counted(asks, figures, missing)
}

/// The host and the suite ran on these systems.
pub(super) fn systems(runs: &Runs<'_>, wanted: &[&str]) -> Criterion {
    let seen: BTreeSet<&str> = runs.conformant().map(|run| run.os.as_str()).collect();
    let absent: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|system| !seen.contains(system))
        .collect();
    let seen: Vec<&str> = seen.into_iter().collect();
    counted(
        "the host and the suite run on the operating systems that it names",
        format!(
            "{} of {}: {}",
            wanted.len() - absent.len(),
            wanted.len(),
            or_nothing(&seen)
        ),
        (!absent.is_empty())
            .then(|| format!("no conformant run is published from {}", absent.join(", "))),
    )
}

/// Enough of the implementations that count declare each feature.
pub(super) fn features(runs: &Runs<'_>, proposal: &Proposal) -> Criterion {
    let mut figures = Vec::new();
    let mut rare = Vec::new();
    for id in &proposal.criteria.features {
        let families: BTreeSet<&str> = runs
            .conformant()
            .filter(|run| matches!(run.kind, ServiceKind::OpenSource | ServiceKind::Cloud))
            .filter(|run| run.declared.contains(&id.text))
            .map(|run| run.family.as_str())
            .collect();
        figures.push(format!("{} {}", id.text, families.len()));
        if families.len() < DECLARING {
            rare.push(id.text.as_str());
        }
    }
    counted(
        "two of these declare each feature that has to be widespread",
        figures.join(", "),
        (!rare.is_empty())
            .then(|| format!("fewer than {DECLARING} of them declare {}", rare.join(", "))),
    )
}

/// Somebody answers for it.
pub(super) fn champion(proposal: &Proposal) -> Criterion {
    let champions: Vec<&str> = proposal.champions.iter().map(String::as_str).collect();
    counted(
        "somebody answers for it",
        or_nothing(&champions),
        champions
            .is_empty()
            .then(|| "champions in proposal.toml is empty".to_owned()),
    )
}

/// No open question is in the way; or there is none at all.
pub(super) fn questions(proposal: &Proposal, all: bool) -> Criterion {
    let left: Vec<&str> = proposal
        .open
        .iter()
        .filter(|open| all || open.blocking)
        .map(|open| open.id.text.as_str())
        .collect();
    let blocking = proposal.open.iter().filter(|open| open.blocking).count();
    counted(
        if all {
            "no question is open"
        } else {
            "no open question is marked as blocking"
        },
        format!("{} open, {blocking} of them blocking", proposal.open.len()),
        (!left.is_empty()).then(|| format!("to be settled: {}", left.join(", "))),
    )
}

/// Something proves every MUST of its packages.
pub(super) fn proved(coverage: &Coverage, proposal: &Proposal) -> Criterion {
    let of_it = |package: &str| proposal.packages.iter().any(|it| it.text == package);
    let musts: Vec<_> = coverage
        .clauses
        .iter()
        .filter(|entry| of_it(&entry.clause.package))
        .filter(|entry| entry.clause.word.is_must() && !entry.clause.unstable)
        .collect();
    let with = |proof: Proof| musts.iter().filter(|entry| entry.proof == proof).count();
    let bare: Vec<&str> = musts
        .iter()
        .filter(|entry| entry.proof == Proof::Nothing)
        .map(|entry| entry.clause.id.as_str())
        .collect();
    let missing = if musts.is_empty() {
        Some("its packages have no MUST clause".to_owned())
    } else {
        (!bare.is_empty()).then(|| format!("nothing proves {}", bare.join(", ")))
    };
    counted(
        "something proves every MUST and MUST NOT clause",
        format!(
            "{} clauses: {} by cases, {} by other tests",
            musts.len(),
            with(Proof::Cases),
            with(Proof::Elsewhere)
        ),
        missing,
    )
}

/// All of these, as one: `2 of 3`, and the first that is missing.
pub(super) fn together(asks: &str, parts: &[Criterion]) -> Criterion {
    let met = parts
        .iter()
        .filter(|part| part.answer == Answer::Met)
        .count();
    let missing: Vec<&str> = parts
        .iter()
        .filter(|part| part.answer == Answer::NotMet)
        .filter_map(|part| part.missing.as_deref())
        .collect();
    counted(
        asks,
        format!("{met} of {}", parts.len()),
        (!missing.is_empty()).then(|| missing.join("; ")),
    )
}

pub(super) fn or_nothing(names: &[&str]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
