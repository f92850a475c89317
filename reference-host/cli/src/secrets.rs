//! What the manifest took from the environment and from files is not to be told.
//! Providers name no secret in an error; this is a second lock on the same door.

use std::sync::{Mutex, PoisonError};

use cloud_contract::is_secret_name;

/// A shorter text is found everywhere.
const SHORTEST: usize = 4;
const MASK: &str = "***";

static KNOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From now on no line of the host has this text in it, nor, where it is an address,
/// its password and its host.
pub(crate) fn remember(secret: &str) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    for part in [secret].into_iter().chain(address_parts(secret)) {
        if part.len() >= SHORTEST && !known.iter().any(|other| other == part) {
            known.push(part.to_owned());
        }
    }
    // The longest first, or the rest of it would stay.
    known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
}

fn address_parts(address: &str) -> Vec<&str> {
    let Some((_, rest)) = address.split_once("://") else {
        return Vec::new();
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let password = user.split_once(':').map(|(_, password)| password);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    [name].into_iter().chain(password).collect()
}

/// The line without what was remembered.
pub(crate) fn masked(line: &str) -> String {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mask = |line: String, secret: &String| line.replace(secret, MASK);
    known.iter().fold(line.to_owned(), mask)
}

/// Whether an endpoint has credentials in it: `scheme://user:password@host`, or a
/// parameter that is one.
pub(crate) fn is_in_address(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    if user.is_some_and(|user| user.contains(':')) {
        return true;
    }
    address
        .split(['?', '&', ';', ' '])
        .filter_map(|part| part.split_once('='))
        .any(|(name, value)| !value.is_empty() && is_secret_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_credentials_are_told_from_others() {
        for address in [
            "redis://:sesame@host:1",
            "redis://user:sesame@host",
            "https://host/table?sv=1&sig=abc",
            "AccountName=a;AccountKey=abc=;",
            "host=h user=u password=p",
        ] {
            assert!(is_in_address(address), "{address}");
        }
        for address in [
            "redis://127.0.0.1:6379/0",
            "postgres://user@host/database",
            "nats://host:4222",
            "http://host:1/a?b=c",
            "unix:///run/x@y:z",
            "",
        ] {
            assert!(!is_in_address(address), "{address}");
        }
    }

    #[test]
    fn what_was_remembered_is_masked_with_its_parts() {
        remember("redis://user:opensesame@db.example:1");
        let line = masked("redis cannot reach db.example as user with opensesame");
        assert_eq!(line, "redis cannot reach *** as user with ***");
    }
}
