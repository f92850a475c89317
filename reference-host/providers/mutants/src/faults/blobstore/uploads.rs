//! Faults of uploads as a whole: how they begin, who finds them, how they are given up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Body, Container, Driver, Metadata, Part, PutOptions, ReceivedPart,
};
use cloud_contract::{ErrorKind, Result};

use super::upload_parts::{Notes, body, lock, pieces};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// Each part is an object of the name at once.
#[derive(Debug)]
struct Visible;

#[async_trait]
impl DriverFault for Visible {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let pieces = pieces(data).await?;
        let data = body(pieces.clone());
        let part = to.put_part(name, upload, number, size, data).await?;
        to.put(name, body(pieces), PutOptions::default()).await?;
        Ok(part)
    }
}

/// A second `begin` of a name returns the upload that there is.
#[derive(Debug, Default)]
struct Shared(Notes);

#[async_trait]
impl DriverFault for Shared {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let earlier = lock(&self.0).get(name).cloned();
        if let Some(earlier) = earlier
            && to.parts(name, &earlier).await.is_ok()
        {
            return Ok(earlier);
        }
        let upload = to.begin(name, content_type, metadata).await?;
        lock(&self.0).insert(name.to_owned(), upload.clone());
        Ok(upload)
    }
}

/// An upload is gone for every instance but the one that began it.
#[derive(Debug, Default)]
struct Dies(Mutex<HashMap<String, u64>>);

impl Dies {
    fn is_there(&self, to: &Target, upload: &str) -> Result<()> {
        match lock(&self.0).get(upload) {
            Some(session) if *session != to.session => Err(ErrorKind::NotFound.into()),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl ContainerFault for Dies {
    async fn begin(
        &self,
        to: &Target,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.container.begin(name, content_type, metadata).await?;
        lock(&self.0).insert(upload.clone(), to.session);
        Ok(upload)
    }

    async fn parts(&self, to: &Target, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        self.is_there(to, upload)?;
        to.container.parts(name, upload).await
    }
}

/// The name of an upload is not compared with the one that it was begun for.
#[derive(Debug, Default)]
struct AnyName(Notes);

impl AnyName {
    fn name(&self, name: &str, upload: &str) -> String {
        let begun = lock(&self.0).get(upload).cloned();
        begun.unwrap_or_else(|| name.to_owned())
    }
}

#[async_trait]
impl DriverFault for AnyName {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let upload = to.begin(name, content_type, metadata).await?;
        lock(&self.0).insert(upload.clone(), name.to_owned());
        Ok(upload)
    }

    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let name = self.name(name, upload);
        to.put_part(&name, upload, number, size, data).await
    }
}

/// `put-part` of an upload that is not there begins one.
#[derive(Debug)]
struct UnknownBegins;

#[async_trait]
impl DriverFault for UnknownBegins {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let mut upload = upload.to_owned();
        if to.parts(name, &upload).await.is_err() {
            upload = to.begin(name, "text/plain".into(), Vec::new()).await?;
        }
        to.put_part(name, &upload, number, size, data).await
    }
}

/// An upload forgets what `begin` was given beside the name.
#[derive(Debug)]
struct Forgets;

#[async_trait]
impl DriverFault for Forgets {
    async fn begin(&self, to: &dyn Driver, name: &str, _: String, _: Metadata) -> Result<String> {
        let none = "application/octet-stream".to_owned();
        to.begin(name, none, Vec::new()).await
    }
}

/// `abort` removes the object of the name.
#[derive(Debug)]
struct AbortDeletes;

#[async_trait]
impl DriverFault for AbortDeletes {
    async fn abort(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<()> {
        to.abort(name, upload).await?;
        to.delete(name, None).await
    }
}

/// `abort` of what is not there is an error.
#[derive(Debug)]
struct AbortFails;

#[async_trait]
impl DriverFault for AbortFails {
    async fn abort(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<()> {
        to.parts(name, upload).await?;
        to.abort(name, upload).await
    }
}

/// `abort` does nothing.
#[derive(Debug)]
struct AbortKeeps;

#[async_trait]
impl DriverFault for AbortKeeps {
    async fn abort(&self, _: &dyn Driver, _: &str, _: &str) -> Result<()> {
        Ok(())
    }
}

/// `abort` ends the upload of the id, whatever its name.
#[derive(Debug, Default)]
struct AbortAnyName(AnyName);

#[async_trait]
impl DriverFault for AbortAnyName {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        self.0.begin(to, name, content_type, metadata).await
    }

    async fn abort(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<()> {
        to.abort(&self.0.name(name, upload), upload).await
    }
}

/// Carries uploads out where the binding does not offer them.
#[derive(Debug)]
struct Acts;

#[async_trait]
impl ContainerFault for Acts {
    fn behind<'a>(&self, to: &'a Target, call: Call) -> &'a Arc<dyn Container> {
        match call {
            Call::Begin | Call::PutPart | Call::Parts | Call::Complete | Call::Abort => &to.full,
            _ => &to.container,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-upload-visible",
        "the parts of an upload can be read before it is complete",
        &["BLOB-UPLOAD-1"],
        driver!(Visible),
    ),
    Mutant::new(
        "blob-upload-shared",
        "two uploads of one name are one",
        &["BLOB-UPLOAD-2", "BLOB-BEGIN-1"],
        driver!(Shared::default()),
    ),
    Mutant::new(
        "blob-upload-dies",
        "an upload ends with the instance that began it",
        &["BLOB-UPLOAD-3"],
        container!(Dies::default()),
    ),
    Mutant::new(
        "blob-upload-any-name",
        "parts are taken under whatever name",
        &["BLOB-UPLOAD-5"],
        driver!(AnyName::default()),
    ),
    Mutant::new(
        "blob-upload-unknown-begins",
        "`put-part` of an upload that is not there begins one",
        &["BLOB-UPLOAD-5"],
        driver!(UnknownBegins),
    ),
    Mutant::new(
        "blob-begin-forgets",
        "an upload loses the content type and the metadata that it was begun with",
        &["BLOB-COMPLETE-1"],
        driver!(Forgets),
    ),
    Mutant::new(
        "blob-abort-deletes",
        "`abort` removes the object of the name",
        &["BLOB-ABORT-1"],
        driver!(AbortDeletes),
    ),
    Mutant::new(
        "blob-abort-twice-fails",
        "`abort` of what is not there is an error",
        &["BLOB-ABORT-2"],
        driver!(AbortFails),
    ),
    Mutant::new(
        "blob-abort-keeps",
        "an upload goes on after `abort`",
        &["BLOB-ABORT-1", "BLOB-UPLOAD-5"],
        driver!(AbortKeeps),
    ),
    Mutant::new(
        "blob-abort-any-name",
        "`abort` ends an upload that was begun for another name",
        &["BLOB-ABORT-2"],
        driver!(AbortAnyName::default()),
    ),
    Mutant::new(
        "blob-multipart-acts",
        "uploads are carried out where the feature is missing",
        &["TYP-FEAT-1", "TYP-FEAT-2"],
        container!(Acts),
    ),
];
