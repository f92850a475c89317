//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use std::time::Duration;

use cloud_contract::ErrorKind;
use provider_tests::{Subject, faults, get, scope, set, set_ttl, store};
use support::{ETCD, ask};

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    faults::nobody_answers(&ETCD, "http://{address}").await;
}

#[test]
fn credentials_and_rights_decide() {
    let discreet = Subject {
        secrets: &["ali"],
        ..ETCD
    };
    ETCD.on_server(async |server| {
        let early = [("username", "ali"), ("password", "x")];
        let error = server.connect(&early).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
        for (path, json) in [
            ("user/add", r#"{"name":"root","password":"root"}"#),
            ("role/add", r#"{"name":"root"}"#),
            ("user/grant", r#"{"user":"root","role":"root"}"#),
            ("user/add", r#"{"name":"ali","password":"open-sesame"}"#),
            ("user/add", r#"{"name":"baba","password":"open-sesame"}"#),
            ("role/add", r#"{"name":"cloud"}"#),
            // From `cw/` to `cw0`.
            (
                "role/grant",
                r#"{"name":"cloud","perm":{"permType":"READWRITE","key":"Y3cv","range_end":"Y3cw"}}"#,
            ),
            ("user/grant", r#"{"user":"ali","role":"cloud"}"#),
            ("enable", "{}"),
        ] {
            ask(server, &format!("/v3/auth/{path}"), json).await;
        }
        for options in [
            vec![],
            vec![("username", "ali"), ("password", "close-sesame")],
            vec![("username", "nobody"), ("password", "open-sesame")],
            // No right to anything.
            vec![("username", "baba"), ("password", "open-sesame")],
        ] {
            let error = server.connect(&options).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
            discreet.assert_discreet(&error);
        }
        let options = [("username", "ali"), ("password", "open-sesame")];
        let provider = server.connect(&options).await.unwrap();
        let driver = store(&provider, "test").await;
        set(&driver, "k", "v").await;
        set_ttl(&driver, "e", "v", Duration::from_secs(60)).await;
        assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
        provider.close(&scope("test", &[])).await.unwrap();
    });
}

#[test]
fn a_killed_server_is_unavailable_at_once_and_keeps_what_it_acknowledged() {
    ETCD.on_server(async |server| faults::is_killed(server).await.is_kept(server).await);
}

#[test]
fn a_stalled_server_times_out_and_is_used_again() {
    ETCD.on_server(faults::stalls);
}

#[test]
fn a_write_whose_reply_is_lost_is_not_sent_again() {
    ETCD.on_server(faults::replies_are_lost);
}

#[test]
fn a_store_that_is_closed_under_its_writers_leaves_nothing() {
    ETCD.on_server(faults::is_closed_under_its_writers);
}
