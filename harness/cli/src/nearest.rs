//! The name that somebody may have meant.

/// The candidate that is closest to a name that does not exist, if one is close.
pub(crate) fn nearest<'a>(
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A third of the word may be wrong, but not a whole short one.
    let most = (wanted.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (distance(wanted, candidate), candidate))
        .filter(|&(distance, _)| distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many characters have to be changed, added or removed, letters of the
/// other case being the same.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, l) in left.to_lowercase().chars().enumerate() {
        let mut next = vec![line + 1];
        for (column, r) in right.iter().enumerate() {
            let replaced = row[column] + usize::from(l != *r);
            next.push(replaced.min(row[column + 1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row[right.len()]
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
