//! The metadata of an object as the service keeps it: keys and values of 8 KiB in sum.
//! Values go out as header fields as well, so those that are not printable ASCII are
//! encoded.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_contract::blobstore::Metadata;

/// The most metadata of an object, in bytes of keys and values: no entry of at least a
/// byte becomes more than twice as long.
pub(crate) const METADATA_BYTES: usize = 4_096;
/// Stands before a value that is encoded.
const CODED: char = '=';

/// Custom metadata of an object.
pub(crate) type Fields = BTreeMap<String, String>;

/// What the service is given.
pub(crate) fn written(metadata: &Metadata) -> Fields {
    let entries = metadata.iter();
    entries
        .map(|(key, value)| (key.clone(), field(value)))
        .collect()
}

/// What the service returned.
pub(crate) fn read(fields: Fields) -> Metadata {
    let entries = fields.into_iter();
    entries.map(|(key, text)| (key, value(text))).collect()
}

fn field(value: &str) -> String {
    let is_printable = value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let has_edge = value.is_empty() || value.starts_with(' ') || value.ends_with(' ');
    if is_printable && !has_edge && !value.contains("  ") && !value.starts_with(CODED) {
        value.to_owned()
    } else {
        format!("{CODED}{}", BASE64.encode(value))
    }
}

/// What another program wrote can look like ours and not be.
fn value(text: String) -> String {
    let coded = text
        .strip_prefix(CODED)
        .and_then(|text| BASE64.decode(text).ok());
    coded
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_has_room() {
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
            "\0",
            "\u{e9}",
            "\u{10ffff}",
            "\r\n",
            "\u{7f}",
            "?=utf-8?q?x?=",
            "!",
        ];
        let metadata: Metadata = values
            .iter()
            .zip('a'..)
            .map(|(value, key)| (key.to_string(), (*value).to_owned()))
            .collect();
        let fields = written(&metadata);
        for (key, text) in &fields {
            assert!(text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
            let given = metadata.iter().find(|(given, _)| given == key).unwrap();
            let size = |value: &str| key.len() + value.len();
            assert!(size(text) <= 2 * size(&given.1), "{key} {text}");
        }
        assert_eq!(read(fields), metadata);
    }

    #[test]
    fn what_others_wrote_is_taken_as_it_is() {
        let fields = [("author", "me"), ("odd", "=!")];
        let fields: Fields = fields
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        assert!(read(fields).contains(&("odd".into(), "=!".into())));
    }
}
