//! Actors of `cloud:blobstore` that meet: what several instances do, they do at the
//! same time. What these do, [`Context::meet`] and its like do for `cloud:keyvalue`.

use super::Container;
use crate::{Context, Outcome, meeting};

/// Waits until all actors have come to this place.
pub async fn meet(cx: &Context, place: &str, index: u32) -> Outcome {
    meeting::meet::<Container>(cx, place, index).await
}

/// Makes `share` rounds, from 1 on, and no more: for an actor whose writes are
/// counted. Begins when all begin. Once in an actor, like [`rounds`].
pub async fn share(
    cx: &Context,
    index: u32,
    share: usize,
    round: impl AsyncFnMut(usize) -> Outcome,
) -> Outcome {
    meeting::share::<Container>(cx, index, share, round).await
}

/// Makes `share` rounds, from 1 on, and goes on until all actors have made theirs. The
/// last round begins after that, unless time was up.
pub async fn rounds(
    cx: &Context,
    index: u32,
    share: usize,
    round: impl AsyncFnMut(usize) -> Outcome,
) -> Outcome {
    meeting::rounds::<Container>(cx, index, share, round).await
}
