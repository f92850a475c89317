//! Actors that meet: what several instances do, they do at the same time.
//!
//! With a fixed number of rounds a fast reader is done before a slow writer has
//! begun. Here each goes on until all have made their share, so that of any two the
//! one that comes later makes its whole share beside the other. They tell each
//! other by marks in the second store or container, away from what is under test.
//!
//! Nothing here fails: where marks do not come in time, the actors go on alone.

use core::time::Duration;

use crate::blobstore::Container;
use crate::keyvalue::Store;
use crate::{Context, Outcome, Stop, together};

/// How long an actor waits for the others to come, besides the visibility bound.
const MEET: Duration = Duration::from_secs(1);
/// How long it goes on after its share, besides the visibility bound.
const GO_ON: Duration = Duration::from_secs(2);

/// The mark of an actor that made its share, or that failed.
const DONE: &str = "done";

/// Where marks are left. Which one a guest uses decides which interface it imports.
trait Board: Sized {
    async fn open(cx: &Context) -> Result<Self, Stop>;
    async fn leave(&self, cx: &Context, mark: &str) -> Outcome;
    async fn has(&self, cx: &Context, mark: &str) -> Result<bool, Stop>;
}

impl Board for Store {
    async fn open(cx: &Context) -> Result<Self, Stop> {
        cx.second_store().await
    }

    async fn leave(&self, cx: &Context, mark: &str) -> Outcome {
        cx.ok(self.set(mark, b"").await)
    }

    async fn has(&self, cx: &Context, mark: &str) -> Result<bool, Stop> {
        cx.ok(self.exists(mark).await)
    }
}

impl Board for Container {
    async fn open(cx: &Context) -> Result<Self, Stop> {
        cx.second_container().await
    }

    async fn leave(&self, cx: &Context, mark: &str) -> Outcome {
        cx.ok(self.put(mark, b"").await).map(drop)
    }

    async fn has(&self, cx: &Context, mark: &str) -> Result<bool, Stop> {
        Ok(cx.ok(self.head(mark).await)?.is_some())
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
        board.leave(cx, &format!("{name}-{index}")).await?;
        let others = (0..cx.actors()).filter(|other| *other != index);
        let missing = others.map(|other| format!("{name}-{other}")).collect();
        Ok(Self { board, missing })
    }

    /// Whether all have come; looks for all that are missing, once.
    async fn complete(&mut self, cx: &Context) -> Result<bool, Stop> {
        let looks = self.missing.iter().map(|mark| self.board.has(cx, mark));
        let mut came = Vec::new();
        for there in together(looks).await {
            came.push(there?);
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

async fn meet<B: Board>(cx: &Context, place: &str, index: u32) -> Outcome {
    let mut marks = Marks::<B>::leave(cx, place, index).await?;
    let mut limit = Limit::of(cx, MEET).await;
    while !marks.complete(cx).await? && !limit.is_over(cx).await {}
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

async fn rounds<B: Board>(
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

/// With marks in the second store.
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
        mut round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        make::<Store>(self, index, share, &mut round).await?.0
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

/// The same with marks in the second container, for guests of blob stores.
pub(crate) mod by_container {
    use super::{Container, Context, Outcome};

    /// As [`Context::meet`].
    pub async fn meet(cx: &Context, place: &str, index: u32) -> Outcome {
        super::meet::<Container>(cx, place, index).await
    }

    /// As [`Context::share`].
    pub async fn share(
        cx: &Context,
        index: u32,
        share: usize,
        mut round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        super::make::<Container>(cx, index, share, &mut round)
            .await?
            .0
    }

    /// As [`Context::rounds`].
    pub async fn rounds(
        cx: &Context,
        index: u32,
        share: usize,
        round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        super::rounds::<Container>(cx, index, share, round).await
    }
}
