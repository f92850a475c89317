//! Ports of the loopback: which are free, and who listens on one.

use std::net::TcpListener;

use crate::SetupError;

/// A port of the loopback that nobody listens on at the moment.
pub(crate) fn free_port() -> Result<u16, SetupError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| {
            SetupError::Machine(format!("no free port on the loopback: {}", error.kind()))
        })
}

/// Whether a process is seen to listen on a port.
#[cfg(target_os = "linux")]
pub(crate) fn listens(pid: u32, port: u16) -> bool {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| listeners(&table, port))
        .collect();
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .any(|target| {
            sockets
                .iter()
                .any(|socket| target.as_os_str() == socket.as_str())
        })
}

/// The listening sockets of a port in the table of the kernel.
#[cfg(target_os = "linux")]
fn listeners(table: &str, port: u16) -> Vec<String> {
    const LISTENING: &str = "0A";
    let wanted = format!(":{port:04X}");
    table
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
            (local.ends_with(&wanted) && *state == LISTENING).then(|| format!("socket:[{inode}]"))
        })
        .collect()
}

/// Nobody tells here: the time limit decides.
#[cfg(not(target_os = "linux"))]
pub(crate) fn listens(_pid: u32, _port: u16) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn who_listens_on_a_port_is_seen() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listens(std::process::id(), port));
        // The first process of the machine is another one, and perhaps not ours
        // to look into.
        assert!(!listens(1, port));
        drop(listener);
        assert!(!listens(std::process::id(), port));
    }
}
