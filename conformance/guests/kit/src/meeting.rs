//! Actors that meet: what several instances do, they do at the same time.
//!
//! With a fixed number of rounds a fast reader is done before a slow writer has
//! begun. Here each goes on until all have made their share, so that of any two the
//! one that comes later makes its whole share beside the other. They tell each
//! other by marks in the second store or container, away from what is under test.
//!
//! Nothing here fails: where marks do not come in time, the actors go on alone.

use core::time::Duration;

use crate::bindings::cloud::types::errors::Error;
use crate::blobstore::Container;
use crate::keyvalue::Store;
use crate::{Context, Outcome, Stop, together};

/// How long an actor waits for the others to come, besides the visibility bound.
const MEET: Duration = Duration::from_secs(1);
/// How long it goes on after its share, besides the visibility bound.
const GO_ON: Duration = Duration::from_secs(2);

/// The mark of an actor that made its share, or that failed.
const DONE: &str = "done";

/// Where actors leave their marks: a capability of its own for each guest, which
/// imports no other.
pub(crate) trait Board: Sized {
    /// The second store or container.
    async fn open(cx: &Context) -> Result<Self, Stop>;
    /// Leaves a mark.
    async fn mark(&self, mark: &str) -> Result<(), Error>;
    /// Whether a mark is there.
    async fn has(&self, mark: &str) -> Result<bool, Error>;
}

impl Board for Store {
    async fn open(cx: &Context) -> Result<Self, Stop> {
        cx.second_store().await
    }

    async fn mark(&self, mark: &str) -> Result<(), Error> {
        self.set(mark, b"").await
    }

    async fn has(&self, mark: &str) -> Result<bool, Error> {
        self.exists(mark).await
    }
}

impl Board for Container {
    async fn open(cx: &Context) -> Result<Self, Stop> {
        cx.second_container().await
    }

    async fn mark(&self, mark: &str) -> Result<(), Error> {
        self.put(mark, b"").await.map(drop)
    }

    async fn has(&self, mark: &str) -> Result<bool, Error> {
        Ok(self.head(mark).await?.is_some())
    }
}

/// The marks of the other actors that are still to come.
struct Marks<B> {
    board: B,
    missing: Vec<String>,
}

impl<B: Board> Marks<B> {
    /// Leaves a mark for the others.
    async fn leave(cx: &Context, name: &str, index: u32) -> Result<Self, Stop> {
        let board = B::open(cx).await?;
        cx.ok(board.mark(&format!("{name}-{index}")).await)?;
        let others = (0..cx.actors()).filter(|other| *other != index);
        let missing = others.map(|other| format!("{name}-{other}")).collect();
        Ok(Self { board, missing })
    }

    /// Whether all have come; looks for all that are missing, once.
    async fn complete(&mut self, cx: &Context) -> Result<bool, Stop> {
        let looks = self.missing.iter().map(|mark| self.board.has(mark));
        let mut came = Vec::new();
        for there in together(looks).await {
            came.push(cx.ok(there)?);
        }
        let mut came = came.into_iter();
        self.missing.retain(|_| came.next() == Some(false));
        Ok(self.missing.is_empty())
    }
}

/// A limit of time in a loop. To read the clock takes up to a millisecond: as long
/// as turns are fast, it is read seldom.
struct Limit {
    end: Duration,
    read: Duration,
    turns: u32,
    gap: u32,
}

impl Limit {
    async fn of(cx: &Context, limit: Duration) -> Self {
        let read = cx.now().await;
        Self {
            end: read + limit + cx.visibility_bound(),
            read,
            turns: 0,
            gap: 1,
        }
    }

    async fn is_over(&mut self, cx: &Context) -> bool {
        self.turns += 1;
        if self.turns < self.gap {
            return false;
        }
        let now = cx.now().await;
        let fast = now - self.read < Duration::from_millis(10);
        self.gap = if fast { (self.gap * 2).min(64) } else { 1 };
        (self.read, self.turns) = (now, 0);
        now >= self.end
    }
}

/// Waits until all actors have come to this place.
pub(crate) async fn meet<B: Board>(cx: &Context, place: &str, index: u32) -> Outcome {
    let mut marks = Marks::<B>::leave(cx, place, index).await?;
    let mut limit = Limit::of(cx, MEET).await;
    while !marks.complete(cx).await? && !limit.is_over(cx).await {}
    Ok(())
}

/// Makes `share` rounds, from 1 on, and no more.
pub(crate) async fn share<B: Board>(
    cx: &Context,
    index: u32,
    share: usize,
    mut round: impl AsyncFnMut(usize) -> Outcome,
) -> Outcome {
    let (made, _) = make::<B>(cx, index, share, &mut round).await?;
    made
}

/// Makes `share` rounds, from 1 on, and goes on until all actors have made theirs.
pub(crate) async fn rounds<B: Board>(
    cx: &Context,
    index: u32,
    share: usize,
    mut round: impl AsyncFnMut(usize) -> Outcome,
) -> Outcome {
    let (made, mut marks) = make::<B>(cx, index, share, &mut round).await?;
    made?;
    let mut limit = Limit::of(cx, GO_ON).await;
    for number in share + 1.. {
        let last = marks.complete(cx).await? || limit.is_over(cx).await;
        round(number).await?;
        if last {
            break;
        }
    }
    Ok(())
}

/// Makes a share and says so, also where it failed: the others need not wait.
async fn make<B: Board>(
    cx: &Context,
    index: u32,
    share: usize,
    round: &mut impl AsyncFnMut(usize) -> Outcome,
) -> Result<(Outcome, Marks<B>), Stop> {
    meet::<B>(cx, "begun", index).await?;
    let mut made = Ok(());
    for number in 1..=share {
        made = round(number).await;
        if made.is_err() {
            break;
        }
    }
    Ok((made, Marks::leave(cx, DONE, index).await?))
}

/// Meetings of the cases of `cloud:keyvalue`; those of `cloud:blobstore` have theirs
/// in its module.
impl Context {
    /// Waits until all actors have come to this place.
    pub async fn meet(&self, place: &str, index: u32) -> Outcome {
        meet::<Store>(self, place, index).await
    }

    /// Makes `share` rounds, from 1 on, and no more: for an actor whose writes are
    /// counted. Begins when all begin. Once in an actor, like [`Context::rounds`].
    pub async fn share(
        &self,
        index: u32,
        share: usize,
        round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        self::share::<Store>(self, index, share, round).await
    }

    /// Makes `share` rounds, from 1 on, and goes on until all actors have made
    /// theirs. The last round begins after that, unless time was up.
    pub async fn rounds(
        &self,
        index: u32,
        share: usize,
        round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        rounds::<Store>(self, index, share, round).await
    }
}
