use conformance_kit::prelude::*;

case! {
    id: "blob.calls.in-flight-errors",
    title: "of many calls in flight each fails or succeeds for itself",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("present", b"bytes").await)?;
    for _ in 0..3 {
        let names: Vec<&str> = (0..64)
            .map(|place| ["present", "absent", "", "present"][place % 4])
            .collect();
        let gets = together(names.iter().map(|name| container.get(name))).await;
        for (name, read) in names.iter().zip(gets) {
            let check = cx.check("TYP-CALL-2", "one of 64 gets, of which some fail");
            match *name {
                "" => check.fails(read, Kind::InvalidArgument)?,
                "absent" => check.none(read)?,
                _ => check.value(read, b"bytes")?,
            }
        }
        let copies = names.iter().enumerate().map(|(place, name)| {
            let copy = format!("copy-{place}");
            let container = &container;
            async move { container.copy(name, container, &copy).await }
        });
        for (name, copied) in names.iter().zip(together(copies).await) {
            let check = cx.check("TYP-CALL-2", "one of 64 copies, of which some fail");
            match *name {
                "" => check.fails(copied, Kind::InvalidArgument)?,
                "absent" => check.fails(copied, Kind::NotFound)?,
                _ => drop(check.ok(copied)?),
            }
        }
    }
    Ok(())
}
