use blobstore::{admin, append, atomic_move, conditional_copy, conditional_delete, multipart};
use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    /// Says of each binding only what that binding says of itself: another one may have
    /// other features.
    id: "blob.features.agree",
    title: "each function works if the binding declares its feature, and is unsupported if not",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2", "TYP-FEAT-3"],
}

/// A binding and what it says of itself.
struct Binding<'a> {
    name: &'a str,
    container: Container,
    features: Vec<String>,
}

impl Binding<'_> {
    /// A call of a function of `feature`, as the binding declares it: what it returned, or
    /// none where it was refused as it has to be.
    fn probe<T: Show>(
        &self,
        cx: &Context,
        feature: &'static str,
        result: Result<T, Error>,
    ) -> Result<Option<T>, Stop> {
        let message = ["call a function of ", feature].concat();
        if self.features.iter().any(|id| id == feature) {
            return cx.check("TYP-FEAT-3", &message).ok(result).map(Some);
        }
        cx.check("TYP-FEAT-1", &message)
            .fails(result, Kind::Unsupported(feature))?;
        Ok(None)
    }
}

/// A call of each function of each extended feature, all of them sound.
async fn calls(cx: &Context, binding: &Binding<'_>) -> Outcome {
    let container = &binding.container;
    let version = cx.ok(container.put("object", b"bytes").await)?;

    let copied =
        conditional_copy::copy_if(container, "object", Some(&version), container, "copy", None);
    binding.probe(cx, "blob.conditional-copy", copied.await)?;

    let renamed = atomic_move::rename(container, "object", "renamed", None).await;
    let moved = binding.probe(cx, "blob.atomic-move", renamed)?.is_some();
    let object = if moved { "renamed" } else { "object" };

    let appended = append::append(container, object, b"more", Some(5)).await;
    binding.probe(cx, "blob.append", appended)?;

    let clause = if moved { "TYP-FEAT-3" } else { "TYP-FEAT-2" };
    let check = cx.check(clause, "look at the object between the calls");
    let version = check.some(container.head(object).await)?.version;
    let deleted = conditional_delete::delete_if(container, object, &version).await;
    binding.probe(cx, "blob.conditional-delete", deleted)?;

    let feature = "blob.multipart";
    let begun = multipart::begin(container, "upload").await;
    let upload = binding.probe(cx, feature, begun)?.unwrap_or_default();
    let sent = multipart::put_part(container, "upload", &upload, 1, b"bytes").await;
    let parts: Vec<_> = binding.probe(cx, feature, sent)?.into_iter().collect();
    let received = multipart::parts(container, "upload", &upload).await;
    binding.probe(cx, feature, received)?;
    let completed = multipart::complete(container, "upload", &upload, &parts).await;
    binding.probe(cx, feature, completed)?;
    let aborted = multipart::abort(container, "upload", &upload).await;
    binding.probe(cx, feature, aborted)?;

    if binding.features.len() == 1 {
        let listed = cx.all_names(container, "", None).await?;
        let check = cx.check("TYP-FEAT-2", "look at the container after refused calls");
        check.keys(&listed, &["object"])?;
        check.value(container.get("object").await, b"bytes")?;
    }
    let names = cx.all_names(container, "", None).await?;
    cx.ok(container.delete_many(&names).await)?;
    binding.probe(cx, "blob.admin", admin::delete(binding.name).await)?;
    binding.probe(cx, "blob.admin", admin::create(binding.name).await)?;
    Ok(())
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    for name in [&names.primary, &names.secondary, &names.restricted] {
        let binding = Binding {
            name,
            container: cx.ok(blobstore::open(name).await)?,
            features: cx.ok(describe("blobstore", name))?.features,
        };
        calls(cx, &binding).await?;
    }
    Ok(())
}
