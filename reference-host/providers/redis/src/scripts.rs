//! The Lua programs, and the commands that call them.
//!
//! Each file says at its head what it takes and returns. Some reach entries by a
//! prefix and not by name; those lie in the slot of the keys that are named.

use std::sync::LazyLock;

use redis::{Cmd, Pipeline, ToRedisArgs};

/// The reply of a writing script that finds no store.
pub(crate) const NO_STORE: i64 = 0;
/// The reply of a script that did what it was asked.
pub(crate) const DONE: i64 = 1;
/// The reply of `clear` when entries may be left.
pub(crate) const MORE: i64 = 1;
/// The reply of `clear` when nothing is left.
pub(crate) const EMPTY: i64 = 0;
/// The reply of `increment` to a value that is no counter.
pub(crate) const WRONG_TYPE: i64 = 1;
/// The reply of `increment` to a sum beyond 64 bits.
pub(crate) const OUT_OF_RANGE: i64 = 2;

/// One program.
#[derive(Debug)]
pub(crate) struct Script(redis::Script, &'static str);

impl Script {
    fn new(code: &'static str) -> Self {
        Self(redis::Script::new(code), code)
    }

    /// A call with room for `arguments` keys and arguments of together `bytes`
    /// bytes. The caller adds them: keys first, as many as `keys` says.
    pub(crate) fn call(&self, keys: usize, arguments: usize, bytes: usize) -> Cmd {
        let hash = self.0.get_hash();
        let mut cmd = Cmd::with_capacity(3 + arguments, bytes + hash.len() + 16);
        cmd.arg("EVALSHA").arg(hash).arg(keys);
        cmd
    }
}

/// All programs.
#[derive(Debug)]
pub(crate) struct Scripts {
    pub(crate) clear: Script,
    pub(crate) create: Script,
    pub(crate) delete: Script,
    pub(crate) entry: Script,
    pub(crate) increment: Script,
    pub(crate) list: Script,
    pub(crate) register: Script,
    pub(crate) set: Script,
}

impl Scripts {
    /// Commands that make the service know all of them.
    pub(crate) fn load(&self) -> Pipeline {
        let mut pipeline = Pipeline::new();
        for script in [
            &self.clear,
            &self.create,
            &self.delete,
            &self.entry,
            &self.increment,
            &self.list,
            &self.register,
            &self.set,
        ] {
            pipeline.cmd("SCRIPT").arg("LOAD").arg(script.1);
        }
        pipeline
    }
}

pub(crate) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(|| Scripts {
    clear: Script::new(include_str!("scripts/clear.lua")),
    create: Script::new(include_str!("scripts/create.lua")),
    delete: Script::new(include_str!("scripts/delete.lua")),
    entry: Script::new(include_str!("scripts/entry.lua")),
    increment: Script::new(include_str!("scripts/increment.lua")),
    list: Script::new(include_str!("scripts/list.lua")),
    register: Script::new(include_str!("scripts/register.lua")),
    set: Script::new(include_str!("scripts/set.lua")),
});

/// Two texts as one argument, put together where the client wants it.
pub(crate) struct Joined<'a>(pub(crate) &'a str, pub(crate) &'a str);

impl ToRedisArgs for Joined<'_> {
    fn write_redis_args<W: ?Sized + redis::RedisWrite>(&self, out: &mut W) {
        out.write_arg_fmt(format_args!("{}{}", self.0, self.1));
    }
}
