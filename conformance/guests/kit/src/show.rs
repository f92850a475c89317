//! Values as a failure record shows them: complete when short, else their length
//! and beginning.

use core::fmt::Write;

use crate::bindings::cloud::types::errors::Error;

/// How many bytes of a long value are shown.
const SHOWN_BYTES: usize = 24;
/// How many bytes of a long text are shown.
const SHOWN_TEXT: usize = 80;
/// How many items of a long list are shown.
const SHOWN_ITEMS: usize = 8;

/// A value that a failure record can show.
pub trait Show {
    /// Appends the value to `out`.
    fn show(&self, out: &mut String);

    /// The value as a text.
    fn shown(&self) -> String {
        let mut out = String::new();
        self.show(&mut out);
        out
    }
}

/// Appends formatted text; writing to a string cannot fail.
pub(crate) fn append(out: &mut String, text: core::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self, out: &mut String) {
        (**self).show(out);
    }
}

impl Show for () {
    fn show(&self, out: &mut String) {
        out.push_str("ok");
    }
}

impl Show for bool {
    fn show(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Show for $number {
            fn show(&self, out: &mut String) {
                append(out, format_args!("{self}"));
            }
        }
    )*};
}
numbers!(u32 u64 i64 usize);

impl Show for core::time::Duration {
    fn show(&self, out: &mut String) {
        append(out, format_args!("{} us", self.as_micros()));
    }
}

impl Show for str {
    fn show(&self, out: &mut String) {
        if self.len() <= SHOWN_TEXT {
            append(out, format_args!("{self:?}"));
        } else {
            let mut end = SHOWN_TEXT;
            while !self.is_char_boundary(end) {
                end -= 1;
            }
            let length = self.len();
            append(out, format_args!("{:?}... ({length} bytes)", &self[..end]));
        }
    }
}

impl Show for String {
    fn show(&self, out: &mut String) {
        self.as_str().show(out);
    }
}

/// Bytes: `3 bytes "abc"`, `2 bytes 00 ff`, `70000 bytes 61 61 ...`.
impl Show for [u8] {
    fn show(&self, out: &mut String) {
        append(out, format_args!("{} bytes", self.len()));
        let head = &self[..self.len().min(SHOWN_BYTES)];
        let printable = |byte: &u8| (b' '..=b'~').contains(byte) && *byte != b'"';
        if !head.is_empty() && head.iter().all(printable) {
            out.push_str(" \"");
            out.extend(head.iter().map(|byte| char::from(*byte)));
            out.push('"');
        } else {
            for byte in head {
                append(out, format_args!(" {byte:02x}"));
            }
        }
        if head.len() < self.len() {
            out.push_str("...");
        }
    }
}

impl Show for Vec<u8> {
    fn show(&self, out: &mut String) {
        self.as_slice().show(out);
    }
}

impl<const N: usize> Show for [u8; N] {
    fn show(&self, out: &mut String) {
        self.as_slice().show(out);
    }
}

impl<T: Show> Show for Option<T> {
    fn show(&self, out: &mut String) {
        match self {
            Some(value) => value.show(out),
            None => out.push_str("none"),
        }
    }
}

pub(crate) fn list<T: Show>(items: &[T], out: &mut String) {
    out.push('[');
    for (place, item) in items.iter().take(SHOWN_ITEMS).enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        item.show(out);
    }
    if items.len() > SHOWN_ITEMS {
        append(out, format_args!(", ... {} items", items.len()));
    }
    out.push(']');
}

macro_rules! lists {
    ($($item:ty)*) => {$(
        impl Show for Vec<$item> {
            fn show(&self, out: &mut String) {
                list(self, out);
            }
        }
        impl Show for [$item] {
            fn show(&self, out: &mut String) {
                list(self, out);
            }
        }
    )*};
}
lists!(String &str u32 u64 i64 Option<Vec<u8>>);

impl Show for Error {
    fn show(&self, out: &mut String) {
        let (name, text) = match self {
            Self::NotFound => ("not-found", None),
            Self::AlreadyExists => ("already-exists", None),
            Self::AccessDenied => ("access-denied", None),
            Self::InvalidArgument(text) => ("invalid-argument", Some(text)),
            Self::TooLarge(limit) => return append(out, format_args!("too-large({limit})")),
            Self::PreconditionFailed => ("precondition-failed", None),
            Self::WrongType => ("wrong-type", None),
            Self::OutOfRange => ("out-of-range", None),
            Self::Unsupported(feature) => ("unsupported", Some(feature)),
            Self::Throttled(_) => ("throttled", None),
            Self::Timeout => ("timeout", None),
            Self::Unavailable => ("unavailable", None),
            Self::Expired => ("expired", None),
            Self::Cancelled => ("cancelled", None),
            Self::Other(text) => ("other", Some(text)),
        };
        out.push_str(name);
        if let Some(text) = text {
            out.push('(');
            text.show(out);
            out.push(')');
        }
    }
}
