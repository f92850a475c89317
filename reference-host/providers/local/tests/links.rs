//! Links in the place of what is in the data folder: nothing outside is made, written,
//! read or removed through them.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use cloud_contract::blobstore::Expected;
use cloud_contract::{Bytes, Error, ErrorKind};
use provider_tests::blob::{body_in, bytes, container, list, options, put, read};
use provider_tests::{get, set, store};
use support::connect;

/// A folder with a file and a folder in it that no provider may touch.
fn outside() -> (tempfile::TempDir, [PathBuf; 3]) {
    let outside = tempfile::tempdir().unwrap();
    let [file, folder, missing] = ["file", "folder", "missing"].map(|at| outside.path().join(at));
    fs::write(&file, "").unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("theirs"), "secret").unwrap();
    (outside, [file, folder, missing])
}

/// Everything below a folder, with the bytes of files.
fn content(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(content(&path));
        }
        found.insert(path.clone(), fs::read(&path).ok());
    }
    found
}

/// What the operator reads: which name it is, and no path.
fn assert_refused(error: &Error, name: &str, folder: &Path) {
    let ErrorKind::Other(text) = error.kind() else {
        panic!("{error:?}")
    };
    let begins = format!("directory: in the data folder, {name} is a link");
    assert!(text.starts_with(&begins), "{text}");
    assert!(!text.contains(folder.to_str().unwrap()), "{text}");
}

#[tokio::test]
async fn links_that_were_planted_are_refused() {
    for name in ["lock", "data.redb", "blobs"] {
        // In a folder that is new, and in one that has been in use.
        for is_new in [true, false] {
            let (outside, targets) = outside();
            let before = content(outside.path());
            for target in targets {
                let folder = tempfile::tempdir().unwrap();
                if !is_new {
                    drop(connect(folder.path()).await.unwrap());
                    let moved = folder.path().join("moved");
                    fs::rename(folder.path().join(name), moved).unwrap();
                }
                symlink(&target, folder.path().join(name)).unwrap();
                let outcome = connect(folder.path()).await;
                assert_eq!(content(outside.path()), before, "{name} to {target:?}");
                assert_refused(&outcome.unwrap_err(), name, folder.path());
                // The link is still there to be looked at.
                assert!(folder.path().join(name).is_symlink());
            }
        }
    }
}

/// The database of another folder is not this one's, whatever a link says.
#[tokio::test]
async fn a_link_to_another_database_is_refused() {
    let [ours, theirs] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    drop(connect(theirs.path()).await.unwrap());
    let data = theirs.path().join("data.redb");
    let before = fs::read(&data).unwrap();
    symlink(&data, ours.path().join("data.redb")).unwrap();
    let error = connect(ours.path()).await.unwrap_err();
    assert_refused(&error, "data.redb", ours.path());
    assert!(fs::read(&data).unwrap() == before);
}

/// What a crash leaves of a database that was being made is removed, unread.
#[tokio::test]
async fn a_link_for_a_database_in_the_making_goes() {
    let (outside, targets) = outside();
    let before = content(outside.path());
    for target in targets {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("data.redb.new");
        symlink(&target, &new).unwrap();
        drop(connect(folder.path()).await.unwrap());
        assert!(!new.is_symlink());
        assert_eq!(content(outside.path()), before);
    }
}

#[tokio::test]
async fn the_folder_itself_may_be_a_link() {
    let outside = tempfile::tempdir().unwrap();
    let [folder, link] = ["folder", "link"].map(|name| outside.path().join(name));
    fs::create_dir(&folder).unwrap();
    symlink(&folder, &link).unwrap();
    for round in 0..2 {
        let provider = connect(&link).await.unwrap();
        let driver = container(&provider, "a").await;
        put(&driver, "k", bytes(100, round)).await;
        assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(100, round)));
    }
    assert!(folder.join("data.redb").is_file());
}

/// A folder above the files, swapped for a link while the provider runs.
async fn swapped(swap: &str) {
    let above = tempfile::tempdir().unwrap();
    let [data, moved, theirs] = ["data", "moved", "theirs"].map(|name| above.path().join(name));
    let provider = connect(&data).await.unwrap();
    let driver = container(&provider, "a").await;
    let keys = store(&provider, "a").await;
    for seed in 0..3 {
        put(&driver, &seed.to_string(), bytes(1_000, seed)).await;
    }

    // Where the link leads, all names are there, with other bytes of the same number.
    let blobs = theirs.join(if swap == "data" { "blobs" } else { "" });
    fs::create_dir_all(&blobs).unwrap();
    for file in fs::read_dir(data.join("blobs")).unwrap() {
        fs::write(blobs.join(file.unwrap().file_name()), bytes(1_000, 99)).unwrap();
    }
    let before = content(&theirs);
    let swapped = above.path().join(swap);
    fs::rename(&swapped, &moved).unwrap();
    symlink(&theirs, &swapped).unwrap();

    // Nothing of the other files is read, written or removed.
    for seed in 0..3 {
        let found = read(&driver, &seed.to_string()).await.unwrap();
        assert_eq!(found, Some(bytes(1_000, seed)));
    }
    put(&driver, "new", bytes(500_000, 7)).await;
    put(&driver, "0", bytes(10, 8)).await;
    let added = driver.append("1", body_in(&bytes(10, 9), 9), None);
    added.await.unwrap();
    driver.delete("2", None).await.unwrap();
    set(&keys, "key", "value").await;
    let none = driver.put("new", body_in(&bytes(9, 1), 9), options(Expected::Absent));
    none.await.unwrap_err();
    assert_eq!(read(&driver, "new").await.unwrap(), Some(bytes(500_000, 7)));
    drop((driver, keys, provider));
    assert!(content(&theirs) == before, "{swap}");

    // Put back, everything is where it was.
    if swap != "data" {
        assert_refused(&connect(&data).await.unwrap_err(), "blobs", &data);
    }
    fs::remove_file(&swapped).unwrap();
    fs::rename(&moved, &swapped).unwrap();
    let provider = connect(&data).await.unwrap();
    let driver = container(&provider, "a").await;
    let names: Vec<_> = list(&driver, "", 9).await;
    let expected = [("0", 10), ("1", 1_010), ("new", 500_000)];
    assert_eq!(names, expected.map(|(name, size)| (name.to_owned(), size)));
    let grown = [bytes(1_000, 1), bytes(10, 9)].concat();
    assert_eq!(read(&driver, "1").await.unwrap(), Some(Bytes::from(grown)));
    assert_eq!(fs::read_dir(data.join("blobs")).unwrap().count(), 4);
    let keys = store(&provider, "a").await;
    assert_eq!(get(&keys, "key").await.unwrap(), "value");
    assert!(content(&theirs) == before, "{swap}");
}

#[tokio::test]
async fn a_folder_of_objects_that_is_swapped_leads_nowhere() {
    swapped("data/blobs").await;
}

#[tokio::test]
async fn a_data_folder_that_is_swapped_leads_nowhere() {
    swapped("data").await;
}
