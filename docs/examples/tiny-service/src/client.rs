//! Connections to the server. A call has one for itself, and gives it back when it
//! is done: one that is dropped half way is never used again.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloud_contract::{Bytes, Error, ErrorKind, Result};
use tokio::io::BufReader;
use tokio::net::TcpStream;

use crate::wire;

type Connection = BufReader<TcpStream>;

/// A client of one server.
pub(crate) struct Client {
    address: String,
    idle: Mutex<Vec<Connection>>,
}

/// Shows no address.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            idle: Mutex::default(),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a request, once. Returns what came behind `ok`, or none for `none`.
    pub(crate) async fn ask(&self, request: &[&[u8]]) -> Result<Option<Vec<Bytes>>> {
        let kept = self.idle().pop();
        let answer = match self.exchange(kept, request).await {
            Ok(answer) => answer,
            Err(error) => {
                // The others are no better: the server is gone, or was restarted.
                self.idle().clear();
                return Err(Error::with_source(ErrorKind::Unavailable, error));
            }
        };
        let mut fields = answer.into_iter();
        match fields.next().as_deref() {
            Some(b"ok") => Ok(Some(fields.collect())),
            Some(b"none") => Ok(None),
            Some(b"no-store") => Err(ErrorKind::NotFound.into()),
            _ => Err(ErrorKind::Other("the server refused a request".into()).into()),
        }
    }

    async fn exchange(
        &self,
        kept: Option<Connection>,
        request: &[&[u8]],
    ) -> io::Result<Vec<Bytes>> {
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(&self.address).await?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        wire::send(&mut connection, request).await?;
        let answer = wire::receive(&mut connection).await?;
        self.idle().push(connection);
        Ok(answer)
    }
}
