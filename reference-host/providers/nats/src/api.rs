//! What JetStream is asked and answers, in JSON. Only the fields that are used.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use async_nats::jetstream::stream::RawMessage;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Failure, unexpected_reply};

/// Why JetStream refused a request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Refusal {
    #[serde(default)]
    pub(crate) code: u16,
    #[serde(default)]
    pub(crate) err_code: u64,
    #[serde(default)]
    pub(crate) description: String,
}

/// Any answer: a refusal or the fields of a kind of answer, which may borrow from the
/// message.
pub(crate) trait Answer<'a>: Deserialize<'a> {
    fn refusal(&mut self) -> Option<Refusal>;

    /// Reads an answer.
    fn read(payload: &'a [u8]) -> Result<Self, Failure> {
        let mut answer: Self =
            serde_json::from_slice(payload).map_err(|_| Failure::Failed(unexpected_reply()))?;
        match answer.refusal() {
            Some(refusal) => Err(refusal.into()),
            None => Ok(answer),
        }
    }
}

macro_rules! answers {
    ($($name:ident),*) => {$(
        impl Answer<'_> for $name {
            fn refusal(&mut self) -> Option<Refusal> {
                self.error.take()
            }
        }
    )*};
}

answers!(Account, Ack, Consumer, Done, Message, Names);

impl<'a, S: Deserialize<'a>> Answer<'a> for StreamInfo<S> {
    fn refusal(&mut self) -> Option<Refusal> {
        self.error.take()
    }
}

/// `INFO`.
#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    error: Option<Refusal>,
    #[serde(default)]
    pub(crate) api: ApiLevel,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ApiLevel {
    /// Since 2.11.
    #[serde(default)]
    pub(crate) level: u32,
}

/// The answer to a message for a stream.
#[derive(Debug, Deserialize)]
pub(crate) struct Ack {
    error: Option<Refusal>,
    #[serde(default)]
    pub(crate) seq: u64,
}

/// `STREAM.DELETE`.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    error: Option<Refusal>,
}

/// `STREAM.MSG.GET`.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    error: Option<Refusal>,
    pub(crate) message: Option<RawMessage>,
}

/// `STREAM.NAMES`.
#[derive(Debug, Deserialize)]
pub(crate) struct Names {
    error: Option<Refusal>,
    #[serde(default)]
    pub(crate) total: usize,
    /// `null` where there is none.
    pub(crate) streams: Option<Vec<String>>,
}

/// `STREAM.CREATE` and `STREAM.INFO`. `S`: how subjects are kept, where they were asked
/// for.
#[derive(Debug, Deserialize)]
pub(crate) struct StreamInfo<S = HashMap<String, IgnoredAny>> {
    error: Option<Refusal>,
    /// How many subjects there are, where they were asked for.
    #[serde(default)]
    pub(crate) total: usize,
    #[serde(default)]
    pub(crate) config: StreamConfig,
    #[serde(default)]
    pub(crate) created: String,
    #[serde(default = "StreamState::default")]
    pub(crate) state: StreamState<S>,
    /// The server's clock. Since 2.10.
    pub(crate) ts: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct StreamConfig {
    #[serde(default)]
    pub(crate) num_replicas: usize,
    #[serde(default)]
    pub(crate) allow_direct: bool,
    #[serde(default)]
    pub(crate) allow_msg_ttl: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StreamState<S = HashMap<String, IgnoredAny>> {
    #[serde(default)]
    pub(crate) messages: u64,
    #[serde(default)]
    pub(crate) bytes: u64,
    #[serde(default)]
    pub(crate) last_seq: u64,
    #[serde(default)]
    pub(crate) num_subjects: u64,
    pub(crate) subjects: Option<S>,
}

impl<S> Default for StreamState<S> {
    fn default() -> Self {
        Self {
            messages: 0,
            bytes: 0,
            last_seq: 0,
            num_subjects: 0,
            subjects: None,
        }
    }
}

/// The names of subjects, as they stand in an answer that can be long.
#[derive(Debug, Default)]
pub(crate) struct SubjectNames<'a>(pub(crate) Vec<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for SubjectNames<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Vec<Cow<'de, str>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("subjects")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut names = Vec::new();
                while let Some((SubjectName(name), IgnoredAny)) = map.next_entry()? {
                    names.push(name);
                }
                Ok(names)
            }
        }
        deserializer.deserialize_map(Names).map(SubjectNames)
    }
}

/// Borrowed unless something in it is written as an escape.
#[derive(Deserialize)]
struct SubjectName<'a>(#[serde(borrow)] Cow<'a, str>);

/// `CONSUMER.CREATE`.
#[derive(Debug, Deserialize)]
pub(crate) struct Consumer {
    error: Option<Refusal>,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) num_pending: u64,
}

/// A new bucket, as other clients of NATS make them.
#[derive(Debug, Serialize)]
pub(crate) struct NewStream<'a> {
    pub(crate) name: &'a str,
    subjects: Vec<String>,
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_msgs_per_subject: Option<u8>,
    storage: &'static str,
    discard: &'static str,
    num_replicas: u8,
    allow_rollup_hdrs: bool,
    deny_delete: bool,
    allow_direct: bool,
    #[serde(skip_serializing_if = "is_false")]
    allow_msg_ttl: bool,
    #[serde(skip_serializing_if = "is_false")]
    allow_atomic: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Creation>,
}

/// Something that no other creation of a stream has: who creates one that is there does
/// not get it as if he had made it.
#[derive(Debug, Serialize)]
struct Creation {
    #[serde(rename = "cloud-created")]
    mark: String,
}

impl<'a> NewStream<'a> {
    /// The bucket of a store. `lifetimes`: whether messages may have times to live.
    pub(crate) fn bucket(name: &'a str, subjects: String, replicas: u8, lifetimes: bool) -> Self {
        Self {
            name,
            subjects: vec![subjects],
            description: "a store of cloud:keyvalue",
            max_msgs_per_subject: Some(1),
            storage: "file",
            discard: "new",
            num_replicas: replicas,
            allow_rollup_hdrs: true,
            deny_delete: true,
            // With several copies a direct get may be answered by one that lags.
            allow_direct: replicas == 1,
            allow_msg_ttl: lifetimes,
            allow_atomic: false,
            metadata: None,
        }
    }

    /// The bucket of a container. `batches`: whether it can take several messages in one
    /// step. `mark`: one that no other creation has.
    pub(crate) fn container(
        name: &'a str,
        subjects: [String; 2],
        replicas: u8,
        batches: bool,
        mark: String,
    ) -> Self {
        Self {
            name,
            subjects: subjects.into(),
            description: "a container of cloud:blobstore",
            max_msgs_per_subject: None,
            storage: "file",
            discard: "new",
            num_replicas: replicas,
            allow_rollup_hdrs: true,
            deny_delete: false,
            // For the bytes of objects, which never change.
            allow_direct: true,
            allow_msg_ttl: true,
            allow_atomic: batches,
            metadata: Some(Creation { mark }),
        }
    }
}

/// A look at all messages with some subjects.
#[derive(Debug, Serialize)]
pub(crate) struct NewConsumer<'a> {
    stream_name: &'a str,
    config: ConsumerConfig<'a>,
}

#[derive(Debug, Serialize)]
struct ConsumerConfig<'a> {
    filter_subject: &'a str,
    deliver_policy: &'static str,
    ack_policy: &'static str,
    replay_policy: &'static str,
    headers_only: bool,
    mem_storage: bool,
    num_replicas: u8,
    /// Nanoseconds after which the server forgets a consumer that nobody asks.
    inactive_threshold: u64,
}

impl<'a> NewConsumer<'a> {
    /// `headers_only`: without their payloads.
    pub(crate) fn new(stream: &'a str, filter: &'a str, headers_only: bool) -> Self {
        Self {
            stream_name: stream,
            config: ConsumerConfig {
                filter_subject: filter,
                deliver_policy: "all",
                ack_policy: "none",
                replay_policy: "instant",
                headers_only,
                mem_storage: true,
                num_replicas: 1,
                inactive_threshold: 10_000_000_000,
            },
        }
    }
}

/// `STREAM.INFO` with the names of subjects.
#[derive(Debug, Serialize)]
pub(crate) struct AskSubjects<'a> {
    pub(crate) subjects_filter: &'a str,
    pub(crate) offset: usize,
}

/// `STREAM.NAMES`.
#[derive(Debug, Serialize)]
pub(crate) struct AskNames {
    pub(crate) subject: &'static str,
    pub(crate) offset: usize,
}

/// `STREAM.MSG.GET`.
#[derive(Debug, Serialize)]
pub(crate) struct AskLast<'a> {
    pub(crate) last_by_subj: &'a str,
}

/// `STREAM.MSG.GET` of the next message from a sequence on.
#[derive(Debug, Serialize)]
pub(crate) struct AskOneNext<'a> {
    pub(crate) seq: u64,
    pub(crate) next_by_subj: &'a str,
}

/// `CONSUMER.MSG.NEXT`.
#[derive(Debug, Serialize)]
pub(crate) struct AskBatch {
    pub(crate) batch: usize,
    pub(crate) no_wait: bool,
}

/// `STREAM.PURGE` of one subject.
#[derive(Debug, Serialize)]
pub(crate) struct AskPurge<'a> {
    pub(crate) filter: &'a str,
}

/// `DIRECT.GET` of several messages of one subject, from a sequence on.
#[derive(Debug, Serialize)]
pub(crate) struct AskNext<'a> {
    pub(crate) seq: u64,
    pub(crate) batch: usize,
    pub(crate) next_by_subj: &'a str,
}

/// `DIRECT.GET` of the last messages of several subjects.
#[derive(Debug, Serialize)]
pub(crate) struct AskLasts<'a> {
    pub(crate) multi_last: &'a [String],
}

/// The body of a request.
pub(crate) fn body(request: &impl Serialize) -> Result<bytes::Bytes, Failure> {
    match serde_json::to_vec(request) {
        Ok(body) => Ok(body.into()),
        Err(_) => Err(Failure::Failed(unexpected_reply())),
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
