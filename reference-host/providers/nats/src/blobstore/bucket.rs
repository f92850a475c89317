//! A bucket: its stream, and what subjects are called in it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cloud_contract::Result;

use super::meta::is_id;
use crate::api::{AskPurge, Done, body};
use crate::error::Failure;
use crate::link::{Link, Live};
use crate::names::{self, Kind};
use crate::stream::Stream;

/// The bucket of an open container.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(super) link: Arc<Link>,
    pub(super) stream: Stream,
    /// What other clients call it.
    pub(super) name: String,
}

impl Bucket {
    pub(super) fn new(link: Arc<Link>, stream: Stream) -> Self {
        Self {
            name: names::bucket(Kind::Container, &stream.name).to_owned(),
            link,
            stream,
        }
    }

    /// The connection, for a call on a scope that is open.
    pub(super) async fn live(&self) -> Result<Arc<Live>> {
        self.stream.check_open()?;
        self.link.live().await
    }

    /// The subject of an object's bytes.
    pub(super) fn chunks(&self, nuid: &str) -> String {
        format!("$O.{}.C.{nuid}", self.name)
    }

    /// The subject of a message that says that these bytes are being written, or about
    /// to go.
    pub(super) fn mark(&self, nuid: &str) -> String {
        format!("$O.{}.C.{nuid}.put", self.name)
    }

    /// What lets all such messages pass.
    pub(super) fn marks(name: &str) -> String {
        format!("$O.{name}.C.*.put")
    }

    /// The bytes that such a message is about; none for a message of others whose id
    /// would stand for the bytes of several objects.
    pub(super) fn marked<'a>(&self, subject: &'a str) -> Option<&'a str> {
        let nuid = subject
            .strip_prefix(&self.chunks(""))?
            .strip_suffix(".put")?;
        is_id(nuid).then_some(nuid)
    }

    /// What lets the subjects of all objects pass.
    pub(super) fn metas(&self) -> String {
        format!("$O.{}.M.>", self.name)
    }

    /// The subject of an object.
    pub(super) fn meta(&self, name: &str) -> String {
        format!("$O.{}.M.{}", self.name, URL_SAFE.encode(name))
    }

    /// The object of a subject; none for one that [`Bucket::meta`] never writes.
    pub(super) fn object(&self, subject: &str) -> Option<String> {
        let prefix = format!("$O.{}.M.", self.name);
        let coded = subject.strip_prefix(&prefix)?;
        let name = String::from_utf8(URL_SAFE.decode(coded).ok()?).ok()?;
        (!name.is_empty()).then_some(name)
    }

    /// Removes all messages of a subject. A stream that is gone has none.
    pub(super) async fn purge(&self, subject: &str) -> Result<()> {
        let live = self.link.live().await?;
        let asked = format!("{}.STREAM.PURGE.{}", self.link.config.api, self.stream.name);
        let purge = body(&AskPurge { filter: subject })?;
        match live.ask::<Done>(asked, purge).await {
            Ok(_) | Err(Failure::NoStream) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::api::{Answer as _, StreamInfo};
    use crate::blobstore::NAME_BYTES;
    use crate::config::Config;
    use cloud_contract::Settings;

    fn bucket(stream: &str) -> Bucket {
        let settings = Settings {
            endpoint: Some("nats://127.0.0.1:1".to_owned()),
            ..Settings::default()
        };
        bucket_at(&settings, stream)
    }

    pub(in crate::blobstore) fn bucket_at(settings: &Settings, stream: &str) -> Bucket {
        let link = Link::new(Config::read(settings).unwrap());
        let info = StreamInfo::read(br#"{"config":{}}"#).unwrap();
        Bucket::new(
            Arc::new(link),
            Stream::new(stream.to_owned(), &info, Arc::default()),
        )
    }

    #[test]
    fn every_name_comes_back() {
        let bucket = bucket("OBJ_cw_s_a");
        assert_eq!(bucket.meta("a"), "$O.cw_s_a.M.YQ==");
        for name in [
            "a",
            "a/",
            "a/b",
            "..",
            " ",
            "\0",
            "*",
            ">",
            "\u{e9}",
            "\u{1f600}?~",
        ] {
            let subject = bucket.meta(name);
            assert!(subject.is_ascii() && !subject[4..].contains([' ', '*', '>', '/', '+']));
            assert_eq!(subject.split('.').count(), 4, "{subject}");
            assert_eq!(bucket.object(&subject).as_deref(), Some(name));
        }
        for foreign in [
            "$O.cw_s_a.M.",
            "$O.cw_s_a.M.%",
            "$O.cw_s_a.M.YR==",
            "$O.b.M.YQ==",
            "",
        ] {
            assert_eq!(bucket.object(foreign), None, "{foreign}");
        }
        let mark = bucket.mark("n1");
        assert_eq!(bucket.marked(&mark), Some("n1"));
        assert_eq!(bucket.marked(&bucket.chunks("n1")), None);
        for foreign in ["*", ">", "", "a.b", "n 1"] {
            assert_eq!(bucket.marked(&bucket.mark(foreign)), None, "{foreign}");
        }
    }

    #[test]
    fn the_longest_name_fits_into_a_line() {
        let stream = format!("OBJ_{}", "b".repeat(251));
        let subject = bucket(&stream).meta(&"n".repeat(NAME_BYTES));
        let domain = "d".repeat(63);
        let line = format!("PUB $JS.{domain}.API.DIRECT.GET.{stream}.{subject} ");
        // An inbox, the lengths, and what an account or a route adds.
        assert!(line.len() + 256 < 4_096, "{}", line.len());
    }
}
