//! `conformance providers`: what `--provider` takes, how each is stood up, and
//! what it declares as far as that is known without its service.

use cloud_contract::{Descriptor, Flavour, Settings, Target};
use conformance_runner::{ExpectedFailures, Image, LaunchOptions, open_provider, sample_endpoint};
use serde_json::{Value, json};

use crate::args::{ListFormat, ProvidersArgs};
use crate::commands::list::pretty;
use crate::{Failure, output, registry, setup};

pub(crate) fn run(args: &ProvidersArgs) -> Result<u8, Failure> {
    let targets: Vec<Target> = registry::targets().collect();
    let entries = setup::block_on(async {
        let mut entries = Vec::new();
        for target in targets {
            let declared = declared(&target).await;
            entries.push(Entry { target, declared });
        }
        entries
    })?;
    let text = match args.format {
        ListFormat::Text => text(&entries),
        ListFormat::Md => markdown(&entries),
        ListFormat::Json => {
            let entries: Vec<Value> = entries.iter().map(Entry::json).collect();
            pretty(&json!({ "schema_version": 1, "providers": entries }))?
        }
    };
    output::print(&text)?;
    Ok(0)
}

/// What a target declares: its own word, or that of a provider inside the host,
/// which is opened for it. None where only the service can say.
async fn declared(target: &Target) -> Option<Descriptor> {
    if let Some(flavour) = target.flavour {
        return flavour.declares.map(|declares| declares());
    }
    let (settings, launch) = (Settings::default(), LaunchOptions::default());
    let opened = open_provider(target, &settings, &launch).await.ok()?;
    let descriptor = opened.provider.descriptor().clone();
    opened.close().await;
    Some(descriptor)
}

struct Entry {
    target: Target,
    declared: Option<Descriptor>,
}

/// A way, and what it takes.
fn ways(flavour: &Flavour) -> Vec<(&'static str, String)> {
    let mut ways = Vec::new();
    if let Some(process) = flavour.process {
        ways.push(("process", process.program.to_owned()));
    }
    if let Some(container) = flavour.container {
        ways.push(("container", Image::pinned(&container).to_string()));
    }
    if let Some(own) = flavour.launcher {
        ways.push((own.name, own.summary.to_owned()));
    }
    ways.push(match flavour.account {
        Some(account) => ("endpoint", format!("an account; {}", account.credentials)),
        None => (
            "endpoint",
            format!("--endpoint {}", sample_endpoint(flavour)),
        ),
    });
    ways
}

impl Entry {
    fn summary(&self) -> &'static str {
        match self.target.flavour {
            Some(flavour) if !flavour.summary.is_empty() => flavour.summary,
            _ => self.target.factory.summary,
        }
    }

    fn ways(&self) -> Vec<(&'static str, String)> {
        match self.target.flavour {
            Some(flavour) => ways(flavour),
            None => vec![("embedded", "inside the host".to_owned())],
        }
    }

    fn json(&self) -> Value {
        let flavour = self.target.flavour;
        let ways: Vec<Value> = self
            .ways()
            .into_iter()
            .map(|(name, takes)| json!({ "launch": name, "with": takes }))
            .collect();
        let image = flavour
            .and_then(|flavour| flavour.container)
            .map(|container| Image::pinned(&container).to_string());
        json!({
            "id": self.target.id(),
            "protocol": self.target.factory.name,
            "flavour": flavour.map(|flavour| flavour.name),
            "summary": self.summary(),
            "ways": ways,
            "image": image,
            "features": self.declared.as_ref().map(|declared| &declared.features),
            "limits": self.declared.as_ref().map(|declared| {
                let limits = declared.limits.iter();
                limits
                    .map(|limit| (limit.id.to_owned(), Value::from(limit.value)))
                    .collect::<serde_json::Map<_, _>>()
            }),
            "is_control": flavour.is_some_and(|flavour| flavour.is_control),
            "expected_failures": flavour
                .map_or(0, |flavour| ExpectedFailures::lines(flavour.expected_failures).count()),
        })
    }
}

fn markdown(entries: &[Entry]) -> String {
    let mut out = String::from(
        "| provider | what it is | ways to stand it up | features |\n|---|---|---|---|\n",
    );
    for entry in entries {
        let ways = entry.ways().into_iter();
        let ways: Vec<String> = ways.map(|(way, takes)| format!("{way}: {takes}")).collect();
        let features = match &entry.declared {
            Some(declared) => declared.features.join(", "),
            None => "its service says".to_owned(),
        };
        out.push_str(&format!(
            "| `{}` | {} | {} | {features} |\n",
            entry.target.id(),
            entry.summary(),
            ways.join("; ")
        ));
    }
    out
}

fn text(entries: &[Entry]) -> String {
    let mut out = String::new();
    for entry in entries {
        out.push_str(&format!("{}: {}\n", entry.target.id(), entry.summary()));
        let mut line = |name: &str, words: &str| {
            out.push_str(&format!("  {name:<9}  {words}\n"));
        };
        for (name, takes) in entry.ways() {
            line(name, &takes);
        }
        match &entry.declared {
            Some(declared) => {
                line("features", &declared.features.join(", "));
                let limits: Vec<String> = declared
                    .limits
                    .iter()
                    .map(|limit| format!("{} {}", limit.id, limit.value))
                    .collect();
                line("limits", &limits.join(", "));
            }
            None => line(
                "features",
                &format!(
                    "its service says: conformance doctor --provider {}",
                    entry.target.id()
                ),
            ),
        }
        if let Some(flavour) = entry.target.flavour {
            let known = ExpectedFailures::lines(flavour.expected_failures).count();
            if known > 0 {
                line("deviates", &format!("in {known} known ways"));
            }
            if flavour.is_control {
                line(
                    "control",
                    "known to be wrong, to show that the suite sees it",
                );
            }
        }
    }
    out.push_str("A name such as `aws` or `valkey` stands for every protocol that it speaks.\n");
    out
}
