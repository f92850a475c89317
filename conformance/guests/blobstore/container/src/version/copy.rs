use conformance_kit::prelude::*;

case! {
    id: "blob.version.copy",
    title: "a copy has a version of its own, each time that it is made, and so has what was moved",
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
    moved(cx, &container).await
}

/// There and back again: the object is a new one each time.
async fn moved(cx: &Context, container: &Container) -> Outcome {
    let mut seen = vec![("object", cx.info(container, "object").await?.version)];
    for _ in 0..3 {
        for (name, new_name) in [("object", "away"), ("away", "object")] {
            let version = cx.ok(container.r#move(name, container, new_name).await)?;
            let check = cx.check("TYP-VER-1", "compare with earlier versions of that name");
            let made = (new_name, version);
            check.that(!seen.contains(&made), "another version", &made.1)?;
            seen.push(made);
        }
    }
    Ok(())
}
