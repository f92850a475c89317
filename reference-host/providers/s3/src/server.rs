//! What the servers of this protocol do otherwise than S3 itself: what is not carried out
//! there is not declared, and names that are not kept are encoded.

use cloud_contract::{Durability, FeatureId, feature};

use crate::names::Style;

/// A product. Which one it is says the option `server`; nothing is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Server {
    /// What the option calls it.
    pub(crate) name: &'static str,
    /// What it calls itself.
    pub(crate) product: &'static str,
    pub(crate) style: Style,
    /// Features of this provider that it cannot carry.
    pub(crate) lacks: &'static [FeatureId],
    /// Whether one request may delete many objects. An old server asks for an MD5 of it,
    /// which no SDK sends any more.
    pub(crate) deletes_many: bool,
    /// Whether it tells which uploads were begun. Where it does not, those of a host
    /// that died stay when their scope is closed before they are swept.
    pub(crate) lists_uploads: bool,
    /// Durability of what it acknowledged.
    pub(crate) durability: Durability,
}

/// S3, and whatever does as S3 does.
pub(crate) const AWS: Server = Server {
    name: "aws",
    product: "S3",
    style: Style::Paths,
    lacks: &[],
    deletes_many: true,
    lists_uploads: true,
    durability: Durability::Durable,
};

/// Names are paths of a tree: a folder hides the object of its name, and lists come in
/// the order of a walk through the tree. The condition of a copy is looked at under no
/// lock, and what is written before the copy takes effect is undone.
pub(crate) const SEAWEEDFS: Server = Server {
    name: "seaweedfs",
    product: "SeaweedFS",
    style: Style::Flat,
    lacks: &[feature::BLOB_CONDITIONAL_COPY],
    deletes_many: true,
    lists_uploads: true,
    durability: Durability::Durable,
};

/// Conditions on the destination of a copy, on the completion of an upload, and the
/// signature of a request are ignored.
pub(crate) const MINISTACK: Server = Server {
    name: "ministack",
    product: "ministack",
    style: Style::Paths,
    lacks: &[
        feature::BLOB_CONDITIONAL_COPY,
        feature::BLOB_MULTIPART,
        feature::BLOB_LINKS,
    ],
    deletes_many: true,
    lists_uploads: true,
    durability: Durability::Process,
};

/// Conditions on the destination of a copy and the signature of a request are ignored; a
/// condition on a deletion is answered with 501.
pub(crate) const LOCALSTACK: Server = Server {
    name: "localstack",
    product: "LocalStack",
    style: Style::Paths,
    lacks: &[
        feature::BLOB_CONDITIONAL_COPY,
        feature::BLOB_CONDITIONAL_DELETE,
        feature::BLOB_LINKS,
    ],
    deletes_many: true,
    lists_uploads: true,
    durability: Durability::Process,
};

/// Names are paths of a file system. What is not known of it is taken for missing.
pub(crate) const MINIO: Server = Server {
    name: "minio",
    product: "MinIO",
    style: Style::Flat,
    lacks: &[
        feature::BLOB_CONDITIONAL_COPY,
        feature::BLOB_CONDITIONAL_DELETE,
    ],
    deletes_many: true,
    lists_uploads: true,
    durability: Durability::Durable,
};

/// As it was in January 2024: conditions on a write are ignored, which it does not say.
pub(crate) const MINIO_2024: Server = Server {
    name: "minio-2024",
    deletes_many: false,
    ..MINIO
};

/// Names are paths of a file system, and conditions are looked at before the write, not
/// with it, which it does not say. Of parts it tells neither the uploads nor the ETags.
pub(crate) const S3S_FS: Server = Server {
    name: "s3s-fs",
    product: "s3s-fs",
    style: Style::Flat,
    lacks: &[
        feature::BLOB_CONDITIONAL_COPY,
        feature::BLOB_CONDITIONAL_DELETE,
        feature::BLOB_MULTIPART,
    ],
    deletes_many: true,
    lists_uploads: false,
    durability: Durability::Process,
};

const ALL: [Server; 7] = [
    AWS, SEAWEEDFS, MINISTACK, LOCALSTACK, MINIO, MINIO_2024, S3S_FS,
];
/// Their names, as a rule for users.
pub(crate) const NAMES: &str =
    "be aws, seaweedfs, ministack, localstack, minio, minio-2024 or s3s-fs";

impl Server {
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|server| server.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_found_by_the_names_that_users_are_told() {
        for server in ALL {
            assert_eq!(Server::named(server.name), Some(server));
            assert!(NAMES.contains(server.name));
        }
        assert_eq!(Server::named(""), None);
    }
}
