//! As many instances as a host admits, and not one more.

mod support;

use reference_host::{HostError, InstanceLimits};
use support::{alone, host, nothing, run, small};

#[tokio::test]
async fn one_more_than_the_limit_is_refused_and_a_place_is_free_after_a_drop() {
    let host = host(&small());
    assert_eq!(host.max_instances(), 4);
    let limits = InstanceLimits::default();
    let mut alive: Vec<_> = (0..4)
        .map(|_| host.store(nothing(), &limits).unwrap())
        .collect();
    let refused = host.store(nothing(), &limits);
    assert!(matches!(
        refused,
        Err(HostError::TooManyInstances { limit: 4 })
    ));
    alive.pop();
    let guest = host.load(&alone("(i32.const 7)")).unwrap();
    let ended = run(&host, &guest, nothing(), &limits).await;
    assert_eq!(ended.unwrap(), 7);
}
