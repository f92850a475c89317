use blobstore::{admin, append, atomic_move, conditional_copy, conditional_delete, multipart};
use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    /// Says of each binding only what that binding says of itself: another one may have
    /// other features.
    id: "blob.features.agree",
    title: "each function works if the binding declares its feature, and is unsupported if not",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-3"],
}

/// What one call showed of a feature.
struct Seen {
    feature: &'static str,
    unsupported: bool,
}

/// A call of a function of `feature`: what it returned, unless it was refused. Any other
/// end of it is a failure.
fn probe<T>(
    cx: &Context,
    seen: &mut Vec<Seen>,
    feature: &'static str,
    result: Result<T, Error>,
) -> Result<Option<T>, Stop> {
    let unsupported = matches!(&result, Err(Error::Unsupported(id)) if id == feature);
    seen.push(Seen {
        feature,
        unsupported,
    });
    if unsupported {
        return Ok(None);
    }
    let message = ["call a function of ", feature].concat();
    cx.check("TYP-FEAT-3", &message).ok(result).map(Some)
}

/// A call of each function of each extended feature, all of them sound.
async fn calls(cx: &Context, name: &str, container: &Container) -> Result<Vec<Seen>, Stop> {
    let mut seen = Vec::new();
    let seen = &mut seen;
    let version = cx.ok(container.put("object", b"bytes").await)?;

    let feature = "blob.conditional-copy";
    let copied =
        conditional_copy::copy_if(container, "object", Some(&version), container, "copy", None);
    probe(cx, seen, feature, copied.await)?;

    let feature = "blob.atomic-move";
    let renamed = atomic_move::rename(container, "object", "renamed", None).await;
    let moved = probe(cx, seen, feature, renamed)?.is_some();
    let object = if moved { "renamed" } else { "object" };

    let feature = "blob.append";
    probe(
        cx,
        seen,
        feature,
        append::append(container, object, b"more", Some(5)).await,
    )?;

    let feature = "blob.conditional-delete";
    let version = cx.info(container, object).await?.version;
    let deleted = conditional_delete::delete_if(container, object, &version).await;
    probe(cx, seen, feature, deleted)?;

    let feature = "blob.multipart";
    let begun = probe(
        cx,
        seen,
        feature,
        multipart::begin(container, "upload").await,
    )?;
    let upload = begun.clone().unwrap_or_default();
    let sent = multipart::put_part(container, "upload", &upload, 1, b"bytes").await;
    let part = probe(cx, seen, feature, sent)?;
    probe(
        cx,
        seen,
        feature,
        multipart::parts(container, "upload", &upload).await,
    )?;
    let parts: Vec<_> = part.into_iter().collect();
    let completed = multipart::complete(container, "upload", &upload, &parts).await;
    probe(cx, seen, feature, completed)?;
    probe(
        cx,
        seen,
        feature,
        multipart::abort(container, "upload", &upload).await,
    )?;

    let feature = "blob.admin";
    let names = cx.all_names(container, "", None).await?;
    cx.ok(container.delete_many(&names).await)?;
    probe(cx, seen, feature, admin::delete(name).await)?;
    let created = admin::create(name).await;
    probe(cx, seen, feature, created)?;
    Ok(core::mem::take(seen))
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        let features = cx.ok(describe("blobstore", name))?.features;
        let container = cx.ok(blobstore::open(name).await)?;
        for Seen {
            feature,
            unsupported,
        } in calls(cx, name, &container).await?
        {
            let declared = features.iter().any(|id| id == feature);
            let (clause, expected, actual) = if declared {
                ("TYP-FEAT-3", "no refusal", "unsupported")
            } else {
                ("TYP-FEAT-1", "unsupported", "no refusal")
            };
            cx.check(clause, &["call a function of ", feature].concat())
                .that(declared != unsupported, expected, actual)?;
        }
    }
    Ok(())
}
