//! What calls in flight and streams may cost the host, and whom they may hold up.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::Container;
use cloud_contract::keyvalue::{
    BatchResult, Entry, Expected, KeyStream, Page, Store, SwapError, Version,
};
use cloud_contract::{Description, Error, ErrorKind, Platform, Result};
use futures::stream;
use reference_host::{HostError, InstanceLimits, Trap};
use support::{component, host, run, small, start};

/// A store whose writes never end, whose values have 1 MiB, and whose keys are
/// what a test says.
#[derive(Debug)]
struct Stub(fn() -> KeyStream);

fn none<T>() -> Result<T> {
    Err(ErrorKind::Unavailable.into())
}

#[async_trait]
impl Store for Stub {
    async fn get(&self, _: &str) -> Result<Option<Bytes>> {
        Ok(Some(vec![7; 1 << 20].into()))
    }
    async fn set(&self, _: &str, _: Bytes) -> Result<()> {
        std::future::pending().await
    }
    async fn delete(&self, _: &str) -> Result<()> {
        none()
    }
    async fn exists(&self, _: &str) -> Result<bool> {
        none()
    }
    async fn list(&self, _: &str, _: Option<&str>, _: Option<u32>) -> Result<Page> {
        none()
    }
    fn keys(self: Arc<Self>, _: String) -> KeyStream {
        (self.0)()
    }
    async fn current(&self, _: &str) -> Result<Option<Entry>> {
        none()
    }
    async fn swap(
        &self,
        _: &str,
        _: Bytes,
        _: Expected,
    ) -> std::result::Result<Version, SwapError> {
        Ok(none()?)
    }
    async fn delete_if(&self, _: &str, _: Version) -> std::result::Result<(), SwapError> {
        Ok(none()?)
    }
    async fn increment(&self, _: &str, _: i64) -> Result<i64> {
        none()
    }
    async fn get_many(&self, _: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        Ok(none()?)
    }
    async fn set_many(&self, _: Vec<(String, Bytes)>) -> BatchResult<()> {
        Ok(none()?)
    }
    async fn delete_many(&self, _: Vec<String>) -> BatchResult<()> {
        Ok(none()?)
    }
    async fn set_expiring(&self, _: &str, _: Bytes, _: Duration) -> Result<()> {
        none()
    }
    async fn remaining(&self, _: &str) -> Result<Option<Option<Duration>>> {
        none()
    }
}

/// Opens the stub under every name.
#[derive(Debug)]
struct Only(fn() -> KeyStream);

#[async_trait]
impl Platform for Only {
    async fn open_store(&self, _: &str) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(Stub(self.0)))
    }
    async fn open_container(&self, _: &str) -> Result<Arc<dyn Container>> {
        none()
    }
    async fn create_container(&self, _: &str) -> Result<()> {
        none()
    }
    async fn delete_container(&self, _: &str) -> Result<()> {
        none()
    }
    fn describe(&self, _: &str, _: &str) -> Result<Description> {
        none()
    }
}

fn no_keys() -> KeyStream {
    Box::pin(stream::empty())
}

/// A guest that opens a store into `$store` and then does `body`. Its memory: what
/// `open` returned from 64, what another call returned from 256 (an error's case
/// at 264), what is read from a stream from 1024.
fn guest(body: &str) -> Vec<u8> {
    let imports = r#"
        (import "cloud:keyvalue/store@0.1.0" (instance $kv
          (type $e (variant
            (case "not-found") (case "already-exists") (case "access-denied")
            (case "invalid-argument" string) (case "too-large" u64)
            (case "precondition-failed") (case "wrong-type") (case "out-of-range")
            (case "unsupported" string) (case "throttled" (option u64)) (case "timeout")
            (case "unavailable") (case "expired") (case "cancelled") (case "other" string)))
          (export "error" (type $error (eq $e)))
          (export "store" (type $store (sub resource)))
          (export "open" (func async (param "name" string)
             (result (result (own $store) (error $error)))))
          (export "[method]store.get" (func async (param "self" (borrow $store))
             (param "key" string) (result (result (option (list u8)) (error $error)))))
          (export "[method]store.set" (func async (param "self" (borrow $store))
             (param "key" string) (param "value" (list u8)) (result (result (error $error)))))
          (export "[method]store.keys" (func (param "self" (borrow $store))
             (param "prefix" string)
             (result (tuple (stream string) (future (result (error $error)))))))))
        (alias export $kv "error" (type $error))
        (type $keys (stream string))
        (type $end (future (result (error $error))))"#;
    let core = format!(
        r#"(core module $libc
             (memory (export "memory") 40)
             ;; Nobody looks at what is passed back, so all of it may lie in one place.
             (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
             (data (i32.const 8) "one"))
           (core instance $libc (instantiate $libc))
           (alias core export $libc "memory" (core memory $memory))
           (alias core export $libc "realloc" (core func $realloc))
           (core func $open (canon lower (func $kv "open")
             (memory $memory) (realloc $realloc)))
           (core func $get (canon lower (func $kv "[method]store.get")
             (memory $memory) (realloc $realloc)))
           (core func $set (canon lower (func $kv "[method]store.set") async
             (memory $memory) (realloc $realloc)))
           (core func $keys' (canon lower (func $kv "[method]store.keys")
             (memory $memory) (realloc $realloc)))
           (core func $read (canon stream.read $keys async
             (memory $memory) (realloc $realloc)))
           (core func $ended (canon future.read $end async
             (memory $memory) (realloc $realloc)))
           (core func $waits (canon waitable-set.new))
           (core func $join (canon waitable.join))
           (core func $wait (canon waitable-set.wait (memory $memory)))
           (core module $m
             (import "kv" "open" (func $open (param i32 i32 i32)))
             (import "kv" "get" (func $get (param i32 i32 i32 i32)))
             (import "kv" "set" (func $set (param i32 i32) (result i32)))
             (import "kv" "keys" (func $keys (param i32 i32 i32 i32)))
             (import "kv" "read" (func $read (param i32 i32 i32) (result i32)))
             (import "kv" "ended" (func $ended (param i32 i32) (result i32)))
             (import "kv" "waits" (func $waits (result i32)))
             (import "kv" "join" (func $join (param i32 i32)))
             (import "kv" "wait" (func $wait (param i32 i32) (result i32)))
             (import "libc" "memory" (memory 40))
             ;; The code with which an operation on a waitable ends.
             (func $await (param $code i32) (param $waitable i32) (param $set i32) (result i32)
               (if (i32.eq (local.get $code) (i32.const -1)) (then
                 (call $join (local.get $waitable) (local.get $set))
                 (drop (call $wait (local.get $set) (i32.const 200)))
                 (call $join (local.get $waitable) (i32.const 0))
                 (local.set $code (i32.load (i32.const 204)))))
               (local.get $code))
             ;; A million for each case of the error at 256 up to its own; 0 for ok.
             (func $error (result i32)
               (if (result i32) (i32.load8_u (i32.const 256))
                 (then (i32.mul (i32.const 1000000)
                   (i32.add (i32.const 1) (i32.load8_u (i32.const 264)))))
                 (else (i32.const 0))))
             (func (export "run") (result i32)
               (local $store i32) (local $count i32) (local $code i32) (local $set i32)
               (call $open (i32.const 8) (i32.const 3) (i32.const 64))
               (local.set $store (i32.load (i32.const 72)))
               {body}))
           (core instance $kv' (export "open" (func $open)) (export "get" (func $get))
             (export "set" (func $set)) (export "keys" (func $keys'))
             (export "read" (func $read)) (export "ended" (func $ended))
             (export "waits" (func $waits)) (export "join" (func $join))
             (export "wait" (func $wait)))
           (core instance $i (instantiate $m
             (with "kv" (instance $kv')) (with "libc" (instance $libc))))"#
    );
    component(imports, &core)
}

/// Reads all keys; returns how many there were, and how the stream ended.
const READER: &str = "
    (call $keys (local.get $store) (i32.const 8) (i32.const 4) (i32.const 128))
    (local.set $set (call $waits))
    (loop $l
      (local.set $code (call $await
        (call $read (i32.load (i32.const 128)) (i32.const 1024) (i32.const 16))
        (i32.load (i32.const 128)) (local.get $set)))
      (local.set $count (i32.add (local.get $count)
        (i32.shr_u (local.get $code) (i32.const 4))))
      (br_if $l (i32.eqz (i32.and (local.get $code) (i32.const 15)))))
    (drop (call $await (call $ended (i32.load (i32.const 132)) (i32.const 256))
      (i32.load (i32.const 132)) (local.get $set)))
    (i32.add (local.get $count) (call $error))";

const THROTTLED: u32 = 10_000_000;

async fn read(keys: fn() -> KeyStream, limits: &InstanceLimits) -> Result<u32, HostError> {
    let host = host(&small());
    let guest = host.load(&guest(READER)).unwrap();
    run(&host, &guest, Arc::new(Only(keys)), limits).await
}

fn within(in_flight_bytes: usize) -> InstanceLimits {
    InstanceLimits {
        in_flight_bytes,
        ..InstanceLimits::default()
    }
}

/// 1,000 keys, and an empty page before them.
fn two_pages() -> KeyStream {
    let keys = (0..1_000).map(|number| format!("{number:0100}")).collect();
    Box::pin(stream::iter([Ok(Vec::new()), Ok(keys)]))
}

#[tokio::test]
async fn a_stream_is_read_to_its_end() {
    let limits = InstanceLimits::default();
    assert_eq!(read(no_keys, &limits).await.unwrap(), 0);
    assert_eq!(read(two_pages, &limits).await.unwrap(), 1_000);
    let failing = || -> KeyStream {
        let page = Ok(vec!["key".to_owned()]);
        Box::pin(stream::iter([page, Err(Error::too_large(1))]))
    };
    assert_eq!(read(failing, &limits).await.unwrap(), 5_000_001);
}

#[tokio::test]
async fn a_page_beyond_what_the_host_may_hold_ends_the_stream() {
    assert_eq!(read(two_pages, &within(200_000)).await.unwrap(), 1_000);
    let ended = read(two_pages, &within(100_000)).await.unwrap();
    assert_eq!(ended, THROTTLED);
    let ended = read(two_pages, &within(3)).await.unwrap();
    assert_eq!(ended, THROTTLED, "neither may it hold the prefix");
}

/// On a runtime of one thread: pages that are ready at once and empty for ever
/// keep neither a timer nor the end of the guest waiting.
#[tokio::test]
async fn empty_pages_without_end_hold_nobody_up() {
    let endless = || -> KeyStream { Box::pin(stream::repeat(Ok(Vec::new()))) };
    let began = Instant::now();
    let limits = InstanceLimits::default();
    let ended = tokio::time::timeout(Duration::from_millis(100), read(endless, &limits)).await;
    assert!(ended.is_err(), "{ended:?}");
    assert!(began.elapsed() < Duration::from_secs(60));
}

/// The provider is to blame for a stream without an end, not the guest.
#[tokio::test]
async fn a_guest_that_reads_a_stream_does_not_compute_on_its_own() {
    let endless = || -> KeyStream { Box::pin(stream::repeat(Ok(vec!["key".to_owned(); 10]))) };
    let host = host(&small());
    let guest = host.load(&guest(READER)).unwrap();
    let limits = InstanceLimits {
        deadline: Duration::from_millis(400),
        ..InstanceLimits::default()
    };
    let mut store = host.store(Arc::new(Only(endless)), &limits).unwrap();
    let ended = start(&mut store, &guest).await;
    assert_eq!(ended, Err(Trap::Deadline));
    // 80 ticks have gone by.
    let ticks = store.data().ticks_since_call();
    assert!(ticks < 20, "{ticks}");
}

/// Starts writes of 1 MiB that nobody answers until one comes back; returns how
/// many there were, and its error.
const WRITER: &str = "
    (i32.store (i32.const 300) (local.get $store))
    (i32.store (i32.const 304) (i32.const 8))
    (i32.store (i32.const 308) (i32.const 3))
    (i32.store (i32.const 312) (i32.const 65536))
    (i32.store (i32.const 316) (i32.const 0x100000))
    (block $returned
      (loop $l
        (br_if $returned (i32.eq (i32.const 2) (i32.and (i32.const 15)
          (call $set (i32.const 300) (i32.const 256)))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $l)))
    (i32.add (local.get $count) (call $error))";

#[tokio::test]
async fn writes_in_flight_beyond_what_the_host_may_hold_are_throttled() {
    let host = host(&small());
    let guest = host.load(&guest(WRITER)).unwrap();
    for (bytes, calls) in [(8 << 20, 7), ((8 << 20) + 8 * 3, 8), (1 << 20, 0)] {
        let ended = run(&host, &guest, Arc::new(Only(no_keys)), &within(bytes)).await;
        assert_eq!(ended.unwrap(), THROTTLED + calls);
    }
}

#[tokio::test]
async fn an_answer_beyond_what_the_host_may_hold_is_throttled() {
    let host = host(&small());
    let body = "(call $get (local.get $store) (i32.const 8) (i32.const 3) (i32.const 256))
                (call $error)";
    let guest = host.load(&guest(body)).unwrap();
    for (bytes, expected) in [(2 << 20, 0), ((1 << 20) + 2, THROTTLED), (3, THROTTLED)] {
        let ended = run(&host, &guest, Arc::new(Only(no_keys)), &within(bytes)).await;
        assert_eq!(ended.unwrap(), expected);
    }
}
