//! WIT of a git revision, as the `git` command shows it; no working tree is touched.

use std::path::Path;
use std::process::{Command, Stdio};

use super::files::{File, is_wanted};
use super::{LIMIT, LoadError, Wit, text};

/// Loads `REVISION`, which means its `wit`, or `REVISION:PATH`.
pub(super) fn load(name: &str, folder: &Path) -> Result<Wit, LoadError> {
    let (revision, path) = name.split_once(':').unwrap_or((name, "wit"));
    let path = path.trim_matches('/');
    // Neither a path nor a revision: options of git would begin so.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(LoadError::Unknown(name.to_owned()));
    }
    let commit = git(
        folder,
        name,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            &format!("{revision}^{{commit}}"),
        ],
    );
    let commit = match commit {
        Ok(commit) => String::from_utf8_lossy(&commit).trim().to_owned(),
        // Git is there and knows no such revision, or there is no repository.
        Err(LoadError::Git { reason, .. }) if !reason.starts_with("the command") => {
            return Err(LoadError::Unknown(name.to_owned()));
        }
        Err(error) => return Err(error),
    };
    let mut arguments = vec!["ls-tree", "-r", "-l", "-z", "--full-tree", commit.as_str()];
    if !path.is_empty() {
        arguments.extend(["--", path]);
    }
    let listed = git(folder, name, &arguments)?;
    let entries = entries(&listed, path);
    if entries.iter().map(|entry| entry.size).sum::<usize>() > LIMIT {
        return Err(LoadError::TooLarge {
            place: name.to_owned(),
            limit: LIMIT,
        });
    }
    let mut files = Vec::new();
    for entry in entries {
        let bytes = git(folder, name, &["cat-file", "blob", &entry.object])?;
        files.push(File {
            path: entry.path,
            bytes,
        });
    }
    match files.as_slice() {
        [] => Err(LoadError::Empty(name.to_owned())),
        [file] if file.path.is_empty() => Wit::file(path, &file.bytes, Vec::new()),
        _ => text::resolve(files, name),
    }
}

struct Entry {
    object: String,
    size: usize,
    /// From the path that was asked for; empty for that path itself.
    path: String,
}

/// The lines of `git ls-tree -l -z`: mode, type, object, size, tab, path.
fn entries(listed: &[u8], root: &str) -> Vec<Entry> {
    listed
        .split(|&byte| byte == 0)
        .filter_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            let (head, path) = line.split_once('\t')?;
            let mut words = head.split_ascii_whitespace();
            let [_, kind, object, size] =
                [words.next()?, words.next()?, words.next()?, words.next()?];
            let below = path.strip_prefix(root)?.trim_start_matches('/');
            let (folder, file) = below.rsplit_once('/').unwrap_or(("", below));
            let wanted = below.is_empty() || is_wanted(&format!("{folder}/"), file);
            (kind == "blob" && wanted).then(|| Entry {
                object: object.to_owned(),
                size: size.parse().unwrap_or(0),
                path: below.to_owned(),
            })
        })
        .collect()
}

/// What a command of git prints.
fn git(folder: &Path, revision: &str, arguments: &[&str]) -> Result<Vec<u8>, LoadError> {
    let failed = |reason: String| LoadError::Git {
        revision: revision.to_owned(),
        reason,
    };
    let mut command = Command::new("git");
    if !folder.as_os_str().is_empty() {
        command.arg("-C").arg(folder);
    }
    let output = command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(format!("the command git cannot be started: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let first = words.lines().next().unwrap_or("it gives no reason");
    Err(failed(first.to_owned()))
}
