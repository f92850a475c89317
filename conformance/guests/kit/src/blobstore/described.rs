//! Content types and metadata that something on the way may change.

use super::{Container, Info, PutOptions, options};
use crate::calls::each;
use crate::check::Check;
use crate::context::Context;
use crate::ending::{Outcome, Stop};

/// Content types, each of which has to come back as it is.
pub const ODD_TYPES: &[&str] = &[
    "text/plain",
    "text/plain; charset=utf-8",
    "text/plain;charset=UTF-8",
    "Text/Plain",
    "IMAGE/PNG",
    "multipart/form-data; boundary=\"a b\"",
    "application/vnd.example.v1+json",
    "application/octet-stream",
    "Application/Octet-Stream",
    "x",
    "/",
    "~",
    "!",
    "text",
    "text/",
    "/plain",
    "text /  plain",
    "a,b",
    "*/*",
    "%41",
    "\"",
    "null",
];

/// Values of metadata, each of which has to come back byte for byte. All of them
/// together, with short keys, are less than the portable bound.
pub const ODD_VALUES: &[&str] = &[
    "",
    " ",
    "a",
    " a",
    "a ",
    "  a  b  ",
    "\ta\t",
    "a\nb",
    "a\r\nb: c",
    "\n",
    "\r",
    "\0",
    "a\0b",
    "\u{1}\u{7f}\u{85}",
    "é",
    "e\u{301}",
    "Привет",
    "日本語",
    "\u{1f600}",
    "\u{feff}a",
    "\u{ffff}",
    "\u{10ffff}",
    "=?utf-8?b?eA==?=",
    "=?UTF-8?Q?x?=",
    "%41",
    "é %41=41_+&amp;\\n",
    "\u{1}%41",
    "%",
    "+",
    "a,b",
    "a, b",
    "\"a\"",
    "\"",
    "\\",
    "a;b=c",
    "{\"a\":1}",
];

/// An object with a content type and metadata.
#[derive(Debug, Clone)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// What it is written with.
    pub options: PutOptions,
}

/// Objects with all of these content types and values, and some whose metadata is as
/// large as it may be. They are not there yet.
pub fn odd_objects(cx: &Context) -> Result<Vec<Described>, Stop> {
    let longest = [&"x".repeat(250), "/a; b"].concat();
    let entry = |key: String, value: &str| (key, value.to_owned());
    let mut all: Vec<_> = ODD_VALUES
        .iter()
        .zip(ODD_TYPES.iter().cycle())
        .map(|(value, content_type)| (*content_type, vec![entry("key".to_owned(), value)]))
        .collect();
    let values = (0..).zip(ODD_VALUES);
    let values = values.map(|(place, value): (usize, _)| entry(format!("key-{place}"), value));
    all.push(("text/x-all", values.collect()));
    if let Some(limit) = cx.small_limit("blob.metadata.max-bytes")? {
        for (content_type, character) in [("text/x-most", 'x'), ("text/x-wide", 'é')] {
            let mut value = String::from(character).repeat((limit - 3) / character.len_utf8());
            value.extend((value.len()..limit - 3).map(|_| 'x'));
            all.push((content_type, vec![("key".to_owned(), value)]));
        }
    }
    all.push((longest.as_str(), Vec::new()));
    let described = (0..).zip(all);
    let described = described.map(|(place, (content_type, metadata)): (usize, _)| Described {
        name: format!("object-{place}"),
        options: PutOptions {
            content_type: Some(content_type.to_owned()),
            metadata,
            ..options()
        },
    });
    Ok(described.collect())
}

/// Writes each of `objects`, with a few bytes.
pub async fn put_described(cx: &Context, container: &Container, objects: &[Described]) -> Outcome {
    let put = |object: &Described| {
        let (name, options) = (object.name.clone(), object.options.clone());
        async move { container.put_with(&name, b"bytes", options).await }
    };
    for written in each(objects, put).await {
        cx.ok(written)?;
    }
    Ok(())
}

/// Proves that an object has the content type and the metadata of `options`; returns
/// what there is to know about it.
pub async fn is_described(
    check: Check<'_>,
    container: &Container,
    name: &str,
    options: &PutOptions,
) -> Result<Info, Stop> {
    let info = check.some(container.head(name).await)?;
    let content_type = options.content_type.as_deref();
    let usual = "application/octet-stream";
    check.equal(info.content_type.as_str(), content_type.unwrap_or(usual))?;
    let texts = |entries: &[(String, String)]| -> Vec<String> {
        let mut texts: Vec<String> = entries
            .iter()
            .map(|(key, value)| [key, ": ", value].concat())
            .collect();
        texts.sort_unstable();
        texts
    };
    check.equal(texts(&info.metadata), texts(&options.metadata))?;
    Ok(info)
}
