//! `kill -9` of a host in the middle of puts, twenty times: what was there is there, whole,
//! and nothing else is, in no function.
//!
//! The test runs itself again as a child, which writes. The parent kills it and looks.

use std::time::Duration;

use cloud_contract::blobstore::Expected;

use super::{STUCK, bytes, container, names, options, put, read, stuck};
use crate::{Child, Server, Subject, say, scope};

const ENDPOINT: &str = "PROVIDER_KILL_ENDPOINT";
const OPTIONS: &str = "PROVIDER_KILL_OPTIONS";
const ROUND: &str = "PROVIDER_KILL_ROUND";
const SCOPE: &str = "kills";
const ROUNDS: u32 = 20;
const BEGUN: &str = "begun";
/// What has been given of a put: nothing, what lies in one request, and several parts of
/// any provider. Half of the rounds write over an object, half a new one.
const SIZES: [usize; 5] = [0, 9, 300_000, 6 << 20, 30 << 20];
const NAMES: [&str; 2] = ["old", "new"];
const OLD_BYTES: usize = 3_000_000;

/// What the child does until it is killed. On its own, where nothing is said of a round,
/// it returns at once.
pub async fn child(subject: &Subject) {
    let variable = |name| std::env::var(name).ok();
    let (Some(endpoint), Some(options_text), Some(round)) =
        (variable(ENDPOINT), variable(OPTIONS), variable(ROUND))
    else {
        return;
    };
    let given: Vec<_> = options_text
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let round: usize = round.parse().unwrap();
    let provider = subject.connect(&endpoint, &given).await.unwrap();
    let driver = container(&provider, SCOPE).await;
    let (name, size) = (NAMES[round % 2], SIZES[round / 2 % SIZES.len()]);
    say(BEGUN);
    let body = stuck(bytes(size, round as u64 + 100));
    let ended = driver.put(name, body, options(Expected::Any)).await;
    panic!("the child has come to an end: {ended:?}");
}

/// All rounds, and an end that leaves the service as it was.
pub async fn twenty_times(server: &mut Server) {
    let before = server.left().await;
    let provider = server.provider().await;
    let old = bytes(OLD_BYTES, 1);
    let version = put(&container(&provider, SCOPE).await, NAMES[0], old.clone()).await;
    for round in 0..ROUNDS {
        killed(server, round).await;
        // As the host that comes next.
        let driver = container(&server.provider().await, SCOPE).await;
        let found = driver.head(NAMES[0]).await.unwrap().unwrap();
        assert_eq!(
            (found.version, found.size),
            (version.clone(), OLD_BYTES as u64),
            "{round}"
        );
        let bytes = read(&driver, NAMES[0]).await.unwrap();
        assert!(
            bytes.as_ref() == Some(&old),
            "other bytes after round {round}"
        );
        assert_eq!(driver.head(NAMES[1]).await.unwrap(), None, "{round}");
        assert_eq!(read(&driver, NAMES[1]).await, Ok(None), "{round}");
        assert_eq!(names(&driver, "", 10).await, [NAMES[0]], "{round}");
    }
    let driver = container(&provider, SCOPE).await;
    for name in NAMES {
        put(&driver, name, bytes(OLD_BYTES, 2)).await;
        assert!(read(&driver, name).await.unwrap() == Some(bytes(OLD_BYTES, 2)));
    }
    provider.close(&scope(SCOPE, &[])).await.unwrap();
    assert_eq!(server.left().await, before);
}

/// Runs a child, and kills it: half of them when all that they have was taken, half of
/// them somewhere before.
async fn killed(server: &Server, round: u32) {
    let options = server.settings(server.endpoint(), &[]).options;
    let options: Vec<String> = options
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut child = Child::start(&[
        (ENDPOINT, server.endpoint()),
        (OPTIONS, &options.join("\n")),
        (ROUND, &round.to_string()),
    ]);
    let word = if round < ROUNDS / 2 { STUCK } else { BEGUN };
    // It may say more, and is not to end because nobody listens.
    let mut said = child.said();
    assert!(said.any(|words| words == word), "{round}");
    // What was taken is on its way to the service: not at the word alone.
    tokio::time::sleep(Duration::from_millis(u64::from(round) * 7 % 60)).await;
    child.kill();
}
