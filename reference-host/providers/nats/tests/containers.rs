//! Containers: what only the service itself can show, and what other clients of it see.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::object_store::ObjectMetadata;
use cloud_contract::blobstore::{Expected, Range, RenameRequest};
use cloud_contract::{Bytes, ErrorKind, Result};
use futures::{StreamExt as _, TryStreamExt as _};
use provider_tests::blob::{
    body, bytes, collect, container, faults, names, open, options, put, read, seam, version_of,
};
use provider_tests::{Server, Subject, scope};
use support::{NATS, theirs};
use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;

/// Many messages, the last of them not whole.
const LARGE: usize = (5 << 20) + 17;
/// One message.
const CHUNK: usize = 128 << 10;

#[test]
fn the_seam_holds() {
    NATS.on_server(seam::holds);
}

#[test]
fn a_scope_that_is_closed_under_its_writers_holds_nothing() {
    NATS.on_server(seam::is_closed_under_its_writers);
}

#[test]
fn failed_writes_leave_nothing() {
    NATS.on_server(faults::failed_writes_leave_nothing);
}

#[test]
fn a_killed_server_keeps_what_it_acknowledged() {
    NATS.on_server(async |server| faults::is_killed(server).await.is_kept(server).await);
}

#[test]
fn a_stalled_server_times_out_and_is_used_again() {
    NATS.on_server(faults::stalls);
}

#[test]
fn reading_is_taken_up_over_another_connection() {
    NATS.on_server(faults::reading_is_taken_up);
}

/// The message that makes the object arrives, its acknowledgement does not.
#[test]
fn a_write_whose_reply_is_lost_is_not_sent_again() {
    NATS.on_server(async |server| {
        let direct = container(&server.provider().await, "lost").await;
        let (wire, endpoint) = server.wire().await;
        let wire = Arc::new(wire);
        let provider = server.connect_at(&endpoint, &[]).await.unwrap();
        let driver = container(&provider, "lost").await;
        for size in [0, LARGE] {
            let before = put(&direct, "k", bytes(100, 1)).await;
            // It ends when all but the last message are acknowledged at the latest, and
            // that needs a moment.
            let last = futures::stream::once({
                let wire = Arc::clone(&wire);
                async move {
                    wire.keep_replies();
                    Ok(Bytes::new())
                }
            });
            let whole = body(bytes(size, 2)).chain(last);
            let write = tokio::spawn({
                let driver = Arc::clone(&driver);
                async move {
                    driver
                        .put("k", Box::pin(whole), options(Expected::Any))
                        .await
                }
            });
            if size == 0 {
                let until = Instant::now() + Duration::from_secs(60);
                while version_of(&direct, "k").await == before {
                    assert!(Instant::now() < until, "it was never carried out");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            } else {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            wire.cut();
            let error = write.await.unwrap().unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Unavailable);
            NATS.assert_discreet(&error);
            let written = version_of(&direct, "k").await;
            // Of many messages some acknowledgements are lost, so it does not come to
            // the last one.
            assert_eq!(written != before, size == 0);
            assert_eq!(version_of(&driver, "k").await, written);
        }
        // What was sent in vain goes, and what is read stays.
        let streams = 2;
        until(server, streams + 1).await;
        assert_eq!(read(&direct, "k").await.unwrap(), Some(bytes(100, 1)));
        provider.close(&scope("lost", &[])).await.unwrap();
    });
}

/// More than are asked for at a time.
#[test]
fn a_container_goes_behind_many_objects_that_went() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let namespace = provider.open(&scope("went", &["data"])).await.unwrap();
        let driver = namespace.blobstore("data").await.unwrap();
        let names: Vec<String> = (0..150).map(|number| number.to_string()).collect();
        for name in &names {
            put(&driver, name, Bytes::new()).await;
        }
        for ended in driver.delete_many(&names).await {
            ended.unwrap();
        }
        namespace.delete_container("data").await.unwrap();
        assert!(namespace.blobstore("data").await.is_err());
    });
}

/// All bytes were sent, and the guest has not ended, when the container goes and comes
/// again: with it went what lay there.
#[test]
fn a_container_that_was_made_anew_has_no_object_without_bytes() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let namespace = provider.open(&scope("anew", &["data"])).await.unwrap();
        let driver = namespace.blobstore("data").await.unwrap();
        let streams = server.left().await;
        for (size, has_others) in [(3 * CHUNK, false), (5 * CHUNK, true), (40 * CHUNK, true)] {
            let last = futures::stream::once({
                let namespace = Arc::clone(&namespace);
                async move {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    namespace.delete_container("data").await?;
                    namespace.create_container("data").await?;
                    if has_others {
                        let driver = namespace.blobstore("data").await?;
                        put(&driver, "other", bytes(50 * CHUNK, 2)).await;
                        driver.delete("other", None).await?;
                    }
                    Ok(Bytes::new())
                }
            });
            let whole = body(bytes(size, 1)).chain(last);
            let written = driver.put("k", Box::pin(whole), options(Expected::Any));
            let error = written.await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::NotFound, "{size} {has_others}");
            assert!(driver.head("k").await.unwrap().is_none());
            assert!(names(&driver, "", 10).await.is_empty());
            until(server, streams).await;
        }
        put(&driver, "k", bytes(3 * CHUNK, 1)).await;
        assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(3 * CHUNK, 1)));
        provider.close(&scope("anew", &[])).await.unwrap();
    });
}

#[test]
fn a_user_without_a_right_is_denied_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nats.conf");
    let rights = r#"authorization { users: [
        { user: ali, password: p, permissions: { publish: { deny: "$O.*.C.>" } } },
        { user: baba, password: p, permissions: { publish: { deny: "$JS.API.DIRECT.>" } } },
        { user: king, password: p } ] }"#;
    std::fs::write(&file, rights).unwrap();
    let file: &'static str = file.display().to_string().leak();
    let restricted = Subject {
        arguments: vec!["-c", file].leak(),
        options: &[("username", "king"), ("password", "p")],
        ..NATS
    };
    restricted.on_server(async |server| {
        let all = container(&server.provider().await, "rights").await;
        put(&all, "k", bytes(LARGE, 1)).await;
        let begun = Instant::now();
        for (user, reads) in [("ali", true), ("baba", false)] {
            let provider = server.connect(&[("username", user)]).await.unwrap();
            let driver = container(&provider, "rights").await;
            let write = driver.put("l", body(bytes(9, 1)), options(Expected::Any));
            let error = write.await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{user}");
            NATS.assert_discreet(&error);
            match read(&driver, "k").await {
                Ok(found) => assert!(reads && found.unwrap() == bytes(LARGE, 1)),
                Err(error) => assert!(!reads && *error.kind() == ErrorKind::AccessDenied),
            }
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{:?}",
            begun.elapsed()
        );
    });
}

/// Waits until so much is left.
async fn until(server: &Server, left: u64) {
    let end = Instant::now() + Duration::from_secs(120);
    while server.left().await != left {
        assert!(Instant::now() < end, "{} left", server.left().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Whoever replaces a state lets go of its bytes, and of no others, however many do so.
#[test]
fn what_is_replaced_is_gone() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, "race").await;
        let before = server.left().await;
        let mut writers: JoinSet<_> = (0..8_u8)
            .map(|writer| {
                let driver = Arc::clone(&driver);
                async move {
                    for number in 0..10 {
                        match (writer + number) % 5 {
                            4 => {
                                let request = RenameRequest {
                                    name: "k",
                                    new_name: "l",
                                    expected: &Expected::Any,
                                };
                                if let Err(error) = driver.rename(request).await {
                                    assert_eq!(error.kind(), &ErrorKind::NotFound);
                                }
                            }
                            0 => driver.delete("k", None).await.unwrap(),
                            1 => drop(put(&driver, "k", bytes(300_000, writer.into())).await),
                            _ => drop(put(&driver, "k", bytes(10, writer.into())).await),
                        }
                    }
                }
            })
            .collect();
        while let Some(ended) = writers.join_next().await {
            ended.unwrap();
        }
        put(&driver, "k", bytes(300_000, 1)).await;
        driver.delete("l", None).await.unwrap();
        until(server, before + 3).await;
        driver.delete("k", None).await.unwrap();
        until(server, before).await;
        provider.close(&scope("race", &[])).await.unwrap();
    });
}

/// The bytes of a range are found wherever in the stream they lie.
#[test]
fn ranges_are_found_among_the_bytes_of_others() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, "ranges").await;
        let all: Vec<(String, Bytes)> = (0..6_u64)
            .map(|number| (format!("k{number}"), bytes(LARGE, number)))
            .collect();
        let mut writers: JoinSet<_> = all
            .iter()
            .cloned()
            .map(|(name, bytes)| {
                let driver = Arc::clone(&driver);
                async move { put(&driver, &name, bytes).await }
            })
            .collect();
        while let Some(ended) = writers.join_next().await {
            ended.unwrap();
        }
        put(&driver, "alone", bytes(LARGE, 9)).await;
        let alone = ("alone".to_owned(), bytes(LARGE, 9));
        for (name, whole) in all.iter().chain([&alone]) {
            for offset in [
                1,
                131_071,
                131_072,
                1 << 20,
                3_333_333,
                LARGE - 18,
                LARGE - 1,
            ] {
                for length in [1, 200_000, LARGE] {
                    let range = Range {
                        offset: offset as u64,
                        length: Some(length as u64),
                    };
                    let found = driver.get(name, range, None).await.unwrap().unwrap();
                    let end = whole.len().min(offset + length);
                    let read = collect(found.data).await.unwrap();
                    assert!(read == whole[offset..end], "{name} {offset} {length}");
                }
            }
            assert!(read(&driver, name).await.unwrap().unwrap() == *whole);
        }
        provider.close(&scope("ranges", &[])).await.unwrap();
    });
}

#[test]
fn other_clients_of_nats_read_what_is_written() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, "ours").await;
        let bucket = theirs(server.endpoint(), "ours").await;
        for (name, size) in [("a/b \u{e9}\n?", LARGE), ("empty", 0), ("small", 9)] {
            let whole = bytes(size, 3);
            put(&driver, name, whole.clone()).await;
            let mut object = bucket.get(name).await.unwrap();
            assert_eq!(object.info().name, name);
            assert_eq!(object.info().size, size);
            assert_eq!(object.info().metadata["key"], "v\u{e4}lue");
            let mut read = Vec::new();
            // It compares the digest.
            object.read_to_end(&mut read).await.unwrap();
            assert!(read == whole);
        }
        driver.delete("small", None).await.unwrap();
        assert!(bucket.get("small").await.is_err());
        let request = RenameRequest {
            name: "a/b \u{e9}\n?",
            new_name: "b",
            expected: &Expected::Absent,
        };
        let version = driver.rename(request).await.unwrap();
        assert_eq!(version_of(&driver, "b").await, version);
        let mut read = Vec::new();
        let mut object = bucket.get("b").await.unwrap();
        object.read_to_end(&mut read).await.unwrap();
        assert!(read == bytes(LARGE, 3));
        let listed = bucket.list().await.unwrap();
        let listed: Vec<String> = listed.map_ok(|info| info.name).try_collect().await.unwrap();
        assert_eq!(listed.len(), 2);
        assert!(listed.contains(&"b".to_owned()));
        provider.close(&scope("ours", &[])).await.unwrap();
    });
}

#[test]
fn what_other_clients_of_nats_write_is_read() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, "theirs").await;
        let bucket = theirs(server.endpoint(), "theirs").await;
        let before = server.left().await;
        let whole = bytes(LARGE, 4);
        let meta = ObjectMetadata {
            name: "a/b".to_owned(),
            // Smaller than ours, and some of them are not whole.
            chunk_size: Some(50_000),
            metadata: [("fine".to_owned(), "1".to_owned())].into(),
            ..ObjectMetadata::default()
        };
        let (mut one, mut other) = (&whole[..77_777], &whole[77_777..]);
        let mut pieces = (&mut one).chain(&mut other);
        bucket.put(meta, &mut pieces).await.unwrap();
        assert!(read(&driver, "a/b").await.unwrap().unwrap() == whole);
        let range = Range {
            offset: 1_234_567,
            length: Some(99_999),
        };
        let found = driver.get("a/b", range, None).await.unwrap().unwrap();
        assert_eq!(found.info.metadata, [("fine".to_owned(), "1".to_owned())]);
        assert_eq!(found.info.content_type, "application/octet-stream");
        let part = collect(found.data).await.unwrap();
        assert!(part == whole[1_234_567..1_334_566]);
        assert_eq!(names(&driver, "a/", 10).await, ["a/b"]);

        // Conditions hold among all of them.
        let version = version_of(&driver, "a/b").await;
        bucket.put("a/b", &mut &b"anew"[..]).await.unwrap();
        let refused = driver.delete("a/b", Some(&version)).await.unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::PreconditionFailed);
        let object = bucket.get("a/b").await.unwrap();
        bucket.add_link("link", &object).await.unwrap();
        assert_eq!(read(&driver, "link").await.unwrap(), None);
        assert_eq!(names(&driver, "", 10).await, ["a/b"]);
        let version = version_of(&driver, "a/b").await;
        driver.delete("a/b", Some(&version)).await.unwrap();
        until(server, before).await;
        provider.close(&scope("theirs", &[])).await.unwrap();
    });
}

#[test]
fn long_lists_are_whole_while_objects_are_rewritten() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, "long").await;
        let all: Vec<String> = (0..1_200).map(|number| format!("k/{number:05}")).collect();
        let write = |name: String| {
            let driver = Arc::clone(&driver);
            async move { put(&driver, &name, Bytes::from_static(b"v")).await }
        };
        let writers = futures::stream::iter(all.iter().cloned()).map(write);
        writers.buffer_unordered(16).for_each(async |_| {}).await;
        put(&driver, "other", Bytes::new()).await;
        let mut writers: JoinSet<()> = (0..4)
            .map(|task| {
                let (driver, all) = (Arc::clone(&driver), all.clone());
                async move {
                    for place in (task..all.len()).cycle().step_by(4) {
                        put(&driver, &all[place], Bytes::from_static(b"again")).await;
                    }
                }
            })
            .collect();
        for limit in [1_000, 333] {
            assert_eq!(names(&driver, "k/", limit).await, all);
        }
        writers.shutdown().await;
        let deleted = driver.delete_many(&all[..1_190]).await;
        assert!(deleted.iter().all(Result::is_ok));
        assert_eq!(names(&driver, "k/", 3).await, all[1_190..]);
        provider.close(&scope("long", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
    });
}

/// A reader of a state that is replaced goes on or is told.
#[test]
fn a_reader_never_gets_bytes_of_two_states() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = container(&provider, "states").await;
        put(&driver, "k", bytes(LARGE, 0)).await;
        let writer = tokio::spawn({
            let driver = Arc::clone(&driver);
            async move {
                for seed in (1..=255_u8).cycle() {
                    let size = LARGE - usize::from(seed);
                    put(&driver, "k", bytes(size, seed.into())).await;
                }
            }
        });
        let mut whole = 0;
        for _ in 0..40 {
            let found = open(&driver, "k").await;
            let size = usize::try_from(found.info.size).unwrap();
            let seed = u64::try_from(LARGE - size).unwrap();
            match collect(found.data).await {
                Ok(read) => {
                    assert!(read == bytes(size, seed));
                    whole += 1;
                }
                Err(error) => assert_eq!(error.kind(), &ErrorKind::Expired),
            }
        }
        writer.abort();
        assert!(whole > 0);
        provider.close(&scope("states", &[])).await.unwrap();
    });
}
