use blobstore::{Precondition, PutOptions, history, options};
use conformance_kit::prelude::*;

use crate::states_of::{Seen, are_kept, sorted, versions, written};

case! {
    id: "blob.history.nothing-written",
    title: "a put that is refused, given up, dropped or not at its end leaves no state",
    clauses: [
        "BLOB-DATA-4",
        "BLOB-STREAM-2",
        "BLOB-STREAM-3",
        "TYP-ERR-6",
        "BLOB-VERSIONS-1",
        "BLOB-VERSIONS-3",
        "BLOB-GETVERSION-1",
    ],
    requires: ["blob.history"],
}

const NAMES: [&str; 2] = ["object", "new"];

/// How many bytes are written, and whether their number is told before. The last ones are
/// more than a host takes before the put has begun.
const WRITTEN: [(usize, Option<u64>); 6] = [
    (0, None),
    (50, None),
    (100, None),
    (50, Some(100)),
    (100, Some(100)),
    (2 << 20, None),
];

/// The states of the object are these, and those of an object that never was are none.
async fn are_all(cx: &Context, clause: &str, container: &Container, states: &[Seen]) -> Outcome {
    let own = sorted(states.iter().map(|state| state.info.version.as_str()));
    for (name, expected) in [("object", &own[..]), ("new", &[])] {
        let listed = history::all(cx, container, name, None).await?;
        cx.check(clause, "list the states when nothing was written")
            .keys(&versions(&listed), expected)?;
    }
    Ok(())
}

/// Puts that are refused, and what for.
fn refused(first: &str) -> Vec<(PutOptions, Kind)> {
    let expecting = |expected| PutOptions {
        expected: Some(expected),
        ..options()
    };
    let sized = |size| PutOptions {
        size: Some(size),
        ..options()
    };
    let bad_key = PutOptions {
        metadata: vec![("KEY".to_owned(), String::new())],
        ..options()
    };
    vec![
        (
            expecting(Precondition::Version(first.to_owned())),
            Kind::PreconditionFailed,
        ),
        (sized(99), Kind::InvalidArgument),
        (sized(101), Kind::InvalidArgument),
        (bad_key, Kind::InvalidArgument),
    ]
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(100);
    let states = [
        written(cx, &container, "object", 0).await?,
        written(cx, &container, "object", 1).await?,
    ];
    for (options, kind) in refused(&states[0].info.version) {
        for name in NAMES {
            let put = container.put_with(name, &bytes, options.clone()).await;
            cx.check("TYP-ERR-6", "put that is to be refused")
                .fails(put, kind)?;
        }
        are_all(cx, "TYP-ERR-6", &container, &states).await?;
    }
    let create = container.create("object", &bytes).await;
    cx.check("TYP-ERR-6", "create what is there")
        .fails(create, Kind::PreconditionFailed)?;
    are_all(cx, "TYP-ERR-6", &container, &states).await?;

    let bytes = cx.random_bytes(2 << 20);
    let begin = |name, size| container.begin_put(name, PutOptions { size, ..options() });
    for name in NAMES {
        for (count, size) in WRITTEN {
            let (mut writer, answer) = begin(name, size);
            writer.write(&bytes[..count]).await;
            are_all(cx, "BLOB-DATA-4", &container, &states).await?;
            let (_, put) = both(writer.fail(Error::Cancelled), answer.wait()).await;
            cx.check("BLOB-STREAM-2", "put that is given up")
                .fails(put, Kind::Cancelled)?;
            are_all(cx, "BLOB-STREAM-2", &container, &states).await?;
        }
    }
    // Last: what comes behind them, these may overlap.
    for name in NAMES {
        for (count, size) in WRITTEN {
            let (mut writer, answer) = begin(name, size);
            writer.write(&bytes[..count]).await;
            drop((writer, answer));
            are_all(cx, "BLOB-STREAM-3", &container, &states).await?;
        }
    }
    are_kept(cx, &container, "object", &states).await?;
    are_kept(cx, &container, "new", &[]).await
}
