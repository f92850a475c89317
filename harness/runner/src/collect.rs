//! What runs make and cost: told before, and removed by the names in the ledgers of
//! dead runs, and by nothing else.

use std::net::IpAddr;

use cloud_contract::{Error, ErrorKind, Resource, Settings, Target};

use crate::created::{Created, within};
use crate::ledger::{Left, Record};
use crate::{RunNames, SetupError};

/// What became of one thing that a run left.
#[derive(Debug)]
pub struct Collected {
    /// It.
    pub left: Left,
    /// What.
    pub fate: Fate,
}

/// What can become of it.
#[derive(Debug)]
pub enum Fate {
    /// It is gone.
    Gone,
    /// It is not there, although the run made it: somebody else removed it, or the
    /// credentials are of another account. It stays in the ledger.
    Missing,
    /// It may still be there.
    Kept(Error),
}

/// Removes what a run left in the service that the settings lead to, and the
/// ledger when nothing is left. A scope in a table of the run goes with the table.
/// With `forget`, what is not there counts as gone.
///
/// # Errors
/// [`SetupError::Connect`] where scopes have to be closed and the service cannot
/// be used.
pub async fn collect(
    target: &Target,
    settings: &Settings,
    record: &Record,
    forget: bool,
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
                        started: false,
                    })?);
                }
                match &provider {
                    Some(provider) => within(provider.close(scope)).await,
                    None => Ok(()),
                }
            }
        };
        let was_made = matches!(left, Left::Resource(resource) if record.was_made(resource));
        let gone = match removed {
            Err(error) if *error.kind() == ErrorKind::NotFound => {
                if was_made && !forget {
                    Err(Fate::Missing)
                } else {
                    Ok(())
                }
            }
            // A service on this machine that is gone took everything along.
            Err(error) if forget && is_gone(&error, &settings) => Ok(()),
            removed => removed.map_err(Fate::Kept),
        };
        let noted = gone.and_then(|()| {
            record.gone(left).map_err(|error| {
                let text = "the ledger cannot be written".into();
                Fate::Kept(Error::with_source(ErrorKind::Other(text), error))
            })
        });
        collected.push(Collected {
            left: left.clone(),
            fate: noted.err().unwrap_or(Fate::Gone),
        });
    }
    if collected.iter().all(|one| matches!(one.fate, Fate::Gone)) {
        // An empty ledger says the same as none.
        std::fs::remove_file(&record.path).ok();
    }
    Ok(collected)
}

/// What a run of these settings would create, with what it needs the right to.
/// Asks nobody and creates nothing.
#[derive(Debug)]
pub struct Forecast {
    /// What everything begins with that a run makes.
    pub prefix: String,
    /// The resources beside scopes. `*` stands for what is another one in each run.
    pub resources: Vec<Resource>,
    /// The least rights that any such run needs, in the vendor's notation.
    pub policy: Option<String>,
}

impl Forecast {
    /// Of whatever run.
    ///
    /// # Errors
    /// [`SetupError::Machine`] for names that are no scope's; does not happen.
    pub fn of(target: &Target, settings: &Settings) -> Result<Self, SetupError> {
        let names = RunNames::of_any();
        let prefix = names.prefix().replace(RunNames::ANY, "");
        let Some(means) = target.factory.resources else {
            return Ok(Self {
                prefix,
                resources: Vec::new(),
                policy: None,
            });
        };
        let created = Created::plan(target.factory, &names, settings, None)?;
        let resources: Vec<Resource> = created
            .resources()
            .map(|resource| Resource {
                kind: resource.kind.clone(),
                name: resource.name.replace(RunNames::ANY, "*"),
            })
            .collect();
        Ok(Self {
            prefix,
            policy: Some((means.policy)(&resources)),
            resources,
        })
    }
}

/// Whether a failure says that the service is gone, with all that it held: it stood on
/// this machine and nobody answers there. Silence from elsewhere says nothing.
#[must_use]
pub fn is_gone(error: &Error, settings: &Settings) -> bool {
    *error.kind() == ErrorKind::Unavailable && settings.endpoint.as_deref().is_some_and(is_loopback)
}

/// Whether what is done with these settings may cost somebody money: it goes to an
/// account of a vendor, or to an address that may be one.
#[must_use]
pub fn may_cost(target: &Target, settings: &Settings) -> bool {
    match &settings.endpoint {
        // Whatever the product is called: an address decides who is asked.
        Some(endpoint) => {
            let mut flavours = target.factory.flavours.iter();
            flavours.any(|flavour| flavour.account.is_some()) && !is_loopback(endpoint)
        }
        None => target
            .flavour
            .is_some_and(|flavour| flavour.account.is_some()),
    }
}

/// Whether an address leads to this machine.
fn is_loopback(endpoint: &str) -> bool {
    let rest = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, it)| it);
    let host = match place.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => place.rsplit_once(':').map_or(place, |(host, _)| host),
    };
    let is_loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use cloud_contract::{Account, Factory, Flavour, Resources};

    use super::*;
    use crate::ledger::tests::unlocked;
    use crate::ledger::{Ledger, records};

    const NAMED: Resources = Resources {
        plan: |run| {
            let table = Resource {
                kind: "table".to_owned(),
                name: format!("t{}", run.as_str().replace('-', "z0")),
            };
            vec![("table", table)]
        },
        create: |_, _| Box::pin(async { Ok(()) }),
        remove: |settings, resource| {
            Box::pin(async move {
                match settings.options.get("there") {
                    Some(there) if *there == resource.name => Ok(()),
                    _ => Err(ErrorKind::NotFound.into()),
                }
            })
        },
        place: |settings| Box::pin(async move { Ok(settings.endpoint.unwrap_or_default()) }),
        policy: |resources| resources[0].name.clone(),
    };

    const ONE: Factory = Factory {
        name: "tables",
        summary: "",
        flavours: &[
            Flavour {
                name: "emulator",
                ..Flavour::EMPTY
            },
            Flavour {
                name: "vendor",
                account: Some(Account {
                    credentials: "",
                    needs: "",
                }),
                ..Flavour::EMPTY
            },
        ],
        needs_directory: false,
        resources: Some(NAMED),
        connect: |_| Box::pin(async { Err(ErrorKind::Unavailable.into()) }),
    };
    static TABLES: Factory = ONE;
    static CACHE: Factory = Factory {
        name: "cache",
        flavours: &[Flavour {
            name: "cache",
            ..Flavour::EMPTY
        }],
        resources: None,
        ..ONE
    };

    #[test]
    fn rights_are_told_for_every_run() {
        let target = Target::usual(&TABLES);
        let forecast = Forecast::of(&target, &Settings::default()).unwrap();
        assert_eq!(forecast.prefix, "cf-");
        assert_eq!(forecast.resources[0].name, "tcfz0*");
        assert_eq!(forecast.policy.as_deref(), Some("tcfz0*"));
    }

    #[test]
    fn everything_may_cost_that_is_not_on_this_machine() {
        let [emulator, vendor] = [0, 1].map(|index| Target {
            factory: &TABLES,
            flavour: TABLES.flavours.get(index),
        });
        let ask = |target: &Target, endpoint: &str| {
            let endpoint = (!endpoint.is_empty()).then(|| endpoint.to_owned());
            let settings = Settings {
                endpoint,
                ..Settings::default()
            };
            may_cost(target, &settings)
        };
        assert!(ask(&vendor, "") && !ask(&emulator, ""));
        for target in [emulator, vendor] {
            for endpoint in [
                "https://acct.table.core.windows.net",
                "https://127.0.0.1@acct.example",
                "https://127.0.0.1.example",
                "http://10.0.0.1:8000",
                "http://[::2]:1",
                "localhost.example:1",
            ] {
                assert!(ask(&target, endpoint), "{endpoint}");
            }
            for endpoint in [
                "http://localhost:8000",
                "http://LOCALHOST",
                "http://127.0.0.1:10002/account1",
                "http://user:word@127.9.9.9/",
                "http://[::1]:1/",
                "127.0.0.1:1",
            ] {
                assert!(!ask(&target, endpoint), "{endpoint}");
            }
        }
        assert!(!ask(&Target::usual(&CACHE), "redis://db.example:6379"));
    }

    #[test]
    fn silence_elsewhere_is_not_the_end() {
        let gone = |kind: ErrorKind, endpoint: Option<&str>| {
            let settings = Settings {
                endpoint: endpoint.map(str::to_owned),
                ..Settings::default()
            };
            is_gone(&kind.into(), &settings)
        };
        let here = Some("http://127.0.0.1:8000");
        assert!(gone(ErrorKind::Unavailable, here));
        assert!(!gone(ErrorKind::Timeout, here));
        assert!(!gone(ErrorKind::Unavailable, Some("http://10.0.0.1:8000")));
        assert!(!gone(ErrorKind::Unavailable, None));
    }

    #[tokio::test]
    async fn what_was_made_and_is_not_found_is_not_forgotten_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::usual(&TABLES);
        let names = RunNames::new();
        let resource = |name: &str| Resource {
            kind: "table".to_owned(),
            name: name.to_owned(),
        };
        let ledger = Ledger::begin(folder.path(), &names, &target, String::new()).unwrap();
        for name in ["made", "tried"] {
            ledger.created(&resource(name)).unwrap();
        }
        ledger.made(&resource("made")).unwrap();
        drop(ledger);
        let found = || unlocked(folder.path()).0;
        let elsewhere = Settings::default();
        let done = collect(&target, &elsewhere, &found()[0], false).await;
        let fates: Vec<Fate> = done.unwrap().into_iter().map(|one| one.fate).collect();
        assert!(
            matches!(fates[..], [Fate::Gone, Fate::Missing]),
            "{fates:?}"
        );
        assert_eq!(found()[0].left, [Left::Resource(resource("made"))]);
        let here = Settings::default().or(&[("there", "made")]);
        let done = collect(&target, &here, &found()[0], false).await.unwrap();
        assert!(matches!(done[0].fate, Fate::Gone));
        assert!(records(folder.path()).unwrap().0.is_empty());
    }

    #[tokio::test]
    async fn what_is_not_found_can_be_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::usual(&TABLES);
        let ledger = Ledger::begin(folder.path(), &RunNames::new(), &target, String::new());
        let made = Resource {
            kind: "table".to_owned(),
            name: "made".to_owned(),
        };
        let ledger = ledger.unwrap();
        ledger.created(&made).unwrap();
        ledger.made(&made).unwrap();
        drop(ledger);
        let (found, _) = unlocked(folder.path());
        let done = collect(&target, &Settings::default(), &found[0], true).await;
        assert!(matches!(done.unwrap()[0].fate, Fate::Gone));
        assert!(records(folder.path()).unwrap().0.is_empty());
    }
}
