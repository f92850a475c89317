//! Times of modification: the distance between two writes, which has to be right to a
//! second, and the time of the day, as far as clocks of services and of the harness agree.

use core::time::Duration;

use super::{Container, Item};
use crate::check::Check;
use crate::context::Context;
use crate::ending::{Outcome, Stop};

/// How far two times of one service may be wrong against each other: each by a second.
const WRONG: i128 = 2_000_000_000;

/// How far the clock of a service may be wrong, and as much for that of the harness.
const CLOCKS_WRONG: Duration = Duration::from_secs(2 * 5 * 60);

/// A moment between two readings of the harness's clock, and what an object tells of it.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    start: Duration,
    end: Duration,
    modified: u64,
}

impl Moment {
    /// Writes the object `name`, and looks at its time of modification.
    pub async fn of(
        cx: &Context,
        container: &Container,
        name: &str,
        write: impl AsyncFnOnce() -> Outcome,
    ) -> Result<Self, Stop> {
        let start = cx.now().await;
        write().await?;
        let end = cx.now().await;
        let modified = cx.info(container, name).await?.modified;
        Ok(Self {
            start,
            end,
            modified,
        })
    }

    /// The time of modification, in nanoseconds since 1970.
    pub fn modified(self) -> u64 {
        self.modified
    }

    /// The same with all of the time since `earlier`: for a state that may count as
    /// written then already.
    pub fn since(self, earlier: Self) -> Self {
        let start = earlier.start;
        Self { start, ..self }
    }

    /// This moment is about the one that the harness's clock of the day says.
    pub fn is_of_the_day(self, cx: &Context, check: Check<'_>) -> Outcome {
        let wrong = u64::try_from(CLOCKS_WRONG.as_nanos()).unwrap_or(u64::MAX);
        let earliest = cx.wall_clock(self.start).saturating_sub(wrong);
        let latest = cx.wall_clock(self.end).saturating_add(wrong);
        check.that(
            (earliest..=latest).contains(&self.modified),
            &format!("{earliest} to {latest}"),
            &self.modified,
        )
    }

    /// This moment is as far behind the first as the harness's clock says.
    pub fn is_behind(self, check: Check<'_>, first: Self) -> Outcome {
        let nanoseconds = |span: Duration| i128::try_from(span.as_nanos()).unwrap_or(i128::MAX);
        let told = i128::from(self.modified) - i128::from(first.modified);
        let least = nanoseconds(self.start) - nanoseconds(first.end) - WRONG;
        let most = nanoseconds(self.end) - nanoseconds(first.start) + WRONG;
        check.that(
            (least..=most).contains(&told),
            &format!("{least} to {most} nanoseconds between the two"),
            &format!("{told} nanoseconds").as_str(),
        )
    }
}

/// Proves that a list tells of the object `name` what `head` tells.
pub async fn is_listed_as_told(
    cx: &Context,
    clause: &str,
    container: &Container,
    name: &str,
) -> Outcome {
    let info = cx.info(container, name).await?;
    let items = cx.all_items(container, name, None, None).await?;
    let listed = items.iter().find_map(|item| match item {
        Item::Object(object) if object.name == name => Some(object),
        _ => None,
    });
    let listed = cx
        .check(clause, "look for an object in a list")
        .some(Ok::<_, crate::bindings::cloud::types::errors::Error>(
            listed,
        ))?;
    cx.check(clause, "compare the sizes of list and head")
        .equal(listed.size, info.size)?;
    cx.check(clause, "compare the times of list and head")
        .equal(listed.modified, info.modified)
}
