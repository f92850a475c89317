use blobstore::{admin, options};
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.open-put",
    title: "a put that is open while its container is removed ends, and does not bring the container back",
    clauses: ["BLOB-REMOVE-1", "BLOB-REMOVE-6"],
    requires: ["blob.admin"],
}

const PIECE: usize = 1_000;

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let mut container = cx.second_container().await?;
    // One that the provider holds until it is whole, and one that it may have passed on.
    for pieces in [2, 300] {
        let (mut writer, answer) = container.begin_put("object", options());
        let bytes = cx.random_bytes(PIECE);
        // A reader that has left says why in its answer.
        for _ in 0..pieces / 2 {
            writer.write(&bytes).await;
        }
        let check = || cx.check("BLOB-REMOVE-1", "remove a container while a put is open");
        check().ok(admin::delete(name).await)?;
        let rest = async {
            for _ in 0..pieces / 2 {
                writer.write(&bytes).await;
            }
            writer.finish().await;
            answer.wait().await
        };
        let ended = cx.within(cx.patience(), rest).await;
        let put = || cx.check("BLOB-REMOVE-6", "put that was open before");
        match put().some(Ok::<_, Error>(ended))? {
            Err(Error::NotFound) => cx.note("not-found"),
            other => put().ok(other).map(|_| cx.note("ok"))?,
        }
        check().fails(blobstore::open(name).await, Kind::NotFound)?;
        cx.ok(admin::create(name).await)?;
        container = cx.ok(blobstore::open(name).await)?;
    }
    Ok(())
}
