//! Counts a poll. Ballots come on standard input, one a line: a voter and a choice.
//! The last ballot of a voter counts, also across runs and among many that run at
//! the same time. The result goes to standard output.
//!
//! Two stores, which may lie on different services:
//! - `ballots` holds `ballot/POLL/VOTER`, the choice of each voter, and for an hour
//!   `receipt/POLL/VOTER`, where the store can let keys end;
//! - `totals` holds `POLL/CHOICE`, a running total, so that others need not count.

mod io;
mod poll;

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use cloud::types::errors::Error;
use poll::{Cast, Poll};
use wasi::cli::environment;

wit_bindgen::generate!({
    path: ["../../../wit/types", "../../../wit/keyvalue", "wit"],
    inline: "
        package cloud:example;
        world tally {
            import cloud:types/features@0.1.0;
            import cloud:keyvalue/store@0.1.0;
            import cloud:keyvalue/cas@0.1.0;
            import cloud:keyvalue/counters@0.1.0;
            import cloud:keyvalue/expiry@0.1.0;
            import wasi:cli/environment@0.3.0;
            import wasi:cli/stdin@0.3.0;
            import wasi:cli/stdout@0.3.0;
            import wasi:cli/stderr@0.3.0;
            export wasi:cli/run@0.3.0;
        }
    ",
    world: "cloud:example/tally",
    generate_all,
});

struct Tally;

export!(Tally);

/// How many ballots are under way at a time.
const AT_A_TIME: usize = 16;

/// What ends the program early, for people.
#[derive(Debug)]
struct Failure(String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(format!("the store answers {error:?}"))
    }
}

impl exports::wasi::cli::run::Guest for Tally {
    async fn run() -> Result<(), ()> {
        match tally().await {
            Ok(()) => Ok(()),
            Err(Failure(reason)) => {
                // Nobody is left to be told if this fails.
                let _ = io::complain(&format!("tally: {reason}\n")).await;
                Err(())
            }
        }
    }
}

async fn tally() -> Result<(), Failure> {
    let arguments = environment::get_arguments();
    let name = match arguments.as_slice() {
        [] | [_] => "lunch",
        [_, name] if !name.is_empty() && !name.contains('/') => name,
        _ => {
            return Err(Failure(
                "usage: tally [POLL], ballots on standard input".into(),
            ));
        }
    };
    let poll = Poll::open(name).await?;

    // The last line of a voter counts, so their order must not depend on chance.
    let mut choices = BTreeMap::new();
    let text = io::input().await?;
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [comment, ..] if comment.starts_with('#') => {}
            [voter, choice] if poll.fits(voter, choice) => {
                choices.insert((*voter).to_owned(), (*choice).to_owned());
            }
            _ => io::complain(&format!("line {} is no ballot\n", number + 1)).await?,
        }
    }
    let casts: Vec<Cast> = stream::iter(&choices)
        .map(|(voter, choice)| poll.cast(voter, choice))
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await?;
    let of = |kind| casts.iter().filter(|&&cast| cast == kind).count();
    io::complain(&format!(
        "{} new, {} changed, {} as before; receipts are {}\n",
        of(Cast::New),
        of(Cast::Changed),
        of(Cast::AsBefore),
        if poll.gives_receipts() {
            "kept for an hour"
        } else {
            "not kept"
        },
    ))
    .await?;

    let counted = poll.count().await?;
    io::print(&poll.result(&counted).await?).await
}
