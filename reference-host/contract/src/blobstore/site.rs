//! Where a copy goes to, and whether the service can make it by itself.

use std::sync::Arc;

use super::driver::Driver;
use super::rules::Rules;
use crate::{Grant, Namespace};

/// What the portable layer knows of one open container. Opaque to a host, which hands
/// that of one container to another for a copy.
#[derive(Debug)]
pub struct Site {
    pub(super) driver: Arc<dyn Driver>,
    pub(super) rules: Rules,
    pub(super) namespace: Arc<dyn Namespace>,
    pub(super) scope: String,
    pub(super) target: String,
}

impl Site {
    pub(super) fn new(driver: Arc<dyn Driver>, grant: &Grant) -> Self {
        Self {
            driver,
            rules: Rules::new(&grant.descriptor),
            namespace: Arc::clone(&grant.namespace),
            scope: grant.scope.as_str().to_owned(),
            target: grant.target.clone(),
        }
    }

    /// Whether both are of one service, which may copy between them.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.namespace, &other.namespace)
    }

    /// Whether both are one container, under whichever names they were opened.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.is_beside(other) && self.target == other.target
    }
}
