//! How much memory a host takes while an object passes through its guest. Reads `/proc`.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::apps::Place;
use crate::support::example;

const SMALL: usize = 1 << 10;
const LARGE: usize = 100 << 20;
/// By how much a host may grow, whatever passes.
const MOST_GROWTH: u64 = 64 << 20;

/// Bytes that no file system and no service could make less of.
fn bytes(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// The most that the process has had in memory until now, in bytes; none once it ended.
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}

/// Runs it with this on standard input; returns its output, and its peak.
fn run(command: &mut Command, input: Vec<u8>) -> (Vec<u8>, u64) {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input));
    let reader = thread::spawn(move || {
        let mut output = Vec::new();
        stdout.read_to_end(&mut output).map(|_| output)
    });
    let mut most = 0;
    // A peak does not go down: the last one that can be seen is the one of all but the
    // last moment.
    let status = loop {
        most = most.max(peak(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let mut said = String::new();
    stderr.read_to_string(&mut said).unwrap();
    assert!(status.success(), "{status}: {said}");
    writer.join().unwrap().unwrap();
    (reader.join().unwrap().unwrap(), most)
}

#[test]
fn what_passes_through_a_guest_is_not_held() {
    let app = std::fs::read(example("shelf")).unwrap();
    let place = Place::new(
        &app,
        "schema-version = 1\nscope = \"test\"\n[blobstore.files]\nprovider = \"disk\"\n\
         [providers.disk]\nkind = \"local\"\ndirectory = \"data\"\n",
    );
    // The compiler, which the first run may need, takes more than what passes.
    run(&mut place.command(&["--", "list"]), Vec::new());
    let mut peaks = Vec::new();
    for size in [SMALL, LARGE] {
        let name = format!("file-{size}");
        let put = ["--", "put", &name, "application/octet-stream"];
        let (_, of_put) = run(&mut place.command(&put), bytes(size));
        let get = ["--", "get", &name];
        let (found, of_get) = run(&mut place.command(&get), Vec::new());
        assert!(found == bytes(size), "{} of {size} bytes", found.len());
        peaks.push([of_put, of_get]);
    }
    let [small, large] = peaks[..] else {
        unreachable!()
    };
    for (what, small, large) in [("put", small[0], large[0]), ("get", small[1], large[1])] {
        let growth = large.saturating_sub(small);
        println!("{what} of 100 MiB: {} KiB more than of 1 KiB", growth >> 10);
        assert!(small > 1 << 20, "no peak was seen");
        assert!(growth < MOST_GROWTH, "{what}: {growth} bytes more");
    }
}
