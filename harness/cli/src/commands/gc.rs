//! `conformance gc`: removes what runs left in services that are not theirs, as
//! their ledgers name it.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use cloud_contract::{Settings, Target};
use conformance_model::ExitCode;
use conformance_runner::{Fate, Record, collect, default_ledger_directory, is_gone, records};

use crate::args::SettingsArgs;
use crate::redact::Redaction;
use crate::{Failure, output, setup};

#[derive(Debug, Args)]
pub(crate) struct GcArgs {
    /// Only what runs on this provider left. Needed, with the settings of the run,
    /// where these are not found in the environment.
    #[arg(
        short,
        long = "provider",
        value_name = "NAME",
        env = "CONFORMANCE_PROVIDER"
    )]
    provider: Option<String>,
    /// Only what is older: 90s, 30m, 2h, 7d.
    #[arg(long, value_name = "AGE", default_value = "2h", value_parser = age)]
    older_than: Duration,
    /// Remove nothing: print what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// What a run created and is not there any more counts as removed. Only say this
    /// in the account and region of the run: elsewhere nothing of it is there, and
    /// what goes on to cost money would be forgotten. So does what was made in a
    /// service on this machine that does not answer any more.
    #[arg(long)]
    forget: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(crate) fn run(args: &GcArgs) -> Result<u8, Failure> {
    let names: Vec<String> = args.provider.iter().cloned().collect();
    let targets = setup::providers(&names)?;
    let settings = setup::settings(&targets, &args.settings)?;
    let redaction = Redaction::new(&settings).remembered();
    let folder = default_ledger_directory()
        .ok_or_else(|| Failure::environment("there is no place for ledgers: HOME is not set"))?;
    let (records, broken) = records(&folder).map_err(|error| {
        Failure::environment(format!("the ledgers cannot be read: {}", error.kind()))
    })?;
    let now = SystemTime::now();
    let is_old = |record: &Record| {
        now.duration_since(record.started)
            .is_ok_and(|age| age >= args.older_than)
    };
    let chosen = |record: &Record| {
        targets.is_empty() || targets.iter().any(|target| target.id() == record.provider)
    };
    let (records, younger): (Vec<Record>, Vec<Record>) =
        records.into_iter().filter(chosen).partition(is_old);
    setup::block_on(async {
        let mut left = broken.len();
        for (path, error) in &broken {
            output::notice(&format!("{}: {error}", file_name(path)));
        }
        for record in &records {
            let (text, kept) = one(record, &settings, args).await;
            left += kept;
            output::print(&redaction.text(&text))?;
        }
        if records.is_empty() && younger.is_empty() {
            output::print("nothing was left\n")?;
        } else if !younger.is_empty() {
            let runs = match younger.len() {
                1 => "1 killed run is".to_owned(),
                number => format!("{number} killed runs are"),
            };
            output::print(&format!(
                "{runs} younger than --older-than: nothing of it was removed\n"
            ))?;
        }
        Ok(if left == 0 || args.dry_run {
            ExitCode::Conformant.code()
        } else {
            ExitCode::Environment.code()
        })
    })?
}

fn are_left(number: usize) -> String {
    match number {
        1 => "1 thing is left".to_owned(),
        _ => format!("{number} things are left"),
    }
}

/// Removes what one run left. Returns what to print, and how much is still there.
async fn one(record: &Record, settings: &Settings, args: &GcArgs) -> (String, usize) {
    let mut text = format!("{} on {}:\n", record.run, record.provider);
    let mut kept = 0;
    let mut say = |line: String| text.push_str(&format!("  {line}\n"));
    let target = crate::registry::find(&record.provider)
        .into_iter()
        .find(|target: &Target| target.id() == record.provider);
    let Some(target) = target else {
        say("this program has no such provider".to_owned());
        return (text, record.left.len());
    };
    match record.is_of(&target, settings).await {
        Ok(true) => {}
        Ok(false) => {
            say(format!(
                "{}; name the service of the run: conformance gc --provider {} --endpoint URL, or \
                 the region, account and --set of the run",
                are_left(record.left.len()),
                record.provider
            ));
            return (text, record.left.len());
        }
        Err(error) => {
            let left = record.left.len();
            say(format!(
                "{}; where that is is not known: {error}",
                are_left(left)
            ));
            return (text, left);
        }
    }
    if args.dry_run {
        for left in &record.left {
            say(format!("would remove {left}"));
        }
        return (text, record.left.len());
    }
    match collect(&target, settings, record, args.forget).await {
        Ok(collected) => {
            for one in collected {
                match one.fate {
                    Fate::Gone => say(format!("removed {}", one.left)),
                    Fate::Missing => {
                        kept += 1;
                        say(format!(
                            "{} is not there, and was: another account or region may have it. \
                             It stays on the list; if somebody removed it, say --forget",
                            one.left
                        ));
                    }
                    Fate::Kept(error) => {
                        kept += 1;
                        let hint = if is_gone(&error, settings) {
                            "; if that service is gone for good, say --forget"
                        } else {
                            ""
                        };
                        say(format!("could not remove {}: {error}{hint}", one.left));
                    }
                }
            }
        }
        Err(error) => {
            kept = record.left.len();
            say(error.to_string());
        }
    }
    (text, kept)
}

fn file_name(path: &std::path::Path) -> String {
    let name = path.file_name().map(PathBuf::from).unwrap_or_default();
    name.display().to_string()
}

fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "a number and s, m, h or d is needed, as in 2h".to_owned();
    let (number, unit) = text
        .char_indices()
        .last()
        .map(|(place, unit)| (&text[..place], unit))
        .ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_a_unit() {
        assert_eq!(age("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(age("0m"), Ok(Duration::ZERO));
        assert_eq!(age("2d"), Ok(Duration::from_secs(172_800)));
        for wrong in ["", "2", "h", "-1h", "1w", "2 h", "99999999999999999999d"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn one_thing_is_not_several() {
        assert_eq!(are_left(1), "1 thing is left");
        assert_eq!(are_left(2), "2 things are left");
    }
}
