//! The messages of etcd's version 3 protocol that are used here, written by hand from
//! `kv.proto` and `rpc.proto`, with their numbers. What is left out is skipped by
//! whoever reads it.

use bytes::Bytes;

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ResponseHeader {
    #[prost(int64, tag = "3")]
    pub(crate) revision: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct KeyValue {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) key: Bytes,
    #[prost(int64, tag = "2")]
    pub(crate) create_revision: i64,
    #[prost(int64, tag = "3")]
    pub(crate) mod_revision: i64,
    #[prost(bytes = "bytes", tag = "5")]
    pub(crate) value: Bytes,
    #[prost(int64, tag = "6")]
    pub(crate) lease: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RangeRequest {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) key: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) range_end: Bytes,
    #[prost(int64, tag = "3")]
    pub(crate) limit: i64,
    #[prost(bool, tag = "8")]
    pub(crate) keys_only: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RangeResponse {
    #[prost(message, repeated, tag = "2")]
    pub(crate) kvs: Vec<KeyValue>,
    #[prost(bool, tag = "3")]
    pub(crate) more: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct PutRequest {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) key: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) value: Bytes,
    #[prost(int64, tag = "3")]
    pub(crate) lease: i64,
}

/// Answers to writes: that they came is all there is to know.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Done {}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct DeleteRangeRequest {
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) key: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) range_end: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RequestOp {
    #[prost(oneof = "request_op::Request", tags = "1, 2, 3")]
    pub(crate) request: Option<request_op::Request>,
}

pub(crate) mod request_op {
    #[derive(Clone, PartialEq, prost::Oneof)]
    pub(crate) enum Request {
        #[prost(message, tag = "1")]
        Range(super::RangeRequest),
        #[prost(message, tag = "2")]
        Put(super::PutRequest),
        #[prost(message, tag = "3")]
        DeleteRange(super::DeleteRangeRequest),
    }
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ResponseOp {
    #[prost(oneof = "response_op::Response", tags = "1, 2, 3")]
    pub(crate) response: Option<response_op::Response>,
}

pub(crate) mod response_op {
    #[derive(Clone, PartialEq, prost::Oneof)]
    pub(crate) enum Response {
        #[prost(message, tag = "1")]
        Range(super::RangeResponse),
        #[prost(message, tag = "2")]
        Put(super::Done),
        #[prost(message, tag = "3")]
        DeleteRange(super::Done),
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum CompareTarget {
    Version = 0,
    Create = 1,
    Mod = 2,
    Value = 3,
    Lease = 4,
}

/// Always for equality, which is number 0 and is left out.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Compare {
    #[prost(enumeration = "CompareTarget", tag = "2")]
    pub(crate) target: i32,
    #[prost(bytes = "bytes", tag = "3")]
    pub(crate) key: Bytes,
    #[prost(oneof = "compare::Union", tags = "5, 6, 8")]
    pub(crate) union: Option<compare::Union>,
}

pub(crate) mod compare {
    #[derive(Clone, PartialEq, prost::Oneof)]
    pub(crate) enum Union {
        #[prost(int64, tag = "5")]
        CreateRevision(i64),
        #[prost(int64, tag = "6")]
        ModRevision(i64),
        #[prost(int64, tag = "8")]
        Lease(i64),
    }
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct TxnRequest {
    #[prost(message, repeated, tag = "1")]
    pub(crate) compare: Vec<Compare>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) success: Vec<RequestOp>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) failure: Vec<RequestOp>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct TxnResponse {
    #[prost(message, optional, tag = "1")]
    pub(crate) header: Option<ResponseHeader>,
    #[prost(bool, tag = "2")]
    pub(crate) succeeded: bool,
    #[prost(message, repeated, tag = "3")]
    pub(crate) responses: Vec<ResponseOp>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct LeaseGrantRequest {
    #[prost(int64, tag = "1")]
    pub(crate) ttl: i64,
    #[prost(int64, tag = "2")]
    pub(crate) id: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct LeaseRevokeRequest {
    #[prost(int64, tag = "1")]
    pub(crate) id: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct StatusRequest {}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct StatusResponse {
    #[prost(string, tag = "2")]
    pub(crate) version: String,
}

/// It shows no password.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub(crate) struct AuthenticateRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) password: String,
}

impl std::fmt::Debug for AuthenticateRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthenticateRequest")
            .finish_non_exhaustive()
    }
}

/// It shows no token.
#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub(crate) struct AuthenticateResponse {
    #[prost(string, tag = "2")]
    pub(crate) token: String,
}

impl std::fmt::Debug for AuthenticateResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthenticateResponse")
            .finish_non_exhaustive()
    }
}

/// The value of a scope's key: the names of its stores. Not a message of etcd.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Names {
    #[prost(string, repeated, tag = "1")]
    pub(crate) names: Vec<String>,
}

/// Makes the parts of a transaction.
impl Compare {
    pub(crate) fn created(key: Bytes, revision: i64) -> Self {
        Self {
            target: CompareTarget::Create.into(),
            key,
            union: Some(compare::Union::CreateRevision(revision)),
        }
    }

    pub(crate) fn modified(key: Bytes, revision: i64) -> Self {
        Self {
            target: CompareTarget::Mod.into(),
            key,
            union: Some(compare::Union::ModRevision(revision)),
        }
    }

    pub(crate) fn leased(key: Bytes, lease: i64) -> Self {
        Self {
            target: CompareTarget::Lease.into(),
            key,
            union: Some(compare::Union::Lease(lease)),
        }
    }
}

impl RequestOp {
    pub(crate) fn get(key: Bytes) -> Self {
        Self::range(RangeRequest {
            key,
            ..RangeRequest::default()
        })
    }

    /// Of a key all but its value.
    pub(crate) fn look(key: Bytes) -> Self {
        Self::range(RangeRequest {
            key,
            keys_only: true,
            ..RangeRequest::default()
        })
    }

    fn range(request: RangeRequest) -> Self {
        Self {
            request: Some(request_op::Request::Range(request)),
        }
    }

    pub(crate) fn put(key: Bytes, value: Bytes, lease: i64) -> Self {
        let request = PutRequest { key, value, lease };
        Self {
            request: Some(request_op::Request::Put(request)),
        }
    }

    pub(crate) fn delete(key: Bytes, range_end: Bytes) -> Self {
        let request = DeleteRangeRequest { key, range_end };
        Self {
            request: Some(request_op::Request::DeleteRange(request)),
        }
    }
}

impl TxnResponse {
    /// The revision that its writes made.
    pub(crate) fn revision(&self) -> i64 {
        self.header.as_ref().map_or(0, |header| header.revision)
    }

    /// What its reads of one key each found, in their order.
    pub(crate) fn found(self) -> impl Iterator<Item = Option<KeyValue>> {
        self.responses
            .into_iter()
            .filter_map(|op| match op.response {
                Some(response_op::Response::Range(range)) => Some(range.kvs.into_iter().next()),
                _ => None,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    #[test]
    fn messages_have_the_numbers_of_the_protocol() {
        let put = PutRequest {
            key: Bytes::from_static(b"k"),
            value: Bytes::from_static(b"v"),
            lease: 7,
        };
        assert_eq!(put.encode_to_vec(), b"\x0a\x01k\x12\x01v\x18\x07");
        let compare = Compare::modified(Bytes::from_static(b"k"), 5);
        assert_eq!(compare.encode_to_vec(), b"\x10\x02\x1a\x01k\x30\x05");
        let absent = Compare::created(Bytes::from_static(b"k"), 0);
        assert_eq!(absent.encode_to_vec(), b"\x10\x01\x1a\x01k\x28\x00");
        let leased = Compare::leased(Bytes::from_static(b"k"), 1);
        assert_eq!(leased.encode_to_vec(), b"\x10\x04\x1a\x01k\x40\x01");
        let look = RequestOp::look(Bytes::from_static(b"k"));
        assert_eq!(look.encode_to_vec(), b"\x0a\x05\x0a\x01k\x40\x01");
        let delete = RequestOp::delete(Bytes::from_static(b"k"), Bytes::new());
        assert_eq!(delete.encode_to_vec(), b"\x1a\x03\x0a\x01k");
    }

    #[test]
    fn secrets_are_not_shown() {
        let request = AuthenticateRequest {
            name: "sesame".to_owned(),
            password: "sesame".to_owned(),
        };
        assert!(!format!("{request:?}").contains("sesame"));
    }
}
