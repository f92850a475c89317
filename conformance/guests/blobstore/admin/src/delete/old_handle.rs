use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.old-handle",
    title: "calls through a handle of a removed container end in not-found or are carried out",
    level: Level::May,
    clauses: ["BLOB-REMOVE-6"],
    requires: ["blob.admin"],
}

/// What a call through the handle came to.
fn outcome<T: Show>(cx: &Context, result: Result<T, Error>) -> Result<&'static str, Stop> {
    let check = cx.check("BLOB-REMOVE-6", "call through a handle of before");
    match result {
        Ok(_) => Ok("ok"),
        Err(Error::NotFound) => Ok("not-found"),
        other => check.ok(other).map(|_| "ok"),
    }
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let old = cx.second_container().await?;
    let living = cx.container().await?;
    cx.ok(living.put("source", b"bytes").await)?;
    let mut may_stay = Vec::new();
    for round in ["while there is none", "while there is another"] {
        // What was written while there was no container is not in the next one.
        let (object, copy) = if round == "while there is none" {
            cx.ok(admin::delete(name).await)?;
            ("lost", "lost copy")
        } else {
            cx.ok(admin::create(name).await)?;
            ("object", "copy")
        };
        let calls = [
            outcome(cx, old.head(object).await.map(drop))?,
            outcome(cx, old.put(object, b"bytes").await)?,
            outcome(cx, old.get(object).await)?,
            outcome(cx, old.list("", None, None, None).await)?,
            outcome(cx, old.delete(object).await)?,
            outcome(cx, living.copy("source", &old, copy).await)?,
        ];
        // Each call for itself: one can be carried out on the new container, and the next
        // on none.
        let [_, put, .., copied] = calls;
        may_stay = [(put, object), (copied, copy)]
            .into_iter()
            .filter_map(|(call, name)| (call == "ok").then_some(name))
            .collect();
        cx.note(format!("{round}: {}", calls.join(", ")));
    }
    let container = cx.ok(blobstore::open(name).await)?;
    let mut listed = cx.all_names(&container, "", None).await?;
    listed.retain(|name| !may_stay.contains(&&**name));
    cx.check("BLOB-REMOVE-6", "list the container that was created anew")
        .keys::<&str>(&listed, &[])
}
