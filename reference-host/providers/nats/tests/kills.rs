//! `kill -9` of a host in the middle of puts, twenty times.

mod support;

use provider_tests::blob::kill;
use support::NATS;

/// What the parent runs; on its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    kill::child(&NATS).await;
}

#[test]
fn what_was_there_stays_and_nothing_else() {
    NATS.on_server(kill::twenty_times);
}
