use conformance_kit::prelude::*;

use crate::listing::each;
use crate::objects::{names_of, put_all, some_objects};
use blobstore::DeleteManyError;

case! {
    /// Where nothing fails there is nothing to name; under load, or in a run that
    /// injects faults, there is.
    id: "blob.delete.many.partial",
    title: "what delete-many does not name as failed is gone, also of several calls at a time",
    clauses: ["BLOB-DELETEMANY-6", "BLOB-DELETEMANY-7"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut failed = 0;
    for _ in 0..2 {
        let groups: Vec<Vec<String>> = {
            let mut groups = Vec::new();
            for number in 0..8 {
                let objects = some_objects(cx, &format!("{number}/"), 40);
                put_all(cx, &container, &objects).await?;
                groups.push(names_of(&objects));
            }
            groups
        };
        let calls = groups.iter().map(|names| container.delete_many(names));
        for (names, ended) in groups.iter().zip(together(calls).await) {
            let gone = carried_out(cx, names, ended)?;
            failed += names.len() - gone.len();
            let check = cx.check("BLOB-DELETEMANY-7", "look for what was not named as failed");
            for found in each(&gone, |name| container.head(name)).await {
                check.none(found)?;
            }
        }
    }
    cx.note(format!("{failed} names failed"));
    Ok(())
}

/// The names that a call has to have deleted.
fn carried_out(
    cx: &Context,
    names: &[String],
    ended: Result<(), DeleteManyError>,
) -> Result<Vec<String>, Stop> {
    let check = cx.check("BLOB-DELETEMANY-6", "look at the failures of delete-many");
    let failed = match ended {
        Err(DeleteManyError::Partial(failed)) => failed,
        ended => return check.ok(ended).map(|()| names.to_vec()),
    };
    let places: Vec<usize> = failed.iter().map(|failed| failed.index as usize).collect();
    let shown = DeleteManyError::Partial(failed);
    check.that(!places.is_empty(), "at least one failed name", &shown)?;
    let ascend = places.windows(2).all(|pair| pair[0] < pair[1]);
    check.that(ascend, "each place once, in ascending order", &shown)?;
    let known = places.iter().all(|place| *place < names.len());
    check.that(known, "places of the input", &shown)?;
    let all = names.iter().enumerate();
    Ok(all
        .filter(|(place, _)| !places.contains(place))
        .map(|(_, name)| name.clone())
        .collect())
}
