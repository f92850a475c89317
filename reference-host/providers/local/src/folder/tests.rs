//! What is in the way of a name is neither followed nor waited for.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::*;

#[test]
fn only_files_are_opened_as_files() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "secret").unwrap();
    let inside = outside.path().join("in");
    fs::create_dir(&inside).unwrap();
    symlink("../secret", inside.join("link")).unwrap();
    symlink("../made", inside.join("dangling")).unwrap();
    symlink("loop", inside.join("loop")).unwrap();
    fs::create_dir(inside.join("folder")).unwrap();
    let piped = Command::new("mkfifo").arg(inside.join("pipe")).status();
    assert!(piped.unwrap().success());
    let _socket = UnixListener::bind(inside.join("socket")).unwrap();

    let folder = Folder::open(&inside).unwrap();
    for name in ["link", "dangling", "loop", "folder", "pipe", "socket"] {
        let opened = [
            folder.read(name),
            folder.write(name),
            folder.write_or_create(name),
        ];
        for opened in opened {
            let error = opened.unwrap_err();
            // Sockets are not opened at all, for reasons that differ between systems.
            assert!(is_in_the_way(&error) || name == "socket", "{name}: {error}");
        }
        let error = folder.create(name).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists, "{name}");
    }
    let error = folder.folder("link").unwrap_err();
    assert!(is_in_the_way(&error), "{error}");
    assert_eq!(fs::read(outside.path().join("secret")).unwrap(), b"secret");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 2);
}

#[test]
fn a_folder_is_the_same_wherever_its_path_leads() {
    let outside = tempfile::tempdir().unwrap();
    let [path, moved, other] = ["path", "moved", "other"].map(|name| outside.path().join(name));
    fs::create_dir(&path).unwrap();
    fs::create_dir(&other).unwrap();
    fs::write(other.join("theirs"), "").unwrap();
    let folder = Folder::open(&path).unwrap();
    fs::rename(&path, &moved).unwrap();
    symlink(&other, &path).unwrap();

    drop(folder.create("a").unwrap());
    drop(folder.write_or_create("b").unwrap());
    folder.rename("b", "c").unwrap();
    drop(folder.folder("d").unwrap().create("e").unwrap());
    folder.sync().unwrap();
    let error = folder.read("theirs").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(folder.remove("theirs").is_err());
    let names: BTreeSet<_> = folder.names().unwrap().map(Result::unwrap).collect();
    assert_eq!(names, [".", "..", "a", "c", "d"].map(Into::into).into());
    assert!(moved.join("d/e").is_file());
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
}
