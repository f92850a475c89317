//! Where in a stream a message lies of which only its place among its likes is known:
//! so many of them come from it on. Of each that is found it is known how many that are.
//!
//! Mostly the bytes of an object lie side by side, right before its own message, and the
//! first guess is right. Where others wrote at the same time they lie further ahead.

/// How far ahead the second guess is.
const FIRST_STEP: u64 = 16;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It was the message.
    Found,
    /// Ask again.
    Again,
    /// There is no such message.
    Gone,
}

/// A search for the message from which on there are `wanted`.
#[derive(Debug)]
pub(super) struct Search {
    wanted: u64,
    /// It lies nowhere before,
    low: u64,
    /// and before this.
    high: u64,
    step: u64,
    at: u64,
}

impl Search {
    /// All of the messages lie before the sequence `end`.
    pub(super) fn new(wanted: u64, end: u64) -> Self {
        let at = end.saturating_sub(wanted).max(1);
        Self {
            wanted,
            low: 1,
            high: at + 1,
            step: FIRST_STEP,
            at,
        }
    }

    /// From which sequence on to ask for the next message.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Takes an answer: the sequence of the next message, and how many there are from it
    /// on; none if there is no other.
    pub(super) fn tell(&mut self, answer: Option<(u64, u64)>) -> Step {
        match answer {
            Some((_, left)) if left == self.wanted => return Step::Found,
            Some((sequence, left)) if left > self.wanted => self.low = sequence.saturating_add(1),
            _ => self.high = self.at,
        }
        if self.low >= self.high {
            return Step::Gone;
        }
        self.at = if self.low == 1 {
            let at = self.high.saturating_sub(self.step).max(1);
            self.step = self.step.saturating_mul(2);
            at
        } else {
            self.low + (self.high - self.low) / 2
        };
        Step::Again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many questions it takes to find the message; none if it is not found.
    fn found(places: &[u64], wanted: u64, end: u64) -> Option<u32> {
        let mut search = Search::new(wanted, end);
        for questions in 1..100 {
            let from = places.partition_point(|&place| place < search.at());
            let answer = places
                .get(from)
                .map(|&place| (place, (places.len() - from) as u64));
            match search.tell(answer) {
                Step::Found => return Some(questions),
                Step::Gone => return None,
                Step::Again => {}
            }
        }
        panic!("it does not end");
    }

    #[test]
    fn side_by_side_the_first_guess_is_right() {
        let places: Vec<u64> = (500..600).collect();
        for wanted in [1, 2, 50, 100] {
            assert_eq!(found(&places, wanted, 600), Some(1));
        }
    }

    #[test]
    fn scattered_ones_are_found_soon() {
        let scattered: Vec<u64> = (0..1_000).map(|n| 7 + n * n % 13 + n * 40).collect();
        for wanted in 1..=1_000 {
            let questions = found(&scattered, wanted, 1_000_000).unwrap();
            assert!(questions < 45, "{wanted}: {questions}");
        }
        for places in [&[1][..], &[1, 2], &[3, 900]] {
            for wanted in 1..=places.len() as u64 {
                assert!(found(places, wanted, 1_000).is_some());
            }
        }
    }

    #[test]
    fn what_is_gone_is_not_found() {
        assert_eq!(found(&[], 3, 600), None);
        assert_eq!(found(&[598, 599], 3, 600), None);
        assert_eq!(found(&[5], 2, 6), None);
    }
}
