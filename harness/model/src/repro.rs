//! The command line that runs one case again.

use crate::{ProviderInfo, RunInfo, Status};

/// The user's list, by which a pass is unexpected.
const LIST: &str = "--expected-failures";

/// The command that runs one case alone in the same way.
pub(crate) fn repro(case: &str, status: Status, provider: &ProviderInfo, run: &RunInfo) -> String {
    let mut words = vec![
        "conformance".to_owned(),
        "--provider".to_owned(),
        provider.name.clone(),
    ];
    words.extend(provider.arguments.iter().cloned());
    words.extend([
        "--run".to_owned(),
        case.to_owned(),
        "--seed".to_owned(),
        run.seed.to_string(),
    ]);
    if matches!(status, Status::Xpass | Status::Xfail)
        && let Some(at) = run.command.iter().position(|word| word == LIST)
    {
        words.extend(run.command.iter().skip(at).take(2).cloned());
    }
    words
        .iter()
        .map(|word| shell_word(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A word as a POSIX shell has to see it.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
