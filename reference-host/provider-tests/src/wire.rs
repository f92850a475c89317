//! What lies between a provider and its service: a port that passes on what comes, as
//! long as a test lets it.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    requests: bool,
    replies: bool,
    /// Another number ends the connections that there are.
    cuts: u32,
}

/// A port of the loopback that leads to another one. It ends with this value.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    state: Arc<watch::Sender<State>>,
    _accepting: JoinSet<()>,
}

impl Wire {
    /// One that passes everything on.
    pub async fn to(service: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(watch::Sender::new(State {
            requests: true,
            replies: true,
            cuts: 0,
        }));
        let mut accepting = JoinSet::new();
        let sender = Arc::clone(&state);
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connect(client, service, sender.subscribe()));
            }
        });
        Self {
            port,
            state,
            _accepting: accepting,
        }
    }

    /// Where it begins.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes requests, and passes nothing on.
    pub fn stall(&self) {
        self.state.send_modify(|state| {
            state.requests = false;
            state.replies = false;
        });
    }

    /// Passes requests on, and keeps the replies.
    pub fn keep_replies(&self) {
        self.state.send_modify(|state| state.replies = false);
    }

    /// Ends all connections with what was kept, and passes everything on again.
    pub fn cut(&self) {
        self.state.send_modify(|state| {
            state.requests = true;
            state.replies = true;
            state.cuts += 1;
        });
    }

    /// Passes everything on again, first of all what was kept.
    pub fn flow(&self) {
        self.state.send_modify(|state| {
            state.requests = true;
            state.replies = true;
        });
    }
}

/// One connection, until either side ends it or it is cut.
async fn connect(client: TcpStream, service: u16, mut state: watch::Receiver<State>) {
    let cuts = state.borrow().cuts;
    let Ok(server) = TcpStream::connect(("127.0.0.1", service)).await else {
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let is_cut = move |state: &State| state.cuts != cuts;
    let requests = |state: &State| state.requests || is_cut(state);
    let replies = |state: &State| state.replies || is_cut(state);
    let requests = pass(from_client, to_server, state.clone(), requests, is_cut);
    let replies = pass(from_server, to_client, state.clone(), replies, is_cut);
    tokio::select! {
        biased;
        _ = state.wait_for(is_cut) => {}
        () = requests => {}
        () = replies => {}
    }
}

/// One direction of it. What was kept when it is cut is lost.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    goes_on: impl Fn(&State) -> bool,
    is_cut: impl Fn(&State) -> bool,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let passes = match state.wait_for(&goes_on).await {
            Ok(state) => !is_cut(&state),
            Err(_) => false,
        };
        if !passes || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A service that sends back what it gets, and counts it.
    async fn echo() -> (u16, watch::Receiver<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (count, counted) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let count = count.clone();
                tokio::spawn(async move {
                    while let Ok(byte) = stream.read_u8().await {
                        count.send_modify(|count| *count += 1);
                        let _ = stream.write_u8(byte).await;
                    }
                });
            }
        });
        (port, counted)
    }

    #[tokio::test]
    async fn what_passes_is_what_the_test_says() {
        let (service, mut counted) = echo().await;
        let wire = Wire::to(service).await;
        let mut stream = TcpStream::connect(("127.0.0.1", wire.port()))
            .await
            .unwrap();
        let moment = Duration::from_millis(50);
        stream.write_u8(1).await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), 1);

        wire.stall();
        stream.write_u8(2).await.unwrap();
        assert!(
            tokio::time::timeout(moment, stream.read_u8())
                .await
                .is_err()
        );
        assert_eq!(*counted.borrow(), 1);
        wire.flow();
        assert_eq!(stream.read_u8().await.unwrap(), 2);

        wire.keep_replies();
        stream.write_u8(3).await.unwrap();
        counted.wait_for(|count| *count == 3).await.unwrap();
        assert!(
            tokio::time::timeout(moment, stream.read_u8())
                .await
                .is_err()
        );
        wire.cut();
        assert!(stream.read_u8().await.is_err());

        let mut stream = TcpStream::connect(("127.0.0.1", wire.port()))
            .await
            .unwrap();
        stream.write_u8(4).await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), 4);
        drop(wire);
        assert!(stream.read_u8().await.is_err());
    }
}
