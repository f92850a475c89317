//! Which names say that a value is not to be told: one list for everybody who
//! reads settings, and writes reports, logs or manifests.

/// What a name says whose value is secret: such a word, or one that has such a part.
const WORDS: [&str; 5] = ["pass", "pwd", "sas", "sig", "jwt"];
const PARTS: [&str; 7] = [
    "passphrase",
    "passwd",
    "password",
    "secret",
    "token",
    "credential",
    "signature",
];
/// What ends so is a place, not a secret.
const PLACES: [&str; 3] = ["file", "path", "dir"];
/// What a name says whose value may have a secret in it, or lead to one.
const HINTS: [&str; 6] = ["pass", "key", "connectionstring", "command", "dsn", "url"];

/// Whether the value of an option, a variable or a parameter of this name is a
/// secret, and should not stand in a file that people share.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(['-', '_', '.']).collect();
    let last = words.last().copied().unwrap_or_default();
    if PLACES.contains(&last) {
        return false;
    }
    last.ends_with("key")
        || words.iter().any(|word| WORDS.contains(word))
        || PARTS.iter().any(|part| name.contains(part))
}

/// Whether the value of this name may have a secret in it, or leads to one: what is
/// masked wherever it would be written, although a person may type it into a file of
/// theirs. Connection strings, command lines, ids of keys, files with credentials.
#[must_use]
pub fn may_hold_secret(name: &str) -> bool {
    let lower = name.to_lowercase().replace(['-', '_', '.'], "");
    let says = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    is_secret_name(name) || says(&PARTS) || says(&HINTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in [
            "password",
            "PGPASSWORD",
            "passwd",
            "pwd",
            "account-key",
            "AccountKey",
            "api_key",
            "secret-access-key",
            "SESSION_TOKEN",
            "authToken",
            "sas",
            "sig",
            "SharedAccessSignature",
            "pass",
            "credentials",
        ] {
            assert!(is_secret_name(name) && may_hold_secret(name), "{name}");
        }
        for name in [
            "table",
            "user",
            "username",
            "timeout-ms",
            "connections",
            "region",
            "design",
            "LOG",
        ] {
            assert!(!is_secret_name(name) && !may_hold_secret(name), "{name}");
        }
    }

    #[test]
    fn what_may_hold_a_secret_can_be_typed_and_not_told() {
        for name in [
            "connection-string",
            "ConnectionString",
            "command",
            "access-key-id",
            "AWS_ACCESS_KEY_ID",
            "dsn",
            "database_url",
            "credentials-file",
            "token-path",
            "key-prefix",
            "compass",
        ] {
            assert!(!is_secret_name(name) && may_hold_secret(name), "{name}");
        }
    }
}
