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
    let commit = Commit {
        name,
        folder,
        id: &commit,
    };
    let mut files = commit.files(path)?;
    let others = || {
        let (parent, own) = path.rsplit_once('/').unwrap_or(("", path));
        let mut others = commit.files(parent).unwrap_or_default();
        others.retain(|file| {
            let (folder, _) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            !folder.contains('/') && folder != own && file.path != own
        });
        for file in &mut others {
            file.path = format!("deps/{}", file.path);
        }
        others
    };
    match files.as_slice() {
        [] if !commit.has(path) => Err(LoadError::Absent {
            path: path.to_owned(),
            revision: revision.to_owned(),
        }),
        [] => Err(LoadError::Empty(name.to_owned())),
        [file] if file.path.is_empty() => {
            let bytes = files.pop().map(|file| file.bytes).unwrap_or_default();
            Wit::file(path, bytes, others)
        }
        _ => text::resolve_beside(files, others, name),
    }
}

/// A commit, and how the user named it.
struct Commit<'a> {
    name: &'a str,
    /// Whose repository is meant.
    folder: &'a Path,
    id: &'a str,
}

impl Commit<'_> {
    /// Whether anything is at a path; the root is.
    fn has(&self, path: &str) -> bool {
        let object = format!("{}:{path}", self.id);
        git(self.folder, self.name, &["cat-file", "-e", &object]).is_ok()
    }

    /// The files at and below a path.
    fn files(&self, path: &str) -> Result<Vec<File>, LoadError> {
        let mut arguments = vec!["ls-tree", "-r", "-l", "-z", "--full-tree", self.id];
        if !path.is_empty() {
            arguments.extend(["--", path]);
        }
        let entries = entries(&git(self.folder, self.name, &arguments)?, path);
        if entries.iter().map(|entry| entry.size).sum::<usize>() > LIMIT {
            return Err(LoadError::TooLarge {
                place: self.name.to_owned(),
                limit: LIMIT,
            });
        }
        let read = |entry: Entry| {
            let bytes = git(self.folder, self.name, &["cat-file", "blob", &entry.object])?;
            Ok(File {
                path: entry.path,
                bytes,
            })
        };
        entries.into_iter().map(read).collect()
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
