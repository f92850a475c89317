//! The command line. Every option has a twin in the environment; the command
//! line wins.

use std::path::PathBuf;

use crate::commands::gc::GcArgs;
use crate::commands::spec::SpecArgs;
use crate::spending::SpendingArgs;
use anstream::ColorChoice;
use clap::builder::FalseyValueParser;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0  conformant: nothing that was asked for is red
  1  not conformant: a provider broke a clause, or a listed failure passed
  2  the command line, or a file given with it, is wrong; nothing was run
  3  a provider could not be set up, or was lost during the run
  4  no case was run: the filter selects nothing, or nobody agreed to what it may cost;
     or --max-requests ended the run
  5  the harness or a guest failed: the verdicts cannot be relied on
  130, 143  interrupted or terminated; the reports hold what was done

Every option of a run can be set in the environment as CONFORMANCE_NAME, for
example CONFORMANCE_REPORT_DIR; what may be repeated has one value a line there.
NO_COLOR switches colours off.";

/// Command lines that work, whatever providers there are.
fn examples() -> String {
    let factories = crate::registry::factories();
    let first = factories.first().map_or("NAME", |factory| factory.name);
    // Those that need nothing to be said about them, and few enough for one line.
    let mut several = vec![first];
    several.extend(
        factories
            .iter()
            .filter(|factory| {
                factory
                    .flavours
                    .first()
                    .is_some_and(|it| it.process.is_some())
            })
            .map(|factory| factory.name)
            .take(3),
    );
    let mut lines = vec![
        format!("--provider {first}"),
        format!("--provider {} --report-dir reports", several.join(",")),
        format!("--provider {first} --run 'kv.cas.*' --seed 7"),
    ];
    if let Some((factory, server)) = factories
        .iter()
        .find_map(|factory| Some((factory, factory.flavours.first()?.process?)))
    {
        let endpoint = server.endpoint.replace("{port}", "PORT");
        lines.push(format!("--provider {} --endpoint {endpoint}", factory.name));
    }
    lines.extend(["list --run 'kv.get.*'", "explain KV-GET-1", "doctor"].map(str::to_owned));
    let lines: Vec<String> = lines
        .iter()
        .map(|line| format!("  conformance {line}\n"))
        .collect();
    format!("Examples:\n{}", lines.concat())
}

/// Runs the conformance cases of cloud-wit, which are WebAssembly components,
/// against one or more providers, and shows which clauses of the specification
/// they keep and which they break. `conformance --provider NAME` is enough.
#[derive(Debug, Parser)]
#[command(
    name = "conformance",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// When to use colours.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        env = "CONFORMANCE_COLOR",
        help_heading = "Output"
    )]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the cases on one or more providers; this is the default command.
    Run(Box<RunArgs>),
    /// List the cases.
    List(ListArgs),
    /// Explain a case, a clause or a feature.
    Explain(ExplainArgs),
    /// See what can be used on this machine and what is missing.
    Doctor(DoctorArgs),
    /// List the providers, and how each of them is stood up.
    Providers(ProvidersArgs),
    /// Show that the suite bites: run it on providers that are wrong on purpose.
    Selftest(SelftestArgs),
    /// Remove what runs left in services, as their ledgers name it.
    Gc(GcArgs),
    /// Put reports side by side in one matrix.
    Matrix(MatrixArgs),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
    /// Review the specification: check, diff, coverage, docs, bundle, phase.
    Spec(SpecArgs),
    /// Print the JSON schema of a file that a run writes.
    Schema(SchemaArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// The provider to test; several are tested one after the other and shown
    /// side by side.
    #[arg(
        short,
        long = "provider",
        value_name = "NAME",
        value_delimiter = ',',
        env = "CONFORMANCE_PROVIDER",
        help_heading = "Provider"
    )]
    pub(crate) providers: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// For everything random in the run [default: another one in every run].
    #[arg(long, value_name = "N", env = "CONFORMANCE_SEED", help_heading = "Run")]
    pub(crate) seed: Option<u64>,
    /// How many cases run at a time [default: 16, or what the product bears].
    #[arg(
        short,
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=64),
        env = "CONFORMANCE_JOBS",
        help_heading = "Run"
    )]
    pub(crate) jobs: Option<u16>,
    /// How often every case runs.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        env = "CONFORMANCE_REPEAT",
        help_heading = "Run"
    )]
    pub(crate) repeat: u32,
    /// Multiply the time limit of every case, and its waits with it [default: 1, more for slow emulators].
    #[arg(
        long,
        value_name = "X",
        value_parser = timeout_scale,
        env = "CONFORMANCE_TIMEOUT_SCALE",
        help_heading = "Run"
    )]
    pub(crate) timeout_scale: Option<f64>,
    /// Start no further case after the first red one.
    #[arg(
        long,
        value_parser = FalseyValueParser::new(),
        env = "CONFORMANCE_FAIL_FAST",
        help_heading = "Run"
    )]
    pub(crate) fail_fast: bool,
    /// Cases that are known to fail: one `ID  # reason` a line. One that passes
    /// is red.
    #[arg(
        long,
        value_name = "FILE",
        env = "CONFORMANCE_EXPECTED_FAILURES",
        help_heading = "Run"
    )]
    pub(crate) expected_failures: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) spending: SpendingArgs,
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,
    /// Where to write report.json, events.jsonl, junit.xml and report.md
    /// [default: nowhere].
    #[arg(
        short = 'o',
        long,
        value_name = "DIR",
        env = "CONFORMANCE_REPORT_DIR",
        help_heading = "Output"
    )]
    pub(crate) report_dir: Option<PathBuf>,
    /// What to print when the run is over.
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        env = "CONFORMANCE_FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: RunFormat,
    /// Print nothing unless something is wrong.
    #[arg(
        short,
        long,
        value_parser = FalseyValueParser::new(),
        env = "CONFORMANCE_QUIET",
        help_heading = "Output"
    )]
    pub(crate) quiet: bool,
}

/// What is said about the one provider that is named.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Provider")]
pub(crate) struct SettingsArgs {
    /// An existing service instead of one that is started for the run. Never
    /// written to any output.
    #[arg(
        long,
        value_name = "URL",
        env = "CONFORMANCE_ENDPOINT",
        hide_env_values = true
    )]
    pub(crate) endpoint: Option<String>,
    /// Where a provider that stores on disk puts its data [default: a fresh
    /// folder, removed afterwards].
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// A further setting of the provider; may be repeated. Several in the
    /// environment stand on a line each.
    #[arg(
        long,
        value_name = "KEY=VALUE",
        env = "CONFORMANCE_SET",
        hide_env_values = true
    )]
    pub(crate) set: Vec<String>,
    /// How a service is stood up: `auto` takes the first that works of a program
    /// here, a container, and a launcher that the provider brings along.
    #[arg(
        long,
        value_name = "auto|process|container|endpoint",
        env = "CONFORMANCE_LAUNCH"
    )]
    pub(crate) launch: Option<String>,
    /// Another image for a container than the one that is pinned; PROVIDER= in
    /// front of it where there are several. Several in the environment stand on a
    /// line each.
    #[arg(long, value_name = "IMAGE", env = "CONFORMANCE_IMAGE")]
    pub(crate) image: Vec<String>,
    /// Where the pinned images are pulled from instead of their own registry.
    #[arg(long, value_name = "HOST", env = "CONFORMANCE_IMAGE_REGISTRY")]
    pub(crate) image_registry: Option<String>,
}

/// Which cases.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Cases")]
pub(crate) struct SelectionArgs {
    /// Only cases whose id matches; `*` stands for anything, @FILE for the
    /// patterns in a file. May be repeated; in the environment, one a line.
    #[arg(long, value_name = "PATTERN|@FILE", env = "CONFORMANCE_RUN")]
    pub(crate) run: Vec<String>,
    /// Only cases of these capabilities. Of a vendor, only the services that have one.
    #[arg(
        long = "capability",
        value_name = "NAME",
        value_delimiter = ',',
        env = "CONFORMANCE_CAPABILITY"
    )]
    pub(crate) capabilities: Vec<CapabilityArg>,
    /// Leave out cases whose id matches. They stay in the report as skipped.
    #[arg(long, value_name = "PATTERN|@FILE", env = "CONFORMANCE_SKIP")]
    pub(crate) skip: Vec<String>,
    /// Only cases of these levels.
    #[arg(
        long = "level",
        value_name = "LEVEL",
        value_delimiter = ',',
        env = "CONFORMANCE_LEVEL"
    )]
    pub(crate) levels: Vec<LevelArg>,
    /// Only cases of these lanes.
    #[arg(
        long = "lane",
        value_name = "LANE",
        value_delimiter = ',',
        env = "CONFORMANCE_LANE"
    )]
    pub(crate) lanes: Vec<LaneArg>,
}

/// Where the guests come from.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Suite")]
pub(crate) struct SuiteArgs {
    /// A folder with components and their manifest, instead of those that are
    /// built in.
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_COMPONENTS")]
    pub(crate) components: Option<PathBuf>,
    /// Where compiled components are kept [default: cloud-wit/components in the
    /// cache folder of this user].
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_CACHE_DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Compile the components anew and keep nothing.
    #[arg(
        long,
        value_parser = FalseyValueParser::new(),
        env = "CONFORMANCE_NO_CACHE"
    )]
    pub(crate) no_cache: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Only cases that prove this clause.
    #[arg(long, value_name = "ID")]
    pub(crate) clause: Option<String>,
    /// Only cases that need this feature or prove its absence.
    #[arg(long, value_name = "ID")]
    pub(crate) feature: Option<String>,
    /// List the clauses that no case proves instead.
    #[arg(long)]
    pub(crate) uncovered: bool,
    /// How to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The id of a case (kv.get.missing), a clause (KV-GET-1) or a feature
    /// (kv.cas).
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Do not ask before requests that may cost money.
    #[arg(
        short,
        long,
        value_parser = FalseyValueParser::new(),
        env = "CONFORMANCE_YES"
    )]
    pub(crate) yes: bool,
    /// The provider to look at; without one, all.
    #[arg(
        short,
        long = "provider",
        value_name = "NAME",
        value_delimiter = ',',
        env = "CONFORMANCE_PROVIDER"
    )]
    pub(crate) providers: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SelftestArgs {
    /// Run the controls instead: real services that are known to be wrong. The
    /// cases that are known to fail on them must fail, and no others.
    #[arg(long, conflicts_with_all = ["mutant", "report_dir"])]
    pub(crate) controls: bool,
    /// Only mutants whose name matches; may be repeated. Idle cases are then
    /// not looked for.
    #[arg(long, value_name = "GLOB")]
    pub(crate) mutant: Vec<String>,
    /// Where to write kill-table.md and kill-table.json [default: nowhere].
    #[arg(short = 'o', long, value_name = "DIR", env = "CONFORMANCE_REPORT_DIR")]
    pub(crate) report_dir: Option<PathBuf>,
    /// How many mutants, and how many cases of each, run at a time.
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = clap::value_parser!(u16).range(1..=32),
        env = "CONFORMANCE_SELFTEST_JOBS"
    )]
    pub(crate) jobs: u16,
    /// For everything random.
    #[arg(long, value_name = "N", env = "CONFORMANCE_SEED")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ProvidersArgs {
    /// How to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct MatrixArgs {
    /// The report.json files.
    #[arg(required = true, value_name = "REPORT")]
    pub(crate) reports: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// report.json, or a line of events.jsonl.
    pub(crate) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SchemaOf {
    Report,
    Event,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RunFormat {
    Text,
    Markdown,
    Json,
    Junit,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    #[value(alias = "markdown")]
    Md,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelArg {
    Must,
    Should,
    May,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CapabilityArg {
    Keyvalue,
    Blobstore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LaneArg {
    Fast,
    Slow,
    Concurrency,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Cli {
    /// The command, with help that fits a screen: that every option has a
    /// variable is said once, at the end.
    pub(crate) fn command_for_people() -> clap::Command {
        let after = format!("{}\n{EXIT_CODES}", examples());
        let mut command = Self::command()
            .after_help(after.clone())
            .mut_args(|argument| argument.hide_env(true))
            .mut_subcommand("run", |run| run.after_help(after));
        for name in ["run", "list", "explain", "doctor", "gc", "selftest"] {
            command = command.mut_subcommand(name, |command| {
                command.mut_args(|argument| argument.hide_env(true))
            });
        }
        command
    }

    /// Reads the arguments of the process.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let matches = Self::command_for_people().try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

impl Color {
    /// Makes it hold for everything that this process writes.
    pub(crate) fn choose(self) {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

fn timeout_scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if scale > 0.0 && scale <= 100.0 => Ok(scale),
        _ => Err("a number above 0 and up to 100 is needed".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command_for_people().debug_assert();
    }

    #[test]
    fn every_option_of_a_run_has_a_variable() {
        let command = Cli::command();
        let bare: Vec<_> = command
            .get_arguments()
            .filter(|argument| argument.get_env().is_none())
            .map(|argument| argument.get_id().as_str())
            .filter(|id| !["help", "version"].contains(id))
            .collect();
        assert!(bare.is_empty(), "{bare:?}");
    }

    #[test]
    fn time_can_be_stretched_but_not_without_end() {
        assert_eq!(timeout_scale("2.5"), Ok(2.5));
        for wrong in ["0", "-1", "NaN", "inf", "1e9", "x"] {
            assert!(timeout_scale(wrong).is_err(), "{wrong}");
        }
    }
}
