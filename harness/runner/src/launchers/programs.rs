//! Programs of servers: where they lie, as whom they run, and what is run before
//! their first start. It knows no provider.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use cloud_contract::Process;
use tokio::process::Command;

use crate::SetupError;
use crate::harness::user_cache_directory;

/// Users that exist everywhere and own nothing.
const SERVER_USERS: &[&str] = &["nobody", "daemon"];

/// The program of a server, if it is installed: in `PATH`, where `.ci/servers`
/// puts commands, or in the folders that the server names.
#[must_use]
pub fn find_program(server: &Process) -> Option<PathBuf> {
    find(server, server.program)
}

fn find(server: &Process, program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(installed_servers())
        .chain(server.folders.iter().filter_map(|pattern| newest(pattern)))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// As [`find_program`], for a program that is known to be there, or for an error
/// that names it.
pub(crate) fn program_path(server: &Process, program: &str) -> PathBuf {
    find(server, program).unwrap_or_else(|| PathBuf::from(program))
}

/// Where `.ci/servers` puts commands.
fn installed_servers() -> Option<PathBuf> {
    let root = match std::env::var_os("CLOUD_WIT_SERVERS") {
        Some(root) if !root.is_empty() => PathBuf::from(root),
        _ => user_cache_directory()?.join("servers"),
    };
    Some(root.join("bin"))
}

/// The last folder that a pattern with at most one `*` stands for, numbers in
/// names compared as numbers.
fn newest(pattern: &str) -> Option<PathBuf> {
    let Some((before, after)) = pattern.split_once("/*") else {
        return Some(PathBuf::from(pattern));
    };
    let number = |path: &Path| -> Vec<u64> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect()
    };
    let newest = std::fs::read_dir(before)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .max_by_key(|path| number(path))?;
    Some(newest.join(after.trim_start_matches('/')))
}

/// Somebody who is not root, for servers that refuse to be.
#[derive(Debug)]
pub(crate) struct User {
    uid: u32,
    gid: u32,
}

impl User {
    /// None if the server can run as whoever runs the harness; otherwise `folder` is
    /// given to the user.
    pub(crate) fn of(server: &Process, folder: &Path) -> Result<Option<Self>, SetupError> {
        if !server.refuses_root || !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let machine = |text: String| SetupError::Machine(text);
        let passwd = std::fs::read_to_string("/etc/passwd")
            .map_err(|error| machine(format!("users cannot be listed: {}", error.kind())))?;
        let user = SERVER_USERS
            .iter()
            .find_map(|name| Self::named(&passwd, name))
            .ok_or_else(|| {
                machine(format!(
                    "{} refuses to run as root, and there is no other user for it",
                    server.program
                ))
            })?;
        let given = std::os::unix::fs::chown(folder, Some(user.uid), Some(user.gid));
        given
            .map_err(|error| machine(format!("a folder cannot be given away: {}", error.kind())))?;
        Ok(Some(user))
    }

    fn named(passwd: &str, name: &str) -> Option<Self> {
        let mut fields = passwd
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { uid, gid })
    }

    /// Makes a command run as this user, in a folder that it can read.
    pub(crate) fn run(&self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid).current_dir("/");
    }
}

/// Runs a command that the server needs before its first start.
pub(crate) async fn prepare(
    server: &Process,
    words: &[&str],
    user: Option<&User>,
    fill: impl Fn(&str) -> String,
) -> Result<(), SetupError> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(());
    };
    let mut command = Command::new(program_path(server, program));
    command
        .args(arguments.iter().map(|argument| fill(argument)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    if let Some(user) = user {
        user.run(&mut command);
    }
    let failed = |reason: String, output: &[u8]| SetupError::ServerFailed {
        program: server.program.to_owned(),
        reason,
        output: String::from_utf8_lossy(output)
            .lines()
            .map(str::to_owned)
            .collect(),
    };
    let output = command
        .output()
        .await
        .map_err(|error| failed(format!("{program} cannot be run: {}", error.kind()), &[]))?;
    if output.status.success() {
        Ok(())
    } else {
        let reason = format!("{program} ended with {}", output.status);
        Err(failed(reason, &output.stderr))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_folder_is_found() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9.6", "15", "8"] {
            std::fs::create_dir_all(root.path().join(version).join("bin")).unwrap();
        }
        let found = newest(&format!("{}/*/bin", root.path().display()));
        assert_eq!(found, Some(root.path().join("15").join("bin")));
        assert_eq!(newest("/no-such-folder/*/bin"), None);
        assert_eq!(newest("/plain"), Some(PathBuf::from("/plain")));
    }

    #[test]
    fn a_user_is_read() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:n:/:/bin/false\nodd";
        let user = User::named(passwd, "nobody").unwrap();
        assert_eq!((user.uid, user.gid), (65534, 65533));
        assert!(User::named(passwd, "odd").is_none());
        assert!(User::named(passwd, "nobod").is_none());
    }
}
