use conformance_kit::prelude::*;

case! {
    id: "blob.version.foreign",
    title: "a text that was never a version of the object is one that it does not have",
    clauses: ["TYP-VER-4"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let own = cx.ok(container.put("object", b"bytes").await)?;
    let other = cx.ok(container.put("other", b"bytes").await)?;
    let elsewhere = cx.second_container().await?;
    let elsewhere = cx.ok(elsewhere.put("object", b"bytes").await)?;
    let mut foreign: Vec<String> = [
        "",
        "*",
        "\"\"",
        "\"x\"",
        "x",
        "0",
        "-1",
        " ",
        "\0",
        "\n",
        "null",
        "W/\"x\"",
        "W/*",
        "é",
        "\u{1f600}",
        "18446744073709551616",
        "a,b",
        "\\",
    ]
    .map(str::to_owned)
    .into();
    foreign.extend([256, 257, 1_000, 20_000].map(|length| cx.random_text(length)));
    foreign.extend([
        other,
        elsewhere,
        [&own, "0"].concat(),
        ["0", &own].concat(),
        [&own, " "].concat(),
        [" ", &own].concat(),
        [&own, "\0"].concat(),
        ["\"", &own, "\""].concat(),
        ["W/\"", &own, "\""].concat(),
        [&own, ", ", &own].concat(),
        [&own, "\", \"x"].concat(),
        ["x\", \"", &own].concat(),
        ["+", &own].concat(),
        own.to_uppercase(),
        own.chars().rev().collect(),
        own.chars().skip(1).collect(),
    ]);
    // Another object may happen to have the same text as its version.
    foreign.retain(|text| *text != own);
    for text in &foreign {
        let message = format!("calls that expect the version {}", text.shown());
        let check = cx.check("TYP-VER-4", &message);
        let replaced = container.replace("object", b"lost", text).await;
        check.fails(replaced, Kind::PreconditionFailed)?;
        let replaced = container.replace("absent", b"lost", text).await;
        check.fails(replaced, Kind::PreconditionFailed)?;
        let read = container.begin_get("object", None, Some(text)).await;
        check.fails(read, Kind::PreconditionFailed)?;
    }
    let check = cx.check("TYP-VER-4", "read the object after all that");
    check.value(container.get("object").await, b"bytes")?;
    check.equal(&cx.info(&container, "object").await?.version, &own)?;
    check.none(container.get("absent").await)
}
