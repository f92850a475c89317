//! Ends a server whose harness was killed. Nothing in the harness can do that
//! itself after `kill -9`: a shell waits at the other end of a pipe, and when the
//! pipe closes without a word, it ends the server's processes and removes their
//! folder, or removes the container.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// Asks first: a server that is told to end removes what it shares in memory.
/// Then the folder twice, because a server that is being killed may still write.
/// Not every shell knows `kill --`.
const PROCESSES: &str = r#"
read -r word
[ "$word" = done ] && exit 0
kill -TERM "-$1" && kill -INT "-$1" && sleep 1
kill -KILL "-$1"
[ -z "$2" ] || rm -rf -- "$2" || { sleep 1; rm -rf -- "$2"; }
"#;

/// Where the engine has no command on this machine, the next harness removes it.
const CONTAINER: &str = r#"
read -r word
[ "$word" = done ] && exit 0
docker rm --force --volumes "$1" || podman rm --force --volumes "$1"
"#;

/// The shell that waits.
#[derive(Debug)]
pub(crate) struct Watchdog(Child);

impl Watchdog {
    /// Watches a process group, and a folder that goes with it. None where no
    /// shell can be started: then a killed harness leaves its server behind.
    pub(crate) fn start(group: u32, folder: &Path) -> Option<Self> {
        Self::wait(PROCESSES, &[group.to_string().as_ref(), folder.as_os_str()])
    }

    /// Watches a container. None as above.
    pub(crate) fn of_container(name: &str) -> Option<Self> {
        Self::wait(CONTAINER, &[name.as_ref()])
    }

    fn wait(script: &str, arguments: &[&OsStr]) -> Option<Self> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", script, "watchdog"])
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // An interrupt from the terminal is not for it.
        #[cfg(unix)]
        command.process_group(0);
        command.spawn().ok().map(Self)
    }

    /// The server has ended in order.
    pub(crate) async fn dismiss(mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            // It may have been killed, which is as good.
            pipe.write_all(b"done\n").await.ok();
        }
        self.0.wait().await.ok();
    }
}
