//! Several instances acting on one store at the same time.
//!
//! Each actor has a thread of its own. As tasks, the actors of a provider whose
//! calls never wait would run one after the other on whichever worker is free,
//! and a race without a wait in it would never be seen.

use std::future::{Future, pending};
use std::panic::resume_unwind;
use std::sync::Arc;

use futures::future::join_all;
use tokio::runtime::Handle;
use tokio::sync::{Barrier, oneshot};

use crate::instance::{Ending, Role};

/// Prepare, all actors at the same time, verify: each in an instance of its own.
pub(crate) async fn together<F>(actors: u32, act: impl Fn(Role) -> F) -> Result<Vec<String>, Ending>
where
    F: Future<Output = Result<Vec<String>, Ending>> + Send + 'static,
{
    act(Role::Prepare).await?;
    let start = Arc::new(Barrier::new(actors as usize));
    let threads: Vec<_> = (0..actors)
        .map(|number| {
            let (actor, start) = (act(Role::Actor(number)), Arc::clone(&start));
            on_thread(async move {
                start.wait().await;
                actor.await
            })
        })
        .collect();
    let observations = join_all(threads)
        .await
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    act(Role::Verify(observations)).await
}

/// Starts `work` on a thread of its own. What is returned waits for its end, hands
/// its panic on, and gives it up when dropped.
fn on_thread<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> impl Future<Output = T> {
    let (wanted, given_up) = oneshot::channel::<()>();
    let runtime = Handle::current();
    let thread = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                done = work => Some(done),
                _ = given_up => None,
            }
        })
    });
    async move {
        let ended = thread.await;
        drop(wanted);
        match ended {
            Ok(Some(done)) => done,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime ends, and whoever waits here with it.
            Ok(None) | Err(_) => pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn actors_run_at_the_same_time_without_a_wait_between() {
        let threads = Arc::new(Mutex::new(BTreeSet::new()));
        let met = Arc::new(std::sync::Barrier::new(4));
        let act = |role| {
            let (threads, met) = (Arc::clone(&threads), Arc::clone(&met));
            async move {
                let Role::Actor(number) = role else {
                    return Ok(Vec::new());
                };
                // Blocks: passes only if all four are running.
                met.wait();
                let thread = format!("{:?}", std::thread::current().id());
                threads.lock().unwrap().insert(thread);
                Ok(vec![number.to_string()])
            }
        };
        let acted = tokio::time::timeout(Duration::from_secs(60), together(4, act));
        assert!(acted.await.unwrap().is_ok());
        assert_eq!(threads.lock().unwrap().len(), 4);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn what_is_given_up_ends() {
        struct Ended(Option<oneshot::Sender<()>>);
        impl Drop for Ended {
            fn drop(&mut self) {
                let _ = self.0.take().map(|ended| ended.send(()));
            }
        }
        let (sender, ended) = oneshot::channel();
        let guard = Ended(Some(sender));
        let waiting = on_thread(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        drop(waiting);
        tokio::time::timeout(Duration::from_secs(60), ended)
            .await
            .unwrap()
            .unwrap();
    }
}
