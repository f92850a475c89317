//! What happens when the service is absent, refuses, dies, or is crowded.

mod support;

use cloud_contract::ErrorKind;
use provider_tests::{faults, get, set};
use support::{FIRESTORE, refusing};

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    faults::nobody_answers(&FIRESTORE, "http://{address}").await;
}

#[tokio::test]
async fn refusals_of_the_service_have_kinds() {
    let throttled = ErrorKind::Throttled { retry_after: None };
    for (code, kind) in [
        (7, ErrorKind::AccessDenied),
        (16, ErrorKind::AccessDenied),
        (8, throttled),
        (14, ErrorKind::Unavailable),
        (4, ErrorKind::Timeout),
    ] {
        let error = FIRESTORE.connect(&refusing(code), &[]).await.unwrap_err();
        assert_eq!(error.kind(), &kind, "{code}");
        FIRESTORE.assert_discreet(&error);
    }
    let error = FIRESTORE.connect(&refusing(5), &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such database");
}

/// The same provider reaches the new emulator, which has forgotten everything.
#[test]
fn a_killed_emulator_is_unavailable_at_once_and_comes_back() {
    FIRESTORE.on_server(async |server| {
        let killed = faults::is_killed(server).await;
        server.restart().await;
        assert_eq!(get(&killed.driver, "k").await, None);
        set(&killed.driver, "k", "v").await;
        assert_eq!(killed.driver.increment("n", 2).await, Ok(2));
    });
}
