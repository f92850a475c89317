use conformance_kit::prelude::*;

use crate::support::apart;

case! {
    /// Device names, object members, words of query languages, tags that choose a
    /// shard, names of side files.
    id: "kv.key.reserved-names",
    title: "names that systems reserve are keys like any other",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3", "KV-KEY-6"],
}

const KEYS: [&str; 35] = [
    "CON",
    "con",
    "NUL",
    "nul",
    "con.txt",
    "AUX",
    "COM1",
    "LPT1",
    "PRN",
    "desktop.ini",
    "lost+found",
    "nodes:",
    "__proto__",
    "constructor",
    "toString",
    "_id",
    "_rev",
    "$where",
    "SELECT",
    "select 1; drop table keys",
    "null",
    "true",
    "undefined",
    "None",
    "NaN",
    "default",
    "__meta__",
    "_index",
    "{hash}tag",
    "{hash}gat",
    ".lock",
    "a.tmp",
    "a~",
    "#a#",
    "index.html",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    apart(cx, &store, &KEYS).await
}
