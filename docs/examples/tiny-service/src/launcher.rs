//! Stands the server up for a test. A launcher can do anything that ends in
//! settings which the provider can connect with: start a program, ask an
//! orchestrator, open a tunnel. This one starts the server where it is.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use async_trait::async_trait;
use cloud_contract::{Error, ErrorKind, Result, Service, Settings};

use crate::server::Server;

/// A server that was started, or was killed and can be started again.
#[derive(Debug)]
struct Launched {
    settings: Settings,
    address: SocketAddr,
    server: Option<Server>,
}

pub(crate) async fn launch(settings: Settings) -> Result<Box<dyn Service>> {
    let server = start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = server.address();
    Ok(Box::new(Launched {
        settings: Settings {
            endpoint: Some(address.to_string()),
            ..settings
        },
        address,
        server: Some(server),
    }))
}

async fn start(address: SocketAddr) -> Result<Server> {
    let unavailable = |error: io::Error| Error::with_source(ErrorKind::Unavailable, error);
    Server::start(address).await.map_err(unavailable)
}

#[async_trait]
impl Service for Launched {
    fn settings(&self) -> Settings {
        self.settings.clone()
    }

    async fn kill(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.server = Some(start(self.address).await?);
        Ok(())
    }

    async fn stop(mut self: Box<Self>) -> Vec<String> {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        // It writes nothing.
        Vec::new()
    }
}
