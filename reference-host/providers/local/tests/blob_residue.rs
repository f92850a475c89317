//! What remains of writes that failed, of states that were replaced and of uploads that
//! ended: nothing, as soon as nobody reads it.

mod support;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::blobstore::{Body, Container, Driver, Expected, NewObject, Range};
use cloud_contract::{Bytes, Capability, ErrorKind, Grant, Provider};
use futures::{FutureExt as _, StreamExt as _, stream};
use provider_tests::blob::{body_in, broken, bytes, collect, container, list, options, put, read};
use provider_tests::scope;
use support::{connect, until};

/// How many files with bytes of objects there are.
fn files(folder: &Path) -> usize {
    fs::read_dir(folder.join("blobs")).unwrap().count()
}

async fn become_files(folder: &Path, count: usize) {
    until("as many files as objects", || files(folder) == count).await;
}

/// Some bytes, and then nothing for ever.
fn stuck(content: &Bytes) -> Body {
    Box::pin(body_in(content, 64 << 10).chain(stream::pending()))
}

/// Begins a call beside so many files, waits until it has one, and drops it.
async fn dropped<T>(folder: &Path, before: usize, call: impl Future<Output = T>) {
    // What was dropped before is gone.
    become_files(folder, before).await;
    let mut call = Box::pin(call);
    for _ in 0..1_000 {
        assert!(
            call.as_mut().now_or_never().is_none(),
            "it has come to an end"
        );
        if files(folder) > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never wrote a byte");
}

/// The container as a guest sees it.
async fn guest_container(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Container> {
    let scope = scope(id, &["data"]);
    let grant = Grant {
        capability: Capability::Blobstore,
        name: "mine".into(),
        target: "data".into(),
        namespace: provider.open(&scope).await.unwrap(),
        scope: scope.id,
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    let platform = provider.platform(vec![grant]);
    platform.open_container("mine").await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    let content = bytes(1_000_000, 1);
    let version = put(&driver, "k", content.clone()).await;
    let upload = driver.begin("k", "x".to_owned(), Vec::new()).await.unwrap();
    let upload = upload.as_str();
    let any = || options(Expected::Any);

    // Given up by the guest, in the middle and at the end.
    for size in [0, 100, 900_000] {
        let given_up = || broken(bytes(size, 2), ErrorKind::Cancelled.into());
        driver.put("k", given_up(), any()).await.unwrap_err();
        driver.append("k", given_up(), None).await.unwrap_err();
        let part = driver.put_part("k", upload, 1, 1_000_000, given_up());
        part.await.unwrap_err();
    }
    become_files(folder.path(), 1).await;

    // Dropped.
    let some = bytes(700_000, 3);
    dropped(folder.path(), 1, driver.put("k", stuck(&some), any())).await;
    dropped(folder.path(), 1, driver.append("k", stuck(&some), None)).await;
    dropped(
        folder.path(),
        1,
        driver.put_part("k", upload, 1, 1, stuck(&some)),
    )
    .await;
    become_files(folder.path(), 1).await;

    // Of another size than announced, as a guest would see it.
    let guest = guest_container(&provider, "a").await;
    for size in [10, 2_000_000] {
        let object = NewObject {
            size: Some(size),
            ..NewObject::default()
        };
        let error = guest.put("k", body_in(&content, 9_999), object).await;
        let error = error.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
    }
    // Overtaken: the condition holds at first and not at the end.
    let overtaking = Arc::clone(&driver);
    let overtake = stream::once(async move {
        put(&overtaking, "new", bytes(10, 4)).await;
        Ok(Bytes::from_static(b"late"))
    });
    let late = body_in(&content, 9_999).chain(overtake);
    let absent = options(Expected::Absent);
    let error = driver.put("new", Box::pin(late), absent).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    become_files(folder.path(), 2).await;

    assert_eq!(driver.parts("k", upload).await.unwrap(), []);
    let found = driver.head("k").await.unwrap().unwrap();
    assert_eq!(found.version, version);
    assert_eq!(read(&driver, "k").await.unwrap(), Some(content));
    assert_eq!(read(&driver, "new").await.unwrap(), Some(bytes(10, 4)));
}

#[tokio::test]
async fn what_is_replaced_goes_when_its_readers_have() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    let old = bytes(2_000_000, 1);
    put(&driver, "k", old.clone()).await;
    let get = || driver.get("k", Range::default(), None);
    let [first, second, third] =
        [get(), get(), get()].map(|get| async { get.await.unwrap().unwrap().data });
    let (mut first, second, third) = (first.await, second.await, third.await);
    let begun = first.next().await.unwrap().unwrap();
    for round in 0..5 {
        put(&driver, "k", bytes(300_000, round + 2)).await;
    }
    become_files(folder.path(), 2).await;
    drop(third);
    let rest = collect(first).await.unwrap();
    assert_eq!([begun, rest].concat(), old);
    assert_eq!(files(folder.path()), 2, "there is a reader yet");
    driver.delete("k", None).await.unwrap();
    become_files(folder.path(), 1).await;
    assert_eq!(collect(second).await.unwrap(), old);
    become_files(folder.path(), 0).await;
}

/// A body keeps the folder in use, so that what it reads stays.
#[tokio::test]
async fn a_reader_outlives_its_provider() {
    let folder = tempfile::tempdir().unwrap();
    let whole = bytes(1_000_000, 1);
    let content = {
        let provider = connect(folder.path()).await.unwrap();
        let driver = container(&provider, "a").await;
        put(&driver, "k", whole.clone()).await;
        let get = driver.get("k", Range::default(), None).await;
        get.unwrap().unwrap()
    };
    let error = connect(folder.path()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    assert_eq!(collect(content.data).await.unwrap(), whole);
    connect(folder.path()).await.unwrap();
}

#[tokio::test]
async fn shared_bytes_stay_until_the_last_name_goes() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    let content = bytes(500_000, 1);
    put(&driver, "a", content.clone()).await;
    for name in ["b", "c"] {
        let request = cloud_contract::blobstore::CopyRequest {
            name: "a",
            source: None,
            to: "data",
            new_name: name,
            expected: &Expected::Any,
        };
        driver.copy(request).await.unwrap().unwrap();
    }
    assert_eq!(files(folder.path()), 1, "a copy takes no room");
    driver
        .append("b", body_in(&bytes(10, 2), 9), None)
        .await
        .unwrap();
    put(&driver, "a", bytes(10, 3)).await;
    assert_eq!(read(&driver, "c").await.unwrap(), Some(content.clone()));
    let longer = [&content[..], &bytes(10, 2)].concat();
    assert_eq!(read(&driver, "b").await.unwrap(), Some(Bytes::from(longer)));
    driver.delete("c", None).await.unwrap();
    become_files(folder.path(), 3).await;
    driver.delete("b", None).await.unwrap();
    become_files(folder.path(), 1).await;
}

#[tokio::test]
async fn many_additions_take_few_files() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    let mut whole = Vec::new();
    for round in 0..150 {
        let record = bytes(1 + (round as usize * 37) % 500, round);
        let added = driver.append("log", body_in(&record, 99), Some(whole.len() as u64));
        whole.extend_from_slice(&record);
        assert_eq!(added.await.unwrap().size, whole.len() as u64);
    }
    until("few files", || files(folder.path()) <= 70).await;
    assert_eq!(
        read(&driver, "log").await.unwrap(),
        Some(Bytes::from(whole.clone()))
    );
    // Across the files, from any place.
    for offset in [0, 1, 499, whole.len() - 2] {
        let range = Range {
            offset: offset as u64,
            length: Some(5_000),
        };
        let found = driver.get("log", range, None).await.unwrap().unwrap();
        let end = whole.len().min(offset + 5_000);
        assert_eq!(collect(found.data).await.unwrap(), whole[offset..end]);
    }
}

#[tokio::test]
async fn uploads_leave_what_the_object_has() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    let begin = || driver.begin("k", "x".to_owned(), Vec::new());
    let part = async |upload: &str, number: u32| {
        let content = bytes(100_000, number.into());
        let part = driver.put_part("k", upload, number, 100_000, body_in(&content, 9_999));
        part.await.unwrap()
    };
    let [done, given_up] = [begin().await.unwrap(), begin().await.unwrap()];
    let [first, _, third] = [
        part(&done, 1).await,
        part(&done, 2).await,
        part(&done, 3).await,
    ];
    // Sent again, in the place of what was sent.
    let third = [part(&done, 3).await, third];
    part(&given_up, 1).await;
    become_files(folder.path(), 4).await;
    let [third, old] = third;
    let parts = [first.clone(), old];
    let complete = driver.complete("k", &done, &parts, &Expected::Any).await;
    assert_eq!(complete.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(files(folder.path()), 4);
    let parts = [first, third];
    driver
        .complete("k", &done, &parts, &Expected::Any)
        .await
        .unwrap();
    become_files(folder.path(), 3).await;
    driver.abort("k", &given_up).await.unwrap();
    become_files(folder.path(), 2).await;
    let whole = [bytes(100_000, 1), bytes(100_000, 3)].concat();
    assert_eq!(read(&driver, "k").await.unwrap(), Some(Bytes::from(whole)));
}

#[tokio::test]
async fn closed_scopes_and_removed_containers_give_their_space_back() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let kept = container(&provider, "kept").await;
    put(&kept, "k", bytes(10, 1)).await;
    let fill = async |driver: &Arc<dyn Driver>| {
        for number in 0..20_u32 {
            put(driver, &number.to_string(), bytes(5_000, number.into())).await;
        }
        let upload = driver.begin("k", "x".to_owned(), Vec::new()).await.unwrap();
        let part = driver.put_part("k", &upload, 1, 10, body_in(&bytes(10, 1), 9));
        part.await.unwrap();
    };
    fill(&container(&provider, "closed").await).await;
    assert_eq!(files(folder.path()), 22);
    provider.close(&scope("closed", &[])).await.unwrap();
    become_files(folder.path(), 1).await;

    let namespace = provider.open(&scope("admin", &[])).await.unwrap();
    namespace.create_container("made").await.unwrap();
    let made = namespace.blobstore("made").await.unwrap();
    fill(&made).await;
    let error = namespace.delete_container("made").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    for (name, _) in list(&made, "", 100).await {
        made.delete(&name, None).await.unwrap();
    }
    namespace.delete_container("made").await.unwrap();
    become_files(folder.path(), 1).await;
    let error = made
        .put("k", body_in(&bytes(9, 1), 9), options(Expected::Any))
        .await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(read(&kept, "k").await.unwrap(), Some(bytes(10, 1)));
}
