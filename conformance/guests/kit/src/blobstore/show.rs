//! How failure records show what `cloud:blobstore` returns.

use super::history::{PastState, PastStates};
use super::links::Link;
use super::multipart::{Part, ReceivedPart};
use super::{Container, Content, DeleteManyError, FailedName, Info, Item, Listing, Precondition};
use crate::bindings::cloud::blobstore::append::Appended;
use crate::bindings::cloud::types::errors::Error;
use crate::ending::{Cause, Failing, cause_of_all};
use crate::show::{Show, append, list};

impl Show for Container {
    fn show(&self, out: &mut String) {
        out.push_str("a container");
    }
}

impl Show for Content {
    fn show(&self, out: &mut String) {
        out.push_str("content of ");
        self.info.show(out);
    }
}

impl Show for Info {
    fn show(&self, out: &mut String) {
        append(
            out,
            format_args!("an object of {} bytes, version ", self.size),
        );
        self.version.show(out);
        out.push_str(", ");
        self.content_type.show(out);
        append(out, format_args!(", {} entries", self.metadata.len()));
    }
}

impl Show for Listing {
    fn show(&self, out: &mut String) {
        out.push_str("a page ");
        list(&self.items, out);
        out.push_str(if self.cursor.is_some() {
            " with a cursor"
        } else {
            " without a cursor"
        });
    }
}

impl Show for Vec<Item> {
    fn show(&self, out: &mut String) {
        list(self, out);
    }
}

impl Show for Precondition {
    fn show(&self, out: &mut String) {
        match self {
            Self::Absent => out.push_str("absent"),
            Self::Version(version) => version.show(out),
        }
    }
}

impl Show for FailedName {
    fn show(&self, out: &mut String) {
        append(out, format_args!("{}: ", self.index));
        self.error.show(out);
    }
}

impl Show for DeleteManyError {
    fn show(&self, out: &mut String) {
        match self {
            Self::Refused(refused) => {
                out.push_str("refused with ");
                refused.error.show(out);
                out.push_str(" for ");
                refused.indices.show(out);
            }
            Self::Partial(failed) => {
                out.push_str("partial ");
                list(failed, out);
            }
        }
    }
}

impl Failing for DeleteManyError {
    fn error(&self) -> Option<&Error> {
        match self {
            Self::Refused(refused) => Some(&refused.error),
            Self::Partial(failed) => match failed.as_slice() {
                [only] => Some(&only.error),
                _ => None,
            },
        }
    }

    fn cause(&self) -> Cause {
        match self {
            Self::Refused(refused) => refused.error.cause(),
            Self::Partial(failed) => cause_of_all(failed.iter().map(|failed| &failed.error)),
        }
    }
}

impl Show for PastState {
    fn show(&self, out: &mut String) {
        self.version.show(out);
        append(out, format_args!(" of {} bytes", self.size));
    }
}

impl Show for Vec<PastState> {
    fn show(&self, out: &mut String) {
        list(self, out);
    }
}

impl Show for PastStates {
    fn show(&self, out: &mut String) {
        list(&self.states, out);
        if self.cursor.is_some() {
            out.push_str(" with a cursor");
        }
    }
}

/// It is a secret.
impl Show for Link {
    fn show(&self, out: &mut String) {
        append(
            out,
            format_args!("a link with {} header fields", self.headers.len()),
        );
    }
}

impl Show for Part {
    fn show(&self, out: &mut String) {
        append(out, format_args!("part {} ", self.number));
        self.tag.show(out);
    }
}

impl Show for ReceivedPart {
    fn show(&self, out: &mut String) {
        self.part.show(out);
        append(out, format_args!(" of {} bytes", self.size));
    }
}

impl Show for Vec<ReceivedPart> {
    fn show(&self, out: &mut String) {
        list(self, out);
    }
}

impl Show for Appended {
    fn show(&self, out: &mut String) {
        append(out, format_args!("{} bytes of version ", self.size));
        self.version.show(out);
    }
}
