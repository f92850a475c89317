//! Texts that are no version of an object.

use crate::context::Context;

/// What something between guest and service might take for a version.
const NO_VERSIONS: [&str; 18] = [
    "",
    "*",
    "\"\"",
    "\"x\"",
    "x",
    "0",
    "-1",
    " ",
    "\0",
    "\n",
    "null",
    "W/\"x\"",
    "W/*",
    "é",
    "\u{1f600}",
    "18446744073709551616",
    "a,b",
    "\\",
];

/// Texts that nobody issued for an object of the version `own`: some that are like no
/// version, some that are too long for one, and some that are made of `own`, as something
/// on the way might read it.
pub fn foreign_versions(cx: &Context, own: &str) -> Vec<String> {
    let mut foreign: Vec<String> = NO_VERSIONS.map(str::to_owned).into();
    foreign.extend([256, 257, 1_000, 20_000].map(|length| cx.random_text(length)));
    foreign.extend(made_of(own));
    foreign.retain(|text| text != own);
    foreign
}

fn made_of(own: &str) -> [String; 14] {
    [
        [own, "0"].concat(),
        ["0", own].concat(),
        [own, " "].concat(),
        [" ", own].concat(),
        [own, "\0"].concat(),
        ["\"", own, "\""].concat(),
        ["W/\"", own, "\""].concat(),
        [own, ", ", own].concat(),
        [own, "\", \"x"].concat(),
        ["x\", \"", own].concat(),
        ["+", own].concat(),
        own.to_uppercase(),
        own.chars().rev().collect(),
        own.chars().skip(1).collect(),
    ]
}
