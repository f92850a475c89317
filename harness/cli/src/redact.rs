//! Keeps what may be a credential, or names a place of this machine, out of what
//! is recorded.
//!
//! Providers promise to name no endpoint in an error. This is the second lock
//! on the same door: every event passes through here before it is recorded, and
//! everything that goes to standard error. Names and ids are left alone: they
//! are those of the suite and of the registry, and a report without them is
//! none.

use std::path::Path;
use std::sync::OnceLock;

use cloud_contract::{Settings, may_hold_secret};
use conformance_model::{Event, Evidence, ProviderInfo, RunInfo, Verdict};

const MASK: &str = "***";
/// What stands for a folder, as `URL` does for an endpoint.
pub(crate) const FOLDER: &str = "DIR";
/// What stands for a file.
pub(crate) const FILE: &str = "FILE";
/// A shorter text is found everywhere: it is masked only where it stands alone.
const SHORTEST: usize = 4;

/// Texts that must not be written, and what is written in their place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redaction {
    /// Nowhere at all.
    secrets: Vec<String>,
    /// Not into a report. On the terminal they are what their owner typed.
    places: Vec<(String, &'static str)>,
}

/// What is known of the command line, for those who cannot be handed it: the
/// message of a panic.
static KNOWN: OnceLock<Redaction> = OnceLock::new();

impl Redaction {
    /// Of what was set about the provider: endpoint, its parts, and the values
    /// of options whose name says that they are secret.
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut secrets = Vec::new();
        if let Some(endpoint) = &settings.endpoint {
            parts(endpoint, &mut secrets);
        }
        for (name, value) in &settings.options {
            if may_hold_secret(name) {
                secrets.push(value.clone());
                // An endpoint, or a connection string, is known by its parts as well.
                parts(value, &mut secrets);
                assignments(value, &mut secrets);
            }
        }
        let decoded: Vec<String> = secrets.iter().map(|secret| decoded(secret)).collect();
        secrets.extend(decoded);
        secrets.retain(|secret| !secret.is_empty());
        // The longest first, or a part of it would be masked and the rest stay.
        secrets.sort_by(|left, right| (right.len(), right).cmp(&(left.len(), left)));
        secrets.dedup();
        let redaction = Self {
            secrets,
            places: Vec::new(),
        };
        redaction.and_place(settings.directory.as_deref(), FOLDER)
    }

    /// Also without this folder or file, if one was named. One word alone, as
    /// `data`, says nothing of the machine, and stands in too many texts.
    pub(crate) fn and_place(mut self, path: Option<&Path>, word: &'static str) -> Self {
        let text = path.map(|path| path.display().to_string());
        if let Some(text) = text.filter(|text| text.trim_matches('/').contains('/')) {
            self.places.push((text, word));
            self.places
                .sort_by_key(|(place, _)| std::cmp::Reverse(place.len()));
        }
        self
    }

    /// The same, and from now on nothing of it reaches standard error.
    pub(crate) fn remembered(self) -> Self {
        // A second command line does not come.
        KNOWN.get_or_init(|| self.clone());
        self
    }

    /// The text without the secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            if secret.len() < SHORTEST {
                without_word(&text, secret)
            } else {
                text.replace(secret, MASK)
            }
        })
    }

    /// The text without the secrets, and without places of this machine.
    pub(crate) fn recorded(&self, text: &str) -> String {
        self.places
            .iter()
            .fold(self.text(text), |text, (place, word)| {
                text.replace(place, word)
            })
    }

    /// The event without either in any of its texts.
    pub(crate) fn event(&self, mut event: Event) -> Event {
        match &mut event {
            Event::RunStarted { run, .. } => {
                let RunInfo {
                    command,
                    filters,
                    not_publishable,
                    seed: _,
                    repeat: _,
                    jobs: _,
                    timeout_scale: _,
                } = run;
                self.all(command);
                self.all(filters);
                self.all(not_publishable);
            }
            Event::ProviderStarted { provider, .. } => self.provider(provider),
            Event::SetupFailed { reason, .. } => self.one(reason),
            Event::CaseFinished { verdict, .. } => self.verdict(verdict),
            Event::Note { text, .. } | Event::Fault { text, .. } => self.one(text),
            Event::RunFinished { aborted, .. } => self.maybe(aborted),
            Event::CaseStarted { .. } | Event::ProviderFinished { .. } => {}
        }
        event
    }

    fn provider(&self, provider: &mut ProviderInfo) {
        let ProviderInfo {
            product,
            version,
            mode,
            arguments,
            name: _,
            id: _,
            features: _,
            limits: _,
            durability: _,
            visibility_bound_ns: _,
        } = provider;
        self.one(product);
        self.maybe(version);
        self.maybe(mode);
        self.all(arguments);
    }

    fn verdict(&self, verdict: &mut Verdict) {
        let Verdict {
            reason,
            evidence,
            notes,
            status: _,
            blame: _,
        } = verdict;
        self.maybe(reason);
        self.all(notes);
        if let Some(evidence) = evidence {
            let Evidence {
                clause: _,
                message,
                expected,
                actual,
                location,
            } = evidence;
            for text in [message, expected, actual, location] {
                self.one(text);
            }
        }
    }

    fn one(&self, text: &mut String) {
        *text = self.recorded(text);
    }

    fn maybe(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.one(text);
        }
    }

    fn all(&self, texts: &mut [String]) {
        texts.iter_mut().for_each(|text| self.one(text));
    }
}

/// The text without the secrets of this process's command line, as far as it was
/// read.
pub(crate) fn known(text: &str) -> String {
    KNOWN
        .get()
        .map_or_else(|| text.to_owned(), |redaction| redaction.text(text))
}

/// The secrets of `AccountName=a;AccountKey=b`, `host=h password=p` or
/// `--token=t`.
fn assignments(text: &str, out: &mut Vec<String>) {
    let pairs = text.split([';', ' ', '&', '?']);
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    let secret = pairs.filter(|(name, _)| may_hold_secret(name));
    out.extend(secret.map(|(_, value)| value.to_owned()));
}

/// An endpoint, and what somebody could tell of it: all behind the scheme, user
/// and password, password, host and port, host.
fn parts(endpoint: &str, out: &mut Vec<String>) {
    // The name of a host may be a single word, as `redis` is in a network of
    // containers, and stand in every text; with its port it is masked.
    let is_word = |text: &str| {
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        text.chars().all(plain)
    };
    out.push(endpoint.to_owned());
    let Some((_, rest)) = endpoint.split_once("://") else {
        return;
    };
    if !is_word(rest) {
        out.push(rest.to_owned());
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if may_hold_secret(name) {
            out.push(value.to_owned());
        }
    }
    // A password may hold a slash, although it should not.
    let (user, address) = place.rsplit_once('@').unwrap_or(("", place));
    out.push(user.to_owned());
    out.extend(
        user.split_once(':')
            .map(|(_, password)| password.to_owned()),
    );
    let address = address.split(['/', '#']).next().unwrap_or_default();
    let host = match address.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => address,
    };
    for text in [address, host, host.trim_matches(['[', ']'])] {
        if !is_word(text) {
            out.push(text.to_owned());
        }
    }
}

/// The text with `%41` read as `A`: clients decode what stands in an address.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail
            .first_chunk::<2>()
            .filter(|digits| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text with a short word masked where no letter or digit stands beside it.
fn without_word(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, found) = rest.split_at(at);
        let (found, after) = found.split_at(word.len());
        let beside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let last = before
            .chars()
            .next_back()
            .or_else(|| out.chars().next_back());
        out.push_str(before);
        if beside(last) || beside(after.chars().next()) {
            out.push_str(found);
        } else {
            out.push_str(MASK);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text with the user and password of every address masked.
pub(crate) fn addresses(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("://");
        let end = part
            .find(|c: char| c.is_whitespace() || "/'\"`".contains(c))
            .unwrap_or(part.len());
        let (authority, rest) = part.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str(MASK);
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use conformance_model::Status;

    use super::*;

    fn of_endpoint(endpoint: &str) -> Redaction {
        Redaction::new(&Settings {
            endpoint: Some(endpoint.to_owned()),
            ..Settings::default()
        })
    }

    fn of_options(options: &[(&str, &str)]) -> Redaction {
        Redaction::new(&Settings {
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Settings::default()
        })
    }

    fn finished(verdict: Verdict) -> Event {
        Event::CaseFinished {
            provider: "redis".into(),
            case: "kv.get.missing".into(),
            repetition: 1,
            attempts: 1,
            duration_ms: 1.0,
            verdict,
        }
    }

    #[test]
    fn no_part_of_an_endpoint_stays() {
        let redaction = of_endpoint("redis://me:hunter2@db.example.org:6379/0?token=sesame");
        for text in [
            "cannot reach redis://me:hunter2@db.example.org:6379/0",
            "db.example.org said: wrong password hunter2",
            "no route to db.example.org:6379",
            "user me:hunter2",
            "token sesame",
        ] {
            let masked = redaction.text(text);
            for part in ["hunter2", "example", "6379", "sesame"] {
                assert!(!masked.contains(part), "{masked}");
            }
        }
        assert_eq!(redaction.text("the server is busy"), "the server is busy");
        let socket = of_endpoint("unix:///run/db/socket");
        assert_eq!(socket.text("no /run/db/socket"), "no ***");
        let six = of_endpoint("redis://[fe80::1]:6379");
        assert_eq!(six.text("fe80::1 and [fe80::1]:6379"), "*** and ***");
    }

    #[test]
    fn a_host_that_is_a_word_is_masked_with_its_port_alone() {
        let redaction = of_endpoint("redis://redis:6379");
        assert_eq!(redaction.text("redis at redis:6379"), "redis at ***");
        let redaction = of_endpoint("redis://redis");
        assert_eq!(redaction.text("redis at redis://redis"), "redis at ***");
    }

    #[test]
    fn a_password_is_masked_as_it_is_typed_and_as_it_is_read() {
        let redaction = of_endpoint("redis://:p%40ss%2Fword%zz@localhost");
        for text in ["p%40ss%2Fword%zz", "p@ss/word%zz"] {
            assert_eq!(redaction.text(text), MASK);
        }
    }

    #[test]
    fn a_short_secret_is_masked_where_it_stands_alone() {
        let redaction = of_options(&[("password", "ab")]);
        assert_eq!(
            redaction.text("ab, cab, abc, 'ab' abab: about ab"),
            "***, cab, abc, '***' abab: about ***"
        );
        assert_eq!(of_options(&[("password", "")]).text("as it is"), "as it is");
    }

    #[test]
    fn options_are_secret_by_their_name() {
        let redaction = of_options(&[("password", "hunter2"), ("timeout-ms", "1000")]);
        assert_eq!(redaction.text("hunter2 after 1000 ms"), "*** after 1000 ms");
        for (name, value, part) in [
            ("sas", "sv=1&sig=hunter2", "hunter2"),
            ("pwd", "hunter2", "hunter2"),
            (
                "connection-string",
                "AccountName=me;AccountKey=hunter2==",
                "hunter2==",
            ),
            ("command", "python3 provider.py --token=hunter2", "hunter2"),
            ("access-key-id", "hunter2", "hunter2"),
        ] {
            let redaction = of_options(&[(name, value)]);
            assert_eq!(redaction.text(value), MASK, "{name}");
            let text = format!("it was {part}, they said");
            assert_eq!(redaction.text(&text), "it was ***, they said", "{name}");
        }
        let plain = of_options(&[("connections", "16")]);
        assert_eq!(plain.text("16 jobs"), "16 jobs");
    }

    #[test]
    fn events_keep_their_shape() {
        let redaction = of_endpoint("redis://:hunter2@localhost");
        let verdict = Verdict::because(Status::Error, "no answer from hunter2");
        let Event::CaseFinished { verdict, .. } = redaction.event(finished(verdict)) else {
            panic!("another event");
        };
        assert_eq!(verdict.reason.as_deref(), Some("no answer from ***"));
    }

    #[test]
    fn a_secret_that_is_a_word_of_the_report_breaks_no_event() {
        let options = [
            ("password", "pass"),
            ("token", "redis"),
            ("key", "kv.get.missing"),
        ];
        let event = finished(Verdict::pass());
        assert_eq!(of_options(&options).event(event.clone()), event);
    }

    #[test]
    fn folders_are_kept_out_of_reports_and_not_off_the_terminal() {
        let redaction = Redaction::new(&Settings {
            directory: Some(PathBuf::from("/home/me/data")),
            ..Settings::default()
        })
        .and_place(Some(Path::new("/home/me")), FILE)
        .and_place(Some(Path::new("word")), FOLDER)
        .and_place(None, FOLDER);
        let text = "/home/me/data, /home/me, a word";
        assert_eq!(redaction.recorded(text), "DIR, FILE, a word");
        assert_eq!(redaction.text(text), text);
    }

    #[test]
    fn a_panic_knows_no_secret() {
        assert_eq!(known("no hunter2 yet"), "no hunter2 yet");
        let redaction = of_endpoint("redis://:hunter2@localhost").remembered();
        assert_eq!(
            known("called with hunter2"),
            redaction.text("called with ***")
        );
    }

    #[test]
    fn addresses_lose_their_user() {
        assert_eq!(
            addresses("unexpected argument 'redis://a:b@c@host:1/2' found"),
            "unexpected argument 'redis://***@host:1/2' found"
        );
        assert_eq!(
            addresses("see https://example.org/a"),
            "see https://example.org/a"
        );
    }
}
