//! Values of metadata that are told otherwise than they were written.

use super::driver;
use super::metadata::Values;
use crate::Mutant;

/// The value with each `%` and two digits behind it taken for a character, if it has a
/// character that a header field cannot have.
fn unescaped(value: &str) -> String {
    if value.chars().all(|sign| matches!(sign, ' '..='~')) {
        return value.to_owned();
    }
    let mut read = String::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('%') {
        read.push_str(before);
        let digits = behind.get(..2).unwrap_or_default();
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if byte.is_ascii() && digits.len() == 2 => {
                read.push(char::from(byte));
                rest = &behind[2..];
            }
            _ => {
                read.push('%');
                rest = behind;
            }
        }
    }
    read.push_str(rest);
    read
}

pub(super) const MUTANTS: &[Mutant] = &[Mutant::new(
    "blob-meta-unescapes-encoded",
    "escapes in a value that is no text of a header field are taken for what they stand for",
    &["BLOB-META-1"],
    driver!(Values(unescaped)),
)];
