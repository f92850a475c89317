//! Removes what dead runs left, by the names in their ledgers and by nothing else.

use cloud_contract::{Error, Settings, Target};

use crate::created::within;
use crate::ledger::{Left, Record};
use crate::{RunNames, SetupError};

/// What became of one thing that a run left.
#[derive(Debug)]
pub struct Collected {
    /// It.
    pub left: Left,
    /// Why it is still there; none if it is gone.
    pub error: Option<Error>,
}

/// Removes what a run left in the service that the settings lead to, and the
/// ledger when nothing is left. A scope in a table of the run goes with the table.
///
/// # Errors
/// [`SetupError::Connect`] where scopes have to be closed and the service cannot
/// be used.
pub async fn collect(
    target: &Target,
    settings: &Settings,
    record: &Record,
) -> Result<Vec<Collected>, SetupError> {
    let factory = target.factory;
    let settings = match target.flavour {
        Some(flavour) => settings.clone().or(flavour.options),
        None => settings.clone(),
    };
    let has_resources = record
        .left
        .iter()
        .any(|left| matches!(left, Left::Resource(_)));
    let mut provider = None;
    let mut collected = Vec::new();
    // The last thing that was made is removed first.
    for left in record.left.iter().rev() {
        let removed = match left {
            Left::Resource(resource) => match factory.resources {
                Some(means) => within((means.remove)(settings.clone(), resource.clone())).await,
                None => Err(Error::unsupported(resource.kind.clone())),
            },
            Left::Scope(_) if has_resources => Ok(()),
            Left::Scope(scope) => {
                if provider.is_none() {
                    let connected = within((factory.connect)(settings.clone())).await;
                    provider = Some(connected.map_err(|error| SetupError::Connect {
                        provider: factory.name,
                        error,
                        hint: "; its settings must be those of the run",
                    })?);
                }
                match &provider {
                    Some(provider) => within(provider.close(scope)).await,
                    None => Ok(()),
                }
            }
        };
        let noted = removed.and_then(|()| {
            record.gone(left).map_err(|error| {
                let text = "the ledger cannot be written".into();
                Error::with_source(cloud_contract::ErrorKind::Other(text), error)
            })
        });
        collected.push(Collected {
            left: left.clone(),
            error: noted.err(),
        });
    }
    if collected.iter().all(|one| one.error.is_none()) {
        // An empty ledger says the same as none.
        std::fs::remove_file(&record.path).ok();
    }
    Ok(collected)
}

/// What a run of these settings would create, with what it needs the right to.
/// Asks nobody and creates nothing.
#[derive(Debug)]
pub struct Forecast {
    /// What everything begins with that the run makes.
    pub prefix: String,
    /// The resources beside scopes.
    pub resources: Vec<cloud_contract::Resource>,
    /// The least rights that the run needs, in the vendor's notation.
    pub policy: Option<String>,
}

impl Forecast {
    /// Of a run with these names.
    ///
    /// # Errors
    /// [`SetupError::Machine`] for names that are no scope's; does not happen.
    pub fn of(target: &Target, settings: &Settings, names: &RunNames) -> Result<Self, SetupError> {
        let Some(means) = target.factory.resources else {
            return Ok(Self {
                prefix: names.prefix(),
                resources: Vec::new(),
                policy: None,
            });
        };
        let created = crate::created::Created::plan(target.factory, names, settings, None)?;
        let resources: Vec<_> = created.resources().cloned().collect();
        Ok(Self {
            prefix: names.prefix(),
            policy: Some((means.policy)(&resources)),
            resources,
        })
    }
}
