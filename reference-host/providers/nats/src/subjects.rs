//! The names of all subjects of a stream, out of one or several answers.

/// By how many names two answers overlap at first.
const OVERLAP: usize = 1_000;

/// Names out of one or several answers. A stream tells up to 100,000 at a time, sorted,
/// and counts them anew for each answer.
#[derive(Default)]
pub(crate) struct Gathered {
    /// Some of them twice.
    pub(crate) subjects: Vec<String>,
    /// From which name on the next answer is wanted.
    pub(crate) offset: usize,
    /// The last name of the answers so far.
    last: Option<String>,
    overlap: usize,
}

impl Gathered {
    /// Takes an answer in; whether it was the last. Names that went away meanwhile let
    /// those behind them move up, so answers overlap: if they do not, names may have
    /// moved past the gap, and the answer is asked for from further ahead.
    pub(crate) fn add(&mut self, mut page: Vec<String>, total: usize) -> bool {
        page.sort_unstable();
        let has_gap = match (&self.last, page.first()) {
            (Some(last), Some(first)) => first > last,
            // Nothing is left at that place.
            (Some(_), None) => true,
            (None, _) => false,
        };
        if has_gap && self.offset > 0 {
            self.overlap = (2 * self.overlap).max(OVERLAP);
            self.offset = self.offset.saturating_sub(self.overlap);
            return false;
        }
        let end = self.offset + page.len();
        self.last = page.last().cloned();
        self.subjects.append(&mut page);
        self.overlap = OVERLAP;
        let next = end.saturating_sub(OVERLAP);
        if end >= total || next <= self.offset {
            return true;
        }
        self.offset = next;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a stream answers that tells `most` names at a time.
    fn answer(names: &[String], offset: usize, most: usize) -> Vec<String> {
        names.iter().skip(offset).take(most).cloned().collect()
    }

    #[test]
    fn names_that_move_up_are_not_missed() {
        let most = 10_000;
        let mut names: Vec<String> = (0..50_000).map(|number| format!("{number:05}")).collect();
        let mut all = Gathered::default();
        let mut answers = 0;
        while !all.add(answer(&names, all.offset, most), names.len()) {
            answers += 1;
            // So many that the overlap is not enough, all ahead of the place.
            if answers % 2 == 0 {
                names.drain(..3_000);
            }
            assert!(answers < 50);
        }
        assert!(names.len() < 50_000);
        all.subjects.sort_unstable();
        for name in &names {
            assert!(all.subjects.binary_search(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn few_names_are_one_answer() {
        let mut all = Gathered::default();
        assert!(all.add(vec!["b".into(), "a".into()], 2));
        assert_eq!(all.subjects.len(), 2);
        assert!(Gathered::default().add(Vec::new(), 0));
        // All went away between two answers.
        let mut all = Gathered::default();
        let names: Vec<String> = (0..5_000).map(|number| format!("{number:05}")).collect();
        assert!(!all.add(names, 10_000));
        let mut answers = 0;
        while !all.add(Vec::new(), 0) {
            answers += 1;
            assert!(answers < 10);
        }
    }
}
