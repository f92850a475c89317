//! From tables to a manifest. Goes on after a fault, so that all are told at once.

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_contract::{Capability, ScopeId, Settings, Target, is_secret_name};

use super::source::{Section, Source};
use super::value::{self, Environment, Secrecy};
use super::{GuestSection, Hidden, Manifest, Place, Service, word};

/// The one version there is.
const SCHEMA: u64 = 1;
const MIB: u64 = 1 << 20;
/// What a guest can be given, each in a table of this name.
const CAPABILITIES: [Capability; 2] = [Capability::Keyvalue, Capability::Blobstore];
/// What stands between scope and store in the name of a provider's scope. Neither of
/// them can hold it, so two pairs have never one name.
const BETWEEN: &str = "--";
/// The longest name of a provider's scope.
const LONGEST: usize = 63;

pub(super) fn manifest(source: &Source<'_>, environment: Environment<'_>) -> Option<Manifest> {
    let parsed = source.parse()?;
    let root = Section::root(source, &parsed);
    match root.value("schema-version") {
        None => root.fault("`schema-version = 1` is missing"),
        Some(_) => match root.number("schema-version", 0..=u64::from(u32::MAX)) {
            Some(SCHEMA) | None => {}
            Some(other) => {
                root.fault(format!("schema-version {other}: this host knows 1 alone"));
                return None;
            }
        },
    }
    let keys = ["schema-version", "scope", "guest", "providers"];
    root.only(&[&keys[..], &CAPABILITIES.map(Capability::name)[..]].concat());
    let guest = guest(&root, environment);

    let mut services = Services {
        declared: BTreeMap::new(),
        used: Vec::new(),
    };
    if let Some(providers) = root.section("providers", "[providers]".into()) {
        for (name, section) in providers.sections("providers") {
            let declared = service(name, &section, environment);
            services.declared.insert(name.to_owned(), declared);
        }
    }
    let scope = root.text("scope");
    let mut places = Vec::new();
    for capability in CAPABILITIES {
        let table = capability.name();
        if let Some(granted) = root.section(table, format!("[{table}]")) {
            for (name, section) in granted.sections(table) {
                places.extend(place(capability, name, &section, scope, &mut services));
            }
        }
    }
    Some(Manifest {
        guest,
        services: services.used,
        places,
    })
}

fn guest(root: &Section<'_, '_>, environment: Environment<'_>) -> GuestSection {
    let mut guest = GuestSection {
        memory_bytes: 128 << 20,
        handles: 1_024,
        in_flight_bytes: 1 << 30,
        deadline: None,
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    let Some(section) = root.section("guest", "[guest]".into()) else {
        return guest;
    };
    section.only(&[
        "memory-mib",
        "in-flight-mib",
        "handles",
        "deadline-seconds",
        "arguments",
        "env",
    ]);
    let bytes = |mib: u64| usize::try_from(mib * MIB).unwrap_or(usize::MAX);
    if let Some(mib) = section.number("memory-mib", 1..=4_095) {
        guest.memory_bytes = bytes(mib);
    }
    if let Some(mib) = section.number("in-flight-mib", 1..=65_536) {
        guest.in_flight_bytes = bytes(mib);
    }
    if let Some(handles) = section.number("handles", 1..=1_000_000) {
        guest.handles = usize::try_from(handles).unwrap_or(usize::MAX);
    }
    guest.deadline = section
        .number("deadline-seconds", 1..=31_536_000)
        .map(Duration::from_secs);
    if let Some(value) = section.value("arguments") {
        let texts = value.get_ref().as_array().and_then(|array| {
            let texts = array.iter().map(|item| item.get_ref().as_str());
            texts
                .map(|text| text.map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        match texts {
            Some(texts) => guest.arguments = texts,
            None => section
                .source
                .fault(&value.span(), "`arguments` must be a list of texts"),
        }
    }
    if let Some(variables) = section.section("env", "[guest.env]".into()) {
        for (name, at, value) in variables.entries() {
            if name.is_empty() || name.contains(['=', '\0']) {
                section.source.fault(&at, "no name of a variable");
                continue;
            }
            let text = value::text(section.source, name, value, secrecy(name), environment);
            let variable = text.map(|text| (name.to_owned(), Hidden(text)));
            guest.environment.extend(variable);
        }
    }
    guest
}

fn secrecy(name: &str) -> Secrecy {
    if is_secret_name(name) {
        Secrecy::Secret
    } else {
        Secrecy::Address
    }
}

/// What `[providers]` declares, and what of it is used. A declared one that is wrong
/// is there without a value, so that nobody is told to name another.
struct Services {
    declared: BTreeMap<String, Option<Service>>,
    used: Vec<Service>,
}

impl Services {
    /// The index of a service among those that are used.
    fn named(&mut self, name: &str, section: &Section<'_, '_>) -> Option<usize> {
        let service = match self.declared.get(name) {
            Some(declared) => declared.as_ref()?.copy(),
            None => {
                // One that needs no settings can be named as it is.
                let known: Vec<&str> = self.declared.keys().map(String::as_str).collect();
                let target = target(name, section, &known)?;
                let settings = Settings::default();
                complete(name, target, settings, section)?
            }
        };
        let same = |other: &Service| {
            other.target.id() == service.target.id()
                && other.settings.endpoint == service.settings.endpoint
                && other.settings.directory == service.settings.directory
                && other.settings.options == service.settings.options
        };
        Some(self.used.iter().position(same).unwrap_or_else(|| {
            self.used.push(service);
            self.used.len() - 1
        }))
    }
}

impl Service {
    fn copy(&self) -> Self {
        Self {
            name: self.name.clone(),
            target: self.target,
            settings: self.settings.clone(),
            place: self.place.clone(),
        }
    }
}

/// `[providers.NAME]`
fn service(name: &str, section: &Section<'_, '_>, environment: Environment<'_>) -> Option<Service> {
    section.only(&["kind", "endpoint", "directory", "options"]);
    let text = |key: &str, secrecy| {
        let value = section.value(key)?;
        Some(value::text(
            section.source,
            key,
            value,
            secrecy,
            environment,
        ))
    };
    let mut whole = true;
    let mut taken = |value: Option<Option<String>>| {
        whole &= value != Some(None);
        value.flatten()
    };
    let endpoint = taken(text("endpoint", Secrecy::Address));
    let directory = taken(text("directory", Secrecy::Plain));
    let mut settings = Settings {
        endpoint,
        directory: directory.map(|path| value::beside(section.source.path, &path)),
        ..Settings::default()
    };
    let options = section.section("options", format!("[providers.{name}.options]"));
    for (name, _, value) in options.iter().flat_map(Section::entries) {
        let source = section.source;
        let text = taken(Some(value::text(
            source,
            name,
            value,
            secrecy(name),
            environment,
        )));
        settings
            .options
            .extend(text.map(|text| (name.to_owned(), text)));
    }
    let kind = match section.value("kind") {
        Some(_) => section.text("kind")?,
        None => name,
    };
    let target = target(kind, section, &[])?;
    let service = complete(name, target, settings, section)?;
    whole.then_some(service)
}

/// The same with what the product wants by itself.
fn complete(
    name: &str,
    target: Target,
    settings: Settings,
    section: &Section<'_, '_>,
) -> Option<Service> {
    // One that is there and wrong has been told.
    let silent = settings.directory.is_none() && section.value("directory").is_none();
    if target.factory.needs_directory && silent {
        let id = target.id();
        section.fault(format!(
            "provider `{id}` needs a folder: `directory` in [providers.{name}]"
        ));
        return None;
    }
    let options = target.flavour.map_or(&[][..], |flavour| flavour.options);
    Some(Service {
        name: name.to_owned(),
        target,
        settings: settings.or(options),
        place: section.place(),
    })
}

/// The one product that a kind stands for.
fn target(kind: &str, section: &Section<'_, '_>, declared: &[&str]) -> Option<Target> {
    let found = provider_registry::find(kind);
    if let [target] = found.as_slice() {
        return Some(of_an_application(kind, *target));
    }
    let ids = |targets: &mut dyn Iterator<Item = Target>| -> String {
        targets
            .map(|target| target.id())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if found.is_empty() {
        let factories = provider_registry::factories();
        let known = ids(&mut factories.iter().copied().flat_map(Target::of));
        let declared = match declared {
            [] => String::new(),
            declared => format!("; [providers] has {}", declared.join(", ")),
        };
        section.fault(format!(
            "there is no provider `{kind}`{declared}; the kinds are {known}"
        ));
    } else {
        let ids = ids(&mut found.into_iter());
        section.fault(format!("`{kind}` stands for several: one of {ids}"));
    }
    None
}

/// A protocol alone is for tests its usual product, which is often an emulator with
/// settings of its own. An application that names no product has an account.
fn of_an_application(kind: &str, target: Target) -> Target {
    if kind != target.factory.name {
        return target;
    }
    let flavours = target.factory.flavours.iter();
    let account = flavours.clone().find(|flavour| flavour.account.is_some());
    Target {
        flavour: account.or(target.flavour),
        ..target
    }
}

/// `[keyvalue.NAME]` or `[blobstore.NAME]`
fn place(
    capability: Capability,
    name: &str,
    section: &Section<'_, '_>,
    scope: Option<&str>,
    services: &mut Services,
) -> Option<Place> {
    let word = word(capability);
    section.only(&["provider", word, "scope"]);
    if section.value("provider").is_none() {
        section.fault(format!("{} has no `provider`", section.name));
    }
    let service = section.text("provider");
    let service = service.and_then(|service| services.named(service, section));
    let own = section.value("scope").map(|_| section.text("scope"));
    let Some(scope) = own.unwrap_or(scope) else {
        if own.is_none() {
            section.fault(format!(
                "{} has no `scope`, and the manifest has none for all",
                section.name
            ));
        }
        return None;
    };
    let target = match section.value(word) {
        Some(_) => section.text(word)?,
        None => name,
    };
    let mut fits = true;
    if !(3..).contains(&target.len()) || !is_plain(target) {
        fits = false;
        section.fault(format!(
            "the name of a {word} in its service has at least 3 characters out of a-z, 0-9 and \
             single - between them; give {} a `{word}`",
            section.name
        ));
    }
    if !is_plain(scope) {
        fits = false;
        section.fault("a scope has characters out of a-z, 0-9 and single - between them");
    }
    let id = format!("{scope}{BETWEEN}{target}");
    if fits && id.len() > LONGEST {
        fits = false;
        let most = LONGEST - BETWEEN.len();
        section.fault(format!("scope and {word} have more than {most} characters"));
    }
    let scope = fits.then(|| ScopeId::new(id).ok()).flatten()?;
    Some(Place {
        capability,
        name: name.to_owned(),
        service: service?,
        scope,
        target: target.to_owned(),
        line: section.place(),
    })
}

fn is_plain(name: &str) -> bool {
    let letters = |part: &str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('-').all(letters)
}
