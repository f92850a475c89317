//! What the cases on conditions, deletions and copies share: objects with all that
//! belongs to them.

use conformance_kit::prelude::*;

use blobstore::{DeleteManyError, Info, PutOptions, options};

pub(crate) use blobstore::{Object, is_exactly, names_of, put_all, unless_failed, with_bytes};

/// So many objects with names behind `prefix` and random bytes, which are not there yet.
pub(crate) fn some_objects(cx: &Context, prefix: &str, count: usize) -> Vec<Object> {
    let names = crate::listing::some_names(cx, prefix, count);
    with_bytes(cx, &names)
}

/// Options with a content type and metadata of their own.
pub(crate) fn some_options(cx: &Context) -> PutOptions {
    let entry = |key: &str| (key.to_owned(), cx.random_text(12));
    PutOptions {
        content_type: Some(format!("text/{}", cx.random_text(5))),
        metadata: vec![entry("colour"), entry(&format!("x-{}", cx.random_text(4)))],
        ..options()
    }
}

/// Proves that an object has these bytes, and the content type and the metadata of
/// `options`; returns what there is to know about it.
pub(crate) async fn is_state(
    check: Check<'_>,
    container: &Container,
    name: &str,
    bytes: &[u8],
    options: &PutOptions,
) -> Result<Info, Stop> {
    let info = check.some(container.head(name).await)?;
    check.equal(info.size, bytes.len() as u64)?;
    let content_type = options.content_type.as_deref();
    let usual = "application/octet-stream";
    check.equal(info.content_type.as_str(), content_type.unwrap_or(usual))?;
    let texts = |entries: &[(String, String)]| -> Vec<String> {
        let text = |(key, value): &(String, String)| format!("{key}: {value}");
        entries.iter().map(text).collect()
    };
    check.keys(&texts(&info.metadata), &texts(&options.metadata))?;
    check.value(container.get(name).await, bytes)?;
    Ok(info)
}

/// The call was refused with this error, and with these places.
pub(crate) fn refused(
    check: Check<'_>,
    ended: Result<(), DeleteManyError>,
    kind: Kind,
    places: &[u32],
) -> Outcome {
    match &ended {
        Err(DeleteManyError::Refused(refused)) => {
            check.equal(refused.indices.as_slice(), places)?;
            check.fails(ended, kind)
        }
        _ => Err(check.failed(
            "a refusal",
            &ended.map_or_else(|e| e.shown(), |()| "ok".into()),
        )),
    }
}
