//! Keeps what may be a credential out of everything that is written.
//!
//! Providers promise to name no endpoint in an error. This is the second lock
//! on the same door: every event passes through here before it is recorded.

use conformance_model::Event;
use serde_json::Value;

const MASK: &str = "***";
/// A shorter text is found everywhere and would make a report unreadable.
const SHORTEST: usize = 4;

/// Texts that must not be written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redaction(Vec<String>);

impl Redaction {
    /// Of an endpoint and of the values of options whose name says that they
    /// are secret.
    pub(crate) fn new<'a>(
        endpoint: Option<&str>,
        options: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Self {
        let mut secrets = Vec::new();
        if let Some(endpoint) = endpoint {
            secrets.push(endpoint.to_owned());
            if let Some((_, rest)) = endpoint.split_once("://") {
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                if let Some((user, _)) = authority.rsplit_once('@') {
                    secrets.push(user.to_owned());
                    secrets.extend(user.split_once(':').map(|(_, word)| word.to_owned()));
                }
                secrets.push(rest.to_owned());
            }
        }
        for (name, value) in options {
            let name = name.to_lowercase();
            if ["pass", "secret", "token", "key", "credential"]
                .iter()
                .any(|word| name.contains(word))
            {
                secrets.push(value.clone());
            }
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        // The longest first, or a part of it would be masked and the rest stay.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    /// The text without the secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }

    /// The event without the secrets in any of its texts.
    pub(crate) fn event(&self, event: Event) -> Event {
        if self.0.is_empty() {
            return event;
        }
        let cleaned = serde_json::to_value(&event).and_then(|mut value| {
            self.value(&mut value);
            serde_json::from_value(value)
        });
        // An event that is no event any more held a secret where a name stands.
        cleaned.unwrap_or_else(|_| Event::Note {
            provider: None,
            text: "an event held a secret and was left out".into(),
        })
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if self.0.iter().any(|secret| text.contains(secret.as_str())) {
                    *text = self.text(text);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.value(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
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
    use conformance_model::{Status, Verdict};

    use super::*;

    #[test]
    fn no_part_of_an_endpoint_stays() {
        let redaction = Redaction::new(Some("redis://me:hunter2@example.org:6379/0"), []);
        for text in [
            "cannot reach redis://me:hunter2@example.org:6379/0",
            "example.org said: wrong password hunter2",
            "user me:hunter2",
        ] {
            assert!(!redaction.text(text).contains("hunter2"), "{text}");
        }
        assert_eq!(redaction.text("the server is busy"), "the server is busy");
    }

    #[test]
    fn options_are_secret_by_their_name() {
        let options = [
            ("password".to_owned(), "hunter2".to_owned()),
            ("timeout-ms".to_owned(), "1000".to_owned()),
        ];
        let redaction = Redaction::new(None, options.iter().map(|(name, value)| (name, value)));
        assert_eq!(redaction.text("hunter2 after 1000 ms"), "*** after 1000 ms");
    }

    #[test]
    fn events_keep_their_shape() {
        let redaction = Redaction::new(Some("redis://:hunter2@localhost"), []);
        let event = Event::CaseFinished {
            provider: "redis".into(),
            case: "kv.get.missing".into(),
            repetition: 1,
            attempts: 1,
            duration_ms: 1.0,
            verdict: Verdict::because(Status::Error, "no answer from hunter2"),
        };
        let Event::CaseFinished { verdict, .. } = redaction.event(event) else {
            panic!("another event");
        };
        assert_eq!(verdict.reason.as_deref(), Some("no answer from ***"));
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
