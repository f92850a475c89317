//! What a run may cost: told before it, asked for where it is somebody's account,
//! and bounded.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use cloud_contract::{Meter, Provider, Settings, Target};
use conformance_model::ExitCode;
use conformance_runner::{
    Forecast, Harness, LaunchOptions, RunOptions, Selection, Sink, Stop, Subject, may_cost,
    open_provider, plan, run_provider,
};

use crate::interrupt::Interrupt;
use crate::session::Ending;
use crate::{Failure, output};

/// How long an estimate may take before it is said that there is one.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a run may cost.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Spending")]
pub(crate) struct SpendingArgs {
    /// Stop the run when the provider was called this often. A call is one request
    /// or, where a service needs it, several.
    #[arg(long, value_name = "N", env = "CONFORMANCE_MAX_REQUESTS")]
    pub(crate) max_requests: Option<u64>,
    /// Do not ask before requests that may cost money.
    #[arg(
        short,
        long,
        value_parser = FalseyValueParser::new(),
        env = "CONFORMANCE_YES"
    )]
    pub(crate) yes: bool,
    /// Run nothing: print what the run would create, an estimate of its requests,
    /// and the least rights that it needs.
    #[arg(
        long,
        value_parser = FalseyValueParser::new(),
        env = "CONFORMANCE_DRY_RUN"
    )]
    pub(crate) dry_run: bool,
}

/// What is about to be done to whom.
pub(crate) struct Intent<'a> {
    pub(crate) targets: &'a [Target],
    pub(crate) settings: &'a Settings,
    pub(crate) selection: &'a Selection,
    pub(crate) repeat: u32,
}

/// What a user says to what it may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permit {
    /// The work may begin.
    Granted,
    /// What it would do was told, which was all that was asked for.
    Told,
    /// An interrupt came first.
    Interrupted,
}

impl SpendingArgs {
    /// Whether the run may begin. Tells what it would do where that is asked for,
    /// and asks where it may cost money.
    pub(crate) async fn permit(
        &self,
        harness: &Harness,
        intent: &Intent<'_>,
        interrupt: &Interrupt,
    ) -> Result<Permit, Failure> {
        let costly = |target| may_cost(target, intent.settings);
        if !intent.targets.iter().any(costly) && !self.dry_run {
            return Ok(Permit::Granted);
        }
        let mut counting = std::pin::pin!(estimate(harness, intent, &interrupt.stop));
        let calls = tokio::select! {
            biased;
            calls = counting.as_mut() => calls?,
            () = tokio::time::sleep(PATIENCE) => {
                output::notice("counting the calls, with the same cases on the embedded provider");
                counting.await?
            }
        };
        if interrupt.signal().is_some() {
            return Ok(Permit::Interrupted);
        }
        let mut text = String::new();
        for (target, &calls) in intent.targets.iter().zip(&calls) {
            text.push_str(&forecast(target, intent.settings, Some(calls))?);
        }
        if self.dry_run {
            output::print(&text)?;
            return Ok(Permit::Told);
        }
        let all = calls.into_iter().fold(0, u64::saturating_add);
        if let Some(most) = self.max_requests.filter(|&most| all > most) {
            return Err(Failure::usage(format!(
                "the run needs about {} calls, and --max-requests allows {most}",
                rounded(all)
            ))
            .help("leave cases out with --run or --skip, or allow more"));
        }
        consent(&text, self.yes, &interrupt.stop).await
    }
}

/// Whether a provider may be opened, and a scope in it, to see if that works.
pub(crate) async fn permit_a_look(
    target: &Target,
    settings: &Settings,
    yes: bool,
    interrupt: &Interrupt,
) -> Result<Permit, Failure> {
    if !may_cost(target, settings) {
        return Ok(Permit::Granted);
    }
    let text = forecast(target, settings, None)?;
    consent(&text, yes, &interrupt.stop).await
}

/// What is left of what a run may ask for.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    meter: Arc<Meter>,
    most: Option<u64>,
}

impl Budget {
    pub(crate) fn new(most: Option<u64>, stop: Stop) -> Self {
        Self {
            meter: Arc::new(Meter::new(most, move || stop.stop())),
            most,
        }
    }

    /// The provider as a run may use it.
    pub(crate) fn watch(&self, provider: &Arc<dyn Provider>) -> Arc<dyn Provider> {
        match self.most {
            Some(_) => self.meter.watch(Arc::clone(provider)),
            None => Arc::clone(provider),
        }
    }

    /// Why the run broke off, if this was why.
    pub(crate) fn ending(&self) -> Option<Ending> {
        let most = self.most.filter(|_| self.meter.is_spent())?;
        Some(Ending {
            words: format!("stopped after {most} calls (--max-requests)"),
            exit_code: Some(ExitCode::NothingRan.code()),
        })
    }
}

/// How often the cases of each target call the provider that runs inside this process,
/// without those that need a feature which the target does not declare.
async fn estimate(
    harness: &Harness,
    intent: &Intent<'_>,
    stop: &Stop,
) -> Result<Vec<u64>, Failure> {
    let base = Target::usual(provider_registry::MUTANT_BASE);
    let opened = open_provider(&base, &Settings::default(), &LaunchOptions::default())
        .await
        .map_err(Failure::environment)?;
    let mut counted: Vec<u64> = Vec::new();
    for target in intent.targets {
        let declares = target.flavour.and_then(|flavour| flavour.declares);
        let declared = declares.map(|declares| declares());
        let meter = Arc::new(Meter::new(None, || {}));
        let provider = meter.watch(Arc::clone(&opened.provider));
        let features = provider.descriptor().features.iter().copied();
        let features = features.filter(|feature| {
            let declared = declared.as_ref();
            declared.is_none_or(|declared| declared.declares(feature))
        });
        let plan = plan(harness.suite.cases(), &features.collect(), intent.selection);
        let subject = Subject {
            provider: &provider,
            name: base.factory.name,
            mode: opened.mode,
            names: &opened.names,
            health: None,
        };
        let unheard: Sink = Arc::new(|_| {});
        let run = RunOptions {
            stop: stop.clone(),
            ..RunOptions::default()
        };
        run_provider(harness, subject, &plan, &run, &unheard).await;
        counted.push(meter.calls().saturating_mul(u64::from(intent.repeat)));
    }
    opened.close().await;
    Ok(counted)
}

/// Up to two digits that are not zero: cases that race or wait call more often in one
/// run than in the next, so further digits would be chance.
fn rounded(calls: u64) -> u64 {
    let mut unit = 1_u64;
    while calls / unit >= 100 {
        unit = unit.saturating_mul(10);
    }
    calls.div_ceil(unit).saturating_mul(unit)
}

/// What is about to be made, in how many calls as far as that is known.
fn forecast(target: &Target, settings: &Settings, calls: Option<u64>) -> Result<String, Failure> {
    let forecast = Forecast::of(target, settings).map_err(Failure::environment)?;
    let mut text = format!("{}:\n", target.id());
    if let Some(account) = target.flavour.and_then(|flavour| flavour.account) {
        text.push_str(&format!("  credentials: {}\n", account.credentials));
    } else if may_cost(target, settings) {
        text.push_str("  the endpoint is not on this machine, and may be an account\n");
    }
    let calls = match calls {
        Some(calls) => format!("about {} calls of the provider", rounded(calls)),
        None => "a few calls of the provider".to_owned(),
    };
    text.push_str(&format!(
        "  {calls}, each one request or more\n  \
         creates scopes, whose names begin with {} and another number in each run\n",
        forecast.prefix
    ));
    for resource in &forecast.resources {
        text.push_str(&format!("  creates {} {}\n", resource.kind, resource.name));
    }
    text.push_str(
        "  removes all of it afterwards; what it could not remove, `conformance gc` can\n",
    );
    if let Some(policy) = &forecast.policy {
        text.push_str("  the least rights that every such run needs:\n");
        for line in policy.lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    Ok(text)
}

/// Asks a person; without one, `--yes` has to be given.
async fn consent(text: &str, yes: bool, stop: &Stop) -> Result<Permit, Failure> {
    if yes {
        return Ok(Permit::Granted);
    }
    output::notice(text.trim_end());
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(
            Failure::usage("this may cost money, and nobody is there to be asked").help(
                "say --yes, for a run best with --max-requests N; `conformance run --dry-run` \
                 shows what it would do",
            ),
        );
    }
    let mut stderr = std::io::stderr();
    let unread = |error: std::io::Error| {
        Failure::harness(format!("no answer can be read: {}", error.kind()))
    };
    write!(stderr, "Go on? [y/N] ")
        .and_then(|()| stderr.flush())
        .map_err(unread)?;
    let line = |line: &mut String| std::io::stdin().read_line(line);
    match answer(line, stop).await.map_err(unread)? {
        None => Ok(Permit::Interrupted),
        Some(true) => Ok(Permit::Granted),
        Some(false) => Err(Failure::nothing_ran(
            "nothing was done: it was not agreed to",
        )),
    }
}

/// Whether a line says yes; none if there was an interrupt before it.
async fn answer(
    read: impl FnOnce(&mut String) -> std::io::Result<usize> + Send + 'static,
    stop: &Stop,
) -> std::io::Result<Option<bool>> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // A thread that reads cannot be woken. Nobody waits for this one.
    std::thread::Builder::new()
        .name("answer".into())
        .spawn(move || {
            let mut line = String::new();
            let read = read(&mut line).map(|_| line);
            sender.send(read).ok();
        })?;
    tokio::select! {
        biased;
        () = stop.stopped() => Ok(None),
        line = receiver => {
            let line = line.unwrap_or_else(|_| Ok(String::new()))?;
            Ok(Some(matches!(line.trim(), "y" | "Y" | "yes")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
    }

    #[test]
    fn only_yes_is_yes_and_the_end_of_the_input_is_no() {
        for (text, agreed) in [
            ("y\n", true),
            ("yes\n", true),
            ("Y", true),
            ("n\n", false),
            ("\n", false),
            ("", false),
            ("yesterday\n", false),
        ] {
            let read = move |line: &mut String| {
                line.push_str(text);
                Ok(text.len())
            };
            let said = runtime().block_on(answer(read, &Stop::new())).unwrap();
            assert_eq!(said, Some(agreed), "{text:?}");
        }
        let broken = |_: &mut String| Err(std::io::ErrorKind::BrokenPipe.into());
        assert!(runtime().block_on(answer(broken, &Stop::new())).is_err());
    }

    #[test]
    fn an_estimate_has_two_digits_and_is_not_too_low() {
        for (calls, told) in [
            (0, 0),
            (7, 7),
            (99, 99),
            (100, 100),
            (101, 110),
            (89_938, 90_000),
            (90_001, 91_000),
            (99_500, 100_000),
        ] {
            assert_eq!(rounded(calls), told, "{calls}");
        }
        assert_eq!(rounded(u64::MAX), u64::MAX);
    }

    #[test]
    fn an_interrupt_ends_the_question() {
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let never = move |_: &mut String| {
            held.recv().ok();
            Ok(0)
        };
        let stop = Stop::new();
        let later = stop.clone();
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            later.stop();
        });
        assert_eq!(runtime().block_on(answer(never, &stop)).unwrap(), None);
        drop(hold);
    }
}
