use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    /// The capability is looked at before the name, so that a guest can ask for
    /// one with any name.
    id: "types.describe.unknown-capability",
    title: "a capability that the host does not know is unsupported, whatever the name is",
    clauses: ["TYP-DESC-3"],
}

const UNKNOWN: &[&str] = &[
    "no-such-capability",
    "",
    " ",
    "Keyvalue",
    "KEYVALUE",
    "key-value",
    "kv",
    "keyvalue ",
    " keyvalue",
    "keyvalue\0",
    "keyvalu",
    "keyvalues",
    "keyvalue/store",
    "cloud:keyvalue",
    "cloud:keyvalue@0.1.0",
    "keyvalue@0.1.0",
    "kv.store",
    "*",
    "..",
    "\u{1f980}",
];

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let random = cx.random_text(30);
    for capability in UNKNOWN.iter().copied().chain([random.as_str()]) {
        for name in [
            &names.primary,
            &names.denied,
            &names.unknown,
            &names.absent,
            "",
        ] {
            let check = cx.check("TYP-DESC-3", "describe a name of an unknown capability");
            match describe(capability, name) {
                Err(Error::Unsupported(text)) => {
                    check.equal(text.as_str(), capability)?;
                }
                Err(error) => return Err(check.failed("unsupported", &error)),
                Ok(description) => return Err(check.failed("unsupported", &description)),
            }
        }
    }
    cx.ok(describe("keyvalue", &names.primary)).map(drop)
}
