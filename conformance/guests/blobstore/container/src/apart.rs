//! What the cases on names share: many calls at a time, and sets of names that must
//! stay apart.

use conformance_kit::prelude::*;

pub(crate) use blobstore::name_limit;
pub(crate) use conformance_kit::each;

/// Proves of an empty container that no two of `names` are one name to any of its
/// functions. Names that a provider might take for one another stand side by side: those
/// in even places are written, asked for and deleted while those in odd places are
/// absent, and the other way round.
///
/// The case lists BLOB-NAME-1, BLOB-NAME-2 and BLOB-NAME-6.
pub(crate) async fn apart<N: AsRef<str>>(
    cx: &Context,
    container: &Container,
    names: &[N],
) -> Outcome {
    let salt = cx.random_text(6);
    let objects: Vec<(&str, String)> = (0..)
        .zip(names)
        .map(|(place, name): (usize, _)| (name.as_ref(), format!("{salt} of name {place}")))
        .collect();
    let at = |parity: usize| -> Vec<(&str, String)> {
        let places = objects.iter().skip(parity).step_by(2);
        places.cloned().collect()
    };
    let (even, odd) = (at(0), at(1));

    write(cx, container, &even).await?;
    are_absent(cx, container, &odd).await?;
    delete(cx, container, &odd).await?;
    are_present(cx, container, &even).await?;
    write(cx, container, &odd).await?;
    are_present(cx, container, &objects).await?;
    are_listed(cx, container, &objects).await?;
    delete(cx, container, &even).await?;
    are_absent(cx, container, &even).await?;
    are_present(cx, container, &odd).await?;
    are_listed(cx, container, &odd).await
}

async fn write(cx: &Context, container: &Container, objects: &[(&str, String)]) -> Outcome {
    let calls = each(objects, |(name, text)| container.put(name, text.as_bytes())).await;
    for ((name, _), written) in objects.iter().zip(calls) {
        cx.check("BLOB-NAME-1", &format!("put of {}", name.shown()))
            .ok(written)?;
    }
    Ok(())
}

async fn delete(cx: &Context, container: &Container, objects: &[(&str, String)]) -> Outcome {
    let calls = each(objects, |(name, _)| container.delete(name)).await;
    for ((name, _), deleted) in objects.iter().zip(calls) {
        cx.check("BLOB-NAME-1", &format!("delete of {}", name.shown()))
            .ok(deleted)?;
    }
    Ok(())
}

async fn are_present(cx: &Context, container: &Container, objects: &[(&str, String)]) -> Outcome {
    let read = each(objects, |(name, _)| container.get(name)).await;
    for ((name, text), read) in objects.iter().zip(read) {
        cx.check("BLOB-NAME-2", &format!("get of {}", name.shown()))
            .value(read, text.as_bytes())?;
    }
    let found = each(objects, |(name, _)| container.head(name)).await;
    for ((name, text), found) in objects.iter().zip(found) {
        let message = format!("head of {}", name.shown());
        let info = cx.check("BLOB-NAME-2", &message).some(found)?;
        cx.check("BLOB-NAME-2", &message)
            .equal(info.size, text.len() as u64)?;
    }
    Ok(())
}

async fn are_absent(cx: &Context, container: &Container, objects: &[(&str, String)]) -> Outcome {
    let read = each(objects, |(name, _)| container.get(name)).await;
    for ((name, _), read) in objects.iter().zip(read) {
        let message = format!("get of {}, which is absent", name.shown());
        cx.check("BLOB-NAME-2", &message).none(read)?;
    }
    let found = each(objects, |(name, _)| container.head(name)).await;
    for ((name, _), found) in objects.iter().zip(found) {
        let message = format!("head of {}, which is absent", name.shown());
        cx.check("BLOB-NAME-2", &message).none(found)?;
    }
    Ok(())
}

async fn are_listed(cx: &Context, container: &Container, objects: &[(&str, String)]) -> Outcome {
    let names: Vec<&str> = objects.iter().map(|(name, _)| *name).collect();
    let listed = cx.all_names(container, "", None).await?;
    cx.check("BLOB-NAME-6", "read a list of all objects")
        .keys(&listed, &names)?;
    let (streamed, end) = container.names("").collect().await;
    cx.ok(end)?;
    cx.check("BLOB-NAME-6", "read a stream of all names")
        .keys(&streamed, &names)
}

/// A text of exactly so many bytes: as many of one character as fit, and letters for the
/// rest.
pub(crate) fn filled(character: char, bytes: usize) -> String {
    let width = character.len_utf8();
    let mut text: String = core::iter::repeat_n(character, bytes / width).collect();
    text.extend(core::iter::repeat_n('x', bytes % width));
    text
}

/// The same text with another character of one byte at `place`.
pub(crate) fn changed(text: &str, place: usize, character: char) -> String {
    let mut changed = text.to_owned();
    changed.replace_range(place..=place, character.encode_utf8(&mut [0; 4]));
    changed
}
