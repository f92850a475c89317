//! What follows from the results of one provider: one word about it, its
//! profiles, its features. It knows nothing of events.

use crate::{
    CapabilityReport, Conclusion, Counts, Feature, FeatureLevel, FeaturesReport, Profile,
    ProfileReport, ProviderInfo, Status, TestReport,
};

/// One word about a provider from those about its capabilities.
pub(crate) fn whole(
    capabilities: &[CapabilityReport],
    setup: Option<&str>,
) -> (Conclusion, Vec<String>) {
    if let Some(reason) = setup {
        return (
            Conclusion::Error,
            vec![format!("it could not be set up: {reason}")],
        );
    }
    let order = [
        Conclusion::NotConformant,
        Conclusion::Error,
        Conclusion::Partial,
        Conclusion::Conformant,
    ];
    let conclusion = order
        .into_iter()
        .find(|word| capabilities.iter().any(|c| c.conclusion == *word))
        .unwrap_or(Conclusion::Partial);
    let reasons = capabilities
        .iter()
        .flat_map(|c| {
            c.reasons
                .iter()
                .map(move |reason| format!("{}: {reason}", c.capability))
        })
        .collect();
    (conclusion, reasons)
}

pub(crate) fn profile_report(
    profile: &Profile,
    tests: &[TestReport],
    info: &ProviderInfo,
    setup_failed: bool,
) -> ProfileReport {
    let inside = |id: &String| profile.features.contains(id);
    let of_it = || {
        tests.iter().filter(|test| {
            test.capability == profile.capability
                && test.requires.iter().all(inside)
                && test.refuses.as_ref().is_none_or(inside)
        })
    };
    let counts = of_it().collect();
    let absent: Vec<&str> = profile
        .features
        .iter()
        .filter(|id| !info.features.contains(id))
        .map(String::as_str)
        .collect();
    let (conclusion, reasons) = if setup_failed {
        let reason = "the provider could not be set up".to_owned();
        (Conclusion::Error, vec![reason])
    } else if absent.is_empty() {
        Conclusion::of(of_it(), &[])
    } else {
        let reason = format!("not declared: {}", absent.join(", "));
        (Conclusion::NotOffered, vec![reason])
    };
    ProfileReport {
        name: profile.name.clone(),
        conclusion,
        reasons,
        counts,
    }
}

pub(crate) fn features_report(
    features: &[Feature],
    tests: &[TestReport],
    info: &ProviderInfo,
) -> FeaturesReport {
    let mut report = FeaturesReport {
        declared: info.features.clone(),
        ..FeaturesReport::default()
    };
    for feature in features {
        if feature.level == FeatureLevel::Unstable {
            continue;
        }
        let can_refuse = can_refuse(info, feature, features);
        let declared = info.features.contains(&feature.id);
        let counts: Counts = tests
            .iter()
            .filter(|test| test.is_of(feature) && test.counts_as_must())
            .map(|test| test.status)
            .collect();
        let failed = counts.matching(Status::is_failure) + counts.of(Status::Xfail) > 0;
        let refusing = tests
            .iter()
            .any(|test| test.refuses.as_ref() == Some(&feature.id) && test.status == Status::Pass);
        let id = feature.id.clone();
        let list = match (declared, failed) {
            (true, true) => &mut report.overclaimed,
            (true, false)
                if counts.of(Status::Pass) > 0
                    && counts.applicable() == counts.of(Status::Pass) =>
            {
                &mut report.verified
            }
            (false, false) if counts.of(Status::Underclaim) > 0 => &mut report.underclaimed,
            (false, false) if can_refuse && (refusing || counts.of(Status::Unsupported) > 0) => {
                &mut report.refused
            }
            _ => &mut report.unproved,
        };
        list.push(id);
    }
    report
}

/// Whether a function of a feature can be called where it is not declared: by who can open
/// something of its capability.
pub(crate) fn can_refuse<'a>(
    info: &ProviderInfo,
    feature: &Feature,
    features: impl IntoIterator<Item = &'a Feature>,
) -> bool {
    let is_core =
        |core: &Feature| core.level == FeatureLevel::Core && core.capability == feature.capability;
    feature.level != FeatureLevel::Core
        && !feature.interfaces.is_empty()
        && features
            .into_iter()
            .any(|core| is_core(core) && info.features.contains(&core.id))
}

impl TestReport {
    /// Whether the case counts and proves a MUST.
    pub(crate) fn counts_as_must(&self) -> bool {
        self.case_status == crate::CaseStatus::Stable && self.level == crate::Level::Must
    }

    /// Whether the case belongs in the row of a feature. To a core feature also
    /// belongs every case of the capability that names no feature.
    pub(crate) fn is_of(&self, feature: &Feature) -> bool {
        let nameless = self.requires.is_empty() && self.refuses.is_none();
        self.concerns(&feature.id)
            || (feature.level == FeatureLevel::Core
                && nameless
                && self.capability == feature.capability)
    }
}
