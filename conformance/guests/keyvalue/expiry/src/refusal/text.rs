use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    id: "kv.expiry.error-text",
    title: "the text of an error of set-expiring and remaining holds no data of the guest",
    clauses: ["TYP-ERR-2"],
    requires: ["kv.expiry"],
}

fn clean<T: Show>(cx: &Context, result: &Result<T, Error>, own: &[&str]) -> Outcome {
    let check = || cx.check("TYP-ERR-2", "read the text of an error");
    let text = match result {
        Ok(_) => return Err(check().failed("an error", "ok")),
        Err(Error::InvalidArgument(text) | Error::Other(text)) => text.as_str(),
        Err(_) => "",
    };
    let told = own.iter().any(|own| text.contains(own));
    check().that(!told, "nothing that the guest passed", text)
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (key, value) = (cx.random_text(12), cx.random_text(12));
    let own = [key.as_str(), &value];
    let hour = Duration::from_secs(3_600);
    let zero = Duration::ZERO;
    let bytes = value.as_bytes();
    clean(
        cx,
        &expiry::set_expiring(&store, &key, bytes, zero).await,
        &own,
    )?;
    clean(
        cx,
        &expiry::set_expiring(&store, "", bytes, hour).await,
        &own,
    )?;
    clean(cx, &expiry::remaining(&store, "").await, &own)
}
