//! The folder with the bytes of objects: what lands in it, what somebody else does to it.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cloud_contract::blobstore::{Expected, Range};
use cloud_contract::{Bytes, Error, ErrorKind, Result};
use provider_tests::blob::{body_in, bytes, collect, container, list, options, put, read, seam};
use provider_tests::{get, set, store};
use redb::{Database, ReadableDatabase, TableDefinition};
use support::connect;

/// Everything below a folder, by its path.
fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(below(&path));
        }
        found.insert(path);
    }
    found
}

/// The one file with bytes of an object.
fn only_file(folder: &Path) -> PathBuf {
    let files: Vec<PathBuf> = below(&folder.join("blobs")).into_iter().collect();
    let [file] = files.as_slice() else {
        panic!("{files:?}")
    };
    file.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_seam_holds() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    seam::hold_between(&[provider.clone(), provider]).await;
}

#[tokio::test]
async fn no_name_leads_anywhere() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("in/here");
    let absolute = outside.path().join("absolute");
    let long = "../".repeat(300);
    let names = [
        "..",
        ".",
        "../x",
        "../../x",
        "a/../../../x",
        "/x",
        "//x",
        "\\x",
        "..\\..\\x",
        "c:\\x",
        "a",
        "a/",
        "a/b",
        "a/b/",
        "A",
        "ä",
        "a\u{308}",
        "\0",
        "a\0",
        "a\0/../x",
        "lock",
        "data.redb",
        "blobs",
        "blobs/x",
        "con",
        "nul.txt",
        "x.",
        "x ",
        "~/x",
        "$HOME/x",
        "-rf",
        "%2e%2e%2fx",
        "\u{202e}x",
        &long,
        absolute.to_str().unwrap(),
    ];
    {
        let provider = connect(&folder).await.unwrap();
        let driver = container(&provider, "a").await;
        for (seed, name) in (0..).zip(names) {
            put(&driver, name, bytes(100, seed)).await;
        }
    }
    let provider = connect(&folder).await.unwrap();
    let driver = container(&provider, "a").await;
    for (seed, name) in (0..).zip(names) {
        assert_eq!(
            read(&driver, name).await.unwrap(),
            Some(bytes(100, seed)),
            "{name:?}"
        );
    }
    let mut expected: Vec<&str> = names.to_vec();
    expected.sort_unstable();
    let listed = list(&driver, "", 4).await;
    assert!(listed.iter().map(|(name, _)| name).eq(expected));

    // In the folder are our own names, and nothing is beside it.
    let ours = |path: &&PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_number = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_number && path.parent() == Some(&folder.join("blobs"))
    };
    let all = below(outside.path());
    assert_eq!(all.iter().filter(ours).count(), names.len());
    let others: Vec<&Path> = all
        .iter()
        .filter(|path| !ours(path))
        .map(|path| path.strip_prefix(outside.path()).unwrap())
        .collect();
    let expected = [
        "in",
        "in/here",
        "in/here/blobs",
        "in/here/data.redb",
        "in/here/lock",
    ];
    assert_eq!(others, expected.map(Path::new));

    let names = names.map(str::to_owned);
    assert!(driver.delete_many(&names).await.iter().all(Result::is_ok));
    assert!(list(&driver, "", 100).await.is_empty());
}

#[tokio::test]
async fn what_is_not_ours_stays() {
    let folder = tempfile::tempdir().unwrap();
    drop(connect(folder.path()).await.unwrap());
    let blobs = folder.path().join("blobs");
    for name in ["readme.txt", "0123", &"F".repeat(32), &"z".repeat(32)] {
        fs::write(blobs.join(name), name).unwrap();
    }
    // A file of ours that no object has, as a crash leaves it.
    fs::write(blobs.join("f".repeat(32)), "lost").unwrap();
    // Not a file, but with such a name.
    fs::create_dir(blobs.join("e".repeat(32))).unwrap();
    connect(folder.path()).await.unwrap();
    let left = below(&blobs);
    assert_eq!(left.len(), 5, "{left:?}");
    assert!(!left.contains(&blobs.join("f".repeat(32))));
}

#[cfg(unix)]
#[tokio::test]
async fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, bytes(100, 9)).unwrap();
    let folder = outside.path().join("data");
    let provider = connect(&folder).await.unwrap();
    let driver = container(&provider, "a").await;
    put(&driver, "k", bytes(100, 1)).await;

    // In the place of an object's file: nothing of the other file is read.
    let file = only_file(&folder);
    fs::remove_file(&file).unwrap();
    symlink(&secret, &file).unwrap();
    let found = driver.get("k", Range::default(), None).await;
    let error = collect(found.unwrap().unwrap().data).await.unwrap_err();
    assert_damaged(&error, &folder);
    // Written anew, the object is whole again; the link goes and its target stays.
    put(&driver, "k", bytes(100, 2)).await;
    assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(100, 2)));

    // Planted, as if it had been left by a crash.
    drop((driver, provider));
    let planted = folder.join("blobs").join("f".repeat(32));
    symlink(&secret, &planted).unwrap();
    let provider = connect(&folder).await.unwrap();
    assert!(!planted.is_symlink() && !file.is_symlink());
    drop(provider);

    // The whole folder.
    fs::rename(folder.join("blobs"), outside.path().join("moved")).unwrap();
    symlink(outside.path().join("moved"), folder.join("blobs")).unwrap();
    let error = connect(&folder).await.unwrap_err();
    assert!(error.to_string().starts_with("directory: "), "{error}");
    assert_eq!(fs::read(&secret).unwrap(), bytes(100, 9));
}

/// An error for the guest, without a word about where the files are.
fn assert_damaged(error: &Error, folder: &Path) {
    assert_eq!(error.to_string(), "the object is damaged");
    let text = format!("{error} {error:?}");
    assert!(!text.contains(folder.to_str().unwrap()), "{text}");
}

#[tokio::test]
async fn damage_to_a_file_is_an_error_and_no_wrong_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    put(&driver, "k", bytes(1_000_000, 1)).await;
    let file = only_file(folder.path());
    let get = async || {
        let found = driver.get("k", Range::default(), None).await;
        collect(found.unwrap().unwrap().data).await
    };
    for size in [999_999, 300_000, 0] {
        fs::write(&file, bytes(size, 1)).unwrap();
        assert_damaged(&get().await.unwrap_err(), folder.path());
    }
    // What is behind the end of the object is none of it.
    fs::write(&file, bytes(1_000_100, 1)).unwrap();
    assert_eq!(get().await, Ok(bytes(1_000_000, 1)));
    fs::remove_file(&file).unwrap();
    assert_damaged(&get().await.unwrap_err(), folder.path());
    // It can be removed all the same.
    driver.delete("k", None).await.unwrap();
    assert_eq!(read(&driver, "k").await.unwrap(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_is_read_only_fails_writes_and_serves_reads() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    let version = put(&driver, "k", bytes(100, 1)).await;
    let blobs = folder.path().join("blobs");
    let allow = |mode| fs::set_permissions(&blobs, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o500);
    // Whoever may do everything is not kept from it: then this shows nothing.
    let is_kept_out = fs::write(blobs.join("probe"), "").is_err();
    if is_kept_out {
        for name in ["k", "new"] {
            let any = options(Expected::Any);
            let error = driver.put(name, body_in(&bytes(100, 2), 9), any).await;
            assert_eq!(error.unwrap_err().kind(), &ErrorKind::Unavailable);
        }
        let error = driver.append("k", body_in(&bytes(100, 2), 9), None).await;
        assert_eq!(error.unwrap_err().kind(), &ErrorKind::Unavailable);
        assert_eq!(list(&driver, "", 9).await, [("k".to_owned(), 100)]);
    }
    assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(100, 1)));
    assert_eq!(driver.head("k").await.unwrap().unwrap().version, version);
    // The object goes; its file cannot, until the next start.
    driver.delete("k", None).await.unwrap();
    assert_eq!(read(&driver, "k").await.unwrap(), None);
    drop((driver, provider));
    allow(0o700);
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    put(&driver, "k", bytes(100, 3)).await;
    let files = below(&blobs);
    assert_eq!(files.len(), 1 + usize::from(!is_kept_out), "{files:?}");
}

#[tokio::test]
async fn a_folder_has_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    put(&driver, "k", bytes(100, 1)).await;
    // Whoever is refused has swept nothing away.
    let half = body_in(&bytes(500_000, 2), 9_999);
    let connecting = futures::stream::once({
        let folder = folder.path().to_owned();
        async move {
            let error = connect(&folder).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Unavailable);
            Ok(Bytes::new())
        }
    });
    let slow = Box::pin(futures::StreamExt::chain(half, connecting));
    let put = driver.put("new", slow, options(Expected::Any)).await;
    put.unwrap();
    assert_eq!(read(&driver, "new").await.unwrap(), Some(bytes(500_000, 2)));
    assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(100, 1)));
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (info, upload, part);
    {
        let provider = connect(folder.path()).await.unwrap();
        let driver = container(&provider, "a").await;
        let options = cloud_contract::blobstore::PutOptions {
            content_type: "text/plain".to_owned(),
            metadata: vec![("a".to_owned(), "\0ä".to_owned())],
            ..options(Expected::Any)
        };
        driver
            .put("k", body_in(&bytes(300_000, 1), 9_999), options)
            .await
            .unwrap();
        driver
            .append("k", body_in(&bytes(10, 2), 9), None)
            .await
            .unwrap();
        put(&driver, "empty", Bytes::new()).await;
        put(&driver, "gone", bytes(10, 3)).await;
        driver.delete("gone", None).await.unwrap();
        upload = driver
            .begin("up", "x".to_owned(), Vec::new())
            .await
            .unwrap();
        let sent = driver.put_part("up", &upload, 7, 10, body_in(&bytes(10, 4), 9));
        part = sent.await.unwrap();
        info = driver.head("k").await.unwrap();
    }
    let provider = connect(folder.path()).await.unwrap();
    let driver = container(&provider, "a").await;
    assert_eq!(driver.head("k").await.unwrap(), info);
    let whole = [bytes(300_000, 1), bytes(10, 2)].concat();
    assert_eq!(read(&driver, "k").await.unwrap(), Some(Bytes::from(whole)));
    assert_eq!(read(&driver, "empty").await.unwrap(), Some(Bytes::new()));
    assert_eq!(read(&driver, "gone").await.unwrap(), None);
    let parts = [part];
    let complete = driver.complete("up", &upload, &parts, &Expected::Absent);
    complete.await.unwrap();
    assert_eq!(read(&driver, "up").await.unwrap(), Some(bytes(10, 4)));
}

/// A folder from before there were containers has them when it is opened.
#[tokio::test]
async fn an_older_folder_is_brought_up_to_date() {
    const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
    let folder = tempfile::tempdir().unwrap();
    {
        let provider = connect(folder.path()).await.unwrap();
        set(&store(&provider, "a").await, "key", "value").await;
    }
    let data = folder.path().join("data.redb");
    {
        let database = Database::open(&data).unwrap();
        let transaction = database.begin_write().unwrap();
        let tables: Vec<_> = transaction.list_tables().unwrap().collect();
        for table in tables {
            if redb::TableHandle::name(&table).starts_with("blob-") {
                assert!(transaction.delete_table(table).unwrap());
            }
        }
        transaction
            .open_table(META)
            .unwrap()
            .insert("format", 1)
            .unwrap();
        transaction.commit().unwrap();
    }
    fs::remove_dir(folder.path().join("blobs")).unwrap();
    {
        let provider = connect(folder.path()).await.unwrap();
        assert_eq!(
            get(&store(&provider, "a").await, "key").await.unwrap(),
            "value"
        );
        let driver = container(&provider, "a").await;
        put(&driver, "k", bytes(10, 1)).await;
        assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(10, 1)));
    }
    let database = Database::open(&data).unwrap();
    let transaction = database.begin_read().unwrap();
    let meta = transaction.open_table(META).unwrap();
    assert_eq!(meta.get("format").unwrap().unwrap().value(), 2);
}
