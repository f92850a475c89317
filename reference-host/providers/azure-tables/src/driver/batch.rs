//! Many items, several requests at a time.
//!
//! The service's group transactions take entities of one partition only, and each
//! key has a partition of its own. They would fail as a whole where one item does.

use cloud_contract::Result;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

/// How many requests of one batch are on their way at a time.
const AT_ONCE: usize = 16;

/// Does one thing to each item, and returns the results in the items' order.
pub(crate) async fn each<'a, I, T, F>(items: &'a [I], work: impl Fn(&'a I) -> F) -> Vec<Result<T>>
where
    F: Future<Output = Result<T>>,
{
    let mut results: Vec<Option<Result<T>>> = items.iter().map(|_| None).collect();
    let mut waiting = items.iter().enumerate();
    let numbered = |(number, item): (usize, &'a I)| {
        let work = work(item);
        async move { (number, work.await) }
    };
    let mut running: FuturesUnordered<_> = waiting.by_ref().take(AT_ONCE).map(numbered).collect();
    while let Some((number, result)) = running.next().await {
        results[number] = Some(result);
        running.extend(waiting.next().map(numbered));
    }
    // Each has run, so none is left out.
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::ErrorKind;
    use std::time::Duration;

    #[tokio::test]
    async fn results_are_in_the_order_of_items() {
        let items: Vec<u64> = (0..100).collect();
        let results = each(&items, |&item| async move {
            tokio::time::sleep(Duration::from_millis((100 - item) % 7)).await;
            if item == 50 {
                return Err(ErrorKind::Timeout.into());
            }
            Ok(item)
        })
        .await;
        assert_eq!(results.len(), 100);
        for (item, result) in results.into_iter().enumerate() {
            assert_eq!(result.is_err(), item == 50);
            assert_eq!(result.unwrap_or(50), item as u64);
        }
    }
}
