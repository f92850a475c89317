use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    id: "blob.name.control",
    title: "control characters and line ends are accepted and kept, alone and in all places",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names: Vec<String> = ["a", "ab", "b", "a\r\nb", "a\n\n", "\r\n", "\u{1b}[2K"]
        .map(str::to_owned)
        .into();
    let controls = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    for (place, control) in controls.enumerate() {
        names.push(control.into());
        names.push(match place % 3 {
            0 => format!("{control}a"),
            1 => format!("a{control}b"),
            _ => format!("a{control}"),
        });
    }
    apart(cx, &container, &names).await
}
