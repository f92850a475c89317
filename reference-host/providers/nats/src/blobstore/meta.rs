//! The message that makes an object of bytes: what it says, in the words of the object
//! store of NATS (ADR-20), so that other clients read it.

use async_nats::datetime;
use async_nats::header::HeaderMap;
use async_nats::jetstream::object_store::{ObjectInfo, ObjectOptions};
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{Info, Metadata};
use cloud_contract::keyvalue::Version;

use crate::api::body;
use crate::error::unexpected_reply;
use crate::stored::Stored;

/// What an object is that was written without a content type.
const GENERAL_TYPE: &str = "application/octet-stream";
const CONTENT_TYPE: &str = "Content-Type";
/// The bytes lie in messages of this size, but for the last one. Only ours say so: other
/// clients have messages of any sizes.
pub(super) const CHUNK_BYTES: &str = "Cloud-Chunk-Bytes";
/// The most of another client's id that a version holds.
const ID_CHARS: usize = 200;

/// An object that is there.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) info: Info,
    /// Where its bytes are.
    pub(super) nuid: String,
    /// How many messages they are.
    pub(super) chunks: u64,
    /// How many bytes each but the last one has, if that is known.
    pub(super) chunk_bytes: Option<u64>,
    /// What its message says.
    pub(super) message: Bytes,
}

/// The last message of an object's subject.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its sequence; 0 if there is none.
    pub(super) sequence: u64,
    /// The object; none if it is absent.
    pub(super) state: Option<State>,
}

impl Found {
    pub(super) const NOTHING: Self = Self {
        sequence: 0,
        state: None,
    };

    /// What a message says. One that describes no object, a link of another client among
    /// them, is none; nor is one whose id would stand for the bytes of others.
    pub(super) fn read(message: &Stored) -> Self {
        let described = serde_json::from_slice::<ObjectInfo>(&message.payload).ok();
        let is_link = |info: &ObjectInfo| {
            let options = info.options.as_ref();
            options.is_some_and(|options| options.link.is_some())
        };
        let state = described
            .filter(|info| !info.deleted && !is_link(info) && is_id(&info.nuid))
            .map(|info| state(message, info));
        Self {
            sequence: message.sequence,
            state,
        }
    }
}

fn state(message: &Stored, info: ObjectInfo) -> State {
    let content_type = info.headers.as_ref().and_then(|headers| {
        let value = headers.get(CONTENT_TYPE)?.as_str();
        is_content_type(value).then(|| value.to_owned())
    });
    let chunk_bytes = message.headers.get(CHUNK_BYTES);
    State {
        chunk_bytes: chunk_bytes
            .and_then(|text| text.as_str().parse().ok())
            .filter(|&bytes| bytes > 0),
        chunks: info.chunks as u64,
        message: message.payload.clone(),
        info: Info {
            size: info.size as u64,
            version: version(message.sequence, &info.nuid),
            modified: message.stamp,
            content_type: content_type.unwrap_or_else(|| GENERAL_TYPE.to_owned()),
            metadata: info
                .metadata
                .into_iter()
                .filter(|(key, _)| is_key(key))
                .collect(),
        },
        nuid: info.nuid,
    }
}

/// Whether a text is one token of a subject and no pattern: what is purged is named by it.
pub(super) fn is_id(nuid: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !nuid.is_empty() && nuid.bytes().all(is_plain)
}

/// A version: the id of the bytes, which no other write has, and the sequence, since
/// other clients write new metadata to the same bytes.
pub(super) fn version(sequence: u64, nuid: &str) -> Version {
    let nuid: String = nuid.chars().filter(char::is_ascii).take(ID_CHARS).collect();
    Version::from(format!("{nuid}-{sequence:x}"))
}

/// What is to be written of an object besides its bytes.
#[derive(Debug)]
pub(super) struct New<'a> {
    pub(super) bucket: &'a str,
    pub(super) name: &'a str,
    pub(super) nuid: &'a str,
    pub(super) size: u64,
    pub(super) chunks: u64,
    pub(super) chunk_bytes: usize,
    /// As other clients compare it: a name and base 64.
    pub(super) digest: String,
    pub(super) content_type: &'a str,
    pub(super) metadata: Metadata,
}

/// The message of a new state.
pub(super) fn written(new: New<'_>) -> Result<Bytes> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, new.content_type);
    let info = ObjectInfo {
        name: new.name.to_owned(),
        description: None,
        metadata: new.metadata.into_iter().collect(),
        headers: Some(headers),
        options: Some(ObjectOptions {
            link: None,
            max_chunk_size: Some(new.chunk_bytes),
        }),
        bucket: new.bucket.to_owned(),
        nuid: new.nuid.to_owned(),
        size: usize::try_from(new.size).unwrap_or(usize::MAX),
        chunks: usize::try_from(new.chunks).unwrap_or(usize::MAX),
        // For other clients. Here the time at which the service stored it counts.
        modified: Some(datetime::now()),
        digest: Some(new.digest),
        deleted: false,
    };
    Ok(body(&info)?)
}

/// The message of an object under another name.
pub(super) fn renamed(message: &[u8], name: &str) -> Result<Bytes> {
    let mut info: ObjectInfo = serde_json::from_slice(message).map_err(|_| unexpected_reply())?;
    name.clone_into(&mut info.name);
    info.modified = Some(datetime::now());
    Ok(body(&info)?)
}

/// The message of a deletion.
pub(super) fn deletion(bucket: &str, name: &str, nuid: &str) -> Result<Bytes> {
    let info = ObjectInfo {
        name: name.to_owned(),
        description: None,
        metadata: [].into(),
        headers: None,
        options: None,
        bucket: bucket.to_owned(),
        nuid: nuid.to_owned(),
        size: 0,
        chunks: 0,
        modified: Some(datetime::now()),
        digest: None,
        deleted: true,
    };
    Ok(body(&info)?)
}

fn is_content_type(text: &str) -> bool {
    let is_printable = text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let has_edges = text.starts_with(' ') || text.ends_with(' ');
    (1..=255).contains(&text.len()) && is_printable && !has_edges
}

fn is_key(key: &str) -> bool {
    let rest = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=64).contains(&key.len())
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(payload: Bytes) -> Stored {
        let mut headers = HeaderMap::new();
        headers.insert(CHUNK_BYTES, "131072");
        Stored {
            sequence: 255,
            stamp: 7,
            headers,
            payload,
        }
    }

    fn new(metadata: Metadata, content_type: &str) -> New<'_> {
        New {
            bucket: "cw_s_a",
            name: "a/\0\u{e9}",
            nuid: "n1",
            size: 200_000,
            chunks: 2,
            chunk_bytes: 131_072,
            digest: "SHA-256=x".to_owned(),
            content_type,
            metadata,
        }
    }

    /// The bytes that a purge removes are named by the id.
    #[test]
    fn an_id_that_is_a_pattern_makes_no_object() {
        for nuid in ["*", ">", "n1.>", "", "n 1"] {
            let odd = New {
                nuid,
                ..new(Vec::new(), "text/plain")
            };
            let found = Found::read(&stored(written(odd).unwrap()));
            assert!(found.state.is_none(), "{nuid:?}");
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let metadata = vec![
            ("a".to_owned(), "\u{e9}\0\r\n\"".to_owned()),
            ("b-1".to_owned(), String::new()),
        ];
        let content_type = "text/plain; x=\"\\ ~\"";
        let payload = written(new(metadata.clone(), content_type)).unwrap();
        let found = Found::read(&stored(payload));
        assert_eq!(found.sequence, 255);
        let mut state = found.state.unwrap();
        state.info.metadata.sort();
        assert_eq!(state.info.metadata, metadata);
        assert_eq!(state.info.content_type, content_type);
        assert_eq!((state.info.size, state.info.modified), (200_000, 7));
        assert_eq!(state.info.version, Version::from("n1-ff".to_owned()));
        assert_eq!((state.nuid.as_str(), state.chunks), ("n1", 2));
        assert_eq!(state.chunk_bytes, Some(131_072));
        let again = stored(renamed(&state.message, "b").unwrap());
        let again = Found::read(&again).state.unwrap();
        assert_eq!(again.info.content_type, content_type);
        assert_eq!(again.nuid, "n1");
    }

    #[test]
    fn what_is_no_object_is_none() {
        for payload in [
            deletion("b", "a", "n").unwrap(),
            Bytes::new(),
            Bytes::from("sesame"),
            Bytes::from(r#"{"name":"l","bucket":"b","options":{"link":{"bucket":"c"}}}"#),
        ] {
            let found = Found::read(&stored(payload));
            assert!(found.state.is_none());
            assert_eq!(found.sequence, 255);
        }
    }

    #[test]
    fn what_others_wrote_is_read_as_far_as_it_fits() {
        let theirs = r#"{"name":"o","bucket":"b","nuid":"N","size":3,"chunks":1,"mtime":
            "0001-01-01T00:00:00Z","digest":"SHA-256=","options":{"max_chunk_size":131072},
            "headers":{"Content-Type":[" x"]},"metadata":{"Big":"1","fine":"2"}}"#;
        let state = Found::read(&stored(Bytes::from(theirs))).state.unwrap();
        assert_eq!(state.info.content_type, GENERAL_TYPE);
        assert_eq!(state.info.metadata, [("fine".to_owned(), "2".to_owned())]);
        assert_eq!(version(1, &"x".repeat(9_000)).len(), 202);
    }
}
