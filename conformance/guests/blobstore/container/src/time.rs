//! What the cases on times of modification share.

use conformance_kit::prelude::*;

/// How far two times of one service may be wrong against each other: each by a second.
const WRONG: i128 = 2_000_000_000;

/// A moment between two readings of the harness's clock, and what an object tells of it.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    start: Duration,
    end: Duration,
    modified: u64,
}

/// Writes an object and looks at its time of modification.
pub(crate) async fn write(cx: &Context, container: &Container, name: &str) -> Result<Moment, Stop> {
    let start = cx.now().await;
    cx.ok(container.put(name, b"bytes").await)?;
    let end = cx.now().await;
    let modified = cx.info(container, name).await?.modified;
    Ok(Moment {
        start,
        end,
        modified,
    })
}

/// The second moment is as far behind the first as the harness's clock says.
pub(crate) fn apart(check: Check<'_>, first: Moment, second: Moment) -> Outcome {
    let nanoseconds = |span: Duration| i128::try_from(span.as_nanos()).unwrap_or(i128::MAX);
    let told = i128::from(second.modified) - i128::from(first.modified);
    let least = nanoseconds(second.start) - nanoseconds(first.end) - WRONG;
    let most = nanoseconds(second.end) - nanoseconds(first.start) + WRONG;
    check.that(
        (least..=most).contains(&told),
        &format!("{least} to {most} nanoseconds between the two"),
        &format!("{told} nanoseconds").as_str(),
    )
}

impl Moment {
    /// The time of modification.
    pub(crate) fn modified(self) -> u64 {
        self.modified
    }
}
