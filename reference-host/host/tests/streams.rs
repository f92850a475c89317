//! What is held of an object between guest and service, and that it is let go: a service
//! that does not read holds up the guest, a guest that does not read holds up the service,
//! and neither gets further than `blob.buffer.max-bytes` (BLOB-STREAM-7).

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Body, Content, Driver, Info, ItemPage, ListRequest, PutOptions, Range,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{
    Bindings, Capability, ErrorKind, Grant, Namespace, Platform, Result, ScopeId, limit,
};
use futures::{StreamExt as _, stream};
use reference_host::InstanceLimits;
use support::{component, host, run, small};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// What the guest writes at once: as much as the host takes at once.
const WRITTEN: u64 = 256 << 10;
/// What the service delivers at once.
const DELIVERED: u64 = 64 << 10;
/// Nothing has moved for so long: it will not.
const STILL: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(60);

/// A service that a test holds by the hand.
#[derive(Debug)]
struct Stub {
    /// Pieces that it may read.
    may_read: Semaphore,
    read: AtomicU64,
    /// Bytes that it was asked for.
    delivered: AtomicU64,
    /// Pieces that the guest got rid of.
    written: AtomicU64,
    has_begun: AtomicBool,
    /// Whether a put or a get that was begun is over and all of it is gone.
    is_free: AtomicBool,
}

/// Tells that what it is part of is gone.
struct Freed(Arc<Stub>);

impl Drop for Freed {
    fn drop(&mut self) {
        self.0.is_free.store(true, Ordering::SeqCst);
    }
}

impl Stub {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            may_read: Semaphore::new(0),
            read: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            written: AtomicU64::new(0),
            has_begun: AtomicBool::new(false),
            is_free: AtomicBool::new(false),
        })
    }

    fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst) * WRITTEN
    }

    fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::SeqCst)
    }

    async fn is_free(&self) -> bool {
        comes(&self.is_free).await
    }
}

/// Whether it becomes true within a while.
async fn comes(fact: &AtomicBool) -> bool {
    let come = async {
        while !fact.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(PATIENCE, come).await.is_ok()
}

#[derive(Debug)]
struct OfStub(Arc<Stub>);

#[async_trait]
impl Driver for OfStub {
    /// Reads only what the test lets it.
    async fn put(&self, _: &str, mut body: Body, _: PutOptions) -> Result<Version> {
        let _freed = Freed(Arc::clone(&self.0));
        self.0.has_begun.store(true, Ordering::SeqCst);
        loop {
            if let Ok(permit) = self.0.may_read.acquire().await {
                permit.forget();
            }
            match body.next().await {
                Some(piece) => self.0.read.fetch_add(piece?.len() as u64, Ordering::SeqCst),
                None => return Err(ErrorKind::Unavailable.into()),
            };
        }
    }

    /// Delivers as much as is asked for.
    async fn get(&self, _: &str, _: Range, _: Option<&Version>) -> Result<Option<Content>> {
        let freed = Freed(Arc::clone(&self.0));
        let data = stream::repeat_with(move || {
            freed.0.delivered.fetch_add(DELIVERED, Ordering::SeqCst);
            Ok(Bytes::from(vec![7; DELIVERED as usize]))
        });
        Ok(Some(Content {
            info: Info {
                size: 1 << 40,
                version: Version::from("v".to_owned()),
                modified: 0,
                content_type: "text/plain".to_owned(),
                metadata: Vec::new(),
            },
            data: Box::pin(data),
        }))
    }

    /// How the guest says how far it is.
    async fn delete(&self, name: &str, _: Option<&Version>) -> Result<()> {
        match name {
            // A call that is dropped before it has begun has nothing to let go of.
            "one" if comes(&self.0.has_begun).await => {
                self.0.written.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
            "end" if self.0.is_free().await => Ok(()),
            "end" => Err(ErrorKind::Unavailable.into()),
            _ => std::future::pending().await,
        }
    }

    async fn head(&self, _: &str) -> Result<Option<Info>> {
        Err(ErrorKind::Unavailable.into())
    }

    async fn list(&self, _: ListRequest<'_>) -> Result<ItemPage> {
        Err(ErrorKind::Unavailable.into())
    }
}

#[async_trait]
impl Namespace for OfStub {
    async fn blobstore(&self, _: &str) -> Result<Arc<dyn Driver>> {
        Ok(Arc::new(Self(Arc::clone(&self.0))))
    }
}

/// `blob.buffer.max-bytes` of the provider whose declarations the stub has.
fn most() -> u64 {
    let declared = provider_memory::descriptor();
    declared.limit(limit::BLOB_BUFFER_MAX_BYTES).unwrap()
}

/// A guest that opens the stub as `$c` and then does `body`.
fn begin(stub: &Arc<Stub>, body: &str) -> JoinHandle<u32> {
    let mut declared = provider_memory::descriptor();
    // The guest of a test takes its time.
    declared.call_timeout = PATIENCE * 2;
    let platform: Arc<dyn Platform> = Arc::new(Bindings::new(vec![Grant {
        capability: Capability::Blobstore,
        name: "one".to_owned(),
        target: "one".to_owned(),
        scope: ScopeId::new("test").unwrap(),
        namespace: Arc::new(OfStub(Arc::clone(stub))),
        descriptor: Arc::new(declared),
    }]));
    let component = guest(body);
    tokio::spawn(async move {
        let host = host(&small());
        let guest = host.load(&component).unwrap();
        let limits = InstanceLimits::default();
        run(&host, &guest, platform, &limits).await.unwrap()
    })
}

/// What `count` says when it has not changed for a while.
async fn settled(running: &JoinHandle<u32>, count: impl Fn() -> u64) -> u64 {
    let (mut last, mut since) = (0, tokio::time::Instant::now());
    let begun = since;
    while last == 0 || since.elapsed() < STILL {
        assert!(!running.is_finished(), "the guest has ended");
        assert!(
            begun.elapsed() < PATIENCE,
            "nothing moves, or all without end"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
        let now = count();
        if now != last {
            (last, since) = (now, tokio::time::Instant::now());
        }
    }
    last
}

/// Its memory: names below 64, what `open` returned from 64, what `delete` returned from
/// 128, what `get` returned from 256, what is written and read from 65536.
fn guest(body: &str) -> Vec<u8> {
    let imports = r#"
        (import "cloud:blobstore/container@0.1.0" (instance $blob
          (type $e (variant
            (case "not-found") (case "already-exists") (case "access-denied")
            (case "invalid-argument" string) (case "too-large" u64)
            (case "precondition-failed") (case "wrong-type") (case "out-of-range")
            (case "unsupported" string) (case "throttled" (option u64)) (case "timeout")
            (case "unavailable") (case "expired") (case "cancelled") (case "other" string)))
          (export "error" (type $error (eq $e)))
          (export "container" (type $container (sub resource)))
          (type $p (variant (case "absent") (case "version" string)))
          (export "precondition" (type $precondition (eq $p)))
          (type $m (list (tuple string string)))
          (type $o (record (field "content-type" (option string)) (field "metadata" $m)
            (field "size" (option u64)) (field "expected" (option $precondition))))
          (export "put-options" (type $options (eq $o)))
          (type $r (record (field "offset" u64) (field "length" (option u64))))
          (export "range" (type $range (eq $r)))
          (type $i (record (field "size" u64) (field "version" string) (field "modified" u64)
            (field "content-type" string) (field "metadata" $m)))
          (export "info" (type $info (eq $i)))
          (type $n (record (field "info" $info) (field "data" (stream u8))
            (field "end" (future (result (error $error))))))
          (export "content" (type $content (eq $n)))
          (export "open" (func async (param "name" string)
             (result (result (own $container) (error $error)))))
          (export "[method]container.put" (func (param "self" (borrow $container))
             (param "name" string) (param "data" (stream u8))
             (param "end" (future (result (error $error)))) (param "options" $options)
             (result (future (result string (error $error))))))
          (export "[method]container.get" (func async (param "self" (borrow $container))
             (param "name" string) (param "range" (option $range))
             (param "expected" (option string))
             (result (result (option $content) (error $error)))))
          (export "[method]container.delete" (func async
             (param "self" (borrow $container)) (param "name" string)
             (result (result (error $error)))))))
        (alias export $blob "error" (type $error))
        (type $bytes (stream u8))
        (type $end (future (result (error $error))))
        (type $answer (future (result string (error $error))))"#;
    let core = format!(
        r#"(core module $libc
             (memory (export "memory") 8)
             ;; Nobody looks at what is passed back, so all of it may lie in one place.
             (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
             (data (i32.const 8) "one") (data (i32.const 16) "end") (data (i32.const 24) "wait"))
           (core instance $libc (instantiate $libc))
           (alias core export $libc "memory" (core memory $memory))
           (alias core export $libc "realloc" (core func $realloc))
           (core func $open (canon lower (func $blob "open")
             (memory $memory) (realloc $realloc)))
           (core func $put (canon lower (func $blob "[method]container.put")
             (memory $memory) (realloc $realloc)))
           (core func $get (canon lower (func $blob "[method]container.get")
             (memory $memory) (realloc $realloc)))
           (core func $delete (canon lower (func $blob "[method]container.delete")
             (memory $memory) (realloc $realloc)))
           (core func $stream (canon stream.new $bytes))
           (core func $future (canon future.new $end))
           (core func $write (canon stream.write $bytes async (memory $memory)))
           (core func $read (canon stream.read $bytes async (memory $memory)))
           (core func $leave (canon stream.drop-readable $bytes))
           (core func $give-up (canon future.drop-readable $answer))
           (core func $waits (canon waitable-set.new))
           (core func $join (canon waitable.join))
           (core func $wait (canon waitable-set.wait (memory $memory)))
           (core module $m
             (import "blob" "open" (func $open (param i32 i32 i32)))
             (import "blob" "put" (func $put (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32
               i32 i64 i32 i32 i32 i32) (result i32)))
             (import "blob" "get" (func $get (param i32 i32 i32 i32 i64 i32 i64 i32 i32 i32
               i32)))
             (import "blob" "delete" (func $delete (param i32 i32 i32 i32)))
             (import "blob" "stream" (func $stream (result i64)))
             (import "blob" "future" (func $future (result i64)))
             (import "blob" "write" (func $write (param i32 i32 i32) (result i32)))
             (import "blob" "read" (func $read (param i32 i32 i32) (result i32)))
             (import "blob" "leave" (func $leave (param i32)))
             (import "blob" "give-up" (func $give-up (param i32)))
             (import "blob" "waits" (func $waits (result i32)))
             (import "blob" "join" (func $join (param i32 i32)))
             (import "blob" "wait" (func $wait (param i32 i32) (result i32)))
             (import "libc" "memory" (memory 8))
             (global $c (mut i32) (i32.const 0))
             (global $set (mut i32) (i32.const 0))
             (global $data (mut i32) (i32.const 0))
             ;; The code with which an operation on a waitable ends.
             (func $await (param $code i32) (param $waitable i32) (result i32)
               (if (i32.eq (local.get $code) (i32.const -1)) (then
                 (call $join (local.get $waitable) (global.get $set))
                 (drop (call $wait (global.get $set) (i32.const 200)))
                 (call $join (local.get $waitable) (i32.const 0))
                 (local.set $code (i32.load (i32.const 204)))))
               (local.get $code))
             ;; Puts an object without options and writes so many pieces, or until nobody
             ;; reads; tells of each. Returns what is to give the answer.
             (func $put-pieces (param $pieces i32) (result i32)
               (local $pair i64) (local $answer i32)
               (local.set $pair (call $stream))
               (global.set $data (i32.wrap_i64 (i64.shr_u (local.get $pair) (i64.const 32))))
               (local.set $answer (call $put (global.get $c) (i32.const 8) (i32.const 3)
                 (i32.wrap_i64 (local.get $pair)) (i32.wrap_i64 (call $future))
                 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
                 (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
                 (i32.const 0)))
               (block $done (loop $l
                 (br_if $done (i32.eqz (local.get $pieces)))
                 (br_if $done (call $write-piece))
                 (call $delete (global.get $c) (i32.const 8) (i32.const 3) (i32.const 128))
                 (local.set $pieces (i32.sub (local.get $pieces) (i32.const 1)))
                 (br $l)))
               (local.get $answer))
             ;; Whether nobody reads.
             (func $write-piece (result i32)
               (i32.and (i32.const 15) (call $await
                 (call $write (global.get $data) (i32.const 65536) (i32.const {WRITTEN}))
                 (global.get $data))))
             ;; Gets an object and reads so many times.
             (func $get-pieces (param $pieces i32)
               (call $get (global.get $c) (i32.const 8) (i32.const 3)
                 (i32.const 0) (i64.const 0) (i32.const 0) (i64.const 0)
                 (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 256))
               (global.set $data (i32.load (i32.const 312)))
               (block $done (loop $l
                 (br_if $done (i32.eqz (local.get $pieces)))
                 (drop (call $await
                   (call $read (global.get $data) (i32.const 65536) (i32.const {DELIVERED}))
                   (global.get $data)))
                 (local.set $pieces (i32.sub (local.get $pieces) (i32.const 1)))
                 (br $l))))
             ;; 0 when the service has let go of everything.
             (func $is-freed (result i32)
               (call $delete (global.get $c) (i32.const 16) (i32.const 3) (i32.const 128))
               (i32.load8_u (i32.const 128)))
             (func $stay
               (call $delete (global.get $c) (i32.const 24) (i32.const 4) (i32.const 128)))
             (func (export "run") (result i32)
               (call $open (i32.const 8) (i32.const 3) (i32.const 64))
               (global.set $c (i32.load (i32.const 72)))
               (global.set $set (call $waits))
               {body}))
           (core instance $blob' (export "open" (func $open)) (export "put" (func $put))
             (export "get" (func $get)) (export "delete" (func $delete))
             (export "stream" (func $stream)) (export "future" (func $future))
             (export "write" (func $write)) (export "read" (func $read))
             (export "leave" (func $leave)) (export "give-up" (func $give-up))
             (export "waits" (func $waits)) (export "join" (func $join))
             (export "wait" (func $wait)))
           (core instance $i (instantiate $m
             (with "blob" (instance $blob')) (with "libc" (instance $libc))))"#
    );
    component(imports, &core)
}

#[tokio::test]
async fn a_service_that_does_not_read_holds_up_the_guest() {
    let stub = Stub::new();
    let running = begin(
        &stub,
        "(drop (call $put-pieces (i32.const -1))) (i32.const 0)",
    );
    let mut before = settled(&running, || stub.written()).await;
    assert!(before <= most(), "{before}");
    for _ in 0..3 {
        stub.may_read.add_permits(4);
        tokio::time::sleep(STILL).await;
        let written = settled(&running, || stub.written()).await;
        let read = stub.read.load(Ordering::SeqCst);
        assert!(written > before, "{written}");
        assert!(written - read <= most(), "{written} {read}");
        before = written;
    }
    // The instance ends, and with it the write.
    running.abort();
    assert!(stub.is_free().await);
}

#[tokio::test]
async fn a_guest_that_does_not_read_holds_up_the_service() {
    for pieces in [0, 1, 50] {
        let stub = Stub::new();
        let body = format!("(call $get-pieces (i32.const {pieces})) (call $stay) (i32.const 0)");
        let running = begin(&stub, &body);
        tokio::time::sleep(STILL).await;
        // One more than what is asked for is held at most, but there may be none.
        let delivered = settled(&running, || stub.delivered() + 1).await - 1;
        assert!(delivered >= pieces * DELIVERED, "{delivered}");
        assert!(delivered <= pieces * DELIVERED + most(), "{delivered}");
        running.abort();
        assert!(stub.is_free().await);
    }
}

#[tokio::test]
async fn a_write_that_the_guest_drops_is_let_go_of() {
    let stub = Stub::new();
    let body = "(call $give-up (call $put-pieces (i32.const 2)))
        (i32.add (call $is-freed)
          ;; Nobody reads any more.
          (i32.shl (call $write-piece) (i32.const 1)))";
    let ended = begin(&stub, body).await.unwrap();
    assert_eq!(ended, 2);
    assert_eq!(stub.written(), 2 * WRITTEN);
}

#[tokio::test]
async fn a_stream_that_the_guest_drops_is_let_go_of() {
    for pieces in [0, 3] {
        let stub = Stub::new();
        let body = format!(
            "(call $get-pieces (i32.const {pieces})) (call $leave (global.get $data))
             (call $is-freed)"
        );
        assert_eq!(begin(&stub, &body).await.unwrap(), 0);
        let delivered = stub.delivered();
        assert!(delivered <= pieces * DELIVERED + most(), "{delivered}");
    }
}
