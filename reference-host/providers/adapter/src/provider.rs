//! The provider: the handshake, and scopes.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{Descriptor, Namespace, Provider, Result, Scope, Settings};

use crate::child;
use crate::config::Config;
use crate::descriptor;
use crate::driver::Session;
use crate::link::{Link, bounded};
use crate::namespace::Open;
use crate::wire::{Call, Outcome, PROTOCOLS, Reply};

/// A provider in another process.
#[derive(Debug)]
struct Adapter {
    descriptor: Descriptor,
    session: Arc<Session>,
}

pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let (running, stdin, stdout) = child::start(&config)?;
    let link = Link::new(running, stdin, stdout);
    let describe = Call::Describe {
        protocols: PROTOCOLS,
    };
    let answer = tokio::time::timeout(config.start_timeout, link.call(&describe)).await;
    let description = match answer {
        Err(_) => {
            let limit = config.start_timeout.as_millis();
            return Err(descriptor::refused(format!(
                "it did not answer `describe` within {limit} ms"
            )));
        }
        Ok(Ok(Reply { outcome, .. })) => match outcome {
            Outcome::Ok(description) => description,
            _ => return Err(descriptor::refused("it refuses `describe`")),
        },
        Ok(Err(error)) => {
            let reason = match link.loss() {
                Some(loss) => loss.fault.text(),
                None => error.to_string(),
            };
            return Err(descriptor::refused(format!(
                "asked for `describe`, {reason}"
            )));
        }
    };
    let descriptor = descriptor::read(description, config.call_timeout)?;
    // From here on nobody else says why calls fail.
    link.tell_losses();
    let session = Arc::new(Session::new(link, &descriptor));
    Ok(Arc::new(Adapter {
        descriptor,
        session,
    }))
}

impl Adapter {
    /// A call that answers with nothing.
    async fn order(&self, call: &Call<'_>) -> Result<()> {
        let limit = self.descriptor.call_timeout;
        let reply: Reply<()> = bounded(limit, self.session.link.call(call)).await?;
        reply.plain()
    }
}

#[async_trait]
impl Provider for Adapter {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        self.order(&Call::OpenScope {
            scope: scope.id.as_str(),
            stores: &scope.names,
        })
        .await?;
        Ok(Arc::new(Open::new(
            Arc::clone(&self.session),
            scope.id.as_str(),
            self.descriptor.call_timeout,
        )))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let scope = scope.id.as_str();
        self.order(&Call::CloseScope { scope }).await
    }

    fn loss(&self) -> Option<String> {
        let loss = self.session.link.loss()?;
        Some(format!("the provider process is gone: {}", loss.text()))
    }
}
