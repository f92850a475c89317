//! Names of buckets, and keys as subjects. Reversible, and without a look at what
//! the service holds.

use cloud_contract::ScopeId;

/// The longest name that JetStream gives a stream.
const STREAM_MAX_BYTES: usize = 255;
/// An empty part of a key between two `/`.
const EMPTY: &str = "=";

/// What lies in streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A key-value bucket for each store.
    Store,
    /// An object store bucket for each container.
    Container,
}

impl Kind {
    /// What buckets are called as streams.
    fn stream(self) -> &'static str {
        match self {
            Self::Store => "KV_",
            Self::Container => "OBJ_",
        }
    }

    /// A filter that lets the subjects of all such streams pass.
    pub(crate) fn all_subjects(self) -> &'static str {
        match self {
            Self::Store => "$KV.*.>",
            Self::Container => "$O.*.>",
        }
    }

    /// What the streams of a scope, and of no other one, begin with: a scope's id has no
    /// `_`.
    pub(crate) fn scope_prefix(self, scope: &ScopeId) -> String {
        format!("{}cw_{scope}_", self.stream())
    }
}

/// The stream of a store or a container; none if no stream can have the name.
pub(crate) fn stream(kind: Kind, scope: &ScopeId, resource: &str) -> Option<String> {
    let mut name = kind.scope_prefix(scope);
    for byte in resource.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => name.push(char::from(byte)),
            _ => escape(&mut name, '_', byte),
        }
    }
    (name.len() <= STREAM_MAX_BYTES).then_some(name)
}

/// The stream that says that the containers of a scope were made: the bucket of the
/// container without a name, which nobody can open.
pub(crate) fn marker(scope: &ScopeId) -> String {
    Kind::Container.scope_prefix(scope)
}

/// What the subjects of a stream's keys begin with.
pub(crate) fn subject_prefix(stream: &str) -> String {
    format!("$KV.{}.", bucket(Kind::Store, stream))
}

/// What other clients call the bucket of a stream.
pub(crate) fn bucket(kind: Kind, stream: &str) -> &str {
    stream.strip_prefix(kind.stream()).unwrap_or(stream)
}

/// Appends a key as tokens of a subject.
pub(crate) fn push_key(subject: &mut String, key: &str) {
    for (place, part) in key.split('/').enumerate() {
        if place > 0 {
            subject.push('.');
        }
        push_part(subject, part, place == 0);
    }
}

/// Appends the filter that lets all keys with this prefix pass, and others of the same
/// path.
pub(crate) fn push_filter(subject: &mut String, prefix: &str) {
    if let Some((path, _)) = prefix.rsplit_once('/') {
        push_key(subject, path);
        subject.push('.');
    }
    subject.push('>');
}

/// The key that these tokens stand for; none for what [`push_key`] never writes.
pub(crate) fn key(tokens: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(tokens.len());
    for (place, token) in tokens.split('.').enumerate() {
        if place > 0 {
            bytes.push(b'/');
        }
        if token != EMPTY {
            pull_part(&mut bytes, token)?;
        }
    }
    let key = String::from_utf8(bytes).ok()?;
    let mut again = String::with_capacity(tokens.len());
    push_key(&mut again, &key);
    (!key.is_empty() && again == tokens).then_some(key)
}

fn push_part(subject: &mut String, part: &str, first: bool) {
    if part.is_empty() {
        subject.push_str(EMPTY);
        return;
    }
    for (place, byte) in part.bytes().enumerate() {
        match byte {
            b'_' if first && place == 0 => escape(subject, '=', byte),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {
                subject.push(char::from(byte));
            }
            _ => escape(subject, '=', byte),
        }
    }
}

fn pull_part(bytes: &mut Vec<u8>, token: &str) -> Option<()> {
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'=' => (digit(rest.next()?)? << 4) | digit(rest.next()?)?,
            _ => byte,
        });
    }
    Some(())
}

fn escape(text: &mut String, mark: char, byte: u8) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    text.push(mark);
    text.push(DIGITS[usize::from(byte >> 4)]);
    text.push(DIGITS[usize::from(byte & 15)]);
}

fn digit(text: u8) -> Option<u8> {
    match text {
        b'0'..=b'9' => Some(text - b'0'),
        b'A'..=b'F' => Some(text - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(key: &str) -> String {
        let mut subject = String::new();
        push_key(&mut subject, key);
        subject
    }

    fn filter(prefix: &str) -> String {
        let mut subject = String::new();
        push_filter(&mut subject, prefix);
        subject
    }

    #[test]
    fn keys_can_be_read_by_people_and_come_back() {
        for (key, tokens) in [
            ("a", "a"),
            ("user/123/Name_x-1", "user.123.Name_x-1"),
            ("a.b", "a=2Eb"),
            ("_kv", "=5Fkv"),
            ("a/_kv", "a._kv"),
            ("/", "=.="),
            ("//a/", "=.=.a.="),
            ("a b*>", "a=20b=2A=3E"),
            ("=", "=3D"),
            ("é\0", "=C3=A9=00"),
        ] {
            assert_eq!(written(key), tokens);
            assert_eq!(super::key(tokens).as_deref(), Some(key));
        }
    }

    #[test]
    fn every_byte_is_kept_and_no_two_keys_meet() {
        let mut seen = std::collections::HashSet::new();
        for one in (0..=0x24F_u32).chain([0x1F600]).filter_map(char::from_u32) {
            for key in [format!("{one}"), format!("a{one}"), format!("{one}/b")] {
                let tokens = written(&key);
                assert!(tokens.bytes().all(|byte| byte.is_ascii_graphic()));
                assert!(!tokens.contains(['*', '>', ' ', '$']));
                assert!(tokens.split('.').all(|token| !token.is_empty()), "{tokens}");
                assert!(tokens.len() <= 3 * key.len());
                assert_eq!(super::key(&tokens).as_deref(), Some(key.as_str()));
                assert!(seen.insert(tokens), "{key:?}");
            }
        }
        let longest = "/".repeat(1024);
        assert!(written(&longest).len() <= 3 * 1024);
    }

    #[test]
    fn what_is_not_ours_is_no_key() {
        for tokens in [
            "", "=", "a..b", ".a", "a.", "_kv", "=4", "=4g", "=c3=a9", "=41", "=FF", "a/b", "a:b",
        ] {
            assert_eq!(key(tokens), None, "{tokens:?}");
        }
    }

    #[test]
    fn a_filter_is_as_narrow_as_a_path() {
        assert_eq!(filter(""), ">");
        assert_eq!(filter("user"), ">");
        assert_eq!(filter("user/"), "user.>");
        assert_eq!(filter("user/1"), "user.>");
        assert_eq!(filter("user/1/"), "user.1.>");
        assert_eq!(filter("/"), "=.>");
    }

    #[test]
    fn no_two_stores_meet() {
        let scope = ScopeId::new("s").unwrap();
        let names = ["a", "A", "a_", "a_41", "_41", "a b", "", "é", "a\0", "a.b"];
        let streams: Vec<String> = names
            .iter()
            .map(|name| stream(Kind::Store, &scope, name).unwrap())
            .collect();
        for (place, name) in streams.iter().enumerate() {
            assert!(!streams[..place].contains(name), "{name}");
            assert!(name.starts_with(&Kind::Store.scope_prefix(&scope)));
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            assert!(name.bytes().all(plain), "{name}");
        }
        assert_eq!(streams[0], "KV_cw_s_a");
        assert_eq!(subject_prefix(&streams[0]), "$KV.cw_s_a.");
        let longer = ScopeId::new("s-a").unwrap();
        let prefix = |scope| Kind::Container.scope_prefix(scope);
        assert!(!prefix(&longer).starts_with(&prefix(&scope)));
        let longest = ScopeId::new("s".repeat(63)).unwrap();
        for kind in [Kind::Store, Kind::Container] {
            assert!(stream(kind, &longest, &"a".repeat(63)).is_some());
            assert!(stream(kind, &longest, &"é".repeat(63)).is_none());
        }
        let container = stream(Kind::Container, &scope, "a").unwrap();
        assert_eq!(container, "OBJ_cw_s_a");
        assert_eq!(bucket(Kind::Container, &container), "cw_s_a");
        assert_eq!(marker(&scope), "OBJ_cw_s_");
    }
}
