//! Texts that a manifest holds or refers to: `"plain"`, `{ env = "NAME" }`,
//! `{ file = "PATH" }`.

use std::ffi::OsString;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::DeValue;

use super::source::Source;
use crate::secrets;

/// Looks a variable of the host's environment up.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// More is no setting.
const MOST_BYTES: u64 = 64 << 10;

/// Why a text may not stand in the manifest itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// It may, whatever it is.
    Plain,
    /// Its name says that it is secret.
    Secret,
    /// It may, unless it has credentials in it.
    Address,
}

/// Reads a text. Tells what is wrong, never the text.
pub(super) fn text(
    source: &Source<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    secrecy: Secrecy,
    environment: Environment<'_>,
) -> Option<String> {
    let at = value.span();
    let fault = |what: String| {
        source.fault(&at, what);
        None
    };
    let by_reference = "give { env = \"NAME\" } or { file = \"PATH\" }";
    let plain = match value.get_ref() {
        DeValue::String(text) => text.clone().into_owned(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Table(table) => {
            let mut entries = table.iter();
            let found = match (entries.next(), entries.next()) {
                (Some((kind, name)), None) => {
                    let name = name.get_ref().as_str().filter(|name| !name.is_empty());
                    name.map(|name| (&**kind.get_ref(), name))
                }
                _ => None,
            };
            return match found {
                Some(("env", name)) => variable(source, &at, key, name, environment),
                Some(("file", name)) => file(source, &at, key, name),
                _ => fault(format!("`{key}` must be a text, or {by_reference}")),
            };
        }
        _ => return fault(format!("`{key}` must be a text, or {by_reference}")),
    };
    match secrecy {
        Secrecy::Secret => fault(format!("`{key}` is a secret: {by_reference}")),
        Secrecy::Address if secrets::is_in_address(&plain) => fault(format!(
            "`{key}` has a credential in it, which is a secret: {by_reference}"
        )),
        _ => Some(plain),
    }
}

fn variable(
    source: &Source<'_>,
    at: &Range<usize>,
    key: &str,
    name: &str,
    environment: Environment<'_>,
) -> Option<String> {
    let fault = |what: &str| {
        source.fault(at, format!("`{key}`: the variable {name} {what}"));
        None
    };
    match environment(name).map(OsString::into_string) {
        None => fault("is not set"),
        Some(Err(_)) => fault("is not UTF-8"),
        Some(Ok(text)) if text.is_empty() => fault("is empty"),
        Some(Ok(text)) => {
            secrets::remember(&text);
            Some(text)
        }
    }
}

/// Relative to the folder of the manifest; one line break at the end is no part.
fn file(source: &Source<'_>, at: &Range<usize>, key: &str, name: &str) -> Option<String> {
    let fault = |what: String| {
        source.fault(at, format!("`{key}`: the file {name} {what}"));
        None
    };
    let path = beside(source.path, name);
    let mut text = String::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
    if let Err(error) = read {
        return fault(format!("cannot be read: {error}"));
    }
    if text.len() as u64 > MOST_BYTES {
        return fault(format!("has more than {MOST_BYTES} bytes"));
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return fault("is empty".into());
    }
    secrets::remember(line);
    Some(line.to_owned())
}

/// A path of the manifest, from its folder.
pub(super) fn beside(manifest: &Path, path: &str) -> std::path::PathBuf {
    manifest.parent().unwrap_or(Path::new("")).join(path)
}
