use conformance_kit::prelude::*;

use crate::objects::{is_exactly, names_of, put_all, refused, some_objects};

case! {
    /// Their number comes first: also bad names are not named then.
    id: "blob.delete.many.one-too-many",
    title: "more names than the limit are refused without a place, whatever they are",
    clauses: ["BLOB-DELETEMANY-3", "BLOB-DELETEMANY-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.delete.max-names")?;
    if limit > 20_000 {
        cx.note(format!("blob.delete.max-names of {limit} was not tried"));
        return Ok(());
    }
    let objects = some_objects(cx, "", 3);
    put_all(cx, &container, &objects).await?;
    let name = objects[0].0.as_str();
    for (text, more) in [("absent", 1), (name, 1), ("", 1), ("absent", 500)] {
        let mut names = vec![text.to_owned(); limit as usize + more];
        names.splice(1..3, names_of(&objects[1..]));
        let check = cx.check("BLOB-DELETEMANY-3", "delete-many of too many names");
        refused(
            check,
            container.delete_many(&names).await,
            Kind::TooLarge(limit),
            &[],
        )?;
    }
    is_exactly(cx, "BLOB-DELETEMANY-5", &container, &objects).await
}
