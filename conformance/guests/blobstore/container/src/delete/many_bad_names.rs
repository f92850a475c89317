use conformance_kit::prelude::*;

use crate::listing::{filled, name_limit};
use crate::objects::{is_exactly, names_of, put_all, refused, some_objects};

case! {
    id: "blob.delete.many.bad-names",
    title: "of empty and long names the first decides, all of its kind are named, and nothing is gone",
    clauses: ["BLOB-DELETEMANY-4", "BLOB-DELETEMANY-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let objects = some_objects(cx, "", 6);
    put_all(cx, &container, &objects).await?;
    let limit = name_limit(cx)?;
    let good = names_of(&objects);
    let mut bad = vec![(String::new(), Kind::InvalidArgument)];
    if let Some(limit) = limit {
        let kind = Kind::TooLarge(limit as u64);
        bad.push((filled('x', limit + 1), kind));
        bad.push((filled('é', limit + 2), kind));
    }
    for (text, kind) in &bad {
        for places in [
            &[0][..],
            &[3],
            &[5],
            &[0, 5],
            &[1, 2, 4],
            &[0, 1, 2, 3, 4, 5],
        ] {
            let mut names = good.clone();
            for place in places {
                names[*place as usize].clone_from(text);
            }
            let message = format!("delete-many with a bad name in {}", places.shown());
            let check = cx.check("BLOB-DELETEMANY-4", &message);
            refused(check, container.delete_many(&names).await, *kind, places)?;
        }
        // A name of the other kind behind the first does not count.
        for (other, _) in &bad {
            if other.is_empty() != text.is_empty() {
                let names = [&good[0], text, &good[1], other, text];
                let check = cx.check(
                    "BLOB-DELETEMANY-4",
                    "delete-many with two kinds of bad names",
                );
                refused(check, container.delete_many(&names).await, *kind, &[1, 4])?;
            }
        }
    }
    is_exactly(cx, "BLOB-DELETEMANY-5", &container, &objects).await
}
