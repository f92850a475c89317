//! Several calls at a time, and calls that are given up.

use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;

/// A call that was started.
pub enum Call<'a, T> {
    /// It has ended.
    Ended(T),
    /// It is in flight; dropping this gives it up.
    InFlight(Pin<Box<dyn Future<Output = T> + 'a>>),
}

impl<T> Call<'_, T> {
    /// Whether it has not ended yet.
    pub fn in_flight(&self) -> bool {
        matches!(self, Self::InFlight(_))
    }

    /// Waits for its end.
    pub async fn finish(self) -> T {
        match self {
            Self::Ended(result) => result,
            Self::InFlight(future) => future.await,
        }
    }
}

/// Starts `call` without waiting for its end. A call does nothing before it is
/// started or awaited.
pub async fn begin<'a, T>(call: impl Future<Output = T> + 'a) -> Call<'a, T> {
    let mut future: Pin<Box<dyn Future<Output = T> + 'a>> = Box::pin(call);
    let first = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
    match first {
        Poll::Ready(result) => Call::Ended(result),
        Poll::Pending => Call::InFlight(future),
    }
}

/// Starts all `calls`, waits for all of them, and returns what they returned, in
/// their order.
pub async fn together<T, F: Future<Output = T>>(calls: impl IntoIterator<Item = F>) -> Vec<T> {
    let calls = calls.into_iter().map(|call| (Box::pin(call), None));
    all(calls.collect()).await
}

/// Apart from `together`, so that there is one of it for each kind of call, not
/// for each list of calls.
async fn all<T, F: Future<Output = T>>(mut running: Vec<(Pin<Box<F>>, Option<T>)>) -> Vec<T> {
    poll_fn(|context| {
        let mut waiting = false;
        for (call, result) in &mut running {
            if result.is_none() {
                match call.as_mut().poll(context) {
                    Poll::Ready(value) => *result = Some(value),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, result)| result)
        .collect()
}

/// Runs two calls of different kinds at a time.
pub async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    let (mut first, mut second) = (None, None);
    poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(context)
        {
            second = Some(value);
        }
        match (first.take(), second.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (first, second) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}

/// Calls that a helper has in flight at a time.
const AT_A_TIME: usize = 32;

/// Makes a call for each item, some at a time; the results in the order of items.
pub async fn each<'a, I, T, F: Future<Output = T>>(
    items: &'a [I],
    call: impl Fn(&'a I) -> F,
) -> Vec<T> {
    let mut results = Vec::with_capacity(items.len());
    for group in items.chunks(AT_A_TIME) {
        results.extend(together(group.iter().map(&call)).await);
    }
    results
}
