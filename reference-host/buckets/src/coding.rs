//! Base 32 that keeps the order of bytes, in segments: names that a service refuses or
//! changes have another form that it keeps, and a list of that form has their order.

/// How long a part of a key between slashes may be, in bytes: file systems allow 255, and a
/// character stands behind it.
pub const SEGMENT_BYTES: usize = 240;
/// Stands behind a segment that another one follows. It comes after every letter of the
/// encoding, so that what is longer also comes later.
const GOES_ON: &str = "~/";
/// In the order of their bytes.
const LETTERS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// Five bits each: those that are complete, and between which two the next one lies.
#[must_use]
pub fn digits(bytes: &[u8]) -> (Vec<u8>, Option<(u8, u8)>) {
    let mut digits = Vec::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u16, 0);
    for &byte in bytes {
        held = (held << 8) | u16::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            digits.push((held >> bits) as u8 & 31);
            held &= (1 << bits) - 1;
        }
    }
    let open = 5 - bits;
    let lowest = (held << open) as u8;
    let ends = (bits > 0).then_some((lowest, lowest | ((1 << open) - 1)));
    (digits, ends)
}

/// The letters of digits, in segments.
#[must_use]
pub fn divided(digits: &[u8]) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 100);
    for (segment, digits) in digits.chunks(SEGMENT_BYTES).enumerate() {
        if segment > 0 {
            text.push_str(GOES_ON);
        }
        text.extend(
            digits
                .iter()
                .map(|&digit| char::from(LETTERS[usize::from(digit & 31)])),
        );
    }
    text
}

/// What is written in place of these bytes.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let (mut digits, ends) = digits(bytes);
    digits.extend(ends.map(|(lowest, _)| lowest));
    divided(&digits)
}

/// The bytes; none for a text that `encode` does not make.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u16, 0);
    for letter in text.split(GOES_ON).flat_map(str::bytes) {
        let digit = LETTERS.iter().position(|&known| known == letter)?;
        held = (held << 5) | u16::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_bytes_is_kept() {
        let long = "x".repeat(400);
        let texts = [
            "", "\0", "\0\0", "\u{1}", "a", "a/", "a/b", "aa", "\u{e9}", &long,
        ];
        for pair in texts.windows(2) {
            let [one, other] = pair else { unreachable!() };
            let order = one.cmp(other);
            assert_eq!(encode(one.as_bytes()).cmp(&encode(other.as_bytes())), order);
        }
        for text in texts {
            let coded = encode(text.as_bytes());
            assert_eq!(decode(&coded).as_deref(), Some(text.as_bytes()));
            assert!(coded.split('/').all(|part| part.len() <= SEGMENT_BYTES + 1));
        }
    }

    #[test]
    fn what_encode_does_not_make_is_refused() {
        for text in ["0", "A0", "01", "~/", "00~/", "w0"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("00").as_deref(), Some(&b"\0"[..]));
    }
}
