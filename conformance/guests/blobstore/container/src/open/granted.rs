use conformance_kit::prelude::*;

case! {
    /// Names of the shortest, a middle and the longest length, and with hyphens and digits
    /// in all places: services have rules for names of their own.
    id: "blob.open.granted",
    title: "granted names of existing containers open, whatever their form, as often as asked",
    clauses: ["BLOB-OPEN-3"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let granted = [&names.primary, &names.secondary, &names.restricted];
    for name in granted.into_iter().chain(&names.also_granted) {
        let message = ["open ", name, " and use it"].concat();
        let check = cx.check("BLOB-OPEN-3", &message);
        for _ in 0..2 {
            let container = check.ok(blobstore::open(name).await)?;
            check.ok(container.put("object", name.as_bytes()).await)?;
            check.value(container.get("object").await, name.as_bytes())?;
        }
    }
    Ok(())
}
