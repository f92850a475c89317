//! What will be done with each case, decided before anything runs. Pure.

use std::collections::BTreeSet;

use cloud_contract::Capability;
use conformance_model::{Case, Lane, Level};

use crate::Patterns;

/// What the user asked for. Empty parts select everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only ids that match.
    pub run: Option<Patterns>,
    /// Only cases of these capabilities.
    pub capabilities: Vec<Capability>,
    /// Not ids that match. Skipped cases stay in the report.
    pub skip: Option<Patterns>,
    /// Only these levels.
    pub levels: BTreeSet<Level>,
    /// Only these lanes.
    pub lanes: BTreeSet<Lane>,
}

impl Selection {
    /// Whether a case is asked for at all.
    #[must_use]
    pub fn includes(&self, case: &Case) -> bool {
        self.run
            .as_ref()
            .is_none_or(|run| run.is_empty() || run.matches(&case.id))
            && (self.capabilities.is_empty()
                || Capability::from_name(&case.capability)
                    .is_some_and(|capability| self.capabilities.contains(&capability)))
            && (self.levels.is_empty() || self.levels.contains(&case.level))
            && (self.lanes.is_empty() || self.lanes.contains(&case.lane))
    }

    fn skips(&self, case: &Case) -> bool {
        self.skip
            .as_ref()
            .is_some_and(|skip| skip.matches(&case.id))
    }

    /// Whether anything is left out on the user's wish.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.is_empty())
            || self.skip.as_ref().is_some_and(|skip| !skip.is_empty())
            || !self.capabilities.is_empty()
            || !self.levels.is_empty()
            || !self.lanes.is_empty()
    }
}

/// What to do with one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Run it.
    Run,
    /// The provider lacks the feature: run the cases at these places instead,
    /// which prove that it refuses.
    ProveRefusal {
        /// The id of the feature.
        feature: String,
        /// Places of the proving cases.
        by: Vec<usize>,
    },
    /// The provider lacks the feature, and no function of its own could refuse.
    NothingToRefuse {
        /// The id of the feature.
        feature: String,
    },
    /// The user left it out.
    Skip,
}

/// One case of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its place in the suite.
    pub case: usize,
    /// What to do with it.
    pub action: Action,
}

/// All selected cases, those that wait longest first.
pub type Plan = Vec<Planned>;

/// Decides for every selected case. No case vanishes: one that cannot run is
/// in the plan with the reason.
#[must_use]
pub fn plan(cases: &[Case], declared: &BTreeSet<&str>, selection: &Selection) -> Plan {
    let mut plan: Plan = cases
        .iter()
        .enumerate()
        .filter(|(_, case)| selection.includes(case))
        .map(|(place, case)| Planned {
            case: place,
            action: decide(cases, case, declared, selection),
        })
        .collect();
    plan.sort_by_key(|planned| match cases[planned.case].lane {
        Lane::Slow => 0,
        Lane::Concurrency => 1,
        Lane::Fast => 2,
    });
    plan
}

fn decide(cases: &[Case], case: &Case, declared: &BTreeSet<&str>, selection: &Selection) -> Action {
    if selection.skips(case) {
        return Action::Skip;
    }
    // A provider without the capability has nothing to open, and so nothing to refuse.
    let core = Capability::from_name(&case.capability).map(Capability::core);
    if let Some(core) = core
        && !declared.contains(core)
    {
        return Action::NothingToRefuse {
            feature: core.to_owned(),
        };
    }
    let Some(feature) = case
        .requires
        .iter()
        .find(|id| !declared.contains(id.as_str()))
    else {
        return Action::Run;
    };
    let by: Vec<usize> = cases
        .iter()
        .enumerate()
        .filter(|(_, other)| other.refuses.as_deref() == Some(feature))
        .map(|(place, _)| place)
        .collect();
    if by.is_empty() {
        Action::NothingToRefuse {
            feature: feature.clone(),
        }
    } else {
        Action::ProveRefusal {
            feature: feature.clone(),
            by,
        }
    }
}

#[cfg(test)]
mod tests {
    use conformance_model::CaseStatus;

    use super::*;

    fn case(id: &str, requires: &[&str], refuses: Option<&str>) -> Case {
        Case {
            id: id.into(),
            title: String::new(),
            capability: "keyvalue".into(),
            level: Level::Must,
            clauses: Vec::new(),
            requires: requires.iter().map(|&id| id.to_owned()).collect(),
            refuses: refuses.map(str::to_owned),
            lane: Lane::Fast,
            actors: 0,
            timeout_ns: 1,
            source: String::new(),
            component: String::new(),
            digest: String::new(),
            status: CaseStatus::Stable,
        }
    }

    fn suite() -> Vec<Case> {
        vec![
            case("kv.cas.refused", &[], Some("kv.cas")),
            case("kv.cas.swap", &["kv.cas"], None),
            case("kv.get.missing", &[], None),
            case("kv.list.order", &["kv.list.ordered"], None),
        ]
    }

    fn actions(declared: &[&str], selection: &Selection) -> Vec<Action> {
        let declared = ["kv.store"].iter().chain(declared).copied().collect();
        plan(&suite(), &declared, selection)
            .into_iter()
            .map(|planned| planned.action)
            .collect()
    }

    #[test]
    fn a_declared_feature_runs() {
        let all = actions(&["kv.cas", "kv.list.ordered"], &Selection::default());
        assert_eq!(all, vec![Action::Run; 4]);
    }

    #[test]
    fn a_capability_that_is_not_there_has_nothing_to_refuse() {
        let planned = plan(
            &suite(),
            &BTreeSet::from(["blob.container"]),
            &Selection::default(),
        );
        let nothing = Action::NothingToRefuse {
            feature: "kv.store".into(),
        };
        assert!(planned.iter().all(|planned| planned.action == nothing));
    }

    #[test]
    fn an_undeclared_feature_is_proved_to_refuse_where_something_can() {
        let refusal = Action::ProveRefusal {
            feature: "kv.cas".into(),
            by: vec![0],
        };
        let nothing = Action::NothingToRefuse {
            feature: "kv.list.ordered".into(),
        };
        assert_eq!(
            actions(&[], &Selection::default()),
            [Action::Run, refusal, Action::Run, nothing]
        );
    }

    #[test]
    fn a_skipped_case_stays_in_the_plan_and_an_unselected_one_does_not() {
        let selection = Selection {
            run: Some(Patterns::parse(&["kv.cas.*"]).unwrap()),
            skip: Some(Patterns::parse(&["*.swap"]).unwrap()),
            ..Selection::default()
        };
        assert_eq!(
            actions(&["kv.cas"], &selection),
            [Action::Run, Action::Skip]
        );
        assert!(selection.is_partial());
    }
}
