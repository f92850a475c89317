//! What a component may be, and what it has beside the `cloud:` interfaces: those of
//! WASI 0.3 that need no right. Streams of this process, a clock, random numbers, the
//! variables and arguments that it is given. There is no directory in its filesystem,
//! and no network.

use reference_host::wasmtime::component::{Component, Linker, ResourceTable};
use reference_host::wasmtime::{self, Store, WasmBacktrace};
use reference_host::{Digest, Guest, Host, HostError, State, Trap};
use wasmtime_wasi::cli::{WasiCli, WasiCliCtxView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksCtxView};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemCtxView};
use wasmtime_wasi::p3::bindings::{self as wasi, CommandPre};
use wasmtime_wasi::random::{WasiRandom, WasiRandomCtx};
use wasmtime_wasi::{I32Exit, WasiCtx};

use crate::failure::{Failure, exit};
use crate::manifest::GuestSection;

const RUN: &str = "wasi:cli/run@0.3";
/// What a guest may import, for people and for a first look.
const OFFERED: [&str; 7] = [
    "cloud:types/",
    "cloud:keyvalue/",
    "cloud:blobstore/",
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:random/",
];

/// The most random bytes of one call.
const RANDOM_BYTES: u64 = 1 << 20;

/// What the guest of this process is given.
pub(crate) fn context(guest: &GuestSection, arguments: &[String]) -> WasiCtx {
    let mut context = WasiCtx::builder();
    context
        .inherit_stdio()
        .args(arguments)
        .max_random_size(RANDOM_BYTES)
        .allow_tcp(false)
        .allow_udp(false);
    for (name, value) in &guest.environment {
        context.env(name, &value.0);
    }
    context.build()
}

/// Every store of this host is made with a context.
fn of(state: &mut State) -> (&mut WasiCtx, &mut ResourceTable) {
    state
        .companion()
        .expect("a host with these interfaces makes its stores with a context")
}

fn cli(state: &mut State) -> WasiCliCtxView<'_> {
    let (context, table) = of(state);
    WasiCliCtxView {
        ctx: context.cli(),
        table,
    }
}

fn clocks(state: &mut State) -> WasiClocksCtxView<'_> {
    let (context, table) = of(state);
    WasiClocksCtxView {
        ctx: context.clocks(),
        table,
    }
}

fn filesystem(state: &mut State) -> WasiFilesystemCtxView<'_> {
    let (context, table) = of(state);
    WasiFilesystemCtxView {
        ctx: context.filesystem(),
        table,
    }
}

fn random(state: &mut State) -> &mut WasiRandomCtx {
    of(state).0.random()
}

/// Offers those interfaces. Not the sockets: a component that imports them is
/// refused before it starts.
pub(crate) fn add_wasi(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasi::cli::exit::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::environment::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::stdin::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::stdout::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::stderr::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::terminal_input::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::terminal_output::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::terminal_stdin::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::terminal_stdout::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::cli::terminal_stderr::add_to_linker::<_, WasiCli>(linker, cli)?;
    wasi::clocks::types::add_to_linker::<_, WasiClocks>(linker, clocks)?;
    wasi::clocks::monotonic_clock::add_to_linker::<_, WasiClocks>(linker, clocks)?;
    wasi::clocks::system_clock::add_to_linker::<_, WasiClocks>(linker, clocks)?;
    wasi::random::random::add_to_linker::<_, WasiRandom>(linker, random)?;
    wasi::random::insecure::add_to_linker::<_, WasiRandom>(linker, random)?;
    wasi::random::insecure_seed::add_to_linker::<_, WasiRandom>(linker, random)?;
    wasi::filesystem::types::add_to_linker::<_, WasiFilesystem>(linker, filesystem)?;
    wasi::filesystem::preopens::add_to_linker::<_, WasiFilesystem>(linker, filesystem)
}

/// Compiles and links a component, or says why it cannot be run here.
pub(crate) fn load(host: &Host, bytes: &[u8], digest: Digest) -> Result<Guest, Failure> {
    // The header of a component has its layer in the last two of these bytes.
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', _, _, 0, 0]) => {
            return Err(Failure::usage("this is a core module, not a component")
                .help("make a component of it: wasm-tools component new"));
        }
        Some([0, b'a', b's', b'm', ..]) => {}
        _ => return Err(Failure::usage("this is no WebAssembly component")),
    }
    let component = host.compile(bytes, &digest).map_err(Failure::usage)?;
    suits(&component)?;
    host.link(&component, digest)
        .map_err(|error| Failure::usage(error).help(offer()))
}

fn offer() -> String {
    format!(
        "this host offers the packages {} (those of wasi: in version 0.3)",
        OFFERED
            .map(|package| package.trim_end_matches('/'))
            .join(", ")
    )
}

/// A first look at what it imports and exports, for messages that say what to do.
fn suits(component: &Component) -> Result<(), Failure> {
    let engine = component.engine();
    let kind = component.component_type();
    let exports: Vec<&str> = kind.exports(engine).map(|(name, _)| name).collect();
    let imports: Vec<&str> = kind.imports(engine).map(|(name, _)| name).collect();
    let is_old = |name: &&&str| name.starts_with("wasi:") && name.contains("@0.2.");
    if let Some(old) = imports.iter().chain(&exports).find(is_old) {
        return Err(Failure::usage(format!(
            "the component was built for WASI 0.2: it has {old}"
        ))
        .help(
            "this host runs components of WASI 0.3, whose `run` can wait: build it for \
             wasm32-wasip3, or with bindings of wasi:cli@0.3.0",
        ));
    }
    if !exports.iter().any(|name| name.starts_with(RUN)) {
        let exports = match exports.as_slice() {
            [] => "nothing".to_owned(),
            exports => exports.join(", "),
        };
        return Err(Failure::usage(format!(
            "the component cannot be run: it exports {exports}, and not {RUN}.0"
        )));
    }
    let foreign: Vec<&str> = imports
        .into_iter()
        .filter(|name| !OFFERED.iter().any(|package| name.starts_with(package)))
        .collect();
    if foreign.is_empty() {
        Ok(())
    } else {
        let foreign = foreign.join(", ");
        Err(Failure::usage(format!(
            "the component imports what this host does not offer: {foreign}"
        ))
        .help(offer()))
    }
}

/// Runs it to its end; the exit code is the guest's.
pub(crate) async fn run(guest: &Guest, mut store: Store<State>) -> Result<u8, Failure> {
    let command = CommandPre::new(guest.instance_pre().clone())
        .map_err(|error| Failure::usage(format!("the component cannot be run: {error:#}")))?;
    let ended: wasmtime::Result<Result<(), ()>> = async {
        let command = command.instantiate_async(&mut store).await?;
        store
            .run_concurrent(async |accessor| command.wasi_cli_run().call_run(accessor).await)
            .await?
    }
    .await;
    match ended {
        Ok(Ok(())) => Ok(0),
        Ok(Err(())) => Ok(1),
        Err(error) => ending(&error),
    }
}

/// `exit` ends a guest as a trap does.
fn ending(error: &wasmtime::Error) -> Result<u8, Failure> {
    let exited = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<I32Exit>());
    if let Some(&I32Exit(code)) = exited {
        // WASI 0.3 has codes of eight bits.
        return Ok(u8::try_from(code).unwrap_or(u8::MAX));
    }
    match Trap::classify(error) {
        Trap::Deadline => Err(overdue()),
        trap => {
            let failure = Failure::new(exit::TRAP, HostError::Trap(trap));
            Err(match error.downcast_ref::<WasmBacktrace>() {
                Some(trace) => failure.help(trace.to_string()),
                None => failure,
            })
        }
    }
}

/// The guest's time is up.
pub(crate) fn overdue() -> Failure {
    Failure::new(exit::DEADLINE, Trap::Deadline)
}
