//! What a run creates in a service before the provider can connect, and removes
//! when it is over. Each thing is written down before it exists.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Factory, Resource, Settings};

use crate::ledger::Ledger;
use crate::{RunNames, SetupError, Stop};

/// How long creating or removing one thing may take: tables of a cloud take their
/// time.
const PATIENCE: Duration = Duration::from_secs(180);

/// The resources of one run.
#[derive(Debug)]
pub(crate) struct Created {
    factory: &'static Factory,
    /// With the option by which the provider is told of it. What the user names is
    /// the user's, and not in here.
    resources: Vec<(&'static str, Resource)>,
    ledger: Option<Arc<Ledger>>,
}

impl Created {
    /// What a run needs that the user did not name. Creates nothing.
    pub(crate) fn plan(
        factory: &'static Factory,
        names: &RunNames,
        settings: &Settings,
        ledger: Option<Arc<Ledger>>,
    ) -> Result<Self, SetupError> {
        let mut resources = match factory.resources {
            Some(means) => {
                let run = names
                    .id()
                    .map_err(|error| SetupError::Machine(error.to_string()))?;
                (means.plan)(&run)
            }
            None => Vec::new(),
        };
        resources.retain(|(option, _)| !settings.options.contains_key(*option));
        Ok(Self {
            factory,
            resources,
            ledger,
        })
    }

    /// The settings with which the provider finds what is created.
    pub(crate) fn settings(&self, mut settings: Settings) -> Settings {
        for (option, resource) in &self.resources {
            settings
                .options
                .insert((*option).to_owned(), resource.name.clone());
        }
        settings
    }

    /// What there is to create.
    pub(crate) fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter().map(|(_, resource)| resource)
    }

    /// Creates everything that is not there yet. What was begun is brought to its end
    /// also when the run is stopped: only then is it known what there is to remove.
    pub(crate) async fn create(&self, settings: &Settings, stop: &Stop) -> Result<(), Error> {
        let Some(means) = self.factory.resources else {
            return Ok(());
        };
        for (_, resource) in &self.resources {
            if stop.is_stopped() {
                return Err(ErrorKind::Cancelled.into());
            }
            if let Some(ledger) = &self.ledger {
                ledger.created(resource)?;
            }
            let create = (means.create)(settings.clone(), resource.clone());
            within(create).await?;
            if let Some(ledger) = &self.ledger {
                ledger.made(resource)?;
            }
        }
        Ok(())
    }

    /// Removes everything: here, where it was created, what is not there is gone. Returns what could not be removed.
    pub(crate) async fn remove(self, settings: &Settings) -> Vec<Resource> {
        let Some(means) = self.factory.resources else {
            return Vec::new();
        };
        let mut left = Vec::new();
        for (_, resource) in self.resources {
            let remove = (means.remove)(settings.clone(), resource.clone());
            let removed = match within(remove).await {
                Err(error) if *error.kind() == ErrorKind::NotFound => Ok(()),
                removed => removed,
            };
            let noted = removed.and_then(|()| match &self.ledger {
                Some(ledger) => ledger.removed(&resource),
                None => Ok(()),
            });
            if noted.is_err() {
                left.push(resource);
            }
        }
        left
    }
}

/// Gives up after a time that is enough for everything.
pub(crate) async fn within<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
}
