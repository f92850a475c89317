use conformance_kit::features::describe;
use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters, expiry};

case! {
    /// Says of each binding only what that binding says of itself: another one
    /// may have other features.
    id: "types.features.agree",
    title: "each function works if the binding declares its feature, and is unsupported if not",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-3"],
}

/// A call of each function of an extended feature, and whether it was refused.
async fn refused(cx: &Context, store: &keyvalue::Store) -> Result<Vec<(&'static str, bool)>, Stop> {
    let mut seen = Vec::new();
    let mut tell = |feature, error: Option<&Error>| {
        let unsupported = matches!(error, Some(Error::Unsupported(id)) if id == feature);
        seen.push((feature, unsupported));
        unsupported
    };
    macro_rules! probe {
        ($feature:literal, $call:expr) => {
            match $call.await {
                Ok(value) => {
                    tell($feature, None);
                    Some(value)
                }
                Err(error) => {
                    if !tell($feature, Failing::error(&error)) {
                        cx.check("TYP-FEAT-3", concat!("call a function of ", $feature))
                            .ok(Err(error))?;
                    }
                    None
                }
            }
        };
    }
    let hour = cx
        .names()
        .limits
        .iter()
        .find(|(id, _)| id == "kv.ttl.min-ns");
    let hour =
        Duration::from_nanos(hour.map_or(0, |(_, least)| *least)).max(Duration::from_secs(3600));
    probe!("kv.cas", cas::current(store, "absent"));
    if let Some(version) = probe!("kv.cas", cas::create(store, "cas", b"value")) {
        if let Some(version) = probe!("kv.cas", cas::swap(store, "cas", b"value", &version)) {
            probe!("kv.cas", cas::delete_if(store, "cas", &version));
        }
    } else {
        probe!("kv.cas", cas::swap(store, "cas", b"value", "1"));
        probe!("kv.cas", cas::delete_if(store, "cas", "1"));
    }
    probe!("kv.counters", counters::increment(store, "counter", 1));
    probe!(
        "kv.batch",
        batch::set_many(store, &[("one", b"1"), ("two", b"2")])
    );
    probe!("kv.batch", batch::get_many(store, &["one", "absent"]));
    probe!("kv.batch", batch::delete_many(store, &["one", "absent"]));
    probe!(
        "kv.expiry",
        expiry::set_expiring(store, "expiring", b"value", hour)
    );
    probe!("kv.expiry", expiry::remaining(store, "expiring"));
    Ok(seen)
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        let features = cx.ok(describe("keyvalue", name))?.features;
        let store = cx.ok(keyvalue::open(name).await)?;
        for (feature, unsupported) in refused(cx, &store).await? {
            let declared = features.iter().any(|id| id == feature);
            let clause = if declared { "TYP-FEAT-3" } else { "TYP-FEAT-1" };
            cx.check(clause, &format!("call a function of {feature}"))
                .that(
                    declared != unsupported,
                    if declared {
                        "no refusal"
                    } else {
                        "unsupported"
                    },
                    if unsupported {
                        "unsupported"
                    } else {
                        "no refusal"
                    },
                )?;
        }
    }
    Ok(())
}
