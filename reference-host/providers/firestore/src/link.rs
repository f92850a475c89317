//! The connection: requests out, answers in, the clock of the service kept.
//!
//! One HTTP/2 connection carries all calls. It is made when it is first needed, and
//! again after it was lost. Nothing here repeats a request that may have been
//! carried out.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use cloud_contract::{Error, Result};
use gcloud_sdk::google::firestore::v1::batch_get_documents_response::Result as Found;
use gcloud_sdk::google::firestore::v1::firestore_client::FirestoreClient;
use gcloud_sdk::google::firestore::v1::run_query_request::QueryType;
use gcloud_sdk::google::firestore::v1::{
    BatchGetDocumentsRequest, BatchWriteRequest, CommitRequest, Document, DocumentMask,
    RunQueryRequest, StructuredQuery, Write,
};
use gcloud_sdk::prost_types::Timestamp;
use tonic::Request;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};

use crate::access::Access;
use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::error::{Failure, Verdict, unexpected_answer};
use crate::record::{Change, moment};

/// A message holds at most one document of 1 MiB, but for names of many.
const MESSAGE_MAX_BYTES: usize = 16 * 1024 * 1024;
/// What may be under way before it is read, of one call and of all.
const WINDOW: u32 = 2 * 1024 * 1024;
const WINDOW_OF_ALL: u32 = 16 * 1024 * 1024;
/// The first wait after a write met contention; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(640);

pub(crate) type Reply<T> = std::result::Result<T, Failure>;

/// The way to one database.
pub(crate) struct Link {
    endpoint: Endpoint,
    live: RwLock<Live>,
    access: Access,
    /// `projects/P/databases/D`.
    database: String,
    pub(crate) clock: Clock,
    seed: RandomState,
    marks: AtomicU64,
    pub(crate) call_timeout: Duration,
}

struct Live {
    client: FirestoreClient<Channel>,
    since: Instant,
}

/// It holds credentials.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    /// Finds credentials; asks the service nothing.
    ///
    /// # Errors
    /// `invalid-argument`, `access-denied`.
    pub(crate) async fn new(config: &Config) -> Result<Self> {
        let (access, database) = Access::find(config).await?;
        let mut endpoint = Endpoint::from(config.endpoint.clone())
            .connect_timeout(config.connect_timeout.mul_f64(0.9))
            .tcp_nodelay(true)
            .tcp_keepalive(Some(Duration::from_secs(30)))
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW_OF_ALL);
        if !config.is_emulator() {
            let tls = ClientTlsConfig::new().with_native_roots();
            endpoint = endpoint
                .tls_config(tls)
                .map_err(|_| Error::invalid("endpoint: TLS cannot be set up"))?;
        }
        let live = RwLock::new(Live::new(&endpoint));
        Ok(Self {
            endpoint,
            live,
            access,
            database,
            clock: Clock::new(),
            seed: RandomState::new(),
            marks: AtomicU64::new(0),
            call_timeout: config.call_timeout,
        })
    }

    /// The name under which all documents are.
    pub(crate) fn documents(&self) -> String {
        format!("{}/documents", self.database)
    }

    /// Reads documents: what was found of them, in any order, each once.
    pub(crate) async fn read(
        &self,
        documents: Vec<String>,
        fields: &[&str],
    ) -> Reply<Vec<Document>> {
        let room = documents.len();
        let question = BatchGetDocumentsRequest {
            database: self.database.clone(),
            documents,
            mask: Some(mask(fields)),
            ..BatchGetDocumentsRequest::default()
        };
        self.bounded(async {
            let request = self.request(question).await?;
            let mut answers = self
                .client()
                .batch_get_documents(request)
                .await?
                .into_inner();
            let mut found = Vec::with_capacity(room);
            while let Some(answer) = answers.message().await? {
                self.saw(answer.read_time.as_ref());
                if let Some(Found::Found(document)) = answer.result {
                    found.push(document);
                }
            }
            Ok(found)
        })
        .await
    }

    /// Reads one document.
    pub(crate) async fn read_one(
        &self,
        document: String,
        fields: &[&str],
    ) -> Reply<Option<Document>> {
        Ok(self.read(vec![document], fields).await?.pop())
    }

    /// Asks for the documents under `parent` that a query finds, in its order.
    pub(crate) async fn query(
        &self,
        parent: String,
        query: StructuredQuery,
    ) -> Reply<Vec<Document>> {
        let question = RunQueryRequest {
            parent,
            query_type: Some(QueryType::StructuredQuery(query)),
            ..RunQueryRequest::default()
        };
        self.bounded(async {
            let request = self.request(question).await?;
            let mut answers = self.client().run_query(request).await?.into_inner();
            let mut found = Vec::new();
            while let Some(answer) = answers.message().await? {
                self.saw(answer.read_time.as_ref());
                found.extend(answer.document);
            }
            Ok(found)
        })
        .await
    }

    /// Makes one change, and returns the moment of the document's last one.
    ///
    /// Where the service gives up because of contention, it did nothing, so the
    /// change is sent again for a while.
    pub(crate) async fn commit(&self, change: &Change) -> Reply<Moment> {
        let mut pauses = self.pauses();
        loop {
            match self.commit_once(change).await {
                Err(failure) if failure.verdict == Verdict::Contended => {
                    if !pauses.pause().await {
                        return Err(failure);
                    }
                }
                ended => return ended,
            }
        }
    }

    async fn commit_once(&self, change: &Change) -> Reply<Moment> {
        let request = CommitRequest {
            database: self.database.clone(),
            writes: vec![self.write(change)],
            ..CommitRequest::default()
        };
        self.bounded(async {
            let request = self.request(request).await?;
            let answer = self.client().commit(request).await?.into_inner();
            self.saw(answer.commit_time.as_ref());
            let result = answer.write_results.first();
            let updated = result.and_then(|result| result.update_time.as_ref());
            // A document that was removed has none.
            Ok(updated.map_or(0, moment))
        })
        .await
    }

    /// Makes changes of different documents, each by itself, with a result for
    /// each. It is not repeated.
    pub(crate) async fn change_many(&self, changes: &[Change]) -> Reply<Vec<Reply<()>>> {
        let request = BatchWriteRequest {
            database: self.database.clone(),
            writes: changes.iter().map(|change| self.write(change)).collect(),
            ..BatchWriteRequest::default()
        };
        self.bounded(async {
            let request = self.request(request).await?;
            let answer = self.client().batch_write(request).await?.into_inner();
            if answer.status.len() != changes.len() {
                return Err(unexpected_answer().into());
            }
            let each = answer.status.into_iter().map(|status| match status.code {
                0 => Ok(()),
                code => Err(Failure::of_write(code, status.message)),
            });
            Ok(each.collect())
        })
        .await
    }

    /// Waits between attempts, for half of a call's time altogether.
    pub(crate) fn pauses(&self) -> Pauses<'_> {
        Pauses {
            link: self,
            until: Instant::now() + self.call_timeout / 2,
            next: FIRST_PAUSE,
        }
    }

    fn write(&self, change: &Change) -> Write {
        change.write(self.mark().cast_signed(), self.clock.about_now())
    }

    /// A number that nobody else has, as good as.
    fn mark(&self) -> u64 {
        self.seed
            .hash_one(self.marks.fetch_add(1, Ordering::Relaxed))
    }

    fn saw(&self, timestamp: Option<&Timestamp>) {
        if let Some(timestamp) = timestamp {
            self.clock.saw(moment(timestamp));
        }
    }

    fn client(&self) -> FirestoreClient<Channel> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.client.clone()
    }

    async fn request<T>(&self, message: T) -> Result<Request<T>> {
        let mut request = Request::new(message);
        *request.metadata_mut() = self.access.headers().await?;
        // So that the service gives up, too; the time limit here comes first.
        request.set_timeout(self.call_timeout);
        Ok(request)
    }

    /// A request has a little less time than the call that it belongs to, so that
    /// it ends here and not there: silence may mean that the connection is dead,
    /// and the next request should not wait for it as well.
    async fn bounded<T>(&self, work: impl Future<Output = Reply<T>>) -> Reply<T> {
        let limit = self.call_timeout.mul_f64(0.9);
        let begun = Instant::now();
        match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => {
                let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
                if live.since < begun {
                    *live = Live::new(&self.endpoint);
                }
                Err(Failure::timeout())
            }
        }
    }
}

impl Live {
    /// Connects when it is used.
    fn new(endpoint: &Endpoint) -> Self {
        let client = FirestoreClient::new(endpoint.connect_lazy())
            .max_decoding_message_size(MESSAGE_MAX_BYTES);
        Self {
            client,
            since: Instant::now(),
        }
    }
}

/// See [`Link::pauses`].
#[derive(Debug)]
pub(crate) struct Pauses<'a> {
    link: &'a Link,
    until: Instant,
    next: Duration,
}

impl Pauses<'_> {
    /// Waits, longer each time and never as long as others; false if the time is
    /// over.
    pub(crate) async fn pause(&mut self) -> bool {
        let random = u32::try_from(self.link.mark() >> 40).unwrap_or(0);
        let part = f64::from(random) / f64::from(1_u32 << 24);
        let pause = self.next.mul_f64(0.5 + part / 2.0);
        if Instant::now() + pause > self.until {
            return false;
        }
        tokio::time::sleep(pause).await;
        self.next = LONGEST_PAUSE.min(self.next * 2);
        true
    }
}

fn mask(fields: &[&str]) -> DocumentMask {
    DocumentMask {
        field_paths: fields.iter().map(|&field| field.to_owned()).collect(),
    }
}
