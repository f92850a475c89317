//! Versions: the revision of a key's last write and its lease, which names the end.

use cloud_contract::keyvalue::Version;

use crate::proto::KeyValue;

/// The state of a key that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) revision: i64,
    pub(crate) lease: i64,
}

impl State {
    pub(crate) fn of(kv: &KeyValue) -> Self {
        Self {
            revision: kv.mod_revision,
            lease: kv.lease,
        }
    }

    pub(crate) fn version(self) -> Version {
        if self.lease == 0 {
            Version::from(format!("{:x}", self.revision))
        } else {
            Version::from(format!("{:x}.{:x}", self.revision, self.lease))
        }
    }

    /// The state that a version shows; none if no state does.
    pub(crate) fn read(version: &str) -> Option<Self> {
        let number = |text: &str| {
            i64::from_str_radix(text, 16)
                .ok()
                .filter(|number| *number > 0)
        };
        let state = match version.split_once('.') {
            None => Self {
                revision: number(version)?,
                lease: 0,
            },
            Some((revision, lease)) => Self {
                revision: number(revision)?,
                lease: number(lease)?,
            },
        };
        // There is one way to write it.
        (state.version() == version).then_some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        for (revision, lease) in [(1, 0), (255, 1), (i64::MAX, i64::MAX)] {
            let state = State { revision, lease };
            assert_eq!(State::read(&state.version()), Some(state));
        }
        for text in [
            "", "0", "01", "+1", "-1", " 1", "1 ", "1.", "1.0", ".1", "A", "1.2.3", "g",
        ] {
            assert_eq!(State::read(text), None, "{text}");
        }
    }
}
