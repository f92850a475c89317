//! The types of `cloud:blobstore` and those of the contract.

use cloud_contract::blobstore::{
    DeleteManyError, Expected, Info, Item, Listing, NewObject, ObjectItem, Range,
};

use crate::bindings::wit::blobstore::container as wit;

impl From<Info> for wit::Info {
    fn from(info: Info) -> Self {
        Self {
            size: info.size,
            version: info.version.into(),
            modified: info.modified,
            content_type: info.content_type,
            metadata: info.metadata,
        }
    }
}

impl From<wit::Range> for Range {
    fn from(range: wit::Range) -> Self {
        Self {
            offset: range.offset,
            length: range.length,
        }
    }
}

/// A condition as the guest has it: none for any state.
pub(super) fn expected(precondition: Option<wit::Precondition>) -> Expected {
    match precondition {
        None => Expected::Any,
        Some(wit::Precondition::Absent) => Expected::Absent,
        Some(wit::Precondition::Version(version)) => Expected::Version(version.into()),
    }
}

impl From<wit::PutOptions> for NewObject {
    fn from(options: wit::PutOptions) -> Self {
        Self {
            content_type: options.content_type,
            metadata: options.metadata,
            size: options.size,
            expected: expected(options.expected),
        }
    }
}

impl From<ObjectItem> for wit::ObjectItem {
    fn from(object: ObjectItem) -> Self {
        Self {
            name: object.name,
            size: object.size,
            modified: object.modified,
        }
    }
}

impl From<Listing> for wit::Listing {
    fn from(listing: Listing) -> Self {
        let items = listing.items.into_iter().map(|item| match item {
            Item::Object(object) => wit::Item::Object(object.into()),
            Item::Prefix(prefix) => wit::Item::Prefix(prefix),
        });
        Self {
            items: items.collect(),
            cursor: listing.cursor,
        }
    }
}

impl From<DeleteManyError> for wit::DeleteManyError {
    fn from(error: DeleteManyError) -> Self {
        match error {
            DeleteManyError::Refused { error, indices } => Self::Refused(wit::RefusedNames {
                error: error.into(),
                indices,
            }),
            DeleteManyError::Partial(failed) => {
                let failed = failed.into_iter().map(|(index, error)| wit::FailedName {
                    index,
                    error: error.into(),
                });
                Self::Partial(failed.collect())
            }
        }
    }
}
