//! Ends the process of a host that was killed. Nothing in the host can do that
//! itself after `kill -9`: a shell waits at the other end of a pipe, and when the
//! pipe closes without a word, it gives the process group its second and kills it.

#[cfg(unix)]
mod shell {
    use std::io::Write as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command, Stdio};

    /// Not every shell knows `kill --`.
    const SCRIPT: &str = r#"
read -r word
[ "$word" = done ] && exit 0
sleep 1
kill -KILL "-$1"
"#;

    /// The shell that waits, until this value goes.
    pub(crate) struct Watchdog(Child);

    impl Watchdog {
        /// Watches a process group. None where no shell can be started: then a host
        /// that is killed leaves behind what does not end with its input.
        pub(crate) fn start(group: u32) -> Option<Self> {
            let mut command = Command::new("/bin/sh");
            command
                .args(["-c", SCRIPT, "watchdog", &group.to_string()])
                .current_dir("/")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                // An interrupt from the terminal is not for it.
                .process_group(0);
            command.spawn().ok().map(Self)
        }
    }

    impl Drop for Watchdog {
        fn drop(&mut self) {
            if let Some(mut pipe) = self.0.stdin.take() {
                // It may have been killed, which is as good.
                let _ = pipe.write_all(b"done\n");
            }
            // It ends at that word.
            let _ = self.0.wait();
        }
    }
}

#[cfg(unix)]
pub(crate) use shell::Watchdog;

/// There is none.
#[cfg(not(unix))]
pub(crate) enum Watchdog {}

#[cfg(not(unix))]
impl Watchdog {
    pub(crate) fn start(_group: u32) -> Option<Self> {
        None
    }
}
