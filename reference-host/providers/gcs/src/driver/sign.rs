//! Links: requests that are signed and not sent, by the fourth version of the service's
//! signatures, for the API that is not JSON.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bucket_scopes::signature_lifetime;
use cloud_contract::blobstore::{Access, Link};
use cloud_contract::{ErrorKind, Result, feature};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::Container;
use crate::access::Signing;
use crate::link::quoted;

/// What a put without options writes.
const GENERAL_TYPE: &str = "application/octet-stream";

/// What is signed, but for who signs.
struct Signed<'a> {
    /// Scheme and authority.
    endpoint: &'a str,
    bucket: &'a str,
    key: &'a str,
    access: Access,
    seconds: u64,
    now: OffsetDateTime,
}

impl Container {
    pub(super) async fn sign_request(
        &self,
        name: &str,
        access: Access,
        lifetime: Duration,
    ) -> Result<Link> {
        let signing = self.service.access.signing();
        let signing =
            signing.ok_or_else(|| cloud_contract::Error::unsupported(feature::BLOB_LINKS))?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let since = since.map_or(0, |since| since.as_secs().cast_signed());
        let endpoint = &*self.service.endpoint;
        let signed = Signed {
            // Clients leave the port out that goes without saying.
            endpoint: endpoint.strip_suffix(":443").unwrap_or(endpoint),
            bucket: &self.service.bucket,
            key: &self.keys.key(name),
            access,
            seconds: signature_lifetime(lifetime).as_secs(),
            now: OffsetDateTime::from_unix_timestamp(since)
                .map_err(|_| ErrorKind::Other("the clock of the host is wrong".into()))?,
        };
        signed.link(signing).await
    }
}

impl Signed<'_> {
    async fn link(&self, signing: &Signing) -> Result<Link> {
        let (path, query, text) = self.to_sign(signing.email());
        let signature = hex(&signing.sign(&text).await?);
        let headers = match self.access {
            Access::Put => vec![("content-type".to_owned(), GENERAL_TYPE.to_owned())],
            Access::Get | Access::Delete => Vec::new(),
        };
        Ok(Link {
            url: format!(
                "{}{path}?{query}&X-Goog-Signature={signature}",
                self.endpoint
            ),
            headers,
        })
    }

    /// The path, the query, and the text whose signature belongs to them.
    fn to_sign(&self, email: &str) -> (String, String, String) {
        let host = self.endpoint.split_once("://");
        let host = host.map_or(self.endpoint, |(_, host)| host);
        let (method, fields, names) = match self.access {
            Access::Get => ("GET", format!("host:{host}\n"), "host"),
            Access::Delete => ("DELETE", format!("host:{host}\n"), "host"),
            Access::Put => (
                "PUT",
                format!("content-type:{GENERAL_TYPE}\nhost:{host}\n"),
                "content-type;host",
            ),
        };
        let now = self.now;
        let day = format!(
            "{:04}{:02}{:02}",
            now.year(),
            u8::from(now.month()),
            now.day()
        );
        let moment = format!(
            "{day}T{:02}{:02}{:02}Z",
            now.hour(),
            now.minute(),
            now.second()
        );
        let scope = format!("{day}/auto/storage/goog4_request");
        // By their names, which are in order.
        let query = format!(
            "X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential={}&X-Goog-Date={moment}\
             &X-Goog-Expires={}&X-Goog-SignedHeaders={}",
            quoted(&format!("{email}/{scope}")),
            self.seconds,
            quoted(names),
        );
        let segments: Vec<String> = self.key.split('/').map(quoted).collect();
        let path = format!("/{}/{}", self.bucket, segments.join("/"));
        let request = format!("{method}\n{path}\n{query}\n{fields}\n{names}\nUNSIGNED-PAYLOAD");
        let digest = hex(&Sha256::digest(request.as_bytes()));
        let text = format!("GOOG4-RSA-SHA256\n{moment}\n{scope}\n{digest}");
        (path, query, text)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(key: &str, access: Access) -> Signed<'_> {
        Signed {
            endpoint: "https://storage.googleapis.com",
            bucket: "test-bucket",
            key,
            access,
            seconds: 10,
            now: OffsetDateTime::from_unix_timestamp(1_549_011_600).unwrap(),
        }
    }

    /// The first of the vectors by which Google tests its own libraries.
    #[test]
    fn what_is_signed_is_what_google_signs() {
        let email = "test-iam-credentials@dummy-project-id.iam.gserviceaccount.com";
        let (path, query, text) = signed("test-object", Access::Get).to_sign(email);
        assert_eq!(path, "/test-bucket/test-object");
        assert_eq!(
            query,
            "X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=test-iam-credentials%40dummy-\
             project-id.iam.gserviceaccount.com%2F20190201%2Fauto%2Fstorage%2Fgoog4_request&\
             X-Goog-Date=20190201T090000Z&X-Goog-Expires=10&X-Goog-SignedHeaders=host"
        );
        assert_eq!(
            text,
            "GOOG4-RSA-SHA256\n20190201T090000Z\n20190201/auto/storage/goog4_request\n\
             00e2fb794ea93d7adb703edaebdd509821fcc7d4f1a79ac5c8d2b394df109320"
        );
    }

    #[tokio::test]
    async fn a_link_to_write_says_what_is_written() {
        #[derive(Debug)]
        struct Signer;
        impl google_cloud_auth::signer::SigningProvider for Signer {
            async fn client_email(&self) -> google_cloud_auth::signer::Result<String> {
                Ok("me".to_owned())
            }
            async fn sign(&self, _: &[u8]) -> google_cloud_auth::signer::Result<bytes::Bytes> {
                Ok(bytes::Bytes::from_static(&[1, 0xff]))
            }
        }
        let signing = Signing::with(Signer.into(), "me");
        let link = signed("s/in/c/a b", Access::Put)
            .link(&signing)
            .await
            .unwrap();
        let start = "https://storage.googleapis.com/test-bucket/s/in/c/a%20b?X-Goog-Algorithm";
        assert!(link.url.starts_with(start));
        assert!(link.url.contains("SignedHeaders=content-type%3Bhost"));
        assert!(link.url.ends_with("&X-Goog-Signature=01ff"));
        assert_eq!(link.headers[0].1, GENERAL_TYPE);
    }
}
