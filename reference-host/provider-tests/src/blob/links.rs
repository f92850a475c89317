//! What links do, by requests as others send them. A guest has no network, so that no
//! suite can show it.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use cloud_contract::blobstore::{Access, Driver, Expected, Link};
use cloud_contract::{ErrorKind, feature, limit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{bytes, container, names, options, put, read, version_of};
use crate::{Server, scope};

/// The statuses in which services differ.
#[derive(Debug, Clone, Copy)]
pub struct Statuses {
    /// Of bytes that were taken.
    pub put: u16,
    /// Of an object that was removed.
    pub deleted: u16,
    /// Of one that was not there to be removed.
    pub delete_of_none: u16,
    /// Of bytes without the right to write them, nor the header fields that go with it:
    /// some look at those first.
    pub bare_put: u16,
}

/// The statuses in which they do not.
const FOUND: u16 = 200;
const REFUSED: u16 = 403;
const ABSENT: u16 = 404;

const ALL: [Access; 3] = [Access::Get, Access::Put, Access::Delete];
/// What a URL cannot have as it is, what has a meaning in one, what no key has as it is,
/// what clients would resolve before they send it, and what is another name to whoever
/// decodes it twice or takes two slashes for one.
const NAMES: [&str; 7] = [
    "a",
    "a/b c+%\u{e9}",
    "\u{1}",
    "a?b=c&d#e",
    "../k",
    "a%2Fb",
    "a//b",
];
const MINUTE: Duration = Duration::from_secs(60);
/// How long the shortest link may last. They end in whole seconds, by the latest that the
/// clock of the service can say.
const LONGEST: Duration = Duration::from_secs(60);
/// How often a link is made anew where the answer came too late to say anything.
const ATTEMPTS: usize = 60;

/// All of it, on a server, which then holds what it held before.
pub async fn hold(server: &Server, statuses: Statuses) {
    let before = server.left().await;
    let provider = server.provider().await;
    assert!(provider.descriptor().declares(feature::BLOB_LINKS));
    let driver = container(&provider, "links").await;
    let beside = container(&provider, "links-beside").await;
    for name in NAMES {
        they_do_what_calls_do(&driver, name, statuses).await;
    }
    they_do_no_more(&driver, &beside, statuses).await;
    they_are_made_to_absent_objects(&driver, statuses).await;
    they_end(&driver).await;
    they_last(&driver).await;
    let longest = provider.descriptor().limit(limit::BLOB_LINK_MAX_NS);
    lasts(&driver, Duration::from_nanos(longest.unwrap()), 0).await;
    for id in ["links", "links-beside"] {
        provider.close(&scope(id, &[])).await.unwrap();
    }
    assert_eq!(server.left().await, before);
}

/// Of a service that has none.
pub async fn are_unsupported(server: &Server) {
    let provider = server.provider().await;
    assert!(!provider.descriptor().declares(feature::BLOB_LINKS));
    let driver = container(&provider, "links").await;
    for access in ALL {
        let error = driver.sign("a", access, MINUTE).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unsupported { .. }),
            "{error}"
        );
    }
    provider.close(&scope("links", &[])).await.unwrap();
}

/// A link writes as `put` without options does, whether or not there is something: nothing
/// stays of what was there. One reads that, and one removes it.
async fn they_do_what_calls_do(driver: &Arc<dyn Driver>, name: &str, statuses: Statuses) {
    let written = link(driver, name, Access::Put).await;
    let (status, _) = send("PUT", &written, "by link").await;
    assert_eq!(status, statuses.put, "{name:?}");
    is_written(driver, name, "by link").await;

    let version = put(driver, name, bytes(1_000, 1)).await;
    let info = driver.head(name).await.unwrap().unwrap();
    let own = options(Expected::Any);
    assert_eq!(info.content_type, own.content_type);
    assert_eq!(info.metadata, own.metadata);
    let (status, _) = send("PUT", &written, "over it").await;
    assert_eq!(status, statuses.put, "{name:?}");
    is_written(driver, name, "over it").await;
    assert_ne!(version_of(driver, name).await, version);

    let found = link(driver, name, Access::Get).await;
    is_found(&found, "over it").await;
    let gone = link(driver, name, Access::Delete).await;
    assert_eq!(send("DELETE", &gone, "").await.0, statuses.deleted);
    assert_eq!(read(driver, name).await, Ok(None));
}

/// These bytes are there, and nothing is said of them.
async fn is_written(driver: &Arc<dyn Driver>, name: &str, text: &'static str) {
    assert_eq!(read(driver, name).await.unwrap().unwrap(), text);
    let info = driver.head(name).await.unwrap().unwrap();
    assert_eq!(info.size, text.len() as u64);
    assert_eq!(info.content_type, "application/octet-stream");
    assert_eq!(info.metadata, []);
}

/// A link is for one method, whatever header goes with it, and for one object. The others
/// are there, so that it is the right to them which is missing.
async fn they_do_no_more(driver: &Arc<dyn Driver>, beside: &Arc<dyn Driver>, statuses: Statuses) {
    let objects = [(driver, "a"), (driver, "b"), (beside, "a")];
    for (seed, (driver, name)) in (0..).zip(objects) {
        put(driver, name, bytes(9, seed)).await;
    }
    for access in ALL {
        let allowed = link(driver, "a", access).await;
        for other in ALL.into_iter().filter(|&other| other != access) {
            let forged = Link {
                headers: link(driver, "a", other).await.headers,
                ..allowed.clone()
            };
            let bare = match other {
                Access::Put => statuses.bare_put,
                Access::Get | Access::Delete => REFUSED,
            };
            for (link, refused) in [(&allowed, bare), (&forged, REFUSED)] {
                let (status, _) = send(method(other), link, "x").await;
                assert_eq!(status, refused, "{other:?} by a link for {access:?}");
            }
        }
        for (driver, name) in &objects[1..] {
            let other = link(driver, name, access).await;
            let moved = Link {
                url: format!("{}?{}", parts(&other).0, parts(&allowed).1),
                ..allowed.clone()
            };
            let (status, _) = send(method(access), &moved, "x").await;
            assert_eq!(status, REFUSED, "{access:?} of another object");
        }
    }
    for (seed, (driver, name)) in (0..).zip(objects) {
        assert_eq!(read(driver, name).await, Ok(Some(bytes(9, seed))));
        driver.delete(name, None).await.unwrap();
    }
}

/// One to read finds nothing until there is something, and one to remove does no harm.
async fn they_are_made_to_absent_objects(driver: &Arc<dyn Driver>, statuses: Statuses) {
    put(driver, "beside", bytes(9, 1)).await;
    let found = link(driver, "absent", Access::Get).await;
    let gone = link(driver, "absent", Access::Delete).await;
    assert_eq!(send("GET", &found, "").await.0, ABSENT);
    assert_eq!(send("DELETE", &gone, "").await.0, statuses.delete_of_none);
    assert_eq!(names(driver, "", 10).await, ["beside"]);

    put(driver, "absent", "present".into()).await;
    is_found(&found, "present").await;
    assert_eq!(send("DELETE", &gone, "").await.0, statuses.deleted);
    assert_eq!(names(driver, "", 10).await, ["beside"]);
    driver.delete("beside", None).await.unwrap();
}

/// When the one to read has ended, which was made last, the others have ended as well.
/// They are not tried before: what they do could not be told from what they must not.
async fn they_end(driver: &Arc<dyn Driver>) {
    put(driver, "a", bytes(9, 1)).await;
    let short = async |access| {
        let lifetime = Duration::from_millis(1);
        driver.sign("a", access, lifetime).await.unwrap()
    };
    let (written, gone) = (short(Access::Put).await, short(Access::Delete).await);
    let found = short(Access::Get).await;
    let made = Instant::now();
    loop {
        match send("GET", &found, "").await.0 {
            REFUSED => break,
            status => assert_eq!(status, FOUND),
        }
        assert!(made.elapsed() < LONGEST, "it does not end");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(send("PUT", &written, "x").await.0, REFUSED);
    assert_eq!(send("DELETE", &gone, "").await.0, REFUSED);
    assert_eq!(read(driver, "a").await, Ok(Some(bytes(9, 1))));
    driver.delete("a", None).await.unwrap();
}

/// A link is good for as long as was asked for, also by a provider whose signatures count
/// in whole seconds.
async fn they_last(driver: &Arc<dyn Driver>) {
    for (lifetime, after) in [(900, 0), (900, 500), (1_900, 1_300)] {
        lasts(driver, Duration::from_millis(lifetime), after).await;
    }
}

/// A link of this lifetime is good when so many milliseconds have passed. Only an answer
/// that comes within the lifetime says so.
async fn lasts(driver: &Arc<dyn Driver>, lifetime: Duration, after: u64) {
    put(driver, "a", "lasts".into()).await;
    for _ in 0..ATTEMPTS {
        late_in_a_second().await;
        let made = Instant::now();
        let found = driver.sign("a", Access::Get, lifetime).await.unwrap();
        tokio::time::sleep(Duration::from_millis(after)).await;
        let (status, text) = send("GET", &found, "").await;
        if made.elapsed() < lifetime {
            let what = format!("a link for {lifetime:?} after {after} ms");
            assert_eq!((status, &*text), (FOUND, "lasts"), "{what}");
            driver.delete("a", None).await.unwrap();
            return;
        }
    }
    panic!("no answer came within {lifetime:?}");
}

/// Waits for the moment at which a signature loses most that is dated by the second which
/// has begun.
async fn late_in_a_second() {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let wait = (1_800 - u64::from(now.subsec_millis())) % 1_000;
    tokio::time::sleep(Duration::from_millis(wait)).await;
}

async fn link(driver: &Arc<dyn Driver>, name: &str, access: Access) -> Link {
    driver.sign(name, access, MINUTE).await.unwrap()
}

async fn is_found(link: &Link, text: &str) {
    let (status, found) = send("GET", link, "").await;
    assert_eq!((status, &*found), (FOUND, text));
}

fn method(access: Access) -> &'static str {
    match access {
        Access::Get => "GET",
        Access::Put => "PUT",
        Access::Delete => "DELETE",
    }
}

/// The URL of a link up to its query, and the query, which has the signature.
fn parts(link: &Link) -> (&str, &str) {
    link.url.split_once('?').unwrap()
}

/// Sends the request of a link, and returns the status and the body of the answer. By
/// hand, so that nothing is sent but what the link says.
async fn send(method: &str, link: &Link, body: &str) -> (u16, String) {
    let rest = link.url.strip_prefix("http://").unwrap();
    let (address, path) = rest.split_at(rest.find('/').unwrap());
    assert!(is_sent_as_it_is(parts(link).0), "{path}");
    let fields = link.headers.iter();
    let fields: String = fields
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{fields}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (header, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = header.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// Whether clients leave a URL alone: they resolve dots between slashes, however those are
/// written, and escape or cut what is no part of a path.
fn is_sent_as_it_is(url: &str) -> bool {
    let is_place = |segment: &str| {
        let dots = segment.replace("%2e", ".").replace("%2E", ".");
        matches!(&*dots, "." | "..")
    };
    let is_graphic = url.bytes().all(|byte| byte.is_ascii_graphic());
    is_graphic && !url.contains('#') && !url.split('/').any(is_place)
}
