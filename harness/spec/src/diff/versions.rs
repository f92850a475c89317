//! Whether the step of a version says what the changes mean.

use conformance_model::{MissingBump, PackageDiff, SemverClass};
use semver::Version;

use crate::shape::Package;

/// How far a version went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Back,
    /// As far as this class allows.
    Of(SemverClass),
}

/// What the version of a package lacks; nothing where the package came or went, or has
/// no version at all.
pub(super) fn missing(
    was: Option<&Package>,
    is: Option<&Package>,
    package: &PackageDiff,
) -> Option<MissingBump> {
    let old = was?.version.as_ref()?;
    let required = package.required;
    let Some(new) = is?.version.as_ref() else {
        return Some(MissingBump {
            message: format!("the version {old} is gone, and with it what the package promised"),
            suggestion: next(old, required),
        });
    };
    let given = match step(old, new) {
        Step::Back => {
            return Some(MissingBump {
                message: format!("the version goes back from {old} to {new}"),
                suggestion: Some(next(old, required).unwrap_or_else(|| old.to_string())),
            });
        }
        Step::Of(given) => given,
    };
    if given >= required {
        return None;
    }
    let class = required.as_str();
    let suggestion = next(old, required);
    let message = if old == new && !old.pre.is_empty() {
        format!("{class} changes under one and the same pre-release {old}: it needs another name")
    } else if old == new {
        format!("{class} changes, and the version is still {old}")
    } else {
        format!(
            "{class} changes, and {old} to {new} says {}",
            given.as_str()
        )
    };
    Some(MissingBump {
        message,
        suggestion,
    })
}

/// What a step from one version to another allows. Below 1.0 the minor number counts as
/// the major one, and the patch number as the minor one; a pre-release promises nothing.
fn step(old: &Version, new: &Version) -> Step {
    let numbers = |version: &Version| (version.major, version.minor, version.patch);
    if old == new {
        return Step::Of(SemverClass::None);
    }
    if new < old {
        return Step::Back;
    }
    if !old.pre.is_empty() && numbers(old) == numbers(new) {
        return Step::Of(SemverClass::Major);
    }
    Step::Of(if old.major != new.major {
        SemverClass::Major
    } else if old.minor != new.minor {
        if old.major == 0 {
            SemverClass::Major
        } else {
            SemverClass::Minor
        }
    } else if old.patch != new.patch {
        match (old.major, old.minor) {
            (0, 0) => SemverClass::Major,
            (0, _) => SemverClass::Minor,
            _ => SemverClass::Patch,
        }
    } else {
        // Only what stands behind a `+`.
        SemverClass::None
    })
}

/// The next version that may have changes of a class; none for a pre-release, whose
/// names are not counted.
fn next(old: &Version, class: SemverClass) -> Option<String> {
    if !old.pre.is_empty() {
        return None;
    }
    let (major, minor, patch) = match (class, old.major, old.minor) {
        (SemverClass::None, ..) => (old.major, old.minor, old.patch),
        (SemverClass::Major, 0, 0) | (SemverClass::Minor | SemverClass::Patch, 0, _) => {
            (0, old.minor, old.patch.saturating_add(1))
        }
        (SemverClass::Major, 0, minor) => (0, minor.saturating_add(1), 0),
        (SemverClass::Major, major, _) => (major.saturating_add(1), 0, 0),
        (SemverClass::Minor, major, minor) => (major, minor.saturating_add(1), 0),
        (SemverClass::Patch, major, minor) => (major, minor, old.patch.saturating_add(1)),
    };
    Some(format!("{major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(old: &str, new: &str) -> Step {
        step(&old.parse().unwrap(), &new.parse().unwrap())
    }

    #[test]
    fn steps_of_versions() {
        use SemverClass::{Major, Minor, None, Patch};
        for (old, new, class) in [
            ("1.2.3", "1.2.3", None),
            ("1.2.3", "1.2.4", Patch),
            ("1.2.3", "1.3.0", Minor),
            ("1.2.3", "2.0.0", Major),
            ("0.1.0", "0.1.1", Minor),
            ("0.1.0", "0.2.0", Major),
            ("0.0.1", "0.0.2", Major),
            ("0.2.0-draft", "0.2.0-draft2", Major),
            ("0.2.0-draft", "0.2.0", Major),
            ("0.2.0-draft", "0.3.0-draft", Major),
            ("1.2.3+a", "1.2.3+b", None),
        ] {
            assert_eq!(of(old, new), Step::Of(class), "{old} {new}");
        }
        assert_eq!(of("0.2.0", "0.2.0-draft"), Step::Back);
        assert_eq!(of("0.2.0", "0.1.9"), Step::Back);
    }

    #[test]
    fn versions_that_would_do() {
        use SemverClass::{Major, Minor, Patch};
        for (old, class, new) in [
            ("1.2.3", Major, Some("2.0.0")),
            ("1.2.3", Minor, Some("1.3.0")),
            ("1.2.3", Patch, Some("1.2.4")),
            ("0.1.2", Major, Some("0.2.0")),
            ("0.1.2", Minor, Some("0.1.3")),
            ("0.0.2", Major, Some("0.0.3")),
            ("0.2.0-draft", Major, None),
        ] {
            assert_eq!(next(&old.parse().unwrap(), class).as_deref(), new, "{old}");
        }
    }
}
