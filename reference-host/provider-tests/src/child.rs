//! A test that runs itself again as a child, to kill it in the middle: what it had under way
//! is left to whoever comes after it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child as Process, ChildStdout, Command, Stdio};

/// Another process that runs the test `child` of this file, which says what it does with
/// [`say`]. It ends with the test that started it, however that does.
#[derive(Debug)]
pub struct Child(Process);

impl Child {
    /// Starts it with these variables in its environment. Without them, the test `child`
    /// has nothing to do.
    #[must_use]
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture", "--test-threads=1"])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn();
        Self(process.unwrap())
    }

    /// What it says from now on, until it ends. May be asked for once.
    pub fn said(&mut self) -> impl Iterator<Item = String> + Send + use<> {
        Said(BufReader::new(self.0.stdout.take().unwrap()))
    }

    /// Kills it, at once and without a chance to put things in order. Panics if it came to
    /// an end by itself.
    pub fn kill(&mut self) {
        let ended = self.0.try_wait().unwrap();
        assert!(ended.is_none(), "the child ended by itself: {ended:?}");
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Says something to the parent, at once.
pub fn say(words: &str) {
    // Of a line that is cut off nothing was said: what is written goes out in one piece.
    let line = format!("@{words}\n");
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).unwrap();
    out.flush().unwrap();
}

struct Said(BufReader<ChildStdout>);

impl Iterator for Said {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let mut line = Vec::new();
            self.0.read_until(b'\n', &mut line).unwrap();
            // What has no end was not said.
            let line = line.strip_suffix(b"\n")?;
            // The test says things before it on the same line, and on others.
            let line = std::str::from_utf8(line).unwrap();
            if let Some((_, words)) = line.split_once('@') {
                return Some(words.to_owned());
            }
        }
    }
}
