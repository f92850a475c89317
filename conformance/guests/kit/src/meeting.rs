//! Actors that meet: what several instances do, they do at the same time.
//!
//! With a fixed number of rounds a fast reader is done before a slow writer has
//! begun. Here each goes on until all have made their share, so that of any two the
//! one that comes later makes its whole share beside the other. They tell each
//! other by marks in the second store, away from the keys under test.
//!
//! Nothing here fails: where marks do not come in time, the actors go on alone.

use core::time::Duration;

use crate::keyvalue::Store;
use crate::{Context, Outcome, Stop, together};

/// How long an actor waits for the others to come, besides the visibility bound.
const MEET: Duration = Duration::from_secs(1);
/// How long it goes on after its share, besides the visibility bound.
const GO_ON: Duration = Duration::from_secs(2);

/// The mark of an actor that made its share, or that failed.
const DONE: &str = "done";

/// The marks of the other actors that are still to come.
struct Marks {
    store: Store,
    missing: Vec<String>,
}

impl Marks {
    /// Leaves a mark for the others.
    async fn leave(cx: &Context, name: &str, index: u32) -> Result<Self, Stop> {
        let store = cx.second_store().await?;
        cx.ok(store.set(&format!("{name}-{index}"), b"").await)?;
        let others = (0..cx.actors()).filter(|other| *other != index);
        let missing = others.map(|other| format!("{name}-{other}")).collect();
        Ok(Self { store, missing })
    }

    /// Whether all have come; looks for all that are missing, once.
    async fn complete(&mut self, cx: &Context) -> Result<bool, Stop> {
        let looks = self.missing.iter().map(|mark| self.store.exists(mark));
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

impl Context {
    /// Waits until all actors have come to this place.
    pub async fn meet(&self, place: &str, index: u32) -> Outcome {
        let mut marks = Marks::leave(self, place, index).await?;
        let mut limit = Limit::of(self, MEET).await;
        while !marks.complete(self).await? && !limit.is_over(self).await {}
        Ok(())
    }

    /// Makes `share` rounds, from 1 on, and no more: for an actor whose writes are
    /// counted. Begins when all begin. Once in an actor, like [`Context::rounds`].
    pub async fn share(
        &self,
        index: u32,
        share: usize,
        mut round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        let (made, _) = self.make(index, share, &mut round).await?;
        made
    }

    /// Makes `share` rounds, from 1 on, and goes on until all actors have made
    /// theirs. The last round begins after that, unless time was up.
    pub async fn rounds(
        &self,
        index: u32,
        share: usize,
        mut round: impl AsyncFnMut(usize) -> Outcome,
    ) -> Outcome {
        let (made, mut marks) = self.make(index, share, &mut round).await?;
        made?;
        let mut limit = Limit::of(self, GO_ON).await;
        for number in share + 1.. {
            let last = marks.complete(self).await? || limit.is_over(self).await;
            round(number).await?;
            if last {
                break;
            }
        }
        Ok(())
    }

    /// Makes a share and says so, also where it failed: the others need not wait.
    async fn make(
        &self,
        index: u32,
        share: usize,
        round: &mut impl AsyncFnMut(usize) -> Outcome,
    ) -> Result<(Outcome, Marks), Stop> {
        self.meet("begun", index).await?;
        let mut made = Ok(());
        for number in 1..=share {
            made = round(number).await;
            if made.is_err() {
                break;
            }
        }
        Ok((made, Marks::leave(self, DONE, index).await?))
    }
}
