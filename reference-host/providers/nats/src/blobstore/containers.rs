//! The containers of a scope: a stream each, and one that says that they were made.

use std::sync::Arc;
use std::time::Instant;

use cloud_contract::{Error, ErrorKind, Result, Scope, ScopeId};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::OnceCell;
use tracing::debug;

use super::abandoned::{ABANDONED, sweep};
use super::bucket::Bucket;
use super::container::Container;
use super::object::stale;
use super::residue::behind;
use crate::api::NewStream;
use crate::closing::Closing;
use crate::link::{Link, Live};
use crate::names::{self, Kind};
use crate::stream::Stream;
use crate::streams;

/// How many are made at a time.
const AT_ONCE: usize = 8;

/// The containers of a scope that this provider opened.
#[derive(Debug)]
pub(crate) struct Containers {
    scope: ScopeId,
    /// Those that a new scope has.
    names: Vec<String>,
    made: OnceCell<()>,
    /// Whether streams can take several messages in one step.
    batches: bool,
    closing: Arc<Closing>,
}

impl Containers {
    pub(crate) fn new(scope: &Scope, batches: bool, closing: Arc<Closing>) -> Self {
        Self {
            scope: scope.id.clone(),
            names: scope.names.clone(),
            made: OnceCell::new(),
            batches,
            closing,
        }
    }

    /// The stream of a container; none if no stream can have the name.
    fn stream(&self, container: &str) -> Option<String> {
        let named = !container.is_empty();
        named.then(|| names::stream(Kind::Container, &self.scope, container))?
    }

    /// A connection, with the containers of the scope made.
    async fn made(&self, link: &Link) -> Result<Arc<Live>> {
        self.closing.check()?;
        let live = link.live().await?;
        let made = self.made.get_or_try_init(|| self.make(link, &live));
        made.await?;
        Ok(live)
    }

    /// Gives the scope its containers, unless they were made before, be it by others. The
    /// mark comes last: without it nobody has used them, and they are made again.
    async fn make(&self, link: &Link, live: &Live) -> Result<()> {
        let mark = names::marker(&self.scope);
        match streams::describe(link, live, &mark).await {
            Err(error) if *error.kind() == ErrorKind::NotFound => {}
            other => return other.map(drop),
        }
        // A name that no stream can have has no container (BLOB-OPEN-6).
        let all = self.names.iter().filter_map(|name| self.stream(name));
        stream::iter(all.collect::<Vec<String>>())
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, async |name| {
                self.stream_made(link, live, &name).await.map(drop)
            })
            .await?;
        self.stream_made(link, live, &mark).await.map(drop)
    }

    pub(crate) async fn open(&self, link: &Arc<Link>, container: &str) -> Result<Container> {
        let live = self.made(link).await?;
        let name = self.stream(container).ok_or(ErrorKind::NotFound)?;
        let asked = Instant::now();
        // At the same time: is something left that was never finished?
        let filter = Bucket::marks(names::bucket(Kind::Container, &name));
        let mut info = streams::describe_with(link, &live, &name, &filter).await?;
        let stream = Stream::new(name, &info, Arc::clone(&self.closing));
        stream.observe(&info, asked)?;
        let bucket = Arc::new(Bucket::new(Arc::clone(link), stream));
        let marks = info.state.subjects.take().unwrap_or_default();
        if !marks.is_empty() {
            let (bucket, marks) = (Arc::clone(&bucket), marks.into_keys().collect());
            behind(async move {
                if let Err(error) = sweep(bucket, marks, ABANDONED).await {
                    debug!(%error, "abandoned bytes are left");
                }
            });
        }
        Ok(Container { bucket })
    }

    pub(crate) async fn create(&self, link: &Link, container: &str) -> Result<()> {
        let live = self.made(link).await?;
        let name = self.stream(container);
        let refused = || Error::invalid("name: no bucket of the service can have it");
        let name = name.ok_or_else(refused)?;
        if self.stream_made(link, &live, &name).await? {
            Ok(())
        } else {
            Err(ErrorKind::AlreadyExists.into())
        }
    }

    pub(crate) async fn delete(&self, link: &Arc<Link>, container: &str) -> Result<()> {
        let opened = self.open(link, container).await?;
        let live = link.live().await?;
        if !opened.bucket.is_empty(&live).await? {
            return Err(stale());
        }
        if streams::delete(link, &live, &opened.bucket.stream.name).await? {
            Ok(())
        } else {
            Err(ErrorKind::NotFound.into())
        }
    }

    /// Makes the bucket of a container; false if there is one already.
    async fn stream_made(&self, link: &Link, live: &Live, name: &str) -> Result<bool> {
        let bucket = names::bucket(Kind::Container, name);
        let subjects = [format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")];
        let (copies, mark) = (link.config.replicas, live.unique());
        let new = NewStream::container(name, subjects, copies, self.batches, mark);
        Ok(streams::create(link, live, &new).await?.is_some())
    }
}
