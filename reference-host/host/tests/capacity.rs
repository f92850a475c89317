//! As many instances as the machine carries. A process of its own, because it
//! takes all mappings that a process may have.
#![cfg(target_os = "linux")]

mod support;

use reference_host::{HostConfig, HostError, InstanceLimits, max_map_count};
use support::{encode, host, nothing, start};

/// As compilers lay guests out: a stack, data, a heap.
fn usual() -> Vec<u8> {
    encode(
        r#"(component
             (core module $m
               (memory (export "memory") 2 8)
               (data (i32.const 32768) "data in the middle of the memory")
               (table 8 funcref)
               (elem (i32.const 1) $run)
               (func $run (export "run") (result i32)
                 (i32.store (i32.const 30000) (i32.const 1))
                 (i32.store (i32.const 32768) (i32.const 1))
                 (memory.grow (i32.const 1))))
             (core instance $i (instantiate $m))
             (func (export "run") async (result u32) (canon lift (core func $i "run"))))"#,
    )
}

/// Every place is taken by a real instance that has used its memory. The process
/// survives it, and has mappings left.
async fn carries_what_it_admits(config: HostConfig) -> usize {
    let host = host(&HostConfig {
        max_instances: usize::MAX,
        ..config
    });
    let guest = host.load(&usual()).unwrap();
    let limits = InstanceLimits::default();
    let mut alive = Vec::new();
    loop {
        match host.store(nothing(), &limits) {
            Ok(mut store) => {
                start(&mut store, &guest).await.unwrap();
                alive.push(store);
            }
            Err(HostError::TooManyInstances { limit }) => {
                assert_eq!(limit, alive.len());
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    let maps = std::fs::read_to_string("/proc/self/maps")
        .unwrap()
        .lines()
        .count();
    assert!(
        maps + 4_096 <= max_map_count(),
        "{maps} maps at {} instances",
        alive.len()
    );
    alive.len()
}

#[tokio::test]
async fn the_machine_carries_what_is_admitted() {
    let images = carries_what_it_admits(HostConfig::many()).await;
    let copies = carries_what_it_admits(HostConfig {
        copy_on_write: false,
        ..HostConfig::many()
    })
    .await;
    if max_map_count() >= 65_530 {
        assert!(images >= 10_000, "{images}");
        assert!(copies >= 15_000, "{copies}");
    }
}
