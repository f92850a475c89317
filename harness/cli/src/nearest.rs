//! The name that somebody may have meant.

use conformance_spec::distance;

/// The candidate that is closest to a name that does not exist, if one is close.
pub(crate) fn nearest<'a>(
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A third of the word may be wrong, but not a whole short one.
    let most = (wanted.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| {
            // Letters of the other case are the same.
            let other = candidate.to_lowercase();
            (distance(&wanted.to_lowercase(), &other), candidate)
        })
        .filter(|&(distance, _)| distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_close_is_found_and_what_is_far_is_not() {
        let names = ["memory", "local", "redis"];
        assert_eq!(nearest("memroy", names), Some("memory"));
        assert_eq!(nearest("Redis", names), Some("redis"));
        assert_eq!(nearest("postgres", names), None);
        assert_eq!(nearest("", names), None);
    }
}
