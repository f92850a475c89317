//! Links: signatures of requests that somebody else sends.

use std::time::Duration;

use cloud_contract::blobstore::{Access, Link};
use cloud_contract::{Error, Result, feature};

use super::Container;
use crate::metadata::{GENERAL_TYPE, TYPE};

impl Container {
    pub(super) fn sign_request(
        &self,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let (right, headers) = match access {
            Access::Get => ("r", Vec::new()),
            // What a put without options says.
            Access::Put => (
                "w",
                vec![("x-ms-blob-type", "BlockBlob"), (TYPE, GENERAL_TYPE)],
            ),
            Access::Delete => ("d", Vec::new()),
        };
        let url = self.service.link(&self.keys.key(name), right, lifetime)?;
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Link {
            url: url.ok_or_else(|| Error::unsupported(feature::BLOB_LINKS))?,
            headers: headers.collect(),
        })
    }
}
