use blobstore::{history, is_exactly, odd_names, put_all, with_bytes};
use conformance_kit::prelude::*;

use crate::states_of::{sorted, versions};

case! {
    id: "blob.history.odd-names",
    title: "objects with names of all kinds have their own states, and no other",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-3"],
    requires: ["blob.history"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names = odd_names(cx)?;
    let (old, new) = (with_bytes(cx, &names), with_bytes(cx, &names));
    let firsts = put_all(cx, &container, &old).await?;
    let seconds = put_all(cx, &container, &new).await?;
    let pages = each(&names, |name| {
        history::versions(&container, name, None, None)
    });
    for (name, page) in names.iter().zip(pages.await) {
        cx.check("BLOB-NAME-1", &format!("versions of {}", name.shown()))
            .ok(page)?;
    }
    let states: Vec<_> = old.iter().zip(firsts.iter().zip(&seconds)).collect();
    let listed = each(&states, |((name, _), _)| {
        history::all(cx, &container, name, None)
    });
    for (((name, _), (first, second)), listed) in states.iter().zip(listed.await) {
        let expected = sorted([first.as_str(), second.as_str()].into_iter());
        let message = format!("the states of {}", name.shown());
        cx.check("BLOB-NAME-2", &message)
            .keys(&versions(&listed?), &expected)?;
    }
    // Of every second one the earlier state goes.
    let gone: Vec<_> = states.iter().step_by(2).collect();
    let removed = each(&gone, |((name, _), (first, _))| {
        history::delete(&container, name, first)
    });
    for (((name, _), _), removed) in gone.iter().zip(removed.await) {
        let message = format!("delete-version of {}", name.shown());
        cx.check("BLOB-NAME-1", &message).ok(removed)?;
    }
    let read = each(&states, |((name, _), (first, _))| {
        history::get(&container, name, first, None)
    });
    for (place, read) in read.await.into_iter().enumerate() {
        let ((name, bytes), _) = states[place];
        let message = format!("get-version of {}", name.shown());
        let check = cx.check("BLOB-NAME-3", &message);
        if place % 2 == 0 {
            check.none(read)?;
        } else {
            check.value(read, bytes)?;
        }
    }
    is_exactly(cx, "BLOB-NAME-2", &container, &new).await
}
