//! Links to objects in memory, and the service that they lead to: HTTP on a port of this
//! machine, which nobody else can reach, from the first link on until the provider ends.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{Access, Driver, Link, PutOptions, Range};
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Something that the service does wrong with a request whose URL has its word in the
/// query: for faults that are not in how a link is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slip {
    /// It does not look at the method.
    AnyMethod,
    /// It does not look at the name.
    AnyName,
    /// It does not look at the container.
    AnyContainer,
    /// It looks at the beginning of the name only.
    AnyEnd,
    /// It does not look at the time.
    AnyTime,
    /// It says that it did what it did not do.
    Nothing,
    /// It writes what is there and what comes.
    Appends,
    /// It leaves what else is said of the object.
    KeepsDescription,
    /// It refuses to write over an object.
    OnlyNew,
    /// It writes one byte less.
    LosesLastByte,
    /// It makes the object empty in place of removing it.
    Empties,
    /// It removes what was read.
    RemovesWhatIsRead,
    /// It writes no object where there is none.
    OnlyPresent,
}

impl Slip {
    fn word(self) -> String {
        format!("{self:?}")
    }
}

/// What a link allows.
#[derive(Debug, Clone)]
struct Allowed {
    container: u64,
    name: String,
    access: Access,
    end: Option<Instant>,
}

/// The service. Nothing runs before the first link is made.
#[derive(Debug, Default)]
pub(crate) struct LinkService {
    desk: Arc<Desk>,
    running: OnceCell<(SocketAddr, JoinSet<()>)>,
    containers: AtomicU64,
}

/// What the service looks up.
#[derive(Debug, Default)]
struct Desk {
    containers: Mutex<HashMap<u64, Arc<dyn Driver>>>,
    allowed: Mutex<HashMap<u64, Allowed>>,
    secret: RandomState,
    links: AtomicU64,
}

impl LinkService {
    async fn address(&self) -> Result<SocketAddr> {
        let running = self.running.get_or_try_init(|| async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(unable)?;
            let address = listener.local_addr().map_err(unable)?;
            // Ends with the set, which ends with the provider.
            let mut tasks = JoinSet::new();
            tasks.spawn(serve(listener, Arc::clone(&self.desk)));
            Ok::<_, Error>((address, tasks))
        });
        Ok(running.await?.0)
    }
}

fn unable(error: std::io::Error) -> Error {
    Error::with_source(
        ErrorKind::Other("no links can be made".into()),
        error.to_string(),
    )
}

async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let answer = service_fn(|request| {
                let desk = Arc::clone(&desk);
                async move { Ok::<_, Infallible>(desk.answer(request).await) }
            });
            // A client that goes away is none of the service's business.
            drop(
                http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer)
                    .await,
            );
        });
        while connections.try_join_next().is_some() {}
    }
}

/// How links of one container are made: the container is registered with its first one.
#[derive(Debug)]
pub(crate) struct Signing {
    service: Arc<LinkService>,
    driver: Arc<dyn Driver>,
    container: u64,
}

impl Signing {
    pub(crate) fn new(service: Arc<LinkService>, driver: Arc<dyn Driver>) -> Self {
        let container = service.containers.fetch_add(1, Ordering::Relaxed);
        Self {
            service,
            driver,
            container,
        }
    }
}

#[async_trait]
impl DriverFault for Signing {
    async fn sign(
        &self,
        _: &dyn Driver,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let address = self.service.address().await?;
        let desk = &self.service.desk;
        lock(&desk.containers)
            .entry(self.container)
            .or_insert_with(|| Arc::clone(&self.driver));
        let number = desk.links.fetch_add(1, Ordering::Relaxed);
        let secret = desk.secret.hash_one(number);
        let allowed = Allowed {
            container: self.container,
            name: name.to_owned(),
            access,
            end: Instant::now().checked_add(lifetime),
        };
        lock(&desk.allowed).insert(secret, allowed);
        let path: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        Ok(Link {
            url: format!("http://{address}/{}/{path}?{secret:x}", self.container),
            headers: Vec::new(),
        })
    }
}

type Answer = Response<Full<Bytes>>;

fn status(status: StatusCode) -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = status;
    answer
}

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        let Some((driver, name, slips)) = self.admit(&parts) else {
            return status(StatusCode::FORBIDDEN);
        };
        let Ok(body) = body.collect().await else {
            return status(StatusCode::BAD_REQUEST);
        };
        let done = act(&*driver, &parts.method, &name, body.to_bytes(), &slips).await;
        done.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Where a request leads and what goes wrong with it; none if it is not allowed.
    fn admit(
        &self,
        parts: &hyper::http::request::Parts,
    ) -> Option<(Arc<dyn Driver>, String, Slips)> {
        let mut words = parts.uri.query()?.split('&');
        let secret = u64::from_str_radix(words.next()?, 16).ok()?;
        let slips = Slips(words.map(str::to_owned).collect());
        let allowed = lock(&self.allowed).get(&secret)?.clone();
        let (container, path) = parts.uri.path().strip_prefix('/')?.split_once('/')?;
        let container = container.parse().ok()?;
        let name = decode(path)?;
        let methods: &[Method] = match allowed.access {
            Access::Get => &[Method::GET, Method::HEAD],
            Access::Put => &[Method::PUT],
            Access::Delete => &[Method::DELETE],
        };
        let is_named = name == allowed.name
            || slips.has(Slip::AnyName)
            || (slips.has(Slip::AnyEnd) && name.starts_with(&allowed.name));
        let is_allowed = is_named
            && (methods.contains(&parts.method) || slips.has(Slip::AnyMethod))
            && (container == allowed.container || slips.has(Slip::AnyContainer))
            && (allowed.end.is_none_or(|end| Instant::now() < end) || slips.has(Slip::AnyTime));
        let driver = Arc::clone(lock(&self.containers).get(&container)?);
        is_allowed.then_some((driver, name, slips))
    }
}

/// The words in the query of a URL.
struct Slips(Vec<String>);

impl Slips {
    fn has(&self, slip: Slip) -> bool {
        self.0.contains(&slip.word())
    }
}

/// A link at whose service something goes wrong.
pub(crate) fn with_slip(link: Link, slip: Slip) -> Link {
    Link {
        url: format!("{}&{}", link.url, slip.word()),
        ..link
    }
}

fn decode(path: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = (0..path.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(path.get(place..place + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

async fn act(
    driver: &dyn Driver,
    method: &Method,
    name: &str,
    body: Bytes,
    slips: &Slips,
) -> Result<Answer> {
    if slips.has(Slip::Nothing) {
        return Ok(status(StatusCode::NO_CONTENT));
    }
    match *method {
        Method::GET | Method::HEAD => {
            let Some(content) = driver.get(name, Range::default(), None).await? else {
                return Ok(status(StatusCode::NOT_FOUND));
            };
            let pieces: Vec<Bytes> = content.data.try_collect().await?;
            if slips.has(Slip::RemovesWhatIsRead) {
                driver.delete(name, None).await?;
            }
            Ok(Response::new(Full::from(pieces.concat())))
        }
        Method::PUT => write(driver, name, body, slips).await,
        Method::DELETE => {
            if slips.has(Slip::Empties) {
                return write(driver, name, Bytes::new(), slips).await;
            }
            driver.delete(name, None).await?;
            Ok(status(StatusCode::NO_CONTENT))
        }
        _ => Ok(status(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

async fn write(driver: &dyn Driver, name: &str, body: Bytes, slips: &Slips) -> Result<Answer> {
    let present = driver.get(name, Range::default(), None).await?;
    if slips.has(Slip::OnlyNew) && present.is_some() {
        return Ok(status(StatusCode::PRECONDITION_FAILED));
    }
    if slips.has(Slip::OnlyPresent) && present.is_none() {
        return Ok(status(StatusCode::NOT_FOUND));
    }
    let mut options = PutOptions {
        content_type: "application/octet-stream".to_owned(),
        ..PutOptions::default()
    };
    let mut pieces = Vec::new();
    if let Some(content) = present {
        if slips.has(Slip::KeepsDescription) {
            options.content_type = content.info.content_type;
            options.metadata = content.info.metadata;
        }
        if slips.has(Slip::Appends) {
            pieces = content.data.try_collect().await?;
        }
    }
    let kept = body.len() - usize::from(slips.has(Slip::LosesLastByte) && !body.is_empty());
    pieces.push(body.slice(..kept));
    let body = stream::iter(pieces.into_iter().map(Ok)).boxed();
    driver.put(name, body, options).await?;
    Ok(status(StatusCode::OK))
}
