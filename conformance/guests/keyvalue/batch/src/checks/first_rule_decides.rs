use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, key_limit, put, some_items};

case! {
    /// Several rules have the same error, and one error has several limits: places
    /// are gathered by rule.
    id: "kv.batch.first-rule-decides",
    title: "the first bad item decides the error, and only items that break its rule are named",
    clauses: ["KV-BATCH-4", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let held = some_items(cx, "", 2);
    put(cx, &store, &held).await?;
    let long = key_limit(cx)?.map(|limit| "k".repeat(limit + 1));
    let too_long = Kind::TooLarge(cx.limit("kv.key.max-bytes")?);
    // What stands in each place: `x` and `y` repeat themselves, `_` is empty, `l`
    // is too long, digits are good keys. Then the error and the places.
    let cases: [(&str, Kind, &[u32]); 12] = [
        ("_xx", Kind::InvalidArgument, &[0]),
        ("xx_", Kind::InvalidArgument, &[1]),
        ("x_x_1", Kind::InvalidArgument, &[1, 3]),
        ("1x2_xx_", Kind::InvalidArgument, &[3, 6]),
        ("xyxy_12_", Kind::InvalidArgument, &[2, 3]),
        ("xyyxx1_", Kind::InvalidArgument, &[2, 3, 4]),
        ("__xx", Kind::InvalidArgument, &[0, 1]),
        ("1lxxl", too_long, &[1, 4]),
        ("xxl", Kind::InvalidArgument, &[1]),
        ("lxx", too_long, &[0]),
        ("xxlxl1", Kind::InvalidArgument, &[1, 3]),
        ("llxx1", too_long, &[0, 1]),
    ];
    for (pattern, kind, places) in cases {
        if pattern.contains('l') && long.is_none() {
            continue;
        }
        let entries: Vec<(&str, &str)> = pattern
            .split("")
            .filter(|key| !key.is_empty())
            .map(|key| match key {
                "_" => "",
                "l" => long.as_deref().unwrap_or_default(),
                "x" => &held[0].0,
                "y" => &held[1].0,
                key => key,
            })
            .map(|key| (key, "refused"))
            .collect();
        let message = format!("set-many of the pattern {pattern}");
        cx.check("KV-BATCH-4", &message).refused(
            batch::set_many(&store, &entries).await,
            kind,
            places,
        )?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
