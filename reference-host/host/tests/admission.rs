//! As many instances as a host admits, and not one more.

mod support;

use reference_host::{HostConfig, HostError, InstanceLimits};
use support::{alone, host, nothing, run, small, start};

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

/// Whoever is admitted finds a place in the pool, also in the moment in which the
/// one before them ends on another thread. The memory makes its end take a while.
#[test]
fn a_place_is_free_before_the_next_is_admitted() {
    let host = host(&HostConfig {
        max_instances: 1,
        ..HostConfig::default()
    });
    let body = "(local $at i32)
                (drop (memory.grow (i32.const 128)))
                (loop $l
                  (i32.store (local.get $at) (i32.const 1))
                  (local.set $at (i32.add (local.get $at) (i32.const 4096)))
                  (br_if $l (i32.lt_u (local.get $at) (i32.const 0x800000))))
                (i32.const 7)";
    let guest = host.load(&alone(body)).unwrap();
    let rounds = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        for _ in 0..100 {
            let mut store = loop {
                match host.store(nothing(), &InstanceLimits::default()) {
                    Ok(store) => break store,
                    Err(HostError::TooManyInstances { limit: 1 }) => std::thread::yield_now(),
                    Err(error) => panic!("{error}"),
                }
            };
            assert_eq!(runtime.block_on(start(&mut store, &guest)), Ok(7));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(rounds);
        rounds();
    });
}
