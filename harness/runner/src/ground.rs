//! What lies between a service that runs and a provider that is connected to it:
//! what has to be created there, and the ledger of it.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Factory, Provider, Settings, Target};

use crate::created::Created;
use crate::launch::unusable;
use crate::ledger::{Ledger, Left, default_ledger_directory, fingerprint};
use crate::{RunNames, SetupError, Stop};

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What a run needs in a service before the provider connects, and how to get
/// there.
pub(crate) struct Ground {
    pub(crate) factory: &'static Factory,
    pub(crate) names: RunNames,
    created: Created,
    pub(crate) ledger: Option<Arc<Ledger>>,
}

impl Ground {
    /// Begins a ledger if the service, or the folder, is there after the run.
    pub(crate) async fn plan(
        target: &Target,
        settings: &Settings,
        is_lasting: bool,
    ) -> Result<Self, SetupError> {
        let names = RunNames::new();
        let ledger = match default_ledger_directory().filter(|_| is_lasting) {
            Some(folder) => {
                let service = fingerprint(target, settings).await;
                let service = service.map_err(|error| unusable(target.factory, error, false))?;
                let begun = Ledger::begin(&folder, &names, target, service);
                Some(begun.map_err(|error| {
                    SetupError::Machine(format!(
                        "the ledger of what a run creates cannot be written: {}",
                        error.kind()
                    ))
                })?)
            }
            None => None,
        };
        let created = Created::plan(target.factory, &names, settings, ledger.clone())?;
        Ok(Self {
            factory: target.factory,
            names,
            created,
            ledger,
        })
    }

    /// Creates what is needed and connects. Can be tried again. Is `cancelled` when it
    /// is stopped, and nothing is on its way then.
    pub(crate) async fn connect(
        &self,
        settings: &Settings,
        stop: &Stop,
    ) -> Result<Arc<dyn Provider>, Error> {
        let settings = self.created.settings(settings.clone());
        self.created.create(&settings, stop).await?;
        let connect = tokio::time::timeout(CONNECT_TIMEOUT, (self.factory.connect)(settings));
        tokio::select! {
            biased;
            connected = connect => connected.unwrap_or_else(|_| Err(ErrorKind::Timeout.into())),
            () = stop.stopped() => Err(ErrorKind::Cancelled.into()),
        }
    }

    /// Whether scopes lie in what is created for the run alone, and go with it.
    pub(crate) fn holds_scopes(&self) -> bool {
        self.created.resources().next().is_some()
    }

    /// Removes what was created. Returns what could not be removed.
    pub(crate) async fn clear(self, settings: &Settings) -> Vec<Left> {
        let settings = self.created.settings(settings.clone());
        let left = self.created.remove(&settings).await;
        if let Some(ledger) = self.ledger {
            ledger.finish();
        }
        left.into_iter().map(Left::Resource).collect()
    }
}
