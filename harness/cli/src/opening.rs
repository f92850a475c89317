//! What every command does that opens a provider: it listens for interrupts, stops
//! opening when there is one, and tells what it could not remove.

use cloud_contract::{Settings, Target};
use conformance_runner::{LaunchOptions, Opened, SetupError, leftovers, open_provider_until};

use crate::interrupt::{Interrupt, Signal};
use crate::{Failure, output, setup};

/// Runs work that opens providers. After the first interrupt it has to come to its
/// end by itself; the second ends it at once.
pub(crate) fn attended(
    work: impl AsyncFnOnce(&Interrupt) -> Result<u8, Failure>,
) -> Result<u8, Failure> {
    setup::block_on(async {
        let interrupt = listen("closing scopes and writing reports; once more quits at once")?;
        tokio::select! {
            biased;
            outcome = work(&interrupt) => outcome,
            // What was started ends with the future that holds it.
            signal = interrupt.insisted() => {
                output::notice("what is left on a service is removed by `conformance gc`");
                Ok(signal.exit_code())
            }
        }
    })?
}

/// Runs work that leaves nothing behind wherever it ends: the first interrupt does.
pub(crate) fn abandoned_at_will<T>(
    work: impl AsyncFnOnce() -> Result<T, Failure>,
) -> Result<Result<T, Signal>, Failure> {
    setup::block_on(async {
        let interrupt = listen("nothing is reported")?;
        tokio::select! {
            biased;
            outcome = work() => outcome.map(Ok),
            () = interrupt.stop.stopped() => {
                Ok(Err(interrupt.signal().unwrap_or(Signal::Interrupt)))
            }
        }
    })?
}

fn listen(then: &'static str) -> Result<Interrupt, Failure> {
    Interrupt::listen(then)
        .map_err(|error| Failure::harness(format!("signals cannot be received: {error}")))
}

/// Opens a provider; none if the user gave up meanwhile. What was created until then
/// is gone again.
pub(crate) async fn open(
    target: &Target,
    settings: &Settings,
    launch: &LaunchOptions,
    interrupt: &Interrupt,
) -> Option<Result<Opened, SetupError>> {
    match open_provider_until(target, settings, launch, &interrupt.stop).await {
        Err(SetupError::Stopped) => None,
        opened => Some(opened),
    }
}

/// Closes a provider, and tells on the terminal what could not be removed.
pub(crate) async fn close(id: &str, opened: Opened) {
    if let Some(text) = leftovers(&opened.close().await) {
        output::notice(&format!("{id}: {text}"));
    }
}
