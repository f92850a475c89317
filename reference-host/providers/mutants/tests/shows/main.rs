//! Every fault shows: a script that uses everything gets other answers from a
//! mutant than from memory. It proves no clause (that is the suite's work); it
//! proves that the faults are there, and that memory answers the same each time.

mod calls;
mod concurrent;
mod extended;
mod script;

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_contract::Provider;
use futures::{StreamExt as _, stream};
use provider_memory::MemoryProvider;
use provider_mutants::mutants;

type Log = BTreeMap<String, String>;

async fn transcript(provider: Arc<dyn Provider>, earlier: Option<Arc<Log>>) -> Log {
    let mut script = script::Script::open(provider).await;
    script.run(earlier.as_deref()).await;
    script.log
}

/// The steps of `log` that `memory` answers differently.
fn differing(memory: &Log, log: &Log) -> Vec<String> {
    let differs = |(step, answer): &(&String, &String)| memory.get(*step) != Some(answer);
    let steps = log.iter().filter(differs);
    steps.map(|(step, _)| step.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_fault_shows_and_memory_is_steady() {
    let memory = transcript(Arc::new(MemoryProvider::new()), None).await;
    let again = transcript(Arc::new(MemoryProvider::new()), None).await;
    assert_eq!(differing(&memory, &again), Vec::<String>::new());
    assert_eq!(memory.len(), again.len());
    let memory = Arc::new(memory);
    let results: Vec<_> = stream::iter(mutants())
        .map(|mutant| {
            let script = transcript(mutant.connect(), Some(Arc::clone(&memory)));
            async move { (mutant.name, tokio::spawn(script).await) }
        })
        .buffered(24)
        .collect()
        .await;
    let mut hidden = Vec::new();
    for (name, log) in results {
        let steps = differing(&memory, &log.unwrap());
        if std::env::var_os("SHOW").is_some() {
            let some: Vec<_> = steps.iter().take(6).collect();
            println!("{name}: {} of {}: {some:?}", steps.len(), memory.len());
        }
        if steps.is_empty() {
            hidden.push(name);
        }
    }
    assert!(
        hidden.is_empty(),
        "{} do not show: {hidden:#?}",
        hidden.len()
    );
}
