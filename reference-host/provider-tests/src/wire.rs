//! What lies between a provider and its service: a port that passes on what comes, as
//! long as a test lets it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};
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

/// How much the system keeps of what is on its way, in each direction of each end: it
/// would take megabytes by itself, and count as much as a provider holds.
const SOCKET_BYTES: u32 = 64 << 10;

/// What came by.
#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    replies: AtomicU64,
    connections: AtomicU64,
}

/// A port of the loopback that leads to another one. It ends with this value.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    state: Arc<watch::Sender<State>>,
    counts: Arc<Counts>,
    _accepting: JoinSet<()>,
}

impl Wire {
    /// One that passes everything on.
    pub async fn to(service: u16) -> Self {
        let socket = narrow();
        socket.bind(address(0)).unwrap();
        // What is accepted is as narrow.
        let listener = socket.listen(1_024).unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts = Arc::<Counts>::default();
        let state = Arc::new(watch::Sender::new(State {
            requests: true,
            replies: true,
            cuts: 0,
        }));
        let mut accepting = JoinSet::new();
        let (sender, counted) = (Arc::clone(&state), Arc::clone(&counts));
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (state, counts) = (sender.subscribe(), Arc::clone(&counted));
                connections.spawn(async move {
                    counts.connections.fetch_add(1, Ordering::SeqCst);
                    connect(client, service, state, &counts).await;
                    counts.connections.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            port,
            state,
            counts,
            _accepting: accepting,
        }
    }

    /// Where it begins.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many bytes of requests have come into it.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// How many bytes of replies the service got rid of.
    #[must_use]
    pub fn pulled(&self) -> u64 {
        self.counts.replies.load(Ordering::SeqCst)
    }

    /// How many of them lie at the other end, where nobody has read them yet: the system
    /// makes that room as large as it likes.
    #[must_use]
    pub fn unread(&self) -> u64 {
        // Another system than Linux tells it otherwise, and makes less room.
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        unread(&table, self.port)
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::SeqCst)
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

fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// What lies at the ends whose other end is a port of the loopback, by the system's table
/// of connections.
fn unread(table: &str, port: u16) -> u64 {
    let other = format!("0100007F:{port:04X}");
    let queues = table.lines().filter_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(2);
        (fields.next()? == other).then_some(())?;
        let (_, unread) = fields.nth(1)?.split_once(':')?;
        u64::from_str_radix(unread, 16).ok()
    });
    queues.sum()
}

fn narrow() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(SOCKET_BYTES).unwrap();
    socket.set_recv_buffer_size(SOCKET_BYTES).unwrap();
    socket
}

/// One connection, until either side ends it or it is cut.
async fn connect(
    client: TcpStream,
    service: u16,
    mut state: watch::Receiver<State>,
    counts: &Counts,
) {
    let cuts = state.borrow().cuts;
    let Ok(server) = narrow().connect(address(service)).await else {
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
    let requests = (requests, &counts.requests);
    let replies = (replies, &counts.replies);
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
    (goes_on, count): (impl Fn(&State) -> bool, &AtomicU64),
    is_cut: impl Fn(&State) -> bool,
) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        count.fetch_add(length as u64, Ordering::SeqCst);
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

    use tokio::net::TcpListener;

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

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_nobody_has_read_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Wire::to(listener.local_addr().unwrap().port()).await;
        let mut client = TcpStream::connect(("127.0.0.1", wire.port()))
            .await
            .unwrap();
        let (mut service, _) = listener.accept().await.unwrap();
        service.write_all(&[7; 1_000]).await.unwrap();
        while wire.unread() < 1_000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(wire.pulled(), 1_000);
        client.read_exact(&mut [0; 600]).await.unwrap();
        assert_eq!(wire.unread(), 400);
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
        // The third reply came to the wire, and no further.
        assert_eq!((wire.sent(), wire.pulled()), (4, 4));
        assert_eq!(wire.connections(), 1);
        drop(wire);
        assert!(stream.read_u8().await.is_err());
    }
}
