//! The files of one container.

use std::fmt::Write as _;
use std::future::IntoFuture as _;

use futures::future::join;

use crate::cloud::blobstore::container::{
    self, Container, DeleteManyError, Item, Precondition, PutOptions, Range,
};
use crate::cloud::types::errors::Error;
use crate::wasi::cli::{stdin, stdout};
use crate::{Failure, io, wit_future};

const CONTAINER: &str = "files";
const FOLDERS: &str = "/";

pub(crate) struct Shelf(Container);

/// What a put expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    /// That there is no such file.
    New,
    /// That there is one, which nobody replaces meanwhile.
    Over,
}

impl Shelf {
    pub(crate) async fn open() -> Result<Self, Failure> {
        Ok(Self(container::open(CONTAINER.into()).await?))
    }

    /// Standard input becomes the file `name`, whole or not at all.
    pub(crate) async fn put(
        &self,
        name: &str,
        content_type: Option<&str>,
        write: Write,
    ) -> Result<(), Failure> {
        let expected = match write {
            Write::New => Precondition::Absent,
            Write::Over => match self.0.head(name.into()).await? {
                Some(info) => Precondition::Version(info.version),
                None => return Err(Failure(format!("there is no `{name}`"))),
            },
        };
        let options = PutOptions {
            content_type: content_type.map(Into::into),
            metadata: Vec::new(),
            size: None,
            expected: Some(expected),
        };
        let (data, read) = stdin::read_via_stream();
        let (whole, end) = wit_future::new(|| Err(Error::Cancelled));
        let written = self.0.put(name, data, end, &options);
        // Bytes that end may have been cut off: the service waits for this word.
        let say = async {
            let read = read.await.map_err(|_| Error::Cancelled);
            // A put that was refused does not listen.
            let _ = whole.write(read).await;
        };
        let (written, ()) = join(written.into_future(), say).await;
        match written {
            Ok(_version) => Ok(()),
            Err(Error::PreconditionFailed) if write == Write::New => {
                Err(Failure(format!("there is a `{name}` already")))
            }
            Err(Error::PreconditionFailed) => {
                Err(Failure(format!("somebody else changed `{name}` meanwhile")))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The file `name`, or some of its bytes, goes to standard output.
    pub(crate) async fn get(&self, name: &str, range: Option<Range>) -> Result<(), Failure> {
        let Some(content) = self.0.get(name.into(), range, None).await? else {
            return Err(Failure(format!("there is no `{name}`")));
        };
        let printed = stdout::write_via_stream(content.data).await;
        printed.map_err(|code| Failure(format!("standard output cannot be written: {code:?}")))?;
        Ok(content.end.await?)
    }

    /// What lies in a folder, whose name ends with `/`: a line for each file and folder.
    pub(crate) async fn list(&self, folder: &str) -> Result<(), Failure> {
        let mut cursor = None;
        loop {
            let page = self
                .0
                .list(folder.into(), Some(FOLDERS.into()), cursor, None)
                .await?;
            let mut lines = String::new();
            for item in page.items {
                match item {
                    Item::Object(object) => writeln!(lines, "{:>12}  {}", object.size, object.name),
                    Item::Prefix(prefix) => writeln!(lines, "{:>12}  {prefix}", "folder"),
                }
                .expect("a text takes all");
            }
            io::print(&lines).await?;
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Removes files; one that is not there is none that stays.
    pub(crate) async fn remove(&self, names: &[&str]) -> Result<(), Failure> {
        let all = names.iter().map(|name| (*name).to_owned()).collect();
        let reasons = match self.0.delete_many(all).await {
            Ok(()) => return Ok(()),
            Err(DeleteManyError::Refused(refused)) => {
                vec![format!("nothing was removed: {:?}", refused.error)]
            }
            Err(DeleteManyError::Partial(failed)) => failed
                .iter()
                .map(|one| {
                    let name = names.get(one.index as usize).unwrap_or(&"");
                    format!("`{name}` was not removed: {:?}", one.error)
                })
                .collect(),
        };
        Err(Failure(reasons.join("\n")))
    }
}
