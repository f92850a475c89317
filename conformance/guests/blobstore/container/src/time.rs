//! What the cases on times of modification share.

use blobstore::Moment;
use conformance_kit::prelude::*;

/// Writes an object and looks at its time of modification.
pub(crate) async fn write(cx: &Context, container: &Container, name: &str) -> Result<Moment, Stop> {
    let put = async || cx.ok(container.put(name, b"bytes").await).map(drop);
    Moment::of(cx, container, name, put).await
}
