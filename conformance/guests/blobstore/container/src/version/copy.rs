use conformance_kit::prelude::*;

case! {
    id: "blob.version.copy",
    title: "a copy has a version of its own, each time that it is made",
    clauses: ["TYP-VER-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    for to in [&container, &other] {
        let mut versions = Vec::new();
        for _ in 0..4 {
            let version = cx.ok(container.copy("object", to, "copy").await)?;
            let check = cx.check("TYP-VER-1", "compare with earlier versions of the copy");
            check.that(
                !versions.contains(&version),
                "a version that the copy never had",
                &version,
            )?;
            let info = cx.info(to, "copy").await?;
            check.equal(&info.version, &version)?;
            versions.push(version);
        }
    }
    Ok(())
}
