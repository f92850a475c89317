//! The names of all subjects of a stream that match.
//!
//! The service tells them in one answer, or in one for each 100,000 of them: however long
//! they are, and it cuts a connection off on which too many bytes wait. So the one that
//! all share is used where it is certain that the answer is short. A longer one comes
//! over a connection of its own; where that is cut off, the names are read from the
//! messages. Those are many more bytes, and may have to come from disks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_contract::{ErrorKind, Result};

use crate::api::{Answer as _, AskSubjects, StreamInfo, StreamState, SubjectNames, body};
use crate::link::{Link, Live};
use crate::pass::{Look, Pass};
use crate::stream::Stream;

/// By how many names two answers overlap at first.
const OVERLAP: usize = 1_000;
/// The most bytes of an answer over the connection that all share. It is cut off at 64 MiB
/// unless an operator says otherwise, and several may ask at a time.
const SHORT_BYTES: u64 = 12 << 20;
/// The most bytes of a subject in an answer: one has to fit into a line of the protocol.
const SUBJECT_BYTES: u64 = 4 << 10;
/// Within this time a stream does not get so many new names that a short answer is long.
const FRESH: Duration = Duration::from_millis(100);
/// How many headers are asked for at a time.
const HEADERS_AT_ONCE: usize = 1_024;

/// What is known of how long an answer will be.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The stream as it was last described, and when.
    state: Option<(Instant, Summary)>,
    /// The last answer: its filter, what was before it, and its bytes.
    answer: Option<(String, Summary, u64)>,
    /// With so many names one was too long.
    too_many: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Summary {
    created: String,
    subjects: u64,
    last_sequence: u64,
}

/// How to ask for names.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    Shared,
    Aside,
    Messages,
}

impl Answers {
    /// Learns what the service says of the stream. `asked`: when it was asked.
    pub(crate) fn observe<S>(&self, info: &StreamInfo<S>, asked: Instant) {
        let summary = Summary {
            created: info.created.clone(),
            subjects: info.state.num_subjects,
            last_sequence: info.state.last_seq,
        };
        self.known().state = Some((asked, summary));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was described just now, if anything was.
    fn fresh(&self) -> Option<Summary> {
        let known = self.known();
        let (asked, summary) = known.state.as_ref()?;
        (asked.elapsed() < FRESH).then(|| summary.clone())
    }

    fn way(&self, now: &Summary, filter: &str) -> Way {
        let known = self.known();
        if known.most_bytes(now, filter) <= SHORT_BYTES {
            return Way::Shared;
        }
        match known.too_many {
            Some(names) if now.subjects >= names => Way::Messages,
            _ => Way::Aside,
        }
    }
}

impl Known {
    /// How long the answer is at most: that of before, and what was written since.
    fn most_bytes(&self, now: &Summary, filter: &str) -> u64 {
        let any = now.subjects.saturating_mul(SUBJECT_BYTES);
        let Some((of, before, bytes)) = &self.answer else {
            return any;
        };
        let new = now.last_sequence.checked_sub(before.last_sequence);
        match new.filter(|_| of == filter && now.created == before.created) {
            Some(new) => bytes
                .saturating_add(new.saturating_mul(SUBJECT_BYTES))
                .min(any),
            None => any,
        }
    }
}

impl Stream {
    /// Takes the name of each subject that matches and is there throughout, in no order
    /// and some twice. Returns the state of the stream when that began.
    pub(crate) async fn each_subject(
        &self,
        link: &Link,
        live: &Live,
        filter: &str,
        mut take: impl FnMut(&str) + Send,
    ) -> Result<StreamState> {
        let now = match self.answers.fresh() {
            Some(now) => now,
            None => self.summary(link, live).await?,
        };
        let way = self.answers.way(&now, filter);
        if way == Way::Shared {
            return self.told(link, live, &now, filter, &mut take).await;
        }
        let mut was_cut = false;
        if way == Way::Aside {
            let aside = link.aside().await?;
            match self.told(link, &aside.live, &now, filter, &mut take).await {
                Err(error) if *error.kind() == ErrorKind::Unavailable => was_cut = true,
                told => return told,
            }
        }
        let state = self.ask(link, live, Bytes::new()).await?.state;
        self.read_subjects(link, live, filter, &mut take).await?;
        if was_cut {
            // The service is fine, so it was the answer.
            self.answers.known().too_many = Some(now.subjects);
        }
        Ok(state)
    }

    async fn summary(&self, link: &Link, live: &Live) -> Result<Summary> {
        let info = self.ask(link, live, Bytes::new()).await?;
        Ok(Summary {
            created: info.created,
            subjects: info.state.num_subjects,
            last_sequence: info.state.last_seq,
        })
    }

    /// Takes the names out of answers.
    async fn told(
        &self,
        link: &Link,
        live: &Live,
        now: &Summary,
        filter: &str,
        take: &mut (impl FnMut(&str) + Send),
    ) -> Result<StreamState> {
        let asked = format!("{}.STREAM.INFO.{}", link.config.api, self.name);
        let mut pages = Pages::default();
        let (mut first, mut bytes) = (None, 0);
        loop {
            let question = body(&AskSubjects {
                subjects_filter: filter,
                offset: pages.offset,
            })?;
            let sent = Instant::now();
            let message = live.request(asked.clone(), None, question).await?;
            bytes += message.payload.len() as u64;
            let info = StreamInfo::<SubjectNames<'_>>::read(&message.payload)?;
            self.observe(&info, sent)?;
            let StreamInfo { state, total, .. } = info;
            let names = state.subjects.unwrap_or_default().0;
            names.iter().for_each(|name| take(name));
            let is_last = pages.add(&names, total);
            let first = first.get_or_insert(StreamState {
                messages: state.messages,
                bytes: state.bytes,
                last_seq: state.last_seq,
                num_subjects: state.num_subjects,
                subjects: None,
            });
            if is_last {
                self.answers.known().answer = Some((filter.to_owned(), now.clone(), bytes));
                return Ok(std::mem::take(first));
            }
        }
    }

    /// Takes the names from the messages.
    async fn read_subjects(
        &self,
        link: &Link,
        live: &Live,
        filter: &str,
        take: &mut (impl FnMut(&str) + Send),
    ) -> Result<()> {
        let look = Look {
            headers_only: true,
            at_once: HEADERS_AT_ONCE,
        };
        let mut pass = Pass::begin(self, &link.config.api, live, filter, look).await?;
        while let Some(met) = pass.next_of_all().await? {
            take(&met.subject);
        }
        pass.end().await
    }
}

/// Names in several answers. A stream tells up to 100,000 at a time, sorted, and counts
/// them anew for each answer.
#[derive(Default)]
struct Pages {
    /// From which name on the next answer is wanted.
    offset: usize,
    /// The last name of the answers so far.
    last: Option<String>,
    overlap: usize,
}

impl Pages {
    /// Takes note of an answer; whether it was the last. Names that went away meanwhile let
    /// those behind them move up, so answers overlap: if they do not, names may have
    /// moved past the gap, and the answer is asked for from further ahead.
    fn add<S: AsRef<str>>(&mut self, page: &[S], total: usize) -> bool {
        let names = || page.iter().map(AsRef::as_ref);
        let has_gap = match (&self.last, names().min()) {
            (Some(last), Some(first)) => first > last.as_str(),
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
        self.last = names().max().map(str::to_owned);
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
    use std::collections::HashSet;

    /// What a stream answers that tells `most` names at a time.
    fn answer(names: &[String], offset: usize, most: usize) -> Vec<String> {
        names.iter().skip(offset).take(most).cloned().collect()
    }

    #[test]
    fn names_that_move_up_are_not_missed() {
        let most = 10_000;
        let mut names: Vec<String> = (0..50_000).map(|number| format!("{number:05}")).collect();
        let mut pages = Pages::default();
        let mut all = HashSet::new();
        let mut answers = 0;
        loop {
            let page = answer(&names, pages.offset, most);
            all.extend(page.iter().cloned());
            if pages.add(&page, names.len()) {
                break;
            }
            answers += 1;
            // So many that the overlap is not enough, all ahead of the place.
            if answers % 2 == 0 {
                names.drain(..3_000);
            }
            assert!(answers < 50);
        }
        assert!(names.len() < 50_000);
        for name in &names {
            assert!(all.contains(name), "{name}");
        }
    }

    #[test]
    fn few_names_are_one_answer() {
        assert!(Pages::default().add(&["b", "a"], 2));
        assert!(Pages::default().add::<&str>(&[], 0));
        // All went away between two answers.
        let mut pages = Pages::default();
        let names: Vec<String> = (0..5_000).map(|number| format!("{number:05}")).collect();
        assert!(!pages.add(&names, 10_000));
        let mut answers = 0;
        while !pages.add::<&str>(&[], 0) {
            answers += 1;
            assert!(answers < 10);
        }
    }

    fn summary(created: &str, subjects: u64, last_sequence: u64) -> Summary {
        Summary {
            created: created.to_owned(),
            subjects,
            last_sequence,
        }
    }

    /// Nothing but what is known for certain makes an answer short.
    #[test]
    fn the_connection_that_all_share_has_short_answers() {
        let answers = Answers::default();
        assert_eq!(answers.way(&summary("a", 3_000, 9_000), "f"), Way::Shared);
        assert_eq!(answers.way(&summary("a", 3_100, 9_000), "f"), Way::Aside);
        let before = summary("a", 50_000, 90_000);
        answers.known().answer = Some(("f".to_owned(), before, 1 << 20));
        for (created, filter, last_sequence, way) in [
            ("a", "f", 90_000, Way::Shared),
            ("a", "f", 92_800, Way::Shared),
            ("a", "f", 92_900, Way::Aside),
            ("a", "g", 90_000, Way::Aside),
            ("b", "f", 90_000, Way::Aside),
            ("a", "f", 89_000, Way::Aside),
        ] {
            let now = summary(created, 50_000, last_sequence);
            assert_eq!(answers.way(&now, filter), way, "{created} {filter}");
        }
        answers.known().too_many = Some(40_000);
        assert_eq!(answers.way(&summary("b", 40_000, 1), "f"), Way::Messages);
        assert_eq!(answers.way(&summary("b", 39_999, 1), "f"), Way::Aside);
    }

    #[test]
    fn names_are_read_as_they_stand() {
        let text = br#"{"total":2,"state":{"last_seq":7,"num_subjects":3,
            "subjects":{"$O.b.M.YQ==":1,"$O.b.M.\u0026":2}}}"#;
        let info = StreamInfo::<SubjectNames<'_>>::read(text).unwrap();
        assert_eq!((info.state.last_seq, info.state.num_subjects), (7, 3));
        let names = info.state.subjects.unwrap().0;
        assert_eq!(names, ["$O.b.M.YQ==", "$O.b.M.&"]);
        assert!(matches!(names[0], std::borrow::Cow::Borrowed(_)));
        let none = StreamInfo::<SubjectNames<'_>>::read(br#"{"state":{"subjects":null}}"#);
        assert!(none.unwrap().state.subjects.is_none());
    }
}
