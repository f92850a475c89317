use crate::sending::{NAME, begin_upload, received};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.numbers",
    title: "numbers of parts go from one to the limit",
    clauses: ["BLOB-PART-4"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let most = cx.limit("blob.part.max-number")?;
    let numbers = [0, most.saturating_add(1), u64::from(u32::MAX)];
    let wrong = numbers
        .into_iter()
        .filter(|number| *number == 0 || *number > most);
    for number in wrong.filter_map(|number| u32::try_from(number).ok()) {
        let part = multipart::put_part(&container, NAME, &upload, number, b"bytes").await;
        cx.check("BLOB-PART-4", "put-part of a number that there is not")
            .fails(part, Kind::OutOfRange)?;
    }
    cx.check("BLOB-PART-4", "parts after refused ones")
        .equal(received(cx, &container, &upload).await?, Vec::new())?;
    for number in [1, u32::try_from(most).unwrap_or(u32::MAX)] {
        let part = multipart::put_part(&container, NAME, &upload, number, b"bytes").await;
        let part = cx
            .check("BLOB-PART-4", "put-part of the first and the last number")
            .ok(part)?;
        cx.check("BLOB-PART-4", "compare the number of the part")
            .equal(part.number, number)?;
    }
    Ok(())
}
