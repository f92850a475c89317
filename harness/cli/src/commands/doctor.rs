//! `conformance doctor`: what can be used on this machine, what is missing, and
//! the one command that would mend it.

use std::time::Instant;

use anstyle::{AnsiColor, Style};
use cloud_contract::{Scope, Settings, Target};
use conformance_model::ExitCode;
use conformance_runner::{
    Launch, LaunchOptions, Opened, SetupError, Way, engine_version, find_program, sample_endpoint,
    ways,
};
use futures::future::join_all;

use crate::args::DoctorArgs;
use crate::interrupt::Interrupt;
use crate::redact::Redaction;
use crate::spending::{Permit, permit_a_look};
use crate::{Failure, opening, output, registry, setup};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const UNKNOWN: Style = AnsiColor::Yellow.on_default().bold();

pub(crate) fn run(args: &DoctorArgs) -> Result<u8, Failure> {
    let chosen = setup::providers(&args.providers)?;
    let settings = setup::settings(&chosen, &args.settings)?;
    let launch = setup::launch(&chosen, &args.settings)?;
    let redaction = Redaction::new(&settings).remembered();
    opening::attended(async |interrupt| {
        let code = if chosen.is_empty() {
            look_at_all(&launch, interrupt).await?
        } else {
            let attempt = Attempt {
                settings: &settings,
                launch: &launch,
                yes: args.yes,
                interrupt,
            };
            attempt.each(&chosen, &redaction).await?
        };
        if let Some(signal) = interrupt.signal() {
            return Ok(signal.exit_code());
        }
        output::print(&machine().await)?;
        output::print(&suite(args).await?)?;
        if chosen.is_empty() {
            output::print("with --provider NAME it is opened, and tried\n")?;
        }
        Ok(code.code())
    })
}

/// What a target comes to without starting anything.
#[derive(PartialEq, Eq)]
enum State {
    Ready,
    /// An account: whether its credentials are good, only its service can say.
    Unchecked,
    Missing,
}

/// Looks, and starts no service: this takes no longer than looking does. What runs
/// inside this process is opened, as nothing else says whether it has what it needs.
async fn look_at_all(launch: &LaunchOptions, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let targets: Vec<Target> = registry::targets().collect();
    let settings = Settings::default();
    let looks = targets.iter().map(|target| ways(target, &settings, launch));
    let mut usable = false;
    for (target, ways) in targets.iter().zip(join_all(looks).await) {
        let mut state = state(target, &ways);
        let mut known = facts(target, &ways);
        if target.flavour.is_none() && state == State::Ready {
            match opening::open(target, &settings, launch, interrupt).await {
                Some(Ok(opened)) => opening::close(&target.id(), opened).await,
                Some(Err(error)) => {
                    state = State::Missing;
                    known = remedy(target, &settings, launch, &error);
                }
                None => break,
            }
        }
        usable |= state == State::Ready;
        output::print(&lines(&target.id(), &state, &known))?;
    }
    Ok(if usable {
        ExitCode::Conformant
    } else {
        ExitCode::Environment
    })
}

/// Opens providers as a run would.
struct Attempt<'a> {
    settings: &'a Settings,
    launch: &'a LaunchOptions,
    yes: bool,
    interrupt: &'a Interrupt,
}

impl Attempt<'_> {
    /// Tries a scope in each.
    async fn each(&self, chosen: &[Target], redaction: &Redaction) -> Result<ExitCode, Failure> {
        let mut all = true;
        for target in chosen {
            let asked = permit_a_look(target, self.settings, self.yes, self.interrupt).await?;
            if asked != Permit::Granted || self.interrupt.signal().is_some() {
                break;
            }
            let ways = ways(target, self.settings, self.launch).await;
            let mut known = facts(target, &ways);
            let (fine, more) = self.examine(target).await;
            known.extend(more);
            all &= fine;
            let state = if fine { State::Ready } else { State::Missing };
            output::print(&redaction.text(&lines(&target.id(), &state, &known)))?;
        }
        Ok(if all {
            ExitCode::Conformant
        } else {
            ExitCode::Environment
        })
    }

    async fn examine(&self, target: &Target) -> (bool, Vec<String>) {
        let started = Instant::now();
        let (settings, launch) = (self.settings, self.launch);
        let opened = match opening::open(target, settings, launch, self.interrupt).await {
            Some(Ok(opened)) => opened,
            Some(Err(error)) => return (false, remedy(target, settings, launch, &error)),
            None => return (false, vec!["it was not opened".to_owned()]),
        };
        let descriptor = opened.provider.descriptor();
        let version = descriptor.product_version.as_deref().unwrap_or("");
        let product = format!("{} {version}", descriptor.product);
        let mut facts = vec![
            format!("reached as {}: {}", opened.mode, product.trim_end()),
            format!("declares {}", descriptor.features.join(", ")),
        ];
        let limits = descriptor.limits.iter();
        facts.extend(limits.map(|limit| format!("limit {} = {}", limit.id, limit.value)));
        let tried = tokio::select! {
            biased;
            tried = try_scope(&opened) => tried,
            // What is open is closed with the provider.
            () = self.interrupt.stop.stopped() => Err("a scope was not tried".to_owned()),
        };
        match &tried {
            Ok(()) => facts.push(format!(
                "a scope was opened and closed, {} ms after the start",
                started.elapsed().as_millis()
            )),
            Err(error) => facts.push(error.clone()),
        }
        opening::close(&target.id(), opened).await;
        (tried.is_ok(), facts)
    }
}

fn state(target: &Target, ways: &[Way]) -> State {
    let is_account = target
        .flavour
        .is_some_and(|flavour| flavour.account.is_some());
    match ways.iter().find(|way| way.state.is_ok()) {
        Some(way) if is_account && way.name == "endpoint" => State::Unchecked,
        Some(_) => State::Ready,
        None => State::Missing,
    }
}

/// Every way, one a line.
fn facts(target: &Target, ways: &[Way]) -> Vec<String> {
    let widest = ways.iter().map(|way| way.name.len()).max().unwrap_or(0);
    let mut facts = Vec::new();
    for way in ways {
        let words = match &way.state {
            Ok(words) => found(target, way.name, words),
            // No address was given, and none need be.
            Err(_) if way.name == "endpoint" => match target.flavour {
                Some(flavour) => format!("with --endpoint {}", sample_endpoint(flavour)),
                None => continue,
            },
            Err(missing) if missing.mend.is_empty() => missing.reason.clone(),
            Err(missing) => format!("{}; try: {}", missing.reason, missing.mend),
        };
        facts.push(format!("{:widest$}  {words}", way.name));
        let account = target.flavour.and_then(|flavour| flavour.account);
        if let (Some(account), "endpoint", Ok(_)) = (account, way.name, &way.state)
            && !account.needs.is_empty()
        {
            facts.push(format!("{:widest$}  needs {}", "", account.needs));
        }
    }
    facts
}

/// A program with its place, which is for its owner.
fn found(target: &Target, way: &str, words: &str) -> String {
    let process = target.flavour.and_then(|flavour| flavour.process);
    match process.and_then(|process| find_program(&process)) {
        Some(path) if way == "process" => path.display().to_string(),
        _ => words.to_owned(),
    }
}

async fn try_scope(opened: &Opened) -> Result<(), String> {
    let scope = Scope {
        id: opened.names.scope().map_err(|error| error.to_string())?,
        names: vec!["doctor".to_owned()],
    };
    let provider = &opened.provider;
    let opened = provider.open(&scope).await;
    let closed = provider.close(&scope).await;
    opened.map_err(|error| format!("a scope cannot be opened: {error}"))?;
    closed.map_err(|error| format!("a scope cannot be closed: {error}"))
}

/// What is wrong, and the one command that would mend it or show more.
fn remedy(
    target: &Target,
    settings: &Settings,
    launch: &LaunchOptions,
    error: &SetupError,
) -> Vec<String> {
    let id = target.id();
    let was_set = settings.endpoint.is_some()
        || settings.directory.is_some()
        || !settings.options.is_empty()
        || launch.launch != Launch::Auto;
    let process = target.flavour.and_then(|flavour| flavour.process);
    let mend = match (error, process) {
        // Each way said its own.
        (SetupError::NoWay { .. }, _) => return Vec::new(),
        (SetupError::ServerFailed { .. }, Some(process)) => {
            Some(format!("{} --version", process.program))
        }
        (SetupError::Connect { .. }, _) if was_set => {
            Some(format!("conformance doctor --provider {id}"))
        }
        _ => None,
    };
    let mut facts = vec![error.to_string()];
    if let SetupError::ServerFailed { output, .. } = error {
        facts.extend(output.iter().map(|line| format!("it wrote: {line}")));
    }
    facts.extend(mend.map(|mend| format!("try: {mend}")));
    facts
}

/// What containers need.
async fn machine() -> String {
    match engine_version().await {
        Ok(version) => lines("containers", &State::Ready, &[format!("Docker {version}")]),
        Err(missing) => lines(
            "containers",
            &State::Missing,
            &[missing.reason, format!("try: {}", missing.mend)],
        ),
    }
}

/// What does not depend on a provider.
async fn suite(args: &DoctorArgs) -> Result<String, Failure> {
    let started = Instant::now();
    let harness = args.suite.harness().await?;
    let cache = match args.suite.cache() {
        Some(folder) => format!("compiled components are kept in {}", folder.display()),
        None => "compiled components are not kept".to_owned(),
    };
    let facts = [
        format!(
            "{} cases in {} components, ready after {} ms",
            harness.suite.cases().len(),
            harness.suite.digests().len(),
            started.elapsed().as_millis()
        ),
        cache,
        format!(
            "{}, up to {} instances at a time",
            harness.host_info().engine,
            harness.host.max_instances()
        ),
    ];
    Ok(lines("suite", &State::Ready, &facts))
}

fn lines(name: &str, state: &State, facts: &[String]) -> String {
    let (style, word) = match state {
        State::Ready => (GOOD, "ready"),
        State::Unchecked => (UNKNOWN, "needs an account, which was not tried"),
        State::Missing => (BAD, "cannot be used"),
    };
    let mut out = format!("{name}: {style}{word}{style:#}\n");
    for fact in facts {
        out.push_str(&format!("  {fact}\n"));
    }
    out
}
