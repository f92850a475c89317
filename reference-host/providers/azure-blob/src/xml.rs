//! The lists that the service answers, and the one that it is sent. Knows XML; must not
//! know what is listed.

use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};

use crate::error::unexpected_reply;

/// Some blobs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Blobs {
    pub(crate) blobs: Vec<Blob>,
    /// What others start with.
    pub(crate) prefixes: Vec<String>,
    /// Where the list goes on; none if it ends here.
    pub(crate) next: Option<String>,
}

/// A blob in a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) key: String,
    pub(crate) size: u64,
    /// When it was written, as headers have it.
    pub(crate) modified: String,
}

/// A block that is no part of a blob yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) id: String,
    pub(crate) size: u64,
}

/// Calls for each element that has no others in it: those around it, the last one its
/// own, and its text.
fn walk(body: &[u8], mut each: impl FnMut(&[String], &str) -> Result<()>) -> Result<()> {
    let wrong = |error: quick_xml::Error| unreadable(error.to_string());
    let mut reader = Reader::from_reader(body);
    let (mut path, mut text) = (Vec::new(), String::new());
    let mut is_leaf = false;
    loop {
        match reader.read_event().map_err(wrong)? {
            Event::Start(element) => {
                let name = element.name();
                path.push(String::from_utf8_lossy(name.as_ref()).into_owned());
                text.clear();
                is_leaf = true;
            }
            Event::Empty(_) => is_leaf = false,
            Event::Text(part) => {
                let part = part
                    .decode()
                    .map_err(|error| unreadable(error.to_string()))?;
                text.push_str(&part);
            }
            Event::GeneralRef(entity) => text.push_str(&resolved(&entity)?),
            Event::End(_) => {
                if is_leaf {
                    each(&path, &text)?;
                }
                path.pop();
                text.clear();
                is_leaf = false;
            }
            Event::Eof if path.is_empty() => return Ok(()),
            Event::Eof => return Err(unexpected_reply()),
            _ => {}
        }
    }
}

fn unreadable(cause: String) -> Error {
    let kind = ErrorKind::Other("the service answered in an unexpected form".into());
    Error::with_source(kind, cause)
}

fn resolved(entity: &BytesRef<'_>) -> Result<String> {
    let character = entity
        .resolve_char_ref()
        .map_err(|error| unreadable(error.to_string()))?;
    if let Some(character) = character {
        return Ok(character.to_string());
    }
    let name = entity
        .decode()
        .map_err(|error| unreadable(error.to_string()))?;
    let text = resolve_xml_entity(&name).ok_or_else(unexpected_reply)?;
    Ok(text.to_owned())
}

/// Reads a list of blobs.
pub(crate) fn blobs(body: &[u8]) -> Result<Blobs> {
    let mut found = Blobs::default();
    let mut ended = false;
    walk(body, |path, text| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let [_, path @ ..] = path.as_slice() else {
            return Ok(());
        };
        // The name comes first.
        let last = found.blobs.last_mut().ok_or_else(unexpected_reply);
        match path {
            ["Blobs", "Blob", "Name"] => found.blobs.push(Blob {
                key: text.to_owned(),
                ..Blob::default()
            }),
            ["Blobs", "BlobPrefix", "Name"] => found.prefixes.push(text.to_owned()),
            ["Blobs", "Blob", "Properties", "Last-Modified"] => {
                last?.modified = text.to_owned();
            }
            ["Blobs", "Blob", "Properties", "Content-Length"] => last?.size = size(text)?,
            ["NextMarker"] => found.next = Some(text.to_owned()).filter(|next| !next.is_empty()),
            _ => {}
        }
        ended = true;
        Ok(())
    })?;
    // An answer without a list is none.
    if ended || body.windows(18).any(|part| part == b"EnumerationResults") {
        Ok(found)
    } else {
        Err(unexpected_reply())
    }
}

/// Reads a list of blocks: those of the blob, or those that are not yet.
pub(crate) fn blocks(body: &[u8], list: &str) -> Result<Vec<Block>> {
    let mut found: Vec<Block> = Vec::new();
    walk(body, |path, text| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            [_, around, "Block", "Name"] if *around == list => found.push(Block {
                id: text.to_owned(),
                size: 0,
            }),
            [_, around, "Block", "Size"] if *around == list => {
                found.last_mut().ok_or_else(unexpected_reply)?.size = size(text)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

fn size(text: &str) -> Result<u64> {
    text.trim().parse().map_err(|_| unexpected_reply())
}

/// The blocks that are to be a blob, each with where it is. Ids are in base 64.
pub(crate) fn list(blocks: &[(&str, String)]) -> Bytes {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    for (place, id) in blocks {
        text.push_str(&format!("<{place}>{id}</{place}>"));
    }
    text.push_str("</BlockList>");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_blobs_are_read() {
        let body = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\
            <EnumerationResults ServiceEndpoint=\"http://x/\" ContainerName=\"c\">\
            <Prefix>s/</Prefix><Blobs>\
            <Blob><Name>s/a&amp;b&#39;&#x41; c</Name><Properties>\
            <Last-Modified>Wed, 09 Sep 2009 09:20:02 GMT</Last-Modified>\
            <Content-Length>12</Content-Length><Content-Type></Content-Type><Etag/>\
            </Properties><OrMetadata /></Blob>\
            <BlobPrefix><Name>s/d/</Name></BlobPrefix>\
            </Blobs><NextMarker>2!a&amp;</NextMarker></EnumerationResults>";
        let found = blobs(body.as_bytes()).unwrap();
        let blob = Blob {
            key: "s/a&b'A c".to_owned(),
            size: 12,
            modified: "Wed, 09 Sep 2009 09:20:02 GMT".to_owned(),
        };
        assert_eq!(found.blobs, [blob]);
        assert_eq!(found.prefixes, ["s/d/"]);
        assert_eq!(found.next.as_deref(), Some("2!a&"));
        let none = "<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>";
        assert_eq!(blobs(none.as_bytes()).unwrap(), Blobs::default());
    }

    #[test]
    fn lists_of_blocks_are_read() {
        let body = "<BlockList><CommittedBlocks><Block><Name>YQ==</Name><Size>1</Size></Block>\
            </CommittedBlocks><UncommittedBlocks><Block><Name>Yg==</Name><Size>2</Size></Block>\
            </UncommittedBlocks></BlockList>";
        let read = |list| blocks(body.as_bytes(), list).unwrap();
        let block = |id: &str, size| Block {
            id: id.to_owned(),
            size,
        };
        assert_eq!(read("CommittedBlocks"), [block("YQ==", 1)]);
        assert_eq!(read("UncommittedBlocks"), [block("Yg==", 2)]);
        let sent = list(&[("Committed", "YQ==".to_owned())]);
        assert!(sent.ends_with(b"<BlockList><Committed>YQ==</Committed></BlockList>"));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in [
            "",
            "<a>",
            "<EnumerationResults><Blobs>",
            "nothing",
            "<a>&b;</a>",
        ] {
            assert!(blobs(text.as_bytes()).is_err(), "{text}");
        }
        for text in [
            "<B><UncommittedBlocks><Block><Size>1</Size></Block></UncommittedBlocks></B>",
            "<B><UncommittedBlocks><Block><Name>a</Name><Size>x</Size></Block></UncommittedBlocks></B>",
        ] {
            assert!(blocks(text.as_bytes(), "UncommittedBlocks").is_err());
        }
    }
}
