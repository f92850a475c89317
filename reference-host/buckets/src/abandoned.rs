//! When what a host left that died in the middle of a write counts as abandoned.

use std::time::Duration;

use cloud_contract::{Options, Result};

/// How old it has to be when the settings do not say: a leftover is to be gone within a day.
const HALF_A_DAY: Duration = Duration::from_secs(12 * HOUR);
/// The shortest time, in seconds: a host that lives says so every hour, and may be held up.
const SHORTEST: u64 = 3 * HOUR;
/// The longest time, in seconds.
const LONGEST: u64 = 7 * 24 * HOUR;
const HOUR: u64 = 60 * 60;

/// How old it has to be, by the options `abandoned-after-s` and `end-all-under-way`, which
/// have to be known: of no age where all that is under way is to be ended.
///
/// # Errors
/// `invalid-argument` naming the setting and the rule.
pub fn abandoned_after(options: &Options<'_>) -> Result<Duration> {
    let age = options.number("abandoned-after-s", SHORTEST..=LONGEST)?;
    let ends_all = options.read("end-all-under-way", "be yes or no", |text| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })?;
    Ok(match ends_all {
        Some(true) => Duration::ZERO,
        _ => age.map_or(HALF_A_DAY, Duration::from_secs),
    })
}
