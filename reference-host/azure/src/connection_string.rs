//! Connection strings, as the vendor's console shows them.

use cloud_contract::{Error, Result};

use crate::account::{Named, Part};

/// The account that emulators have; its key is public.
pub const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
/// See [`EMULATOR_ACCOUNT`].
pub const EMULATOR_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Reads `Name=value;...`.
///
/// # Errors
/// `invalid-argument` naming the rule, never a value.
pub(crate) fn read(text: &str, part: Part) -> Result<Named> {
    let mut named = Named::default();
    let mut scheme = "https";
    for setting in text.split(';').filter(|setting| !setting.trim().is_empty()) {
        // A value can hold further signs of equality: keys end with them.
        let (name, value) = setting
            .split_once('=')
            .ok_or_else(|| Error::invalid("connection-string: must be made of Name=value;"))?;
        let value = value.trim();
        match name.trim() {
            "AccountName" => named.account = Some(value.to_owned()),
            "AccountKey" => named.key = Some(value.to_owned()),
            "SharedAccessSignature" => named.sas = Some(value.to_owned()),
            name if name == part.endpoint => named.endpoint = Some(value.to_owned()),
            "EndpointSuffix" => named.suffix = Some(value.to_owned()),
            "DefaultEndpointsProtocol" if matches!(value, "http" | "https") => scheme = value,
            "UseDevelopmentStorage" if value == "true" => {
                named.account = Some(EMULATOR_ACCOUNT.to_owned());
                named.key = Some(EMULATOR_KEY.to_owned());
                named.endpoint = Some(format!("http://127.0.0.1:{}/{EMULATOR_ACCOUNT}", part.port));
            }
            // Other parts of the account.
            "BlobEndpoint" | "TableEndpoint" | "QueueEndpoint" | "FileEndpoint" => {}
            _ => {
                return Err(Error::invalid(
                    "connection-string: known are AccountName, AccountKey, SharedAccessSignature, \
                     endpoints, EndpointSuffix, DefaultEndpointsProtocol and \
                     UseDevelopmentStorage=true",
                ));
            }
        }
    }
    if let Some(endpoint) = &named.endpoint {
        // A string with a signature need not name the account.
        if named.account.is_none() {
            named.account = account_in(endpoint, part);
        }
    } else if let Some(account) = named.account.as_deref().filter(|_| scheme == "http") {
        let suffix = named.suffix.as_deref().unwrap_or("core.windows.net");
        named.endpoint = Some(format!("http://{account}.{}.{suffix}", part.name));
    }
    Ok(named)
}

fn account_in(endpoint: &str, part: Part) -> Option<String> {
    let host = endpoint.split_once("://")?.1;
    let (account, _) = host.split_once(&format!(".{}.", part.name))?;
    Some(account.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_the_console_are_read() {
        let named = read(
            "DefaultEndpointsProtocol=https;AccountName=account1;AccountKey=c2VzYW1lMQ==;EndpointSuffix=core.windows.net",
            Part::TABLE,
        )
        .unwrap();
        assert_eq!(named.account.as_deref(), Some("account1"));
        assert_eq!(named.key.as_deref(), Some("c2VzYW1lMQ=="));
        assert_eq!(named.suffix.as_deref(), Some("core.windows.net"));
        assert_eq!(named.endpoint, None);

        let named = read(
            "BlobEndpoint=https://b/;TableEndpoint=https://account1.table.core.windows.net/;SharedAccessSignature=sv=2020&sig=s%3D",
            Part::TABLE,
        )
        .unwrap();
        assert_eq!(named.account.as_deref(), Some("account1"));
        assert_eq!(named.sas.as_deref(), Some("sv=2020&sig=s%3D"));

        let named = read(
            "DefaultEndpointsProtocol=http;AccountName=account1;",
            Part::TABLE,
        )
        .unwrap();
        assert_eq!(
            named.endpoint.as_deref(),
            Some("http://account1.table.core.windows.net")
        );
        let named = read("UseDevelopmentStorage=true", Part::BLOB).unwrap();
        assert_eq!(
            named.endpoint.as_deref(),
            Some("http://127.0.0.1:10000/devstoreaccount1")
        );
        assert_eq!(named.account.as_deref(), Some(EMULATOR_ACCOUNT));
    }
}
