//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use std::time::{Duration, Instant};

use cloud_contract::ErrorKind;
use provider_tests::{Subject, faults, get, scope, set, store};
use support::{POSTGRES, ask};

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let subject = Subject {
        secrets: &["ali"],
        ..POSTGRES
    };
    faults::nobody_answers(&subject, "postgres://ali:sesame@{address}/db").await;
}

#[test]
fn credentials_and_rights_decide() {
    POSTGRES.on_server(async |server| {
        ask(server, "CREATE ROLE ali LOGIN PASSWORD 'open-sesame'").await;
        let hba =
            "local all all trust\nhost all postgres all trust\nhost all all all scram-sha-256\n";
        std::fs::write(&ask(server, "SHOW hba_file").await[0], hba).unwrap();
        ask(server, "SELECT pg_reload_conf()").await;
        let endpoint = server.endpoint().replace("postgres@", "ali@");
        let right = [("password", "open-sesame")];
        let discreet = Subject {
            secrets: &["ali"],
            ..POSTGRES
        };
        // The server reads the file in its own time.
        let until = Instant::now() + Duration::from_secs(60);
        while ask(server, "SELECT count(*) FROM pg_hba_file_rules").await != ["3"]
            || server.connect_at(&endpoint, &[]).await.is_ok()
        {
            assert!(Instant::now() < until);
        }
        for options in [
            vec![],
            vec![("password", "close-sesame")],
            vec![("user", "baba"), ("password", "open-sesame")],
        ] {
            let error = server.connect_at(&endpoint, &options).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
            discreet.assert_discreet(&error);
        }
        let other = format!("{}-sesame", server.endpoint());
        let error = server.connect_at(&other, &[]).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
        discreet.assert_discreet(&error);
        let error = server.connect(&[("sslmode", "require")]).await;
        assert_eq!(error.unwrap_err().kind(), &ErrorKind::Unavailable);

        // The password is right; there is no right to make tables, which are made when
        // the first scope is opened.
        let test = scope("test", &["data"]);
        let ali = server.connect_at(&endpoint, &right).await.unwrap();
        let refused = ali.open(&test).await.unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::AccessDenied);

        // Somebody else made them: the rights to use them suffice.
        let made = "SELECT to_regclass('cloud_wit.kv_entry') IS NOT NULL";
        let owner = server.provider().await;
        assert_eq!(ask(server, made).await, ["f"]);
        owner.open(&test).await.unwrap();
        assert_eq!(ask(server, made).await, ["t"]);
        owner.close(&test).await.unwrap();
        ask(server, "GRANT USAGE ON SCHEMA cloud_wit TO ali").await;
        let ali = server.connect_at(&endpoint, &right).await.unwrap();
        let refused = ali.open(&test).await.unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::AccessDenied);
        let rights = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cloud_wit";
        ask(server, &format!("GRANT {rights} TO ali")).await;
        let ali = server.connect_at(&endpoint, &right).await.unwrap();
        let driver = store(&ali, "test").await;
        set(&driver, "k", "v").await;
        assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
        ali.close(&test).await.unwrap();
        assert_eq!(server.left().await, 0);
    });
}

#[test]
fn a_killed_server_is_unavailable_at_once_and_keeps_what_it_acknowledged() {
    POSTGRES.on_server(async |server| faults::is_killed(server).await.is_kept(server).await);
}

#[test]
fn a_stalled_server_times_out_and_is_used_again() {
    POSTGRES.on_server(faults::stalls);
}

#[test]
fn callers_share_a_failing_attempt() {
    POSTGRES.on_server(faults::callers_share_an_attempt);
}

#[test]
fn a_write_whose_reply_is_lost_is_not_sent_again() {
    POSTGRES.on_server(faults::replies_are_lost);
}

#[test]
fn a_store_that_is_closed_under_its_writers_leaves_nothing() {
    POSTGRES.on_server(faults::is_closed_under_its_writers);
}
