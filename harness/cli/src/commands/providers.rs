//! `conformance providers`: what can be named with --provider, and how each of
//! them is stood up.

use anstyle::Style;
use cloud_contract::{Flavour, Target};
use serde_json::{Value, json};

use crate::args::{ListFormat, ProvidersArgs};
use crate::{Failure, output, registry};

const NAME: Style = Style::new().bold();

pub(crate) fn run(args: &ProvidersArgs) -> Result<u8, Failure> {
    let text = match args.format {
        ListFormat::Text => text(),
        ListFormat::Md => markdown(),
        ListFormat::Json => {
            let targets: Vec<Value> = registry::targets().map(|target| entry(&target)).collect();
            super::list::pretty(&json!({ "schema_version": 1, "providers": targets }))?
        }
    };
    output::print(&text)?;
    Ok(0)
}

fn text() -> String {
    let mut out = String::new();
    for target in registry::targets() {
        let id = target.id();
        out.push_str(&format!("{NAME}{id}{NAME:#}  {}\n", summary(&target)));
        for (way, what) in ways(&target) {
            out.push_str(&format!("  {way:9}  {what}\n"));
        }
    }
    out.push_str(
        "\nA name such as `aws` or `valkey` stands for every protocol that it speaks.\n\
         `conformance doctor` says what works here; with --provider it shows the declared \
         features and limits.\n",
    );
    out
}

fn markdown() -> String {
    let mut out = String::from("| provider | what it is | ways to stand it up |\n|---|---|---|\n");
    for target in registry::targets() {
        let ways: Vec<String> = ways(&target)
            .into_iter()
            .map(|(way, what)| format!("{way}: {what}"))
            .collect();
        let (id, summary) = (target.id(), summary(&target));
        out.push_str(&format!("| `{id}` | {summary} | {} |\n", ways.join("; ")));
    }
    out
}

fn entry(target: &Target) -> Value {
    let flavour = target.flavour;
    let ways: serde_json::Map<String, Value> = ways(target)
        .into_iter()
        .map(|(way, what)| (way.to_owned(), what.into()))
        .collect();
    json!({
        "id": target.id(),
        "protocol": target.factory.name,
        "flavour": flavour.map(|flavour| flavour.name),
        "summary": summary(target),
        "ways": ways,
        "image": flavour.and_then(image),
        "control": flavour.is_some_and(|flavour| flavour.is_control),
    })
}

fn summary(target: &Target) -> String {
    match target.flavour {
        Some(flavour) if flavour.is_control => {
            format!("{}; a control, known to be wrong", flavour.summary)
        }
        Some(flavour) => flavour.summary.to_owned(),
        None => target.factory.summary.to_owned(),
    }
}

/// Every way, and what it takes.
fn ways(target: &Target) -> Vec<(&'static str, String)> {
    let Some(flavour) = target.flavour else {
        return vec![("embedded", "inside this process".to_owned())];
    };
    let mut ways = Vec::new();
    if let Some(process) = flavour.process {
        ways.push(("process", process.program.to_owned()));
    }
    ways.extend(image(flavour).map(|image| ("container", image)));
    if let Some(own) = flavour.launcher {
        ways.push((own.name, own.summary.to_owned()));
    }
    ways.push((
        "endpoint",
        match flavour.account {
            Some(account) => format!("an account; credentials: {}", account.credentials),
            None => format!(
                "--endpoint {}",
                conformance_runner::sample_endpoint(flavour)
            ),
        },
    ));
    ways
}

fn image(flavour: &Flavour) -> Option<String> {
    let container = flavour.container?;
    let digest = match container.digest {
        "" => String::new(),
        digest => format!("@{digest}"),
    };
    Some(format!("{}:{}{digest}", container.image, container.tag))
}
