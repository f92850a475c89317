//! Compiled components on disk: used when they are right, never when not.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use reference_host::{HostConfig, InstanceLimits};
use support::{alone, host, nothing, run, small};

fn with_cache(folder: &Path) -> HostConfig {
    HostConfig {
        cache_directory: Some(folder.to_owned()),
        ..small()
    }
}

async fn works(folder: &Path) {
    let host = host(&with_cache(folder));
    let guest = host.load(&alone("(i32.const 7)")).unwrap();
    let ended = run(&host, &guest, nothing(), &InstanceLimits::default()).await;
    assert_eq!(ended.unwrap(), 7);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn only(folder: &Path) -> PathBuf {
    let mut files = files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[tokio::test]
async fn a_component_is_compiled_once() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b");
    works(&folder).await;
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let file = only(&folder);
    let before = fs::metadata(&file).unwrap().modified().unwrap();
    works(&folder).await;
    assert_eq!(only(&folder), file);
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
}

#[tokio::test]
async fn damaged_files_are_compiled_again() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("cache");
    works(&folder).await;
    let file = only(&folder);
    let good = fs::read(&file).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    let mut forged = blake3::hash(b"no code").as_bytes().to_vec();
    forged.extend_from_slice(b"no code");
    for bad in [
        &b""[..],
        b"short",
        &good[..good.len() - 1],
        &flipped,
        &forged,
    ] {
        fs::write(&file, bad).unwrap();
        works(&folder).await;
        let again = fs::read(only(&folder)).unwrap();
        assert_eq!(blake3::hash(&again[32..]).as_bytes(), &again[..32]);
    }
}

#[tokio::test]
async fn other_settings_have_other_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("cache");
    works(&folder).await;
    let other = HostConfig {
        max_memory_bytes: 1 << 20,
        checked_memory: false,
        ..with_cache(&folder)
    };
    host(&other).load(&alone("(i32.const 7)")).unwrap();
    assert_eq!(files(&folder).len(), 2);
}

/// Sets a file back by so many days and a minute.
fn age(file: &Path, days: u32) {
    let past = Duration::from_secs(60 * 60 * 24) * days + Duration::from_secs(60);
    let file = fs::File::open(file).unwrap();
    file.set_modified(SystemTime::now() - past).unwrap();
}

fn age_of(file: &Path) -> Duration {
    fs::metadata(file)
        .unwrap()
        .modified()
        .unwrap()
        .elapsed()
        .unwrap()
}

#[tokio::test]
async fn a_file_that_is_not_used_for_long_is_removed() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("cache");
    works(&folder).await;
    let used = only(&folder);
    // As from another component, a write that was broken off, and another program.
    let other = folder.join("other.cwasm");
    let part = folder.join(".tmp123.cwasm-part");
    let foreign = folder.join("notes.txt");
    for file in [&other, &part, &foreign] {
        fs::write(file, b"content").unwrap();
        age(file, 29);
    }
    age(&used, 29);
    works(&folder).await;
    assert_eq!(files(&folder).len(), 4, "nothing is old enough");
    assert!(age_of(&used) < Duration::from_secs(60), "its use is noted");
    for file in [&other, &part, &foreign] {
        age(file, 30);
    }
    works(&folder).await;
    let mut left = vec![used.clone(), foreign];
    left.sort();
    assert_eq!(files(&folder), left);
    // The one in use goes as well when nobody loads it.
    age(&used, 31);
    drop(host(&with_cache(&folder)));
    assert!(!used.exists());
    works(&folder).await;
    assert!(used.exists());
}

#[tokio::test]
async fn a_folder_that_others_can_write_is_not_used() {
    let parent = tempfile::tempdir().unwrap();
    for mode in [0o720, 0o702, 0o777] {
        let folder = parent.path().join(format!("{mode:o}"));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        works(&folder).await;
        assert!(files(&folder).is_empty());
    }
}

#[tokio::test]
async fn a_link_or_a_file_in_place_of_the_folder_is_not_used() {
    let parent = tempfile::tempdir().unwrap();
    let real = parent.path().join("real");
    fs::create_dir(&real).unwrap();
    let link = parent.path().join("link");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    works(&link).await;
    assert!(files(&real).is_empty());
    let file = parent.path().join("file");
    fs::write(&file, b"mine").unwrap();
    works(&file).await;
    assert_eq!(fs::read(&file).unwrap(), b"mine");
}

const FOLDER: &str = "REFERENCE_HOST_TEST_CACHE";

/// Not a test of its own: what each process of the next one runs.
#[tokio::test]
async fn child() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        works(Path::new(&folder)).await;
    }
}

#[tokio::test]
async fn two_processes_share_a_cache() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("cache");
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env(FOLDER, &folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut processes: Vec<_> = (0..4).map(|_| start()).collect();
    for process in &mut processes {
        assert!(process.wait().unwrap().success());
    }
    only(&folder);
}
