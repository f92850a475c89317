//! What a run may cost: told before it, asked for where it is somebody's account,
//! and bounded.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;

use clap::Args;
use clap::builder::FalseyValueParser;
use cloud_contract::{Meter, Provider, Settings, Target};
use conformance_model::ExitCode;
use conformance_runner::{
    Forecast, Harness, LaunchOptions, RunNames, RunOptions, Selection, Sink, Stop, Subject,
    open_provider, plan, run_provider,
};

use crate::session::Ending;
use crate::{Failure, output};

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

impl SpendingArgs {
    /// Whether the run may begin. Tells what it would do where that is asked for,
    /// and asks where it may cost money.
    pub(crate) async fn permit(
        &self,
        harness: &Harness,
        intent: &Intent<'_>,
    ) -> Result<bool, Failure> {
        let may_cost = |target: &Target| {
            let account = target.flavour.and_then(|flavour| flavour.account);
            account.is_some() && intent.settings.endpoint.is_none()
        };
        let costly = intent.targets.iter().any(may_cost);
        if !costly && !self.dry_run {
            return Ok(true);
        }
        let calls = estimate(harness, intent).await?;
        let mut text = String::new();
        for target in intent.targets {
            text.push_str(&forecast(target, intent.settings, calls)?);
        }
        if self.dry_run {
            output::print(&text)?;
            return Ok(false);
        }
        let all = calls.saturating_mul(intent.targets.len() as u64);
        if let Some(most) = self.max_requests.filter(|&most| all > most) {
            return Err(Failure::usage(format!(
                "the run needs about {all} calls, and --max-requests allows {most}"
            ))
            .help("leave cases out with --run or --skip, or allow more"));
        }
        if self.yes {
            return Ok(true);
        }
        output::notice(text.trim_end());
        ask()
    }
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

/// How often the same cases call the provider that runs inside this process.
async fn estimate(harness: &Harness, intent: &Intent<'_>) -> Result<u64, Failure> {
    let base = Target::usual(provider_registry::MUTANT_BASE);
    let opened = open_provider(&base, &Settings::default(), &LaunchOptions::default())
        .await
        .map_err(Failure::environment)?;
    let meter = Arc::new(Meter::new(None, || {}));
    let provider = meter.watch(Arc::clone(&opened.provider));
    let features = &provider.descriptor().features;
    let plan = plan(
        harness.suite.cases(),
        &features.iter().copied().collect(),
        intent.selection,
    );
    let subject = Subject {
        provider: &provider,
        name: base.factory.name,
        mode: opened.mode,
        names: &opened.names,
        health: None,
    };
    let unheard: Sink = Arc::new(|_| {});
    run_provider(harness, subject, &plan, &RunOptions::default(), &unheard).await;
    let calls = meter.calls().saturating_mul(u64::from(intent.repeat));
    drop(provider);
    opened.close().await;
    Ok(calls)
}

fn forecast(target: &Target, settings: &Settings, calls: u64) -> Result<String, Failure> {
    let names = RunNames::new();
    let forecast = Forecast::of(target, settings, &names).map_err(Failure::environment)?;
    let mut text = format!("{}:\n", target.id());
    if let Some(account) = target.flavour.and_then(|flavour| flavour.account) {
        text.push_str(&format!("  credentials: {}\n", account.credentials));
    }
    text.push_str(&format!(
        "  about {calls} calls of the provider, each one request or more\n  \
         creates scopes, whose names begin with {}- (another number in each run)\n",
        forecast.prefix
    ));
    for resource in &forecast.resources {
        text.push_str(&format!("  creates {} {}\n", resource.kind, resource.name));
    }
    text.push_str(
        "  removes all of it afterwards; what it could not remove, `conformance gc` can\n",
    );
    if let Some(policy) = &forecast.policy {
        text.push_str("  the least rights that it needs:\n");
        for line in policy.lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    Ok(text)
}

/// Asks a person; without one, `--yes` has to be given.
fn ask() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(
            Failure::usage("the run may cost money, and nobody is there to be asked")
                .help("say --yes, best with --max-requests N; --dry-run shows what it would do"),
        );
    }
    let mut stderr = std::io::stderr();
    let mut answer = String::new();
    let asked = write!(stderr, "Go on? [y/N] ")
        .and_then(|()| stderr.flush())
        .and_then(|()| std::io::stdin().read_line(&mut answer));
    match asked {
        Ok(_) => Ok(matches!(answer.trim(), "y" | "Y" | "yes")),
        Err(error) => Err(Failure::harness(format!(
            "no answer can be read: {}",
            error.kind()
        ))),
    }
}
