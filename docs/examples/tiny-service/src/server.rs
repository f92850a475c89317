//! The service: maps in memory, in scopes and stores, served over TCP.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::Bytes;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::wire;

type Store = BTreeMap<Bytes, Bytes>;
type Scopes = HashMap<Bytes, HashMap<Bytes, Store>>;

/// A running server. It ends with this value, and its data with it.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server; on a free port if that of the address is 0.
    ///
    /// # Errors
    /// Those of the system, such as a port that is taken.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener));
        Ok(Self { address, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it. The port is free when this returns.
    pub async fn stop(mut self) {
        self.task.abort();
        // An error says that it was aborted.
        (&mut self.task).await.ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener) {
    let scopes = Arc::new(Mutex::new(Scopes::new()));
    // Dropped with this task: no connection outlives the server.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&scopes)));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until its client goes.
async fn serve(stream: TcpStream, scopes: Arc<Mutex<Scopes>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let request = wire::receive(&mut stream).await?;
        let answer = {
            let mut scopes = scopes.lock().unwrap_or_else(PoisonError::into_inner);
            carry_out(&mut scopes, &request)
        };
        let answer: Vec<&[u8]> = answer.iter().map(|field| &**field).collect();
        wire::send(&mut stream, &answer).await?;
    }
}

const OK: Bytes = Bytes::from_static(b"ok");
const NONE: Bytes = Bytes::from_static(b"none");
const NO_STORE: Bytes = Bytes::from_static(b"no-store");
const BAD: Bytes = Bytes::from_static(b"bad");

fn carry_out(scopes: &mut Scopes, request: &[Bytes]) -> Vec<Bytes> {
    let Some((operation, arguments)) = request.split_first() else {
        return vec![BAD];
    };
    match (&**operation, arguments) {
        (b"open", [scope, stores @ ..]) => {
            // One that is open keeps what it has.
            let new = || stores.iter().cloned().map(|name| (name, Store::new()));
            let scope = scopes.entry(scope.clone());
            scope.or_insert_with(|| new().collect());
            vec![OK]
        }
        (b"close", [scope]) => {
            scopes.remove(scope);
            vec![OK]
        }
        (operation, [scope, store, arguments @ ..]) => {
            match scopes.get_mut(scope).and_then(|scope| scope.get_mut(store)) {
                Some(store) => in_store(store, operation, arguments),
                None => vec![NO_STORE],
            }
        }
        _ => vec![BAD],
    }
}

fn in_store(store: &mut Store, operation: &[u8], arguments: &[Bytes]) -> Vec<Bytes> {
    match (operation, arguments) {
        (b"find", []) => vec![OK],
        (b"get", [key]) => match store.get(key) {
            Some(value) => vec![OK, value.clone()],
            None => vec![NONE],
        },
        (b"set", [key, value]) => {
            store.insert(key.clone(), value.clone());
            vec![OK]
        }
        (b"delete", [key]) => {
            store.remove(key);
            vec![OK]
        }
        // The keys behind `after`, one more than asked for if there are more.
        (b"list", [prefix, after, limit]) => {
            let Some(limit) = std::str::from_utf8(limit).ok().and_then(|n| n.parse().ok()) else {
                return vec![BAD];
            };
            let start = match after.is_empty() {
                true => Bound::Included(prefix),
                false => Bound::Excluded(after),
            };
            let keys = store.range::<Bytes, _>((start, Bound::Unbounded));
            let keys = keys
                .map(|(key, _)| key)
                .take_while(|key| key.starts_with(prefix));
            let more = 1_usize.saturating_add(limit);
            std::iter::once(OK)
                .chain(keys.take(more).cloned())
                .collect()
        }
        _ => vec![BAD],
    }
}
