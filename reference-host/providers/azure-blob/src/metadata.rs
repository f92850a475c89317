//! The metadata of an object as the service keeps it: fields of a header, printable
//! ASCII, whose names are those of identifiers and are compared without regard to case.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_contract::blobstore::Metadata;
use reqwest::header::HeaderMap;

/// The most metadata of an object, in bytes of keys and values. The service takes eight
/// kilobytes, but as a header of so many fields that whoever reads it needs a limit.
pub(crate) const METADATA_BYTES: usize = 1_024;
/// Begins the name of each field.
const FIELD: &str = "x-ms-meta-";
/// Stands before a key that is no identifier although it has the form of one: the words
/// of the language whose rules the service has, and one that an emulator takes for
/// something of its own.
const WORD: &str = "_";
const WORDS: &str = "abstract as base bool break byte case catch char checked class const \
    continue decimal default delegate do double else enum event explicit extern false finally \
    fixed float for foreach goto if implicit in int interface internal is lock long namespace \
    new null object operator out override params private protected public readonly ref return \
    sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof \
    uint ulong unchecked unsafe ushort using virtual void volatile while constructor";
/// Stands before a value that is encoded.
const CODED: char = '=';

/// The content type that an object has without one.
pub(crate) const GENERAL_TYPE: &str = "application/octet-stream";
/// The field of the content type.
pub(crate) const TYPE: &str = "x-ms-blob-content-type";

/// What the service is given. Keys have hyphens and no underscores, and identifiers the
/// other way round.
pub(crate) fn written(content_type: &str, metadata: &Metadata) -> Vec<(String, String)> {
    let entries = metadata
        .iter()
        .map(|(key, value)| (format!("{FIELD}{}", identifier(key)), field(value)));
    [(TYPE.to_owned(), content_type.to_owned())]
        .into_iter()
        .chain(entries)
        .collect()
}

/// The entries that the service returned.
pub(crate) fn read(header: &HeaderMap) -> Metadata {
    let entry = |(name, text): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        let key = name.as_str().strip_prefix(FIELD)?;
        let key = key.strip_prefix(WORD).unwrap_or(key).replace('_', "-");
        let text = String::from_utf8_lossy(text.as_bytes());
        Some((key, value(&text)))
    };
    header.iter().filter_map(entry).collect()
}

/// A key as the service takes it. It begins with a letter.
fn identifier(key: &str) -> String {
    if WORDS.split_whitespace().any(|word| word == key) {
        format!("{WORD}{key}")
    } else {
        key.replace('-', "_")
    }
}

/// Whether a header field carries it as it is. Spaces are trimmed at the ends, and can be
/// joined within; empty ones can get lost.
fn is_plain(value: &str) -> bool {
    let is_printable = value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let has_edge = value.is_empty() || value.starts_with(' ') || value.ends_with(' ');
    is_printable && !has_edge && !value.contains("  ")
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

#[cfg(test)]
mod tests {
    use super::*;

    fn header(fields: &[(String, String)]) -> HeaderMap {
        let mut header = HeaderMap::new();
        for (name, value) in fields {
            let name = reqwest::header::HeaderName::try_from(name).unwrap();
            header.insert(name, value.parse().unwrap());
        }
        header
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
            "a,b",
            "\0",
            "\u{e9}",
            "\r\n",
            "\u{10ffff}",
        ];
        let metadata: Metadata = values
            .iter()
            .enumerate()
            .map(|(number, value)| (format!("a-{number}--b"), (*value).to_owned()))
            .collect();
        let words = ["class", "constructor", "classes", "is-not"];
        let words = words.map(|word| (word.to_owned(), "v".to_owned()));
        let metadata: Metadata = metadata.into_iter().chain(words).collect();
        let fields = written("text/plain", &metadata);
        for (key, name) in [("class", "_class"), ("is-not", "is_not"), ("is", "_is")] {
            assert_eq!(identifier(key), name);
        }
        assert_eq!(fields[0], (TYPE.to_owned(), "text/plain".to_owned()));
        for (name, value) in &fields[1..] {
            let name = name.strip_prefix(FIELD).unwrap();
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            );
            assert!(is_plain(value), "{value:?}");
        }
        let mut read = read(&header(&fields));
        read.sort();
        let mut metadata = metadata;
        metadata.sort();
        assert_eq!(read, metadata);
    }

    #[test]
    fn what_others_wrote_is_taken_as_it_is() {
        let fields = [("x-ms-meta-author", "me"), ("x-ms-meta-odd", "=!")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut read = read(&header(&fields));
        read.sort();
        let expected = [("author", "me"), ("odd", "=!")];
        assert_eq!(
            read,
            expected.map(|(key, value)| (key.into(), value.into()))
        );
    }
}
