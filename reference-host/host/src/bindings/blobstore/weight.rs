//! How many bytes of the host the arguments of a call take.

use cloud_contract::blobstore::{Metadata, Part};

use crate::bindings::wit::blobstore::container::{Precondition, PutOptions};

/// Texts that may be left out.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = Option<&'a String>>) -> usize {
    texts.into_iter().flatten().map(String::len).sum()
}

pub(super) fn metadata(metadata: &Metadata) -> usize {
    let entry = |(key, value): &(String, String)| 2 * size_of::<String>() + key.len() + value.len();
    metadata.iter().map(entry).sum()
}

pub(super) fn condition(condition: Option<&Precondition>) -> usize {
    match condition {
        None | Some(Precondition::Absent) => 0,
        Some(Precondition::Version(version)) => version.len(),
    }
}

pub(super) fn options(options: &PutOptions) -> usize {
    metadata(&options.metadata)
        + texts([options.content_type.as_ref()])
        + condition(options.expected.as_ref())
}

/// The tags of parts, one for each.
pub(super) fn parts<'a>(tags: impl Iterator<Item = &'a String>) -> usize {
    tags.map(|tag| size_of::<Part>() + tag.len()).sum()
}
