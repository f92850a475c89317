//! Canonical decimal: the form in which a counter is stored, and exact addition
//! to it, for the providers that do the sum themselves.

use crate::{ErrorKind, Result};

/// The longest canonical decimal of a signed 64-bit number: a sign and 19 digits.
const LONGEST: usize = 20;

/// The number that `value` holds, if it is its shortest ASCII text: `0`, or an
/// optional `-` and digits that do not start with `0`. None for everything else,
/// numbers beyond 64 bits included.
#[must_use]
pub fn parse_canonical(value: &[u8]) -> Option<i64> {
    if value.len() > LONGEST {
        return None;
    }
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let canonical = match digits {
        [b'0'] => digits.len() == value.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if canonical {
        std::str::from_utf8(value).ok()?.parse().ok()
    } else {
        None
    }
}

/// The sum of a counter and `delta`. An absent key (`None`) counts as zero. The
/// value to store is the sum's `to_string`.
///
/// # Errors
/// `wrong-type` for a value that is not canonical decimal, `out-of-range` for a
/// sum that is not a signed 64-bit number.
pub fn add(current: Option<&[u8]>, delta: i64) -> Result<i64> {
    let number = match current {
        None => 0,
        Some(value) => parse_canonical(value).ok_or(ErrorKind::WrongType)?,
    };
    Ok(number.checked_add(delta).ok_or(ErrorKind::OutOfRange)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_number_prints_parses_back() {
        for number in [0, 1, -1, 9, 10, -10, 1_000_000, i64::MAX, i64::MIN] {
            assert_eq!(parse_canonical(number.to_string().as_bytes()), Some(number));
        }
    }

    #[test]
    fn nothing_else_is_canonical() {
        for other in [
            "",
            "-",
            "-0",
            "+1",
            "01",
            "-01",
            "00",
            " 1",
            "1 ",
            "1\n",
            "1.0",
            "1e3",
            "0x1",
            "--1",
            "1\0",
            "1_000",
            "\u{661}",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999",
        ] {
            assert_eq!(parse_canonical(other.as_bytes()), None, "{other:?}");
        }
        assert_eq!(parse_canonical(&[0xff]), None);
    }

    #[test]
    fn sums_are_exact_or_refused() {
        assert_eq!(add(None, 0).unwrap(), 0);
        assert_eq!(add(None, i64::MIN).unwrap(), i64::MIN);
        assert_eq!(add(Some(b"41"), 1).unwrap(), 42);
        assert_eq!(add(Some(b"-1"), i64::MAX).unwrap(), i64::MAX - 1);
        let (most, least) = (i64::MAX.to_string(), i64::MIN.to_string());
        assert_eq!(add(Some(most.as_bytes()), i64::MIN).unwrap(), -1);
        for (value, delta) in [(&most, 1), (&least, -1)] {
            let error = add(Some(value.as_bytes()), delta).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::OutOfRange);
        }
        for value in [&b""[..], b"text", b"007"] {
            let error = add(Some(value), 0).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::WrongType);
        }
    }
}
