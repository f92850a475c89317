//! What the runs of an example have of their machine.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cloud_contract::Target;
use reference_host::Digest;

use crate::server::Server;
use crate::support::{Done, example, finish, finish_with, not_run, reference_host, repository};

/// An example on one service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// Of its manifest.
    name: &'static str,
    /// Of its server.
    kind: &'static str,
    /// Where the manifest looks for the endpoint.
    variable: &'static str,
}

impl Run {
    pub(crate) const fn new(
        name: &'static str,
        kind: &'static str,
        variable: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            variable,
        }
    }
}

/// One service, running, and the example with the manifest for it.
pub(crate) struct Machine<'a> {
    app: &'a str,
    run: Run,
    endpoint: Option<String>,
    data: &'a Path,
}

impl Machine<'_> {
    fn command(&self, words: &[&str]) -> Command {
        let file = format!("docs/examples/{}/hosts/{}.toml", self.app, self.run.name);
        let mut command = reference_host();
        command
            .args(words)
            .arg("--manifest")
            .arg(repository(&file))
            .env(format!("{}_DATA", self.app.to_uppercase()), self.data);
        if let Some(endpoint) = &self.endpoint {
            command.env(self.run.variable, endpoint);
        }
        // What servers of S3 that were started for a test know.
        for name in ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] {
            command.env(name, "cloudwit");
        }
        command
    }

    fn component(&self) -> PathBuf {
        example(self.app)
    }

    /// Runs the example with these arguments, and this on standard input.
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> Done {
        let component = self.component();
        let words = ["run", component.to_str().unwrap(), "--verbose"];
        let mut command = self.command(&words);
        finish_with(command.arg("--").args(arguments), input)
    }

    /// Whether a second run finds what the first one wrote.
    pub(crate) fn keeps(&self) -> bool {
        self.run.kind != "memory"
    }

    /// Whether what the manifest names is there, and answers.
    fn answers(&self) -> bool {
        let component = self.component();
        let check = ["run", component.to_str().unwrap(), "--check"];
        // A table or bucket may have to be there before anything can be checked.
        finish(&mut self.command(&["create"])).code == Some(0)
            && finish(&mut self.command(&check)).code == Some(0)
    }
}

/// Does `work`, which returns what was answered, on the service of each of `runs`.
pub(crate) fn on_each(app: &str, runs: &[Run], work: impl Fn(&Machine<'_>) -> String) {
    let all = std::env::var_os("ONE_BINARY_ALL").is_some();
    let digest = Digest::of(&std::fs::read(example(app)).unwrap());
    let mut missing = Vec::new();
    let mut first = None;
    for &run in runs {
        let found = provider_registry::find(run.kind);
        let [target] = found.as_slice() else {
            missing.push(format!("{}: not in this build", run.kind));
            continue;
        };
        let data = tempfile::tempdir().unwrap();
        let mut server = match server(target) {
            Ok(server) => server,
            Err(program) => {
                not_run(
                    &format!("one_binary on {}", run.kind),
                    &format!("no {program} in PATH"),
                );
                missing.push(format!("{}: no {program}", run.kind));
                continue;
            }
        };
        let machine = Machine {
            app,
            run,
            endpoint: server.as_ref().map(|server| server.endpoint.clone()),
            data: data.path(),
        };
        if let Some(server) = &mut server {
            server.wait(run.kind, || machine.answers());
        }
        // Whatever fails, it is seen where.
        line(&format!("one binary: {app} on {}", run.kind));
        let started = Instant::now();
        let answer = work(&machine);
        tell(app, run, &digest, &answer, started.elapsed());
        assert_eq!(first.get_or_insert(answer.clone()), &answer);
    }
    for reason in &missing {
        line(&format!("one binary: {app} not on {reason}"));
    }
    assert!(!all || missing.is_empty(), "{missing:?}");
}

/// The digest that the command tells.
#[track_caller]
pub(crate) fn assert_is(app: &str, done: &Done) {
    let digest = Digest::of(&std::fs::read(example(app)).unwrap());
    let told = done.stderr.split("sha256:").nth(1).unwrap();
    assert_eq!(told.lines().next(), Some(digest.as_str()));
}

fn tell(app: &str, run: Run, digest: &Digest, answer: &str, took: Duration) {
    let short = |digest: &Digest| digest.as_str().get(..12).unwrap().to_owned();
    line(&format!(
        "one binary: {app} {:<20} {:<22} component {} answer {} {:>6.2} s",
        run.name,
        run.kind,
        short(digest),
        short(&Digest::of(answer.as_bytes())),
        took.as_secs_f64()
    ));
}

fn line(text: &str) {
    std::io::stderr()
        .write_all(format!("{text}\n").as_bytes())
        .unwrap();
}

/// A server of this kind; none where none is needed, or the program that is missing.
fn server(target: &Target) -> Result<Option<Server>, &'static str> {
    let process = target.flavour.and_then(|flavour| flavour.process);
    let Some(process) = process else {
        return Ok(None);
    };
    Server::start(&process).map(Some).ok_or(process.program)
}
