//! An entity as it goes over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloud_contract::Result;
use serde_json::{Map, Value};

use crate::error::unexpected_reply;
use crate::names::Place;

/// Microseconds since 1970 by the service's clock.
pub(crate) type Moment = i64;

/// The most that one binary property holds.
pub(crate) const PART_BYTES: usize = 64 * 1024;
/// The properties of a value, in their order.
pub(crate) const PARTS: [&str; 11] = [
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10",
];

/// What a read asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Select {
    /// All of it.
    Everything,
    /// Whether it is there: its end.
    End,
    /// Its version and its end.
    State,
    /// That, and the first part of its value.
    Counter,
}

impl Select {
    /// As the service takes it.
    pub(crate) fn query(self) -> Option<&'static str> {
        match self {
            Self::Everything => None,
            Self::End => Some("$select=d"),
            Self::State => Some("$select=r,d"),
            Self::Counter => Some("$select=r,d,v0"),
        }
    }
}

/// An entity that was read. Parts that were not asked for are empty.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) etag: String,
    pub(crate) version: String,
    /// When it ends, if it does.
    pub(crate) end: Option<Moment>,
    parts: Vec<String>,
}

impl Found {
    /// Reads an entity.
    pub(crate) fn read(body: &[u8]) -> Result<Self> {
        let mut fields: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| unexpected_reply())?;
        let mut parts = Vec::new();
        for name in PARTS {
            match fields.remove(name) {
                Some(Value::String(part)) => parts.push(part),
                None | Some(Value::Null) => break,
                Some(_) => return Err(unexpected_reply()),
            }
        }
        Ok(Self {
            etag: text(&mut fields, "odata.etag").ok_or_else(unexpected_reply)?,
            version: text(&mut fields, "r").unwrap_or_default(),
            end: end(&fields)?,
            parts,
        })
    }

    /// Its value.
    pub(crate) fn value(&self) -> Result<Bytes> {
        let length: usize = self.parts.iter().map(|part| part.len() / 4 * 3).sum();
        let mut value = Vec::with_capacity(length);
        for part in &self.parts {
            STANDARD
                .decode_vec(part, &mut value)
                .map_err(|_| unexpected_reply())?;
        }
        Ok(value.into())
    }
}

/// The end of an entity, out of its fields. Numbers of 64 bits are texts.
pub(crate) fn end(fields: &Map<String, Value>) -> Result<Option<Moment>> {
    match fields.get("d") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(number)) => number.parse().map(Some).map_err(|_| unexpected_reply()),
        Some(_) => Err(unexpected_reply()),
    }
}

/// A field that is a text.
pub(crate) fn text(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// An entity to write. No text in it needs an escape.
pub(crate) fn body(place: &Place, version: &str, end: Option<Moment>, value: &[u8]) -> Bytes {
    let encoded = value.len().div_ceil(3) * 4 + PARTS.len() * 48;
    let keys = place.partition.len() + place.row.len() + version.len();
    let mut body = String::with_capacity(keys + encoded + 128);
    let mut field = |name: &str, value: &str| {
        body.push(if body.is_empty() { '{' } else { ',' });
        for piece in ["\"", name, "\":\"", value, "\""] {
            body.push_str(piece);
        }
    };
    field("PartitionKey", &place.partition);
    field("RowKey", &place.row);
    field("r", version);
    if let Some(end) = end {
        field("d", &end.to_string());
        field("d@odata.type", "Edm.Int64");
    }
    // An empty value has no parts.
    let mut part = String::new();
    for (name, bytes) in PARTS.iter().zip(value.chunks(PART_BYTES)) {
        part.clear();
        STANDARD.encode_string(bytes, &mut part);
        field(name, &part);
        field(&format!("{name}@odata.type"), "Edm.Binary");
    }
    body.push('}');
    body.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            partition: "p".into(),
            row: "k".into(),
        }
    }

    /// As the service would answer.
    fn answer(body: &[u8]) -> Vec<u8> {
        let text = std::str::from_utf8(body).unwrap();
        text.replacen('{', r#"{"odata.etag":"W/\"e\"","#, 1)
            .into_bytes()
    }

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 2, 3, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1] {
            let value: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let found = Found::read(&answer(&body(&place(), "i.7", Some(-5), &value))).unwrap();
            assert_eq!(found.value().unwrap(), value);
            assert_eq!(found.etag, "W/\"e\"");
            assert_eq!((&*found.version, found.end), ("i.7", Some(-5)));
        }
        let all = vec![255; PARTS.len() * PART_BYTES];
        let written = body(&place(), "i.8", None, &all);
        // The largest entity is below 1 MiB as text as well.
        assert!(written.len() + 2 * 512 < 1024 * 1024);
        let found = Found::read(&answer(&written)).unwrap();
        assert_eq!((found.value().unwrap(), found.end), (all.into(), None));
    }

    #[test]
    fn an_entity_has_the_form_that_the_service_documents() {
        let written = body(&place(), "i.7", Some(12), b"ab");
        assert_eq!(
            std::str::from_utf8(&written).unwrap(),
            r#"{"PartitionKey":"p","RowKey":"k","r":"i.7","d":"12","d@odata.type":"Edm.Int64","v0":"YWI=","v0@odata.type":"Edm.Binary"}"#
        );
    }

    #[test]
    fn odd_answers_are_errors() {
        for odd in [
            "",
            "[]",
            "{}",
            r#"{"odata.etag":1}"#,
            r#"{"odata.etag":"e","d":12}"#,
            r#"{"odata.etag":"e","d":"x"}"#,
            r#"{"odata.etag":"e","v0":7}"#,
        ] {
            assert!(Found::read(odd.as_bytes()).is_err(), "{odd}");
        }
        let found = Found::read(br#"{"odata.etag":"e","d":null,"v0":"?"}"#).unwrap();
        assert!(found.value().is_err());
        assert_eq!(found.end, None);
    }
}
