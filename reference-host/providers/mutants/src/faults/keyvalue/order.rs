//! Lists in another order than that of the bytes.

use std::cmp::Ordering;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::keyvalue::{Driver, KeyPage, ListRequest};

use super::driver;
use super::tools::{every_key, page_of};
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;

/// Another total order, over all pages.
#[derive(Debug)]
struct Sorted(fn(&str, &str) -> Ordering);

#[async_trait]
impl DriverFault for Sorted {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let mut keys = every_key(to, request.prefix).await?;
        keys.sort_by(|a, b| (self.0)(a, b));
        Ok(page_of(keys, request, self.0))
    }
}

/// Each page is turned around: all, or the later ones.
#[derive(Debug)]
struct Reversed {
    first: bool,
}

#[async_trait]
impl DriverFault for Reversed {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let reverse = self.first || request.after.is_some();
        let mut page = to.list(request).await?;
        if reverse {
            page.keys.reverse();
        }
        Ok(page)
    }
}

fn without_case(a: &str, b: &str) -> Ordering {
    a.to_lowercase()
        .cmp(&b.to_lowercase())
        .then_with(|| a.cmp(b))
}

/// Runs of digits compare as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    fn split(text: &str) -> (&str, &str) {
        let place = text.find(|sign: char| sign.is_ascii_digit());
        text.split_at(place.unwrap_or(text.len()))
    }
    let ((a_word, a_rest), (b_word, b_rest)) = (split(a), split(b));
    let number = |text: &str| {
        let digits = text.trim_start_matches('0');
        let end = digits.find(|sign: char| !sign.is_ascii_digit());
        let digits = &digits[..end.unwrap_or(digits.len())];
        (digits.len(), digits.to_owned())
    };
    a_word
        .cmp(b_word)
        .then_with(|| number(a_rest).cmp(&number(b_rest)))
        .then_with(|| a.cmp(b))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-list-descending",
        "lists run from the last key to the first",
        &["KV-LIST-6"],
        driver!(Sorted(|a, b| b.cmp(a))),
    ),
    Mutant::new(
        "kv-list-sorts-without-case",
        "lists are sorted without regard to case",
        &["KV-LIST-6"],
        driver!(Sorted(without_case)),
    ),
    Mutant::new(
        "kv-list-sorts-utf-16",
        "lists are sorted by UTF-16 units",
        &["KV-LIST-6"],
        driver!(Sorted(|a, b| a.encode_utf16().cmp(b.encode_utf16()))),
    ),
    Mutant::new(
        "kv-list-sorts-by-length",
        "short keys are listed before long ones",
        &["KV-LIST-6"],
        driver!(Sorted(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)))),
    ),
    Mutant::new(
        "kv-list-sorts-numbers",
        "`k10` is listed behind `k9`",
        &["KV-LIST-6"],
        driver!(Sorted(natural)),
    ),
    Mutant::new(
        "kv-list-page-reversed",
        "each page is turned around",
        &["KV-LIST-6"],
        driver!(Reversed { first: true }),
    ),
    Mutant::new(
        "kv-list-later-page-reversed",
        "each page but the first is turned around",
        &["KV-LIST-6"],
        driver!(Reversed { first: false }),
    ),
];
