//! Requests of others, which the harness sends: for cases about links.

use crate::bindings::cloud::conformance::requests as wit;
use crate::show::{Show, append};

/// What came of a request: an answer, or the reason why there is none.
#[derive(Debug)]
pub struct Reply(Result<wit::Answer, String>);

impl Reply {
    /// The service did what it was asked for.
    pub fn is_done(&self) -> bool {
        self.has_status(200..300)
    }

    /// The service refused to do what it was asked for.
    pub fn is_refused(&self) -> bool {
        self.has_status(400..500)
    }

    fn has_status(&self, statuses: core::ops::Range<u16>) -> bool {
        matches!(&self.0, Ok(answer) if statuses.contains(&answer.status))
    }

    /// The bytes of the answer; none without one.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |answer| &answer.body)
    }
}

/// What a service says in an answer can tell of the installation, so only the status is
/// shown.
impl Show for Reply {
    fn show(&self, out: &mut String) {
        match &self.0 {
            Ok(answer) => append(out, format_args!("status {}", answer.status)),
            Err(reason) => out.push_str(reason),
        }
    }
}

/// Sends one request.
pub async fn send(method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> Reply {
    Reply(
        wit::send(
            method.to_owned(),
            url.to_owned(),
            headers.to_vec(),
            body.to_vec(),
        )
        .await,
    )
}
