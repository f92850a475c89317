//! The provider: connecting, and opening and closing scopes.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Descriptor, Error, Namespace, Provider, Result, Scope, Settings};

use crate::config::Config;
use crate::descriptor::describe;
use crate::error::unexpected_reply;
use crate::link::Pool;
use crate::namespace::Open;
use crate::sql::Sql;
use crate::sweeper::Sweeper;
use crate::tls::encryption;

/// How many entries one statement removes when a scope is closed.
const CLEAR_AT_ONCE: i64 = 2_000;

/// A PostgreSQL database.
#[derive(Debug)]
struct Postgres {
    pool: Arc<Pool>,
    sweeper: Arc<Sweeper>,
    descriptor: Descriptor,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings, `unavailable`, `timeout`, `access-denied`,
/// `not-found` for a database; `other` if the service is too old.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let encryption = encryption(&config)?;
    let call_timeout = config.call_timeout;
    let (pool, facts) = Pool::connect(config, encryption).await?;
    Ok(Arc::new(Postgres {
        sweeper: Arc::new(Sweeper::new(Arc::clone(&pool))),
        pool,
        descriptor: describe(&facts, call_timeout),
    }))
}

#[async_trait]
impl Provider for Postgres {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        if scope.names.iter().any(|name| name.contains('\0')) {
            return Err(Error::invalid("scope: a name must not contain U+0000"));
        }
        let id = scope.id.as_str();
        let found = self.pool.bounded(async {
            self.pool.query(Sql::Register, &[&id, &scope.names]).await?;
            // A statement does not see what others do while it runs, so not in one.
            self.pool.query(Sql::Stores, &[&id]).await
        });
        let stores = found
            .await?
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<std::result::Result<HashMap<String, i64>, tokio_postgres::Error>>()
            .map_err(|_| unexpected_reply())?;
        Ok(Arc::new(Open {
            pool: Arc::clone(&self.pool),
            sweeper: Arc::clone(&self.sweeper),
            stores,
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let id = scope.id.as_str();
        let cleared = [&id as _, &CLEAR_AT_ONCE as _];
        // Most of it in pieces, each in bounded time.
        loop {
            let clear = self.pool.query(Sql::Clear, &cleared);
            let rows = self.pool.bounded(clear).await?;
            let removed: i64 = rows
                .first()
                .and_then(|row| row.try_get(0).ok())
                .ok_or_else(unexpected_reply)?;
            if removed < CLEAR_AT_ONCE {
                break;
            }
        }
        let closed = [&id as _];
        let close = self.pool.query(Sql::Close, &closed);
        self.pool.bounded(close).await.map(drop)
    }
}
