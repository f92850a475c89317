//! Objects that are read while they change. The states tell a mixture: bytes of one letter,
//! a size of their own, and a content type and metadata that name the number.

use blobstore::{Info, PutOptions, options, patiently, unless_expired};
use conformance_kit::prelude::*;

/// A row of states, numbered from 0, of so many bytes and a few more.
#[derive(Clone, Copy)]
pub(crate) struct States(pub(crate) usize);

impl States {
    /// There are as many as letters.
    const COUNT: usize = 26;

    fn bytes(self, number: usize) -> Vec<u8> {
        vec![b'a' + number as u8; self.0 + 100 * number]
    }

    fn options(number: usize) -> PutOptions {
        PutOptions {
            content_type: Some(format!("text/x-{number}")),
            metadata: vec![("state".to_owned(), number.to_string())],
            ..options()
        }
    }

    /// Writes one of them, and returns its version. What was dropped may overlap it.
    pub(crate) async fn put(
        self,
        cx: &Context,
        container: &Container,
        name: &str,
        number: usize,
    ) -> Result<String, Stop> {
        let number = number % Self::COUNT;
        let bytes = self.bytes(number);
        let write = async || {
            let options = Self::options(number);
            container.put_with(name, &bytes, options).await
        };
        cx.ok(patiently(cx, write).await)
    }

    /// Proves that an info is of one state; returns the number of that.
    pub(crate) fn told(self, check: Check<'_>, info: &Info) -> Result<usize, Stop> {
        let number = info.content_type.strip_prefix("text/x-");
        let number: Option<usize> = number.and_then(|number| number.parse().ok());
        let number = number.filter(|number| {
            *number < Self::COUNT
                && info.metadata == Self::options(*number).metadata
                && info.size == (self.0 + 100 * number) as u64
        });
        number.ok_or_else(|| check.failed("the info of one state", info))
    }

    /// Proves that what was read is one state; returns the number of that.
    pub(crate) fn is_one(self, check: Check<'_>, (info, bytes): &Read) -> Result<usize, Stop> {
        let number = self.told(check, info)?;
        check.bytes(bytes, &self.bytes(number))?;
        Ok(number)
    }
}

/// What one get returned.
pub(crate) type Read = (Info, Vec<u8>);

/// Reads an object to its end, again where it expires meanwhile.
pub(crate) async fn read(
    cx: &Context,
    container: &Container,
    name: &str,
) -> Result<Option<Read>, Error> {
    let once = async || {
        let Some(content) = container.begin_get(name, None, None).await? else {
            return Ok(None);
        };
        let info = content.info.clone();
        let (bytes, end) = content.collect().await;
        end.map(|()| Some((info, bytes)))
    };
    unless_expired(cx, once).await
}
