//! The earlier states of the objects of one container, as plain data.

use std::collections::BTreeMap;

use cloud_contract::keyvalue::Version;

use super::objects::Object;

/// What was overwritten, renamed or deleted, until somebody removes it or its room is
/// needed.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// By name, the latest last.
    states: BTreeMap<Vec<u8>, Vec<Object>>,
    /// The names of all states by their marks, which ascend.
    names: BTreeMap<u64, Vec<u8>>,
    used: u64,
}

impl Past {
    /// How many bytes all of them take.
    pub(super) fn used(&self) -> u64 {
        self.used
    }

    /// The states of one name, the latest last.
    pub(super) fn of(&self, name: &str) -> &[Object] {
        self.states.get(name.as_bytes()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn get(&self, name: &str, version: &Version) -> Option<&Object> {
        self.of(name)
            .iter()
            .find(|state| state.version() == *version)
    }

    pub(super) fn keep(&mut self, name: &[u8], state: Object) {
        self.used += state.space(name);
        self.names.insert(state.mark, name.to_vec());
        self.states.entry(name.to_vec()).or_default().push(state);
    }

    pub(super) fn remove(&mut self, name: &str, version: &Version) -> Option<Object> {
        let mark = self.get(name, version)?.mark;
        self.take(mark)
    }

    /// Removes the state that was written before all others; none if there is none.
    pub(super) fn forget_one(&mut self) -> Option<Object> {
        let &mark = self.names.first_key_value()?.0;
        self.take(mark)
    }

    fn take(&mut self, mark: u64) -> Option<Object> {
        let name = self.names.remove(&mark)?;
        let states = self.states.get_mut(&name)?;
        let place = states.iter().position(|state| state.mark == mark)?;
        let state = states.remove(place);
        if states.is_empty() {
            self.states.remove(&name);
        }
        self.used -= state.space(&name);
        Some(state)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
