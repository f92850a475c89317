//! Cloud Storage by its JSON API, over the client of HTTP that the provider has: Google's
//! library for Rust speaks gRPC, which the emulator does not. What fits into one piece in one
//! request behind its description, as libraries send it; more as a resumable upload in pieces
//! of the size that the provider sends. A get is one request for the bytes.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::Settings;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION};
use reqwest::{Client as Http, StatusCode, redirect};

use super::{CONNECT_TIMEOUT, Filled, Native, OBJECT, length};
use crate::Fallible;

const BUCKET: &str = "native";
const PIECE_BYTES: u64 = 8 << 20;
const KIND: &str = "application/octet-stream";

/// A line that the bytes, which are all the same, do not have.
const BOUNDARY: &str = "a-line-between-two-parts";

/// Bytes behind the description of their object.
fn described(bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{{\"name\":\"{OBJECT}\"}}\r\n\
         --{BOUNDARY}\r\nContent-Type: {KIND}\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    [head.as_bytes(), bytes, tail.as_bytes()].concat()
}

struct Client {
    http: Http,
    endpoint: String,
    /// The bytes of every piece.
    piece: Filled,
}

pub(super) async fn open(settings: Settings) -> Fallible<Arc<dyn Native>> {
    // TLS, which is not used, takes what the provider has chosen for this process.
    let http = Http::builder()
        .http1_only()
        // A piece is acknowledged with a status that others take for a redirection.
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .no_proxy()
        .build()?;
    let client = Client {
        http,
        endpoint: settings.endpoint.ok_or("no endpoint")?,
        piece: Filled::new(PIECE_BYTES),
    };
    let create = client.endpoint.clone() + "/storage/v1/b?project=bench";
    let create = client
        .http
        .post(create)
        .header(CONTENT_TYPE, "application/json");
    let create = create.body(format!("{{\"name\":\"{BUCKET}\"}}")).send();
    create.await?.error_for_status()?;
    Ok(Arc::new(client))
}

impl Client {
    /// Where an object is written in this way.
    fn upload(&self, way: &str) -> String {
        let endpoint = &self.endpoint;
        format!("{endpoint}/upload/storage/v1/b/{BUCKET}/o?uploadType={way}&name={OBJECT}")
    }
}

#[async_trait]
impl Native for Client {
    async fn put(&self, bytes: u64) -> Fallible<()> {
        if bytes <= PIECE_BYTES {
            let put = self.http.post(self.upload("multipart"));
            let put = put.header(
                CONTENT_TYPE,
                format!("multipart/related; boundary={BOUNDARY}"),
            );
            let put = put.body(described(&self.piece.first(bytes)));
            put.send().await?.error_for_status()?.bytes().await?;
            return Ok(());
        }
        let begin = self.http.post(self.upload("resumable"));
        let begin = begin.header("x-upload-content-type", KIND);
        let begun = begin.header(CONTENT_LENGTH, 0).send().await?;
        let begun = begun.error_for_status()?;
        let location = begun.headers().get(LOCATION).ok_or("no session")?;
        let location = location.to_str()?.to_owned();
        let mut at = 0;
        while at < bytes {
            let end = bytes.min(at + PIECE_BYTES);
            // Its size is told with the last piece: who sends a stream does not know it before.
            let (total, status) = if end == bytes {
                (bytes.to_string(), StatusCode::OK)
            } else {
                ("*".to_owned(), StatusCode::PERMANENT_REDIRECT)
            };
            let send = self.http.put(&location).body(self.piece.first(end - at));
            let send = send.header(CONTENT_RANGE, format!("bytes {at}-{}/{total}", end - 1));
            let sent = send.send().await?;
            if sent.status() != status {
                return Err(format!("a piece: {}", sent.status()).into());
            }
            sent.bytes().await?;
            at = end;
        }
        Ok(())
    }

    async fn get(&self) -> Fallible<u64> {
        let endpoint = &self.endpoint;
        let path = format!("{endpoint}/storage/v1/b/{BUCKET}/o/{OBJECT}?alt=media");
        let get = self.http.get(path).header(ACCEPT_ENCODING, "gzip");
        let answer = get.send().await?.error_for_status()?;
        length(answer).await
    }
}
