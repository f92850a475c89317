//! Blobs by their REST protocol, over the client of HTTP and with the signatures that the
//! provider has: the vendor's library signs with no account key, which is all that the
//! emulator knows. What fits into one block in one request, more as blocks of the size that
//! the provider sends, one after the other.

use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use azure_access::{Account, Credentials, Dates, Part};
use cloud_contract::{Bytes, Settings};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH};
use reqwest::{Client as Http, Method, Response};

use super::{CONNECT_TIMEOUT, Filled, Native, OBJECT, length};
use crate::Fallible;

const CONTAINER: &str = "native";
const BLOCK_BYTES: u64 = 8 << 20;
const VERSION: &str = "2020-12-06";

struct Client {
    http: Http,
    account: Account,
    credentials: Credentials,
    /// The bytes of every block.
    block: Filled,
}

/// What differs between requests. Names and values need no quotes.
#[derive(Default)]
struct Ask<'a> {
    path: &'a str,
    /// In their order.
    query: &'a [(&'a str, &'a str)],
    /// The type of what is written.
    kind: Option<&'a str>,
    body: Bytes,
}

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    let options = settings.known_options(&[
        "account",
        "connection-string",
        "container",
        "key",
        "sas",
        "timeout-ms",
    ])?;
    let account = Account::read(&settings, options, Part::BLOB)?;
    let client = Client {
        http: azure_access::client(&account, CONNECT_TIMEOUT).build()?,
        credentials: Credentials::new(&account)?,
        account,
        block: Filled::new(BLOCK_BYTES),
    };
    let create = Ask {
        query: &[("restype", "container")],
        ..Ask::default()
    };
    client.send(Method::PUT, create).await?;
    Ok(Arc::new(client))
}

impl Client {
    async fn send(&self, method: Method, ask: Ask<'_>) -> Fallible<Response> {
        let Ask {
            path,
            query,
            kind,
            body,
        } = ask;
        let mut url = self.account.endpoint.clone();
        let root = url.path().trim_end_matches('/');
        url.set_path(&format!("{root}/{CONTAINER}{path}"));
        let joined: Vec<String> = query.iter().map(|(n, v)| format!("{n}={v}")).collect();
        url.set_query((!joined.is_empty()).then(|| joined.join("&")).as_deref());
        let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
        let mut headers = Vec::new();
        headers.extend(kind.map(|kind| ("x-ms-blob-type", kind.to_owned())));
        headers.push(("x-ms-date", Dates::text(now.cast_signed())?));
        headers.push(("x-ms-version", VERSION.to_owned()));
        let right = self.credentials.authorize(|account| {
            let length = match body.len() {
                0 => String::new(),
                length => length.to_string(),
            };
            // Between the length and our headers are nine lines that requests here leave out.
            let mut text = format!("{method}\n\n\n{length}\n\n\n\n\n\n\n\n\n");
            for (name, value) in &headers {
                text.push_str(&format!("{name}:{value}\n"));
            }
            text.push_str(&format!("/{account}{}", url.path()));
            for (name, value) in query {
                text.push_str(&format!("\n{name}:{value}"));
            }
            text
        });
        let right = right.await?.apply("SharedKey", &mut url);
        let mut request = self.http.request(method.clone(), url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request = request.header(AUTHORIZATION, right.ok_or("no key")?);
        if method == Method::PUT {
            request = request.header(CONTENT_LENGTH, body.len()).body(body);
        }
        Ok(request.send().await?.error_for_status()?)
    }
}

#[async_trait]
impl Native for Client {
    async fn put(&self, bytes: u64) -> Fallible<()> {
        let path = &format!("/{OBJECT}");
        if bytes <= BLOCK_BYTES {
            let put = Ask {
                path,
                kind: Some("BlockBlob"),
                body: self.block.first(bytes),
                ..Ask::default()
            };
            self.send(Method::PUT, put).await?;
            return Ok(());
        }
        let mut list = String::new();
        let mut left = bytes;
        for number in 0.. {
            let length = left.min(BLOCK_BYTES);
            if length == 0 {
                break;
            }
            // Twelve digits are base 64 of nine bytes.
            let id = format!("{number:012}");
            let stage = Ask {
                path,
                query: &[("blockid", &id), ("comp", "block")],
                body: self.block.first(length),
                ..Ask::default()
            };
            self.send(Method::PUT, stage).await?;
            list.push_str(&format!("<Uncommitted>{id}</Uncommitted>"));
            left -= length;
        }
        let list =
            format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{list}</BlockList>");
        let commit = Ask {
            path,
            query: &[("comp", "blocklist")],
            body: list.into(),
            ..Ask::default()
        };
        self.send(Method::PUT, commit).await?;
        Ok(())
    }

    async fn get(&self) -> Fallible<u64> {
        let path = &format!("/{OBJECT}");
        let get = Ask {
            path,
            ..Ask::default()
        };
        let answer = self.send(Method::GET, get).await?;
        length(answer).await
    }
}
