use conformance_kit::prelude::*;

use crate::apart::filled;
use crate::facts::described;

case! {
    id: "blob.meta.limit-plus-1",
    title: "metadata of one byte over the limit is refused, however it is divided",
    clauses: ["BLOB-META-4", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let Some(limit) = cx.small_limit("blob.metadata.max-bytes")? else {
        return Ok(());
    };
    cx.ok(container.put("old", b"old bytes").await)?;
    let values = [
        filled('x', limit - 2),
        filled('é', limit - 2),
        filled('\u{1f600}', limit - 2),
        filled('x', 2 * limit),
    ];
    let half = filled('x', limit / 2);
    let keys: Vec<String> = (0..=limit / 10).map(|at| format!("k{at:09}")).collect();
    let mut all: Vec<Vec<(&str, &str)>> = values
        .iter()
        .map(|value| vec![("key", value.as_str())])
        .collect();
    all.push(vec![("a", &half), ("b", &half)]);
    all.push(keys.iter().map(|key| (key.as_str(), "")).collect());
    for metadata in &all {
        for name in ["old", "new"] {
            let put = container.put_with(name, b"new", described(None, metadata));
            cx.check("BLOB-META-4", "put with metadata beyond the limit")
                .fails(put.await, Kind::TooLarge(limit as u64))?;
        }
    }
    cx.check("TYP-ERR-6", "get after puts were refused")
        .value(container.get("old").await, b"old bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after puts were refused")
        .keys(&listed, &["old"])
}
