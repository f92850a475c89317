//! The provider: connecting, and opening and closing scopes.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Descriptor, Namespace, Provider, Result, Scope, Settings};
use futures::stream::{self, StreamExt as _};
use prost::Message as _;

use crate::config::Config;
use crate::descriptor::describe;
use crate::error::{translate, unexpected_reply};
use crate::link::Link;
use crate::namespace::{Open, Opening, data_range, scope_key};
use crate::proto::{Compare, Names, RangeRequest, RequestOp, TxnRequest};

/// How many keys one request looks at when a scope is closed.
const LOOK_AT_ONCE: i64 = 1_000;
/// How many leases are revoked at a time.
const REVOKE_AT_ONCE: usize = 16;

/// An etcd cluster.
#[derive(Debug)]
struct Etcd {
    link: Arc<Link>,
    descriptor: Descriptor,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings, `unavailable`, `timeout`, `access-denied`.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let call_timeout = config.call_timeout;
    let (link, version) = Link::connect(config).await?;
    let look = RangeRequest {
        key: "cw/s/".into(),
        range_end: "cw/s0".into(),
        limit: 1,
        keys_only: true,
    };
    // A right that is missing shows here rather than in a case.
    link.bounded(link.range(look)).await?;
    let descriptor = describe(version, link.has_clock(), call_timeout);
    Ok(Arc::new(Etcd { link, descriptor }))
}

#[async_trait]
impl Provider for Etcd {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let key = scope_key(&scope.id);
        let names = Names {
            names: scope.names.clone(),
        };
        let request = TxnRequest {
            compare: vec![Compare::created(key.clone(), 0)],
            success: vec![RequestOp::put(key.clone(), names.encode_to_vec().into(), 0)],
            failure: vec![RequestOp::get(key.clone())],
        };
        let open = async { self.link.txn(request).await.map_err(translate) };
        let answer = self.link.bounded(open).await?;
        let (revision, names) = if answer.succeeded {
            (answer.revision(), names.names)
        } else {
            let found = answer
                .found()
                .next()
                .flatten()
                .ok_or_else(unexpected_reply)?;
            let names = Names::decode(found.value).map_err(|_| unexpected_reply())?;
            (found.create_revision, names.names)
        };
        Ok(Arc::new(Open {
            link: Arc::clone(&self.link),
            scope: scope.id.clone(),
            opening: Opening { key, revision },
            names,
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let (first, end) = data_range(&scope.id);
        // The scope goes first, so that no write that is under way brings anything
        // back. A close that failed half way can be repeated.
        let request = TxnRequest {
            success: vec![RequestOp::delete(scope_key(&scope.id), bytes::Bytes::new())],
            ..TxnRequest::default()
        };
        let close = async { self.link.txn(request).await.map_err(translate) };
        self.link.bounded(close).await?;
        // Leases would stay behind: a revoked one takes its key along.
        let mut from = first.clone();
        loop {
            let look = RangeRequest {
                key: from,
                range_end: end.clone(),
                limit: LOOK_AT_ONCE,
                keys_only: true,
            };
            let page = self.link.bounded(self.link.range(look)).await?;
            let leases: Vec<i64> = page
                .kvs
                .iter()
                .map(|kv| kv.lease)
                .filter(|lease| *lease != 0)
                .collect();
            stream::iter(leases)
                .for_each_concurrent(REVOKE_AT_ONCE, async |lease| {
                    // One that has ended by itself is as good.
                    drop(
                        self.link
                            .bounded(async { Ok(self.link.revoke(lease).await) })
                            .await,
                    );
                })
                .await;
            match page.kvs.last() {
                Some(last) if page.more => from = [last.key.as_ref(), b"\0"].concat().into(),
                _ => break,
            }
        }
        let request = TxnRequest {
            success: vec![RequestOp::delete(first, end)],
            ..TxnRequest::default()
        };
        let clear = async { self.link.txn(request).await.map_err(translate) };
        self.link.bounded(clear).await.map(drop)
    }
}
