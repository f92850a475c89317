//! Waits for a service that was just started.

use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Result};
use futures::future::BoxFuture;

/// Why a service is of no use.
pub(crate) enum NotReady {
    /// It ended by itself, perhaps because another program took its port.
    Ended(String),
    /// It runs and does not answer.
    Silent(String),
    /// It answers, and the settings are wrong: no other try would be better.
    Refused(Error),
}

/// What a launcher knows about the service that it waits for.
pub(crate) trait Patience: Send {
    /// How long it may take from its start to the first answer.
    fn limit(&self) -> Duration;

    /// How it ended, if it did.
    fn ended(&mut self) -> BoxFuture<'_, Option<String>>;

    /// Whether whoever answers is the service that was started.
    fn is_ours(&mut self) -> BoxFuture<'_, std::result::Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

/// Connects as soon as that works.
pub(crate) async fn until_ready<T, F>(
    service: &mut dyn Patience,
    connect: impl Fn() -> F + Send,
) -> std::result::Result<T, NotReady>
where
    F: Future<Output = Result<T>> + Send,
    T: Send,
{
    let started = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        if let Some(reason) = service.ended().await {
            return Err(NotReady::Ended(format!("it ended at once ({reason})")));
        }
        let outcome = connect().await;
        if outcome.as_ref().err().is_none_or(is_refusal) {
            service
                .is_ours()
                .await
                .map_err(|reason| NotReady::Ended(format!("it ended at once ({reason})")))?;
            return outcome.map_err(NotReady::Refused);
        }
        if let Err(error) = outcome
            && started.elapsed() > service.limit()
        {
            let limit = service.limit().as_secs();
            return Err(NotReady::Silent(format!(
                "it does not answer after {limit} s: {error}"
            )));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// Whether the settings are what is wrong. A server that is still starting is
/// out of reach, and does not refuse.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidArgument(_) | ErrorKind::AccessDenied
    )
}
