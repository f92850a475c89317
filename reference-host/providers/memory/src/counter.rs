//! Canonical decimal: the text of a counter.

/// The number that `text` is, if it is canonical decimal.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        b"0" => text.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_number_reads_back() {
        for number in [0, 1, -1, 10, -10, 909, i64::MAX, i64::MIN] {
            assert_eq!(parse(number.to_string().as_bytes()), Some(number));
        }
    }

    #[test]
    fn no_other_text_is_a_counter() {
        for text in [
            "",
            "-",
            "+5",
            "05",
            "-0",
            "-05",
            "00",
            " 5",
            "5 ",
            "5\n",
            "5\0",
            "1.0",
            "1e3",
            "0x1",
            "1_000",
            "--1",
            "9223372036854775808",
            "-9223372036854775809",
            "٣",
            "five",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(parse(b"1\xff"), None);
    }
}
