//! Copying and renaming objects inside the service.

use std::sync::Arc;

use cloud_contract::blobstore::{CopyRequest, RenameRequest};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::Container;
use crate::error::{stale, unexpected_reply};
use crate::link::{Request, quoted};
use crate::names::Keys;
use crate::namespace;
use crate::object::{FIELDS, Object, condition, generation};

/// How far a copy came.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    done: bool,
    #[serde(default)]
    rewrite_token: String,
    resource: Option<Object>,
}

impl Container {
    pub(super) async fn copy_object(&self, request: CopyRequest<'_>) -> Result<Version> {
        // What nobody sees now would be seen in the next container of that name.
        if request.to != self.name {
            namespace::expect(&self.service, &self.scope, request.to).await?;
        }
        let to = Keys::new(&self.scope, request.to).ok_or(ErrorKind::NotFound)?;
        let source = match request.source {
            Some(version) => Some(generation(version).ok_or_else(stale)?),
            None => None,
        };
        let condition = condition(request.expected)?;
        let (from, to) = (self.keys.key(request.name), to.key(request.new_name));
        let service = Arc::clone(&self.service);
        let copy = async move {
            let path = format!("{}/rewriteTo{}", service.path(&from), {
                let to = service.path(&to);
                to.strip_prefix("/storage/v1").unwrap_or(&to).to_owned()
            });
            let request = Request::post(path)
                .with("fields", format!("done,rewriteToken,resource({FIELDS})"))
                .with_some("ifSourceGenerationMatch", source)
                .with_some("ifGenerationMatch", condition)
                .field(CONTENT_TYPE.as_str(), "application/json".to_owned());
            let mut asked = request.clone();
            // A large one that is stored otherwise takes several requests.
            loop {
                let progress: Progress = service.write(&asked).await?.json()?;
                if progress.done {
                    let made = progress.resource.ok_or_else(unexpected_reply)?;
                    return Ok(made.version());
                }
                if progress.rewrite_token.is_empty() {
                    return Err(unexpected_reply());
                }
                asked = request.clone().with("rewriteToken", progress.rewrite_token);
            }
        };
        self.registration.run(copy).await
    }

    pub(super) async fn rename_object(&self, request: RenameRequest<'_>) -> Result<Version> {
        let condition = condition(request.expected)?;
        let (from, to) = (self.keys.key(request.name), self.keys.key(request.new_name));
        let service = Arc::clone(&self.service);
        let rename = async move {
            let path = format!("{}/moveTo/o/{}", service.path(&from), quoted(&to));
            let request = Request::post(path)
                .with("fields", FIELDS)
                .with_some("ifGenerationMatch", condition);
            let made: Object = service.write(&request).await?.json()?;
            Ok(made.version())
        };
        self.registration.run(rename).await
    }
}
