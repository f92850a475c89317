//! What only the service itself can show: what it keeps and leaves behind, and what it
//! is configured to be.

mod support;

use std::time::Duration;

use cloud_contract::{Durability, ErrorKind};
use provider_tests::{list, page, seam, set, set_ttl, store};
use redis::Value;
use support::{DURABLE, REDIS, ask};

#[test]
fn the_seam_holds_and_keys_of_others_stay() {
    REDIS.on_server(async |server| {
        ask(server, &["SET", "foreign", "1"]);
        seam::holds(server).await;
        seam::names_stay(server).await;
        seam::closing_holds_for_all(server).await;
    });
}

#[test]
fn what_it_declares_follows_the_service() {
    REDIS.on_server(async |server| {
        let provider = server.provider().await;
        assert_eq!(provider.descriptor().durability, Durability::Process);
        assert!(provider.descriptor().product_version.is_some());
        ask(server, &["CONFIG", "SET", "maxmemory", "100mb"]);
        ask(
            server,
            &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"],
        );
        let error = server.connect(&[]).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Other(_)), "{error}");
    });
    DURABLE.on_server(async |server| {
        let provider = server.provider().await;
        assert_eq!(provider.descriptor().durability, Durability::Durable);
    });
}

#[test]
fn lists_get_over_many_ended_keys_and_clear_their_names() {
    REDIS.on_server(async |server| {
        let driver = store(&server.provider().await, "test").await;
        for number in (0..3_000).step_by(300) {
            set(&driver, &format!("k{number:04}-stays"), "").await;
        }
        for number in 0..3_000 {
            let ttl = Duration::from_secs(3_600);
            set_ttl(&driver, &format!("k{number:04}"), "", ttl).await;
        }
        assert_eq!(list(&driver, "", 1000).await.len(), 3_010);
        // What the end of each of them leaves: its name, with a time that has passed.
        let end = "for _, key in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do \
                     redis.call('DEL', '{cw:test:data}:d:' .. key) \
                     redis.call('ZADD', KEYS[1], 1, key) \
                   end";
        ask(server, &["EVAL", end, "1", "{cw:test:data}:x"]);
        let first = page(&driver, "", None, 3).await;
        assert_eq!(first.keys, ["k0000-stays", "k0300-stays", "k0600-stays"]);
        assert_eq!(list(&driver, "", 1).await.len(), 10);
        // The names have gone for good.
        let index = ask(server, &["ZCARD", "{cw:test:data}:i"]);
        assert_eq!(index, Value::Int(10));
        let ends = ask(server, &["ZCARD", "{cw:test:data}:x"]);
        assert_eq!(ends, Value::Int(0));
    });
}

#[test]
fn a_store_that_is_never_listed_does_not_fill_with_names() {
    REDIS.on_server(async |server| {
        let driver = store(&server.provider().await, "test").await;
        for round in 0..40 {
            for number in 0..25 {
                let key = format!("{round}-{number}");
                set_ttl(&driver, &key, "", Duration::from_millis(1)).await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let Value::Int(names) = ask(server, &["ZCARD", "{cw:test:data}:i"]) else {
            panic!("no number")
        };
        assert!(names < 100, "{names}");
    });
}
