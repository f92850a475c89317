//! Small components, and a folder with one and a manifest.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Done, finish, reference_host};

/// Defines `$lib` of the core instance that `run` is in, and the host functions that
/// it may call.
const ENVIRONMENT: &str = r#"
    (import "wasi:cli/environment@0.3.0" (instance $environment
        (export "get-environment" (func (result (list (tuple string string)))))
        (export "get-arguments" (func (result (list string))))))
    (import "wasi:cli/exit@0.3.0" (instance $exit
        (export "exit-with-code" (func (param "status-code" u8)))))
    (import "wasi:clocks/monotonic-clock@0.3.0" (instance $clock
        (export "wait-for" (func async (param "how-long" u64)))))
    (import "wasi:filesystem/types@0.3.0" (instance $types
        (export "descriptor" (type (sub resource)))))
    (alias export $types "descriptor" (type $descriptor))
    (import "wasi:filesystem/preopens@0.3.0" (instance $preopens
        (alias outer 1 $descriptor (type $d))
        (export "descriptor" (type $descriptor (eq $d)))
        (export "get-directories" (func (result (list (tuple (own $descriptor) string)))))))
    (core module $memory
        (memory (export "memory") 1)
        (global $next (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
            (global.get $next)
            (global.set $next (i32.add (global.get $next) (local.get 3)))))
    (core instance $lib (instantiate $memory))
    (alias core export $lib "memory" (core memory $bytes))
    (alias core export $lib "realloc" (core func $realloc))
    (core func $variables (canon lower (func $environment "get-environment")
        (memory $bytes) (realloc $realloc)))
    (core func $arguments (canon lower (func $environment "get-arguments")
        (memory $bytes) (realloc $realloc)))
    (core func $directories (canon lower (func $preopens "get-directories")
        (memory $bytes) (realloc $realloc)))
    (core func $leave (canon lower (func $exit "exit-with-code")))
    (core func $wait (canon lower (func $clock "wait-for")))
"#;

/// A component whose `run` has this body; it may call `$variables`, `$arguments` and
/// `$directories`, which write place and length of a list, `$leave` and `$wait`.
pub(crate) fn app(body: &str) -> Vec<u8> {
    app_with("", body)
}

/// The same with further imports.
pub(crate) fn app_with(imports: &str, body: &str) -> Vec<u8> {
    exporting("wasi:cli/run@0.3.0", "async", imports, body)
}

pub(crate) fn exporting(name: &str, kind: &str, imports: &str, body: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            {imports}
            {ENVIRONMENT}
            (core module $app
                (import "host" "memory" (memory 1))
                (import "host" "variables" (func $variables (param i32)))
                (import "host" "arguments" (func $arguments (param i32)))
                (import "host" "directories" (func $directories (param i32)))
                (import "host" "leave" (func $leave (param i32)))
                (import "host" "wait" (func $wait (param i64)))
                (func (export "run") (result i32) {body}))
            (core instance $running (instantiate $app (with "host" (instance
                (export "memory" (memory $bytes))
                (export "variables" (func $variables))
                (export "arguments" (func $arguments))
                (export "directories" (func $directories))
                (export "leave" (func $leave))
                (export "wait" (func $wait))))))
            (type $run (func {kind} (result (result))))
            (func $lifted (type $run) (canon lift (core func $running "run")))
            (instance (export "{name}") (export "run" (func $lifted))))"#
    );
    wat::parse_str(text).unwrap()
}

/// Leaves with the length of the list that a function gives.
pub(crate) fn count(function: &str) -> Vec<u8> {
    app(&format!(
        "(call ${function} (i32.const 0)) (call $leave (i32.load (i32.const 4))) (i32.const 0)"
    ))
}

/// What a manifest is without anything.
pub(crate) const NOTHING: &str = "schema-version = 1\n";

/// A folder with `app.wasm` and `host.toml`.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new(app: &[u8], manifest: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("app.wasm"), app).unwrap();
        std::fs::write(folder.path().join("host.toml"), manifest).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.path().join("host.toml")
    }

    /// `reference-host run app.wasm --manifest host.toml`
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = reference_host();
        command
            .arg("run")
            .arg(self.path().join("app.wasm"))
            .arg("--manifest")
            .arg(self.manifest())
            .args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        finish(&mut self.command(arguments))
    }
}

pub(crate) fn run(app: &[u8], manifest: &str) -> Done {
    Place::new(app, manifest).run(&[])
}
