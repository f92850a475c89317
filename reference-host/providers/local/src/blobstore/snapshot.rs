//! What each call on a container reads.

use std::ops::Bound;

use cloud_contract::blobstore::{
    Item, ItemPage, ListRequest, ObjectItem, Part as GuestPart, ReceivedPart,
};
use cloud_contract::{Error, ErrorKind};
use redb::ReadOnlyTable;

use super::record::{self, Head, Object, Part, Upload};
use super::tables::{self, CONTAINERS, LIVE, OBJECTS, PARTS, UPLOADS};
use crate::error::Fault;
use crate::snapshot::Snapshot;

type Rows = ReadOnlyTable<&'static [u8], &'static [u8]>;

impl Snapshot {
    /// The number of a container, none if there is none of this name.
    pub(crate) fn container(&self, scope: u64, name: &str) -> Result<Option<u64>, Fault> {
        let containers = self.transaction.open_table(CONTAINERS)?;
        let key = record::key(scope, name.as_bytes());
        let number = containers.get(key.as_slice())?;
        Ok(number.map(|number| number.value()))
    }

    /// Refuses a handle whose scope was closed or whose container was removed.
    fn live_container(&self, container: u64) -> Result<(), Fault> {
        match self.transaction.open_table(LIVE)?.get(container)? {
            Some(_) => Ok(()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    fn objects(&self, container: u64) -> Result<Rows, Fault> {
        self.live_container(container)?;
        Ok(self.transaction.open_table(OBJECTS)?)
    }

    pub(crate) fn object(&self, container: u64, name: &str) -> Result<Option<Object>, Fault> {
        let key = record::key(container, name.as_bytes());
        tables::object(&self.objects(container)?, &key)
    }

    /// The mark of the state that an object is in.
    pub(crate) fn object_version(&self, container: u64, name: &str) -> Result<Option<u64>, Fault> {
        let key = record::key(container, name.as_bytes());
        let record = self.objects(container)?.get(key.as_slice())?;
        let head = record.and_then(|record| Head::decode(record.value()));
        Ok(head.map(|head| head.version))
    }

    /// An upload of this name.
    pub(crate) fn upload(&self, container: u64, name: &str, id: &str) -> Result<Upload, Fault> {
        self.live_container(container)?;
        let key = record::upload(container, id).ok_or(ErrorKind::NotFound)?;
        let uploads = self.transaction.open_table(UPLOADS)?;
        let upload = tables::upload(&uploads, &key, name, self.now)?;
        Ok(upload.ok_or(ErrorKind::NotFound)?)
    }

    pub(crate) fn parts(
        &self,
        container: u64,
        name: &str,
        id: &str,
    ) -> Result<Vec<ReceivedPart>, Fault> {
        self.upload(container, name, id)?;
        let key = record::upload(container, id).ok_or(ErrorKind::NotFound)?;
        let parts = self.transaction.open_table(PARTS)?;
        let mut received = Vec::new();
        for (key, record) in tables::beginning(&parts, &key, usize::MAX)? {
            let (Some(number), Some(part)) = (record::part_number(&key), Part::decode(&record))
            else {
                return Err(Fault::damaged("a part's record does not decode"));
            };
            received.push(ReceivedPart {
                part: GuestPart {
                    number,
                    tag: part.tag(),
                },
                size: part.size(),
            });
        }
        Ok(received)
    }

    /// A page in the order of names and prefixes. A cursor is what the last item was,
    /// and its text, so it holds however the list changes.
    pub(crate) fn objects_page(
        &self,
        container: u64,
        request: ListRequest<'_>,
    ) -> Result<ItemPage, Fault> {
        let objects = self.objects(container)?;
        let first = record::key(container, request.prefix.as_bytes());
        let after = match request.after {
            None => Bound::Unbounded,
            Some([b'o', name @ ..]) => Bound::Excluded(record::key(container, name)),
            Some([b'p', text @ ..]) => behind(record::key(container, text)),
            Some(_) => return Err(Error::invalid("cursor: not issued for this list").into()),
        };
        let mut from = match after {
            Bound::Included(after) | Bound::Excluded(after) if after < first => {
                Bound::Included(first.clone())
            }
            Bound::Unbounded => Bound::Included(first.clone()),
            after => after,
        };
        let mut page = ItemPage::default();
        let mut next = None;
        'seek: loop {
            let start = from.as_ref().map(Vec::as_slice);
            for row in objects.range::<&[u8]>((start, Bound::Unbounded))? {
                let (key, record) = row?;
                let key = key.value();
                let Some(rest) = key.strip_prefix(first.as_slice()) else {
                    return Ok(page);
                };
                if page.items.len() == request.limit {
                    page.next = next;
                    return Ok(page);
                }
                let name = text(key.get(8..))?;
                let end = request.delimiter.and_then(|delimiter| {
                    let rest = text(Some(rest)).ok()?;
                    Some(rest.find(delimiter)? + delimiter.len())
                });
                if let Some(end) = end {
                    let prefix = &name[..request.prefix.len() + end];
                    page.items.push(Item::Prefix(prefix.to_owned()));
                    next = Some([b"p", prefix.as_bytes()].concat());
                    from = behind(record::key(container, prefix.as_bytes()));
                    continue 'seek;
                }
                let head = Head::decode(record.value());
                let head =
                    head.ok_or_else(|| Fault::damaged("an object's record does not decode"))?;
                page.items.push(Item::Object(ObjectItem {
                    name: name.to_owned(),
                    size: head.size,
                    modified: head.modified,
                }));
                next = Some([b"o", name.as_bytes()].concat());
            }
            return Ok(page);
        }
    }
}

fn text(bytes: Option<&[u8]>) -> Result<&str, Fault> {
    let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
    text.ok_or_else(|| Fault::damaged("a name is not valid text"))
}

/// The place behind all keys that start with `text`.
fn behind(mut text: Vec<u8>) -> Bound<Vec<u8>> {
    while let Some(last) = text.pop() {
        if last < u8::MAX {
            text.push(last + 1);
            return Bound::Included(text);
        }
    }
    // There is nothing behind them, so whatever the list begins with is.
    Bound::Excluded(vec![u8::MAX; 9])
}
