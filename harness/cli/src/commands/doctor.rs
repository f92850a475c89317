//! `conformance doctor`: what can be used on this machine, what is missing, and
//! the one command that would mend it.

use std::time::Instant;

use anstyle::{AnsiColor, Style};
use cloud_contract::{Process, Scope, ScopeId, Settings, Target};
use conformance_model::ExitCode;
use conformance_runner::{LaunchOptions, SetupError, Way, find_program, open_provider, ways};

use crate::args::DoctorArgs;
use crate::redact::Redaction;
use crate::{Failure, output, registry, setup};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

pub(crate) fn run(args: &DoctorArgs) -> Result<u8, Failure> {
    let mut chosen = setup::providers(&args.providers)?;
    let settings = setup::settings(&chosen, &args.settings)?;
    let launch = setup::launch(&chosen, &args.settings)?;
    let redaction = Redaction::new(&settings).remembered();
    let named = !chosen.is_empty();
    if !named {
        chosen = registry::targets().collect();
    }
    setup::block_on(async {
        let mut usable = 0;
        for target in &chosen {
            // Starting a dozen servers one after the other would take minutes.
            let (fine, text) = if named {
                examine(target, &settings, &launch).await
            } else {
                survey(target, &settings, &launch).await
            };
            usable += usize::from(fine);
            output::print(&redaction.text(&text))?;
        }
        output::print(&suite(args).await?)?;
        if !named {
            output::print("with --provider NAME it is opened, and tried\n")?;
        }
        let all = usable == chosen.len();
        Ok(if (named && !all) || usable == 0 {
            ExitCode::Environment.code()
        } else {
            ExitCode::Conformant.code()
        })
    })?
}

/// What would work here, without starting anything.
async fn survey(target: &Target, settings: &Settings, launch: &LaunchOptions) -> (bool, String) {
    let ways = ways(target, settings, launch).await;
    let fine = ways.iter().any(|way| way.state.is_ok());
    let facts: Vec<String> = ways.iter().map(tell).collect();
    (fine, lines(&target.id(), fine, &facts))
}

fn tell(way: &Way) -> String {
    match &way.state {
        Ok(words) => format!("{}: {words}", way.name),
        Err(missing) => format!("{}: {missing}", way.name),
    }
}

/// Opens the provider as a run would, and tries a scope.
async fn examine(target: &Target, settings: &Settings, launch: &LaunchOptions) -> (bool, String) {
    let started = Instant::now();
    let opened = match open_provider(target, settings, launch).await {
        Ok(opened) => opened,
        Err(error) => {
            let facts = remedy(target, settings, &error);
            return (false, lines(&target.id(), false, &facts));
        }
    };
    let descriptor = opened.provider.descriptor();
    let version = descriptor.product_version.as_deref().unwrap_or("");
    let mut facts = vec![
        format!("{} {version}", descriptor.product)
            .trim_end()
            .to_owned(),
        match (opened.mode, server(target)) {
            ("process", Some(server)) => match find_program(&server) {
                Some(path) => format!("a run starts {}", path.display()),
                None => format!("a run starts {}", server.program),
            },
            (mode, _) => format!("reached as {mode}"),
        },
        format!("declares {}", descriptor.features.join(", ")),
    ];
    facts.extend(
        descriptor
            .limits
            .iter()
            .map(|limit| format!("limit {} = {}", limit.id, limit.value)),
    );
    for way in ways(target, &Settings::default(), &LaunchOptions::default()).await {
        facts.push(tell(&way));
    }
    let tried = try_scope(&*opened.provider).await;
    match &tried {
        Ok(()) => facts.push(format!(
            "a scope was opened and closed, {} ms after the start",
            started.elapsed().as_millis()
        )),
        Err(error) => facts.push(error.clone()),
    }
    opened.close().await;
    (tried.is_ok(), lines(&target.id(), tried.is_ok(), &facts))
}

async fn try_scope(provider: &dyn cloud_contract::Provider) -> Result<(), String> {
    let id = ScopeId::new(format!("cf-doctor-{}", std::process::id()))
        .map_err(|error| error.to_string())?;
    let scope = Scope {
        id,
        names: vec!["doctor".to_owned()],
    };
    let opened = provider.open(&scope).await;
    let closed = provider.close(&scope).await;
    opened.map_err(|error| format!("a scope cannot be opened: {error}"))?;
    closed.map_err(|error| format!("a scope cannot be closed: {error}"))
}

fn server(target: &Target) -> Option<Process> {
    target.flavour.and_then(|flavour| flavour.process)
}

/// What is wrong, and the one command that would mend it or show more.
fn remedy(target: &Target, settings: &Settings, error: &SetupError) -> Vec<String> {
    let was_set =
        settings.endpoint.is_some() || settings.directory.is_some() || !settings.options.is_empty();
    let mend = match (error, server(target)) {
        (SetupError::ServerFailed { .. }, Some(server)) => {
            Some(format!("{} --version", server.program))
        }
        (SetupError::Connect { .. }, Some(server)) if settings.endpoint.is_some() => Some(format!(
            "conformance doctor --provider {} (starts {} by itself)",
            target.id(),
            server.program
        )),
        (SetupError::Connect { .. }, _) if was_set => {
            Some(format!("conformance doctor --provider {}", target.id()))
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
    Ok(lines("suite", true, &facts))
}

fn lines(name: &str, fine: bool, facts: &[String]) -> String {
    let (style, word) = if fine {
        (GOOD, "ready")
    } else {
        (BAD, "cannot be used")
    };
    let mut out = format!("{name}: {style}{word}{style:#}\n");
    for fact in facts {
        out.push_str(&format!("  {fact}\n"));
    }
    out
}
