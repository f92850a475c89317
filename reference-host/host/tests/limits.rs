//! What a guest cannot do, however it is written.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use reference_host::{HostConfig, HostError, InstanceLimits, Trap};
use support::{alone, component, host, nothing, one_store, run, small};

fn limits(deadline: Duration) -> InstanceLimits {
    InstanceLimits {
        deadline,
        ..InstanceLimits::default()
    }
}

#[tokio::test]
async fn a_guest_that_loops_for_ever_meets_its_deadline() {
    let host = host(&small());
    let guest = host.load(&alone("(loop $l (br $l)) unreachable")).unwrap();
    let start = Instant::now();
    let ended = run(&host, &guest, nothing(), &limits(Duration::from_millis(60))).await;
    assert!(
        matches!(ended, Err(HostError::Trap(Trap::Deadline))),
        "{ended:?}"
    );
    let lived = start.elapsed();
    assert!(lived >= Duration::from_millis(60), "{lived:?}");
    assert!(lived < Duration::from_secs(20), "{lived:?}");
}

/// On a runtime of one thread: others run although the guest never lets go.
#[tokio::test]
async fn a_guest_that_computes_lets_others_run_at_every_tick() {
    let host = host(&small());
    let guest = host.load(&alone("(loop $l (br $l)) unreachable")).unwrap();
    let turns = Arc::new(AtomicU32::new(0));
    let other = tokio::spawn({
        let turns = Arc::clone(&turns);
        async move {
            loop {
                turns.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        }
    });
    // At every tick of 5 ms it has one; a loaded machine may skip many.
    let had_turns = async {
        while turns.load(Ordering::Relaxed) < 5 {
            tokio::task::yield_now().await;
        }
    };
    let limits = limits(Duration::from_secs(30));
    let both = async {
        tokio::select! {
            ended = run(&host, &guest, nothing(), &limits) => panic!("{ended:?}"),
            () = had_turns => {}
        }
    };
    let had = tokio::time::timeout(Duration::from_secs(60), both).await;
    other.abort();
    assert!(had.is_ok(), "{turns:?}");
}

#[tokio::test]
async fn a_guest_that_computes_can_be_dropped_at_a_tick() {
    let host = host(&small());
    let guest = host.load(&alone("(loop $l (br $l)) unreachable")).unwrap();
    let limits = limits(Duration::from_secs(60));
    let work = run(&host, &guest, nothing(), &limits);
    let ended = tokio::time::timeout(Duration::from_millis(30), work).await;
    assert!(ended.is_err());
}

#[tokio::test]
async fn the_longest_deadline_is_no_overflow() {
    let host = host(&small());
    let guest = host.load(&alone("(i32.const 7)")).unwrap();
    let ended = run(&host, &guest, nothing(), &limits(Duration::MAX)).await;
    assert_eq!(ended.unwrap(), 7);
}

const GROW: &str = "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
                    (memory.size)";

#[tokio::test]
async fn a_guest_that_allocates_without_end_is_refused_growth() {
    let host = host(&small());
    let guest = host.load(&alone(GROW)).unwrap();
    let limits = InstanceLimits {
        memory_bytes: 4 << 20,
        ..InstanceLimits::default()
    };
    let pages = run(&host, &guest, nothing(), &limits).await.unwrap();
    assert!((49..=64).contains(&pages), "{pages} pages");
}

#[tokio::test]
async fn no_instance_has_more_memory_than_the_host_reserves() {
    for checked_memory in [true, false] {
        let host = host(&HostConfig {
            max_memory_bytes: 1 << 20,
            checked_memory,
            ..small()
        });
        let guest = host.load(&alone(GROW)).unwrap();
        let limits = InstanceLimits::default();
        let pages = run(&host, &guest, nothing(), &limits).await.unwrap();
        assert!(pages <= 16, "{pages} pages");
    }
}

#[tokio::test]
async fn a_memory_access_out_of_bounds_traps_with_and_without_guards() {
    for checked_memory in [true, false] {
        let host = host(&HostConfig {
            max_memory_bytes: 1 << 20,
            checked_memory,
            ..small()
        });
        for address in ["65536", "65533", "0x100000", "0x7fffffff", "0xffffffff"] {
            let guest = host.load(&alone(&format!("(i32.load (i32.const {address}))")));
            let ended = run(&host, &guest.unwrap(), nothing(), &limits(Duration::MAX)).await;
            assert!(
                matches!(ended, Err(HostError::Trap(Trap::Other(_)))),
                "{ended:?}"
            );
        }
    }
}

/// Memory is new for every instance, whatever the one before left behind.
#[tokio::test]
async fn an_instance_sees_nothing_of_the_one_before() {
    let body = "(if (memory.grow (i32.const 3)) (then))
                (i32.load (i32.const 40)) (i32.load (i32.const 65532)) i32.or
                (i32.load (i32.const 200000)) i32.or
                (i32.store (i32.const 40) (i32.const 1))
                (i32.store (i32.const 65532) (i32.const 1))
                (i32.store (i32.const 200000) (i32.const 1))";
    for config in [
        small(),
        HostConfig {
            copy_on_write: false,
            ..small()
        },
        HostConfig {
            checked_memory: false,
            ..small()
        },
        HostConfig::many(),
    ] {
        let host = host(&config);
        let guest = host.load(&alone(body)).unwrap();
        for _ in 0..40 {
            let seen = run(&host, &guest, nothing(), &InstanceLimits::default()).await;
            assert_eq!(seen.unwrap(), 0);
        }
    }
}

#[tokio::test]
async fn endless_recursion_traps() {
    let host = host(&small());
    let guest = host.load(&alone("(call 0)")).unwrap();
    let ended = run(&host, &guest, nothing(), &limits(Duration::MAX)).await;
    assert!(
        matches!(ended, Err(HostError::Trap(Trap::Other(_)))),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_trap_says_what_happened() {
    let host = host(&small());
    let guest = host.load(&alone("unreachable")).unwrap();
    let ended = run(&host, &guest, nothing(), &limits(Duration::MAX)).await;
    let Err(HostError::Trap(Trap::Other(text))) = ended else {
        panic!("{ended:?}");
    };
    assert!(text.contains("unreachable"), "{text}");
}

/// Opens `one` until that fails; returns how often it went well, plus 1,000,000
/// for any other error than `throttled`.
fn opener() -> Vec<u8> {
    component(
        r#"(import "cloud:keyvalue/store@0.1.0" (instance $kv
             (type $e (variant
               (case "not-found") (case "already-exists") (case "access-denied")
               (case "invalid-argument" string) (case "too-large" u64)
               (case "precondition-failed") (case "wrong-type") (case "out-of-range")
               (case "unsupported" string) (case "throttled" (option u64)) (case "timeout")
               (case "unavailable") (case "expired") (case "cancelled") (case "other" string)))
             (export "error" (type $error (eq $e)))
             (export "store" (type $store (sub resource)))
             (export "open" (func async (param "name" string)
                (result (result (own $store) (error $error)))))))"#,
        r#"(core module $libc
             (memory (export "memory") 1)
             (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
             (data (i32.const 8) "one"))
           (core instance $libc (instantiate $libc))
           (alias core export $libc "memory" (core memory $memory))
           (core func $open (canon lower (func $kv "open") (memory $memory)
               (realloc (core func $libc "realloc"))))
           (core module $m
             (import "kv" "open" (func $open (param i32 i32 i32)))
             (import "libc" "memory" (memory 1))
             (func (export "run") (result i32) (local $opened i32)
               (loop $l
                 (call $open (i32.const 8) (i32.const 3) (i32.const 64))
                 (if (i32.eqz (i32.load8_u (i32.const 64))) (then
                   (local.set $opened (i32.add (local.get $opened) (i32.const 1)))
                   (br $l))))
               ;; The case of the error; `throttled` is the tenth.
               (if (i32.ne (i32.load8_u (i32.const 72)) (i32.const 9)) (then
                 (local.set $opened (i32.const 1000000))))
               (local.get $opened)))
           (core instance $kv' (export "open" (func $open)))
           (core instance $i (instantiate $m
             (with "kv" (instance $kv')) (with "libc" (instance $libc))))"#,
    )
}

#[tokio::test]
async fn a_guest_that_opens_handles_without_end_is_throttled() {
    let host = host(&small());
    let guest = host.load(&opener()).unwrap();
    let limits = InstanceLimits {
        handles: 100,
        ..InstanceLimits::default()
    };
    let opened = run(&host, &guest, one_store().await, &limits).await;
    assert_eq!(opened.unwrap(), 100);
}

#[tokio::test]
async fn what_is_not_granted_is_denied() {
    let host = host(&small());
    let guest = host.load(&opener()).unwrap();
    let limits = InstanceLimits::default();
    let opened = run(&host, &guest, nothing(), &limits).await;
    assert_eq!(opened.unwrap(), 1_000_000);
}
