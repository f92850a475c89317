//! Answers of the service, as the contract's types.

use std::time::Duration;

use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::Entry;
use redis::Value;

use crate::error::unexpected_reply;
use crate::scripts::DONE;

/// What Redis says is left, as the contract wants it: the last millisecond that
/// Redis lets pass is not the key's own, and a present key has something left.
fn remaining(milliseconds: i64) -> Option<Duration> {
    match u64::try_from(milliseconds) {
        Ok(left) => Some(Duration::from_millis(left.saturating_sub(1).max(1))),
        Err(_) => None,
    }
}

/// The answer to `HGET`.
pub(super) fn value(answer: Value) -> Result<Option<Bytes>> {
    match answer {
        Value::BulkString(value) => Ok(Some(value.into())),
        Value::Nil => Ok(None),
        _ => Err(unexpected_reply()),
    }
}

/// `{}` or `{value, version, ms left}`.
pub(super) fn entry(answer: Vec<Value>) -> Result<Option<Entry>> {
    if answer.is_empty() {
        return Ok(None);
    }
    match <[Value; 3]>::try_from(answer) {
        Ok(
            [
                Value::BulkString(value),
                Value::BulkString(version),
                Value::Int(left),
            ],
        ) => Ok(Some(Entry {
            value: value.into(),
            version: text(&version)?.into(),
            remaining: remaining(left),
        })),
        _ => Err(unexpected_reply()),
    }
}

pub(super) fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| unexpected_reply())
}

/// The answer of a write in a batch.
pub(super) fn done(answer: Value) -> Result<()> {
    match answer {
        Value::Int(DONE) => Ok(()),
        _ => Err(unexpected_reply()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_never_zero() {
        assert_eq!(remaining(-1), None);
        for (left, shown) in [(0, 1), (1, 1), (2, 1), (1001, 1000)] {
            assert_eq!(remaining(left), Some(Duration::from_millis(shown)));
        }
    }

    #[test]
    fn an_answer_of_another_form_is_an_error() {
        let text = |bytes: &[u8]| Value::BulkString(bytes.to_vec());
        assert_eq!(entry(Vec::new()), Ok(None));
        for answer in [
            vec![text(b"v")],
            vec![text(b"v"), text(b"\xff"), Value::Int(-1)],
            vec![text(b"v"), Value::Nil, Value::Int(-1)],
        ] {
            assert!(entry(answer).is_err());
        }
        assert!(value(Value::Okay).is_err());
        assert!(done(Value::Nil).is_err());
    }
}
