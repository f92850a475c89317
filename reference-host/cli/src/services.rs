//! From a manifest to what it grants: connections, scopes, grants. Nothing here ever
//! closes a scope: what a guest stored stays.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{
    Capability, Descriptor, Error, ErrorKind, Grant, Namespace, Provider, Resource, Scope, ScopeId,
};

use crate::failure::Failure;
use crate::manifest::{Manifest, Service, word};

/// Providers fail rather than hang; this is for one that does not.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connected service.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) provider: Arc<dyn Provider>,
    descriptor: Arc<Descriptor>,
}

/// Connects every service that something is on, in the order of the manifest.
pub(crate) async fn connect(manifest: &Manifest) -> Result<Vec<Connected>, Failure> {
    let mut connected = Vec::new();
    for service in &manifest.services {
        let connect = (service.target.factory.connect)(service.settings.clone());
        let provider = bounded(connect)
            .await
            .map_err(|error| refused(service, "cannot be used", &error))?;
        connected.push(Connected {
            descriptor: Arc::new(provider.descriptor().clone()),
            provider,
        });
    }
    for place in &manifest.places {
        let (service, connected) = (&manifest.services[place.service], &connected[place.service]);
        if !connected.descriptor.declares(place.capability.core()) {
            let (word, name, line) = (word(place.capability), &place.name, &place.line);
            return Err(Failure::usage(format!(
                "the {word} `{name}` ({line}) is on {}, which has no {word}s",
                called(service)
            )));
        }
    }
    Ok(connected)
}

/// Opens every place, creating those that were never opened.
pub(crate) async fn open(
    manifest: &Manifest,
    connected: &[Connected],
) -> Result<Vec<Grant>, Failure> {
    let mut grants = Vec::new();
    let mut open: HashMap<_, Arc<dyn Namespace>> = HashMap::new();
    for place in &manifest.places {
        // Two names of one place share what is open: the host has to know that a copy from
        // one to the other stays where it is.
        let identity = (place.service, &place.scope, &place.target);
        let service = &manifest.services[place.service];
        let Connected {
            provider,
            descriptor,
        } = &connected[place.service];
        // A scope for each place: what a scope holds is settled when it is created, and
        // a manifest grows.
        let scope = Scope {
            id: place.scope.clone(),
            names: vec![place.target.clone()],
        };
        let opened = bounded(async {
            let namespace = match open.get(&identity) {
                Some(namespace) => Arc::clone(namespace),
                None => provider.open(&scope).await?,
            };
            match place.capability {
                Capability::Keyvalue => namespace.keyvalue(&place.target).await.map(drop)?,
                Capability::Blobstore => namespace.blobstore(&place.target).await.map(drop)?,
            }
            Ok(namespace)
        });
        let namespace = opened.await.map_err(|error| {
            let (word, name, line) = (word(place.capability), &place.name, &place.line);
            let what = format!("cannot open the {word} `{name}` ({line})");
            refused(service, &what, &error)
        })?;
        open.insert(identity, Arc::clone(&namespace));
        grants.push(Grant {
            capability: place.capability,
            name: place.name.clone(),
            target: place.target.clone(),
            scope: scope.id,
            namespace,
            descriptor: Arc::clone(descriptor),
        });
    }
    Ok(grants)
}

/// Creates what the services of a manifest lack. Returns what there is now.
pub(crate) async fn create(manifest: &Manifest) -> Result<Vec<Resource>, Failure> {
    let mut created = Vec::new();
    // The names come from the manifest; those of this plan are not used.
    let run = ScopeId::new("run").map_err(Failure::host)?;
    for service in &manifest.services {
        let Some(resources) = service.target.factory.resources else {
            continue;
        };
        for (option, resource) in (resources.plan)(&run) {
            let Some(name) = service.settings.options.get(option) else {
                let Service { name, place, .. } = service;
                return Err(Failure::usage(format!(
                    "{place}: [providers.{name}.options] has no `{option}`, the name of what is \
                     to be created"
                )));
            };
            let resource = Resource {
                kind: resource.kind,
                name: name.clone(),
            };
            bounded((resources.create)(
                service.settings.clone(),
                resource.clone(),
            ))
            .await
            .map_err(|error| {
                let what = format!("cannot create {} `{}`", resource.kind, resource.name);
                refused(service, &what, &error)
            })?;
            created.push(resource);
        }
    }
    Ok(created)
}

async fn bounded<T>(
    work: impl Future<Output = cloud_contract::Result<T>>,
) -> cloud_contract::Result<T> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
}

/// The kind alone: what lies under it may name endpoints.
fn refused(service: &Service, what: &str, error: &Error) -> Failure {
    let (place, called) = (&service.place, called(service));
    let message = format!("{place}: provider {called} {what}: {error}");
    match error.kind() {
        // What it was told, not what it is.
        ErrorKind::InvalidArgument(_) => Failure::usage(message),
        // A provider without products works in this process, on files.
        ErrorKind::Unavailable if service.target.flavour.is_none() => Failure::provider(message)
            .help("its data folder belongs to one process at a time: does another one use it?"),
        ErrorKind::Unavailable | ErrorKind::Timeout => Failure::provider(message).help(
            "nothing answers there as this service does: is it running, and is its endpoint right?",
        ),
        ErrorKind::AccessDenied => {
            Failure::provider(message).help("it refuses the credentials that it was given")
        }
        ErrorKind::NotFound => Failure::provider(message).help(
            "something that must be there first is missing: `reference-host create` makes what \
             the options of the manifest name",
        ),
        _ => Failure::provider(message),
    }
}

fn called(service: &Service) -> String {
    let (name, id) = (&service.name, service.target.id());
    if *name == id {
        format!("`{id}`")
    } else {
        format!("`{name}` ({id})")
    }
}
