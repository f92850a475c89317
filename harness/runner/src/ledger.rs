//! What runs left, or may leave, in services that are not theirs: a file for each
//! run, written before anything is created and removed when nothing is left. It
//! holds names, and neither endpoints nor credentials.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cloud_contract::{Error, ErrorKind, Resource, Result, Scope, ScopeId, Settings, Target};
use serde::{Deserialize, Serialize};

use crate::RunNames;
use crate::created::within;

/// The version of the shape of the lines.
const SCHEMA_VERSION: u32 = 1;

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
enum Line {
    /// The first line.
    Run {
        schema_version: u32,
        run: String,
        provider: String,
        service: String,
        started_unix_ms: u64,
    },
    /// It is about to be.
    Create {
        kind: String,
        name: String,
    },
    /// It is there.
    Made {
        kind: String,
        name: String,
    },
    Removed {
        kind: String,
        name: String,
    },
    Open {
        scope: String,
        names: Vec<String>,
    },
    Closed {
        scope: String,
    },
}

/// The file of a run that goes on. It is locked as long as this value is there.
#[derive(Debug)]
pub(crate) struct Ledger {
    file: Mutex<File>,
    path: PathBuf,
}

impl Ledger {
    /// Begins the file of a run.
    pub(crate) fn begin(
        folder: &Path,
        names: &RunNames,
        target: &Target,
        service: String,
    ) -> io::Result<Arc<Self>> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.jsonl", names.prefix()));
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)?;
        file.lock()?;
        let ledger = Self {
            file: Mutex::new(file),
            path,
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        ledger.write(&Line::Run {
            schema_version: SCHEMA_VERSION,
            run: names.prefix(),
            provider: target.id(),
            service,
            started_unix_ms: since.map_or(0, milliseconds),
        })?;
        Ok(Arc::new(ledger))
    }

    /// A resource is about to be created.
    pub(crate) fn created(&self, resource: &Resource) -> Result<()> {
        self.note(&Line::Create {
            kind: resource.kind.clone(),
            name: resource.name.clone(),
        })
    }

    /// A resource is there.
    pub(crate) fn made(&self, resource: &Resource) -> Result<()> {
        self.note(&Line::Made {
            kind: resource.kind.clone(),
            name: resource.name.clone(),
        })
    }

    /// A resource is gone.
    pub(crate) fn removed(&self, resource: &Resource) -> Result<()> {
        self.note(&Line::Removed {
            kind: resource.kind.clone(),
            name: resource.name.clone(),
        })
    }

    /// A scope is about to be opened.
    pub(crate) fn opened(&self, scope: &Scope) -> Result<()> {
        self.note(&Line::Open {
            scope: scope.id.as_str().to_owned(),
            names: scope.names.clone(),
        })
    }

    /// A scope is closed.
    pub(crate) fn closed(&self, scope: &ScopeId) -> Result<()> {
        self.note(&Line::Closed {
            scope: scope.as_str().to_owned(),
        })
    }

    /// The run is over: the file goes, unless something is left.
    pub(crate) fn finish(&self) {
        let is_clean = Record::read(&self.path).is_ok_and(|record| record.left.is_empty());
        if is_clean {
            // What stays says that nothing is left, and the next gc removes it.
            std::fs::remove_file(&self.path).ok();
        }
    }

    /// Nothing is created that was not written down.
    fn note(&self, line: &Line) -> Result<()> {
        self.write(line).map_err(|error| {
            let text = "the ledger of what a run creates cannot be written";
            Error::with_source(ErrorKind::Other(text.into()), error)
        })
    }

    fn write(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.lock().write_all(text.as_bytes())
    }

    fn lock(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that a run made and did not remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// A resource of the service.
    Resource(Resource),
    /// A scope of the provider.
    Scope(Scope),
}

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Resource(resource) => write!(f, "{} {}", resource.kind, resource.name),
            Self::Scope(scope) => write!(f, "scope {}", scope.id),
        }
    }
}

/// A sentence about what could not be removed; none if nothing is left.
#[must_use]
pub fn leftovers(left: &[Left]) -> Option<String> {
    let names: Vec<String> = left.iter().map(ToString::to_string).collect();
    (!left.is_empty()).then(|| {
        format!(
            "could not be removed: {}; `conformance gc` tries it again",
            names.join(", ")
        )
    })
}

/// What the file of a run that is over, or dead, says.
#[derive(Debug)]
pub struct Record {
    /// The file.
    pub path: PathBuf,
    /// What everything begins with that the run made.
    pub run: String,
    /// The id of its target.
    pub provider: String,
    /// When it began.
    pub started: SystemTime,
    /// What it left, in the order in which it was made.
    pub left: Vec<Left>,
    /// The resources that were there at one time.
    made: Vec<Resource>,
    service: String,
}

impl Record {
    /// Whether these settings, with what the environment adds, lead to the service
    /// that the run was on, as far as that can be known without asking it.
    ///
    /// # Errors
    /// Of the provider, where it cannot tell where they lead.
    pub async fn is_of(&self, target: &Target, settings: &Settings) -> Result<bool> {
        Ok(self.service == fingerprint(target, settings).await?)
    }

    /// Whether the run saw this resource after it created it.
    #[must_use]
    pub fn was_made(&self, resource: &Resource) -> bool {
        self.made.contains(resource)
    }

    /// Reads a file. A line that was cut off by a crash is as good as not written:
    /// what it would have told of was not done.
    fn read(path: &Path) -> io::Result<Self> {
        let broken = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text.to_owned());
        let text = std::fs::read_to_string(path)?;
        let mut lines = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        let head = lines.next().map(serde_json::from_str);
        let Some(Ok(Line::Run {
            schema_version,
            run,
            provider,
            service,
            started_unix_ms,
        })) = head
        else {
            return Err(broken("its first line does not say of which run it is"));
        };
        if schema_version != SCHEMA_VERSION {
            return Err(broken("it has the shape of another version"));
        }
        let mut left: Vec<Left> = Vec::new();
        let mut made_ones: Vec<Resource> = Vec::new();
        for line in lines {
            match serde_json::from_str(line) {
                Ok(Line::Create { kind, name }) => {
                    let made = Left::Resource(Resource { kind, name });
                    // Creating was tried several times while a server started.
                    if !left.contains(&made) {
                        left.push(made);
                    }
                }
                Ok(Line::Made { kind, name }) => made_ones.push(Resource { kind, name }),
                Ok(Line::Removed { kind, name }) => {
                    let gone = Left::Resource(Resource { kind, name });
                    left.retain(|made| *made != gone);
                    // The scopes lay in it.
                    if !left.iter().any(|made| matches!(made, Left::Resource(_))) {
                        left.clear();
                    }
                }
                Ok(Line::Open { scope, names }) => {
                    let id = ScopeId::new(scope).map_err(|_| broken("it names no scope"))?;
                    left.push(Left::Scope(Scope { id, names }));
                }
                Ok(Line::Closed { scope }) => {
                    left.retain(
                        |made| !matches!(made, Left::Scope(open) if open.id.as_str() == scope),
                    );
                }
                Ok(Line::Run { .. }) | Err(_) => return Err(broken("a line has no known shape")),
            }
        }
        Ok(Self {
            path: path.to_owned(),
            run,
            provider,
            started: UNIX_EPOCH + Duration::from_millis(started_unix_ms),
            left,
            made: made_ones,
            service,
        })
    }

    /// Writes down that something is gone now, in the place of a line that was cut
    /// off.
    ///
    /// # Errors
    /// Of the file system.
    pub fn gone(&self, left: &Left) -> io::Result<()> {
        let line = match left {
            Left::Resource(resource) => Line::Removed {
                kind: resource.kind.clone(),
                name: resource.name.clone(),
            },
            Left::Scope(scope) => Line::Closed {
                scope: scope.id.as_str().to_owned(),
            },
        };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let last = bytes.iter().rposition(|&byte| byte == b'\n');
        let whole = last.map_or(0, |place| place as u64 + 1);
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        file.write_all(text.as_bytes())
    }
}

/// Files that can be read, and those that cannot, with the reason.
pub type Found = (Vec<Record>, Vec<(PathBuf, io::Error)>);

/// The files in a folder whose runs do not go on any more, the oldest first, and
/// those that cannot be read, with the reason.
///
/// # Errors
/// Of the file system, for the folder. One that is not there is empty.
pub fn records(folder: &Path) -> io::Result<Found> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => return Err(error),
    };
    let mut records = Vec::new();
    let mut broken = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        match finished(&path) {
            Ok(Some(record)) => records.push(record),
            Ok(None) => {}
            Err(error) => broken.push((path, error)),
        }
    }
    records.sort_by_key(|record| record.started);
    Ok((records, broken))
}

/// None for a run that goes on.
fn finished(path: &Path) -> io::Result<Option<Record>> {
    match File::open(path)?.try_lock() {
        Ok(()) => Record::read(path).map(Some),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Where this user's ledgers lie: a folder under `$XDG_STATE_HOME`, or under
/// `~/.local/state`; none if neither is known.
#[must_use]
pub fn default_ledger_directory() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local").join("state")))
        .map(|state| state.join("cloud-wit").join("ledger"))
}

/// Tells services apart without naming them. What may be a secret does not enter.
///
/// # Errors
/// Of the provider, where it cannot tell where the settings lead.
pub(crate) async fn fingerprint(target: &Target, settings: &Settings) -> Result<String> {
    let settings = match target.flavour {
        Some(flavour) => settings.clone().or(flavour.options),
        None => settings.clone(),
    };
    let place = match target.factory.resources {
        Some(means) => Some(within((means.place)(settings.clone())).await?),
        None => None,
    };
    Ok(hashed(&settings, place.as_deref()))
}

/// A provider that knows the place knows it better than its address tells.
fn hashed(settings: &Settings, place: Option<&str>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    if let Some(place) = place {
        add(place);
    } else {
        let endpoint = settings.endpoint.as_deref().unwrap_or_default();
        let (scheme, rest) = endpoint.split_once("://").unwrap_or(("", endpoint));
        let rest = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        add(scheme);
        add(rest);
        let directory = settings.directory.as_deref().unwrap_or(Path::new(""));
        add(&directory.to_string_lossy());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Instant;

    use super::*;
    use cloud_contract::Factory;

    static FACTORY: Factory = Factory {
        name: "tables",
        summary: "",
        flavours: &[],
        needs_directory: false,
        resources: None,
        connect: |_| Box::pin(async { Err(ErrorKind::Unavailable.into()) }),
    };

    /// What is found in a folder with the file of a run that is over, as soon as nobody
    /// has its lock: what another test starts has it until it becomes another program.
    pub(crate) fn unlocked(folder: &Path) -> Found {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let (found, broken) = records(folder).unwrap();
            if !found.is_empty() || !broken.is_empty() {
                return (found, broken);
            }
            assert!(Instant::now() < until, "nothing is found");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn begin(folder: &Path) -> Arc<Ledger> {
        let target = Target::usual(&FACTORY);
        let service = hashed(&Settings::default(), None);
        Ledger::begin(folder, &RunNames::new(), &target, service).unwrap()
    }

    fn resource(name: &str) -> Resource {
        Resource {
            kind: "table".to_owned(),
            name: name.to_owned(),
        }
    }

    fn scope(id: &str) -> Scope {
        Scope {
            id: ScopeId::new(id).unwrap(),
            names: vec!["store".to_owned()],
        }
    }

    #[test]
    fn what_was_made_and_not_removed_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = begin(folder.path());
        for name in ["one", "two", "one"] {
            ledger.created(&resource(name)).unwrap();
        }
        for id in ["first", "second"] {
            ledger.opened(&scope(id)).unwrap();
        }
        ledger.removed(&resource("one")).unwrap();
        ledger.closed(&scope("second").id).unwrap();
        let (running, _) = records(folder.path()).unwrap();
        assert!(running.is_empty(), "a run that goes on is left alone");
        ledger.finish();
        drop(ledger);
        let (found, broken) = unlocked(folder.path());
        assert!(broken.is_empty());
        let left = [Left::Resource(resource("two")), Left::Scope(scope("first"))];
        assert_eq!(found[0].left, left);
        assert_eq!(found[0].provider, "tables");
        for thing in &left {
            found[0].gone(thing).unwrap();
        }
        let (found, _) = unlocked(folder.path());
        assert!(found[0].left.is_empty());
    }

    #[test]
    fn a_clean_run_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = begin(folder.path());
        ledger.created(&resource("one")).unwrap();
        ledger.removed(&resource("one")).unwrap();
        ledger.finish();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn scopes_go_with_what_they_lay_in() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = begin(folder.path());
        for name in ["one", "two"] {
            ledger.created(&resource(name)).unwrap();
        }
        ledger.made(&resource("one")).unwrap();
        ledger.opened(&scope("lost")).unwrap();
        ledger.removed(&resource("one")).unwrap();
        let path = ledger.path.clone();
        let record = Record::read(&path).unwrap();
        let left = [Left::Resource(resource("two")), Left::Scope(scope("lost"))];
        assert_eq!(record.left, left);
        assert!(record.was_made(&resource("one")) && !record.was_made(&resource("two")));
        ledger.removed(&resource("two")).unwrap();
        assert!(Record::read(&path).unwrap().left.is_empty());
        ledger.finish();
        assert!(!path.exists());
    }

    #[test]
    fn what_is_written_behind_a_line_cut_off_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = begin(folder.path());
        let path = ledger.path.clone();
        ledger.opened(&scope("whole")).unwrap();
        drop(ledger);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"entry\":\"open\",\"scope\":\"ha")
            .unwrap();
        let record = Record::read(&path).unwrap();
        record.gone(&record.left[0]).unwrap();
        assert!(Record::read(&path).unwrap().left.is_empty());
    }

    #[test]
    fn a_line_cut_off_is_not_there_and_other_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = begin(folder.path());
        let path = ledger.path.clone();
        ledger.opened(&scope("whole")).unwrap();
        drop(ledger);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"entry\":\"open\",\"scope\":\"ha")
            .unwrap();
        let (found, _) = unlocked(folder.path());
        assert_eq!(found[0].left, [Left::Scope(scope("whole"))]);
        file.write_all(b"\nnonsense\n").unwrap();
        let (found, broken) = unlocked(folder.path());
        assert!(found.is_empty());
        assert_eq!(broken[0].0, path);
    }

    #[test]
    fn a_service_is_told_by_its_place_and_not_by_its_credentials() {
        let at = |endpoint: &str| {
            let settings = Settings {
                endpoint: Some(endpoint.to_owned()),
                ..Settings::default()
            };
            hashed(&settings, None)
        };
        assert_eq!(at("redis://u:p@host:1"), at("redis://host:1"));
        assert_ne!(at("redis://host:1"), at("redis://host:2"));
        let place = |place| hashed(&Settings::default(), Some(place));
        assert_eq!(place("eu-west-1"), place("eu-west-1"));
        assert_ne!(place("eu-west-1"), place("us-east-1"));
    }
}
