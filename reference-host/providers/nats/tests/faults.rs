//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use std::time::{Duration, Instant};

use cloud_contract::ErrorKind;
use provider_tests::{Subject, faults, get, set, store};
use support::NATS;

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    faults::nobody_answers(&NATS, "nats://user:sesame@{address}").await;
}

#[test]
fn a_wrong_password_is_access_denied() {
    let locked = Subject {
        arguments: &["--user", "ali", "--pass", "open-sesame"],
        options: &[("username", "ali"), ("password", "open-sesame")],
        ..NATS
    };
    locked.on_server(async |server| {
        for options in [
            vec![],
            vec![("username", "ali"), ("password", "close-sesame")],
            vec![("token", "open-sesame")],
        ] {
            let refused = NATS.connect(server.endpoint(), &options).await;
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
            locked.assert_discreet(&error);
        }
        let inside = server.endpoint().replace("//", "//ali:open%2Dsesame@");
        for provider in [server.connect(&[]).await, NATS.connect(&inside, &[]).await] {
            let driver = store(&provider.unwrap(), "test").await;
            set(&driver, "k", "v").await;
            assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
        }
    });
}

#[test]
fn a_user_without_a_right_is_denied_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nats.conf");
    let rights = r#"authorization { users: [
        { user: ali, password: p, permissions: { publish: { deny: "$KV.>" } } },
        { user: baba, password: p, permissions: { publish: { deny: "$JS.API.>" } } } ] }"#;
    std::fs::write(&file, rights).unwrap();
    let file: &'static str = file.display().to_string().leak();
    let restricted = Subject {
        arguments: vec!["-c", file].leak(),
        options: &[("username", "ali"), ("password", "p")],
        ..NATS
    };
    restricted.on_server(async |server| {
        let begun = Instant::now();
        let error = server.connect(&[("username", "baba")]).await;
        assert_eq!(error.unwrap_err().kind(), &ErrorKind::AccessDenied);
        let driver = store(&server.provider().await, "test").await;
        assert_eq!(get(&driver, "k").await, None);
        let refused = driver.increment("k", 1).await.unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::AccessDenied);
        restricted.assert_discreet(&refused);
        // Half of what a call may take.
        assert!(begun.elapsed() < Duration::from_secs(30));
    });
}

#[test]
fn a_killed_server_is_unavailable_at_once_and_keeps_what_it_acknowledged() {
    NATS.on_server(async |server| faults::is_killed(server).await.is_kept(server).await);
}

#[test]
fn a_stalled_server_times_out_and_is_used_again() {
    NATS.on_server(faults::stalls);
}

#[test]
fn callers_share_a_failing_attempt() {
    NATS.on_server(faults::callers_share_an_attempt);
}

#[test]
fn a_write_whose_reply_is_lost_is_not_sent_again() {
    NATS.on_server(faults::replies_are_lost);
}
