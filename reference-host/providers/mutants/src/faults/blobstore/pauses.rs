//! Faults of streams whose guest pauses.

use std::time::{Duration, Instant};

use cloud_contract::blobstore::{Body, Reading};
use cloud_contract::{Error, ErrorKind};
use futures::{StreamExt as _, stream};

use super::container;
use super::whole::other;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault};

/// How long a guest may pause.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// A body that comes to an end of its own when nothing has come for so long.
fn while_it_comes(body: Body, limit: Duration, end: Option<fn() -> Error>) -> Body {
    Box::pin(stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match tokio::time::timeout(limit, body.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(body))),
            Err(_) => end.map(|end| (Err(end()), None)),
        }
    }))
}

/// A write of one function does not wait for a guest that does not write.
#[derive(Debug)]
struct Impatient {
    call: Call,
    limit: Duration,
    /// What a write then ends with; none keeps what there is.
    end: Option<fn() -> Error>,
}

impl Impatient {
    /// Takes a short pause for the end.
    const fn soon(call: Call) -> Self {
        Self {
            call,
            limit: Duration::from_millis(15),
            end: None,
        }
    }
}

impl ContainerFault for Impatient {
    fn written(&self, call: Call, body: Body) -> Body {
        if call == self.call {
            while_it_comes(body, self.limit, self.end)
        } else {
            body
        }
    }
}

/// Where a guest lets a stream wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Between,
    End,
}

/// A write of one function fails if its guest was late with what comes in one place.
#[derive(Debug)]
struct LateAt(Call, Place);

impl ContainerFault for LateAt {
    fn written(&self, call: Call, body: Body) -> Body {
        if call != self.0 {
            return body;
        }
        let place = self.1;
        let state = Some((body, true));
        Box::pin(stream::unfold(state, move |state| async move {
            let (mut body, is_first) = state?;
            let asked = Instant::now();
            let piece = body.next().await;
            let came_at = match &piece {
                _ if is_first => Place::First,
                Some(_) => Place::Between,
                None => Place::End,
            };
            if came_at == place && asked.elapsed() > LIMIT {
                return Some((Err(other("the guest is gone")), None));
            }
            piece.map(|piece| (piece, Some((body, false))))
        }))
    }
}

/// What one function reads ends as if it were complete when the guest lets it wait.
#[derive(Debug)]
struct EndsUnread {
    call: Call,
    /// Only before the first piece.
    at_first: bool,
}

impl ContainerFault for EndsUnread {
    fn read(&self, call: Call, reading: Reading) -> Reading {
        if call != self.call {
            return reading;
        }
        let at_first = self.at_first;
        let state = (reading.data, Instant::now(), true);
        let data = stream::unfold(state, move |(mut data, read, is_first)| async move {
            if (is_first || !at_first) && read.elapsed() > LIMIT {
                return None;
            }
            let piece = data.next().await?;
            Some((piece, (data, Instant::now(), false)))
        });
        Reading {
            data: Box::pin(data),
            ..reading
        }
    }
}

const PAUSES: &[&str] = &["BLOB-STREAM-6"];

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-stream-pause-is-end",
        "a put takes effect when no byte has come for a while",
        &["BLOB-STREAM-1", "BLOB-STREAM-6", "BLOB-DATA-1"],
        container!(Impatient::soon(Call::Put)),
    ),
    Mutant::new(
        "blob-append-pause-is-end",
        "an append takes effect when no byte has come for a while",
        &["BLOB-STREAM-1"],
        container!(Impatient::soon(Call::Append)),
    ),
    Mutant::new(
        "blob-put-impatient",
        "a put that is not written for ten seconds is given up",
        PAUSES,
        container!(Impatient {
            call: Call::Put,
            limit: LIMIT,
            end: Some(|| ErrorKind::Timeout.into()),
        }),
    ),
    Mutant::new(
        "blob-put-late-first",
        "a put whose first byte is late fails",
        PAUSES,
        container!(LateAt(Call::Put, Place::First)),
    ),
    Mutant::new(
        "blob-put-late-end",
        "a put whose end, or the word on it, is late fails",
        PAUSES,
        container!(LateAt(Call::Put, Place::End)),
    ),
    Mutant::new(
        "blob-append-late",
        "an append whose guest paused between two pieces fails",
        PAUSES,
        container!(LateAt(Call::Append, Place::Between)),
    ),
    Mutant::new(
        "blob-part-late-end",
        "a part whose end, or the word on it, is late fails",
        PAUSES,
        container!(LateAt(Call::PutPart, Place::End)),
    ),
    Mutant::new(
        "blob-stream-impatient",
        "a get that is not read for ten seconds ends as if it were complete",
        &["BLOB-STREAM-6", "BLOB-GET-9"],
        container!(EndsUnread {
            call: Call::Get,
            at_first: false,
        }),
    ),
    Mutant::new(
        "blob-get-late-first",
        "a get that is not read for ten seconds at first ends as if it were complete",
        PAUSES,
        container!(EndsUnread {
            call: Call::Get,
            at_first: true,
        }),
    ),
    Mutant::new(
        "blob-getversion-impatient",
        "a get-version that is not read for ten seconds ends as if it were complete",
        PAUSES,
        container!(EndsUnread {
            call: Call::GetVersion,
            at_first: false,
        }),
    ),
];
