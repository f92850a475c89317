//! The metadata of an object as S3 keeps it: entries of a header, printable ASCII, two
//! kilobytes in sum.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_contract::blobstore::Metadata;
use cloud_contract::keyvalue::Version;

/// The most metadata of an object, in bytes of keys and values. Two kilobytes hold so
/// much in either form.
pub(crate) const METADATA_BYTES: usize = 1024;
/// Our own entries. A key of a guest begins with a letter.
const VERSION: &str = "0-version";
const PACKED: &str = "0-entries";
const TYPE: &str = "0-type";
/// The content type that some servers take for none, and guess one by the name.
pub(crate) const GENERAL_TYPE: &str = "application/octet-stream";
/// The most entries that are header fields of their own. Services limit the header as a
/// whole, and some the number of its fields.
const MOST_FIELDS: usize = 16;
/// Stands before a value that is encoded.
const CODED: char = '=';
/// Stands behind each value of a pack. No byte of UTF-8 is that.
const END: u8 = 0xff;
/// Set in the last letter of each key of a pack.
const LAST: u8 = 0x80;

/// What the service is given.
pub(crate) fn written(
    metadata: &Metadata,
    version: &str,
    content_type: &str,
) -> HashMap<String, String> {
    let mut fields = HashMap::with_capacity(metadata.len().min(MOST_FIELDS) + 2);
    fields.insert(VERSION.to_owned(), version.to_owned());
    if content_type == GENERAL_TYPE {
        let (key, value) = general_type();
        fields.insert(key, value);
    }
    if metadata.len() > MOST_FIELDS {
        fields.insert(PACKED.to_owned(), pack(metadata));
    } else {
        let entries = metadata.iter();
        fields.extend(entries.map(|(key, value)| (key.clone(), field(value))));
    }
    fields
}

/// The field that says that an object has the general content type.
pub(crate) fn general_type() -> (String, String) {
    (TYPE.to_owned(), GENERAL_TYPE.to_owned())
}

/// The content type that was written, where the service may say another one.
pub(crate) fn content_type(fields: Option<&HashMap<String, String>>) -> Option<&str> {
    fields?.get(TYPE).map(String::as_str)
}

/// What the service returned: the version, where we wrote the object, and the entries.
pub(crate) fn read(fields: Option<&HashMap<String, String>>) -> (Option<Version>, Metadata) {
    let Some(fields) = fields else {
        return (None, Metadata::new());
    };
    let version = fields
        .get(VERSION)
        .map(|version| Version::from(version.as_str()));
    if let Some(metadata) = fields.get(PACKED).and_then(|text| unpack(text)) {
        return (version, metadata);
    }
    let entries = fields.iter().filter(|(key, _)| !key.starts_with('0'));
    let metadata = entries
        .map(|(key, text)| (key.clone(), value(text)))
        .collect();
    (version, metadata)
}

/// Whether a header field carries it as it is. Spaces are trimmed at the ends, and can be
/// joined within; empty ones can get lost.
fn is_plain(value: &str) -> bool {
    let is_printable = value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let has_edge = value.is_empty() || value.starts_with(' ') || value.ends_with(' ');
    // Some servers take `=?` for the start of a word in the coding of mail, also where it is
    // a pack's `=` that stands before the `?`.
    let has_coded_word = value.starts_with('?') || value.contains("=?");
    is_printable && !has_edge && !value.contains("  ") && !has_coded_word
}

fn field(value: &str) -> String {
    if is_plain(value) && !value.starts_with(CODED) {
        value.to_owned()
    } else {
        format!("{CODED}{}", BASE64.encode(value))
    }
}

/// The value of a field. What another program wrote can look like ours and not be.
fn value(text: &str) -> String {
    let coded = text
        .strip_prefix(CODED)
        .and_then(|text| BASE64.decode(text).ok());
    coded
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| text.to_owned())
}

/// All entries in one text, in the shorter of two forms: many short values are shorter as
/// text, values that have to be encoded as bytes.
fn pack(metadata: &Metadata) -> String {
    let mut bytes = Vec::new();
    let mut text = String::new();
    for (key, value) in metadata {
        let (last, key_start) = key.as_bytes().split_last().unwrap_or((&0, &[]));
        bytes.extend_from_slice(key_start);
        bytes.push(last | LAST);
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(END);
        text.push_str(key);
        if is_plain(value) && !value.contains(';') {
            text.push('=');
            text.push_str(value);
        } else if !value.is_empty() {
            text.push('*');
            text.push_str(&BASE64.encode(value));
        }
        text.push(';');
    }
    let bytes = format!("{CODED}{}", BASE64.encode(bytes));
    if bytes.len() < text.len() {
        bytes
    } else {
        text
    }
}

/// None for a text that `pack` does not make.
fn unpack(text: &str) -> Option<Metadata> {
    if let Some(text) = text.strip_prefix(CODED) {
        let bytes = BASE64.decode(text).ok()?;
        return bytes
            .strip_suffix(&[END])?
            .split(|&byte| byte == END)
            .map(entry)
            .collect();
    }
    let entries = text.strip_suffix(';')?.split(';');
    let entry = |entry: &str| match entry.find(['=', '*']) {
        None => Some((entry.to_owned(), String::new())),
        Some(at) => {
            let (key, text) = entry.split_at(at);
            let value = match text.split_at(1) {
                ("=", value) => value.to_owned(),
                (_, coded) => String::from_utf8(BASE64.decode(coded).ok()?).ok()?,
            };
            Some((key.to_owned(), value))
        }
    };
    entries.map(entry).collect()
}

/// An entry of a pack of bytes.
fn entry(bytes: &[u8]) -> Option<(String, String)> {
    let end = bytes.iter().position(|byte| byte & LAST != 0)?;
    let (key, value) = bytes.split_at(end + 1);
    let key = key.iter().map(|byte| byte & !LAST).collect();
    Some((
        String::from_utf8(key).ok()?,
        String::from_utf8(value.to_vec()).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut metadata: Metadata) -> Metadata {
        metadata.sort_unstable();
        metadata
    }

    fn entries(count: usize, value: impl Fn(usize) -> String) -> Metadata {
        (0..count)
            .map(|number| {
                // All keys of two letters, before those of three.
                const SECOND: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-";
                let first = char::from(b'a' + u8::try_from(number % 26).unwrap());
                let second = char::from(SECOND[number / 26]);
                (format!("{first}{second}"), value(number))
            })
            .collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let values = [
            "",
            " ",
            "v",
            "=",
            "=v",
            "a  b",
            " a",
            "a ",
            "a\tb",
            "a;b",
            "a=b*c",
            "\0",
            "\u{e9}",
            "\u{10ffff}",
            "\r\n",
            "\u{7f}",
            "=?utf-8?q?x?=",
            "?utf-8?q?x?=",
            "v=?",
        ];
        for count in [1, MOST_FIELDS, MOST_FIELDS + 1, 200] {
            let metadata = entries(count, |number| values[number % values.len()].to_owned());
            let fields = written(&metadata, "mark", GENERAL_TYPE);
            for text in fields.values() {
                assert!(is_plain(text), "{text:?}");
            }
            let (version, read) = read(Some(&fields));
            assert_eq!(version.as_deref(), Some("mark"));
            assert_eq!(sorted(read), sorted(metadata));
        }
    }

    #[test]
    fn the_most_metadata_has_room() {
        let many: [(usize, &str); 6] = [
            (512, ""),
            (341, "x"),
            (341, "\0"),
            (256, "\u{e9}"),
            (17, &"\u{7f}".repeat(58)),
            (16, &"\u{7f}".repeat(62)),
        ];
        for (count, value) in many {
            let metadata = entries(count, |_| value.to_owned());
            let bytes = |(key, value): (&String, &String)| key.len() + value.len();
            let given: usize = metadata
                .iter()
                .map(|(key, value)| bytes((key, value)))
                .sum();
            assert!(
                (METADATA_BYTES - 60..=METADATA_BYTES).contains(&given),
                "{given}"
            );
            let taken: usize = written(&metadata, "v23456789012345678901234", GENERAL_TYPE)
                .iter()
                .map(bytes)
                .sum();
            assert!(taken <= 2_048, "{count} {value:?} {taken}");
        }
        let mixed = entries(408, |number| {
            if number % 2 == 0 { "" } else { "\0" }.to_owned()
        });
        let taken: usize = written(&mixed, "", "").values().map(String::len).sum();
        assert!(taken < 1_990, "{taken}");
    }

    #[test]
    fn what_others_wrote_is_taken_as_it_is() {
        let fields = [("author", "me"), ("odd", "=!"), ("x_y", "1")];
        let fields: HashMap<String, String> = fields
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        let (version, metadata) = read(Some(&fields));
        assert_eq!(version, None);
        assert_eq!(metadata.len(), 3);
        assert!(metadata.contains(&("odd".into(), "=!".into())));
    }
}
