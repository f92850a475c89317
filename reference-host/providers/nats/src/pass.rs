//! A pass over messages of a stream, in the order in which they were written.
//!
//! Who writes a subject again puts its message behind all others: ahead of the pass. So
//! one that goes to the end has met every subject that was there throughout.

use async_nats::jetstream::message::StreamMessage;
use async_nats::{StatusCode, Subscriber};
use bytes::Bytes;
use cloud_contract::{ErrorKind, Result};
use futures::StreamExt as _;

use crate::api::{AskBatch, AskOneNext, Consumer, Message, NewConsumer, body};
use crate::error::{Failure, unexpected_reply};
use crate::link::{Heard, Live, lost};
use crate::stored::Stored;
use crate::stream::{NOT_READY_PAUSE, Stream};

/// How often it is tried to reach what was made just now.
const UNHEARD_MAX: u32 = 200;

/// What a pass is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Whether payloads are left out.
    pub(crate) headers_only: bool,
    /// How many messages are asked for at a time. Not how many bytes: where both are said
    /// the server tells of an end by the one and not always of one by the other.
    pub(crate) at_once: usize,
}

/// A message that was met.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) subject: async_nats::Subject,
    pub(crate) stored: Stored,
}

/// A pass under way. The server forgets one that is left after a while.
pub(crate) struct Pass<'a> {
    stream: &'a Stream,
    api: &'a str,
    live: &'a Live,
    filter: &'a str,
    look: Look,
    consumer: String,
    messages: Subscriber,
    inbox: String,
    /// What the server had said of rights before it was asked.
    heard: Heard,
    /// How many messages of the answer under way can still come.
    open: usize,
    /// How many messages there are ahead, as the server said last.
    ahead: u64,
    /// The sequence of the last one.
    sequence: u64,
    /// How often nobody listened.
    unheard: u32,
}

impl<'a> Pass<'a> {
    pub(crate) async fn begin(
        stream: &'a Stream,
        api: &'a str,
        live: &'a Live,
        filter: &'a str,
        look: Look,
    ) -> Result<Self> {
        let inbox = live.client.new_inbox();
        let subscribed = live.client.subscribe(inbox.clone()).await;
        let messages = subscribed.map_err(lost)?;
        let question = body(&NewConsumer::new(&stream.name, filter, look.headers_only))?;
        let asked = format!("{api}.CONSUMER.CREATE.{}", stream.name);
        let consumer: Consumer = live.ask(asked, question).await?;
        Ok(Self {
            stream,
            api,
            live,
            filter,
            look,
            consumer: consumer.name,
            messages,
            inbox,
            heard: live.heard(),
            open: 0,
            ahead: consumer.num_pending,
            sequence: 0,
            unheard: 0,
        })
    }

    /// The next message, or one that was met before; none if a server of the service knows
    /// no other.
    pub(crate) async fn next(&mut self) -> Result<Option<Met>> {
        let (stream, name) = (&self.stream.name, &self.consumer);
        let asked = format!("{}.CONSUMER.MSG.NEXT.{stream}.{name}", self.api);
        while self.ahead > 0 {
            if self.open == 0 {
                self.ask(&asked).await?;
            }
            let received = async {
                let message = self.messages.next().await;
                message.ok_or_else(|| Failure::Failed(ErrorKind::Unavailable.into()))
            };
            let message = self.live.permitted(self.heard, &asked, received).await?;
            match message.status {
                None | Some(StatusCode::OK) => return self.took(message).map(Some),
                // There is nothing more.
                Some(StatusCode::NOT_FOUND | StatusCode::TIMEOUT) => {
                    (self.open, self.ahead) = (0, 0);
                }
                // That it is there goes round the servers of a cluster behind the answer.
                Some(StatusCode::NO_RESPONDERS) if self.unheard < UNHEARD_MAX => {
                    self.unheard += 1;
                    self.open = 0;
                    tokio::time::sleep(NOT_READY_PAUSE).await;
                }
                Some(StatusCode::NO_RESPONDERS) => return Err(Failure::NobodyListens.into()),
                Some(_) => return Err(unexpected_reply()),
            }
        }
        Ok(None)
    }

    /// The same; none if there is no other.
    pub(crate) async fn next_of_all(&mut self) -> Result<Option<Met>> {
        match self.next().await? {
            // A copy may lag, and what is ahead is counted a moment late. The leader has all.
            None => self.next_of_leader().await,
            met => Ok(met),
        }
    }

    async fn ask(&mut self, asked: &str) -> Result<()> {
        let batch = body(&AskBatch {
            batch: self.look.at_once,
            no_wait: true,
        })?;
        let (client, inbox) = (&self.live.client, self.inbox.clone());
        self.heard = self.live.heard();
        let sent = client.publish_with_reply(asked.to_owned(), inbox, batch);
        sent.await.map_err(lost)?;
        self.open = self.look.at_once;
        Ok(())
    }

    fn took(&mut self, message: async_nats::Message) -> Result<Met> {
        let place = message.reply.as_deref().and_then(Place::read);
        let place = place.ok_or_else(unexpected_reply)?;
        self.open -= 1;
        self.ahead = place.ahead;
        self.sequence = self.sequence.max(place.sequence);
        Ok(Met {
            subject: message.subject,
            stored: Stored {
                sequence: place.sequence,
                stamp: place.stamp,
                headers: message.headers.unwrap_or_default(),
                payload: message.payload,
            },
        })
    }

    async fn next_of_leader(&mut self) -> Result<Option<Met>> {
        let question = body(&AskOneNext {
            seq: self.sequence + 1,
            next_by_subj: self.filter,
        })?;
        let asked = format!("{}.STREAM.MSG.GET.{}", self.api, self.stream.name);
        let found: Message = match self.live.ask(asked, question).await {
            Err(Failure::NoMessage) => return Ok(None),
            other => other?,
        };
        let message = found.message.ok_or_else(unexpected_reply)?;
        let message = StreamMessage::try_from(message).map_err(|_| unexpected_reply())?;
        self.sequence = message.sequence;
        // Mostly more than this one: the next are asked for together, itself again.
        self.ahead = 1;
        Ok(Some(Met {
            subject: message.subject.clone(),
            stored: Stored::of_leader(message)?,
        }))
    }

    /// Lets the server forget it at once.
    pub(crate) async fn end(self) -> Result<()> {
        let (stream, name) = (&self.stream.name, &self.consumer);
        let forget = format!("{}.CONSUMER.DELETE.{stream}.{name}", self.api);
        // Nobody waits for the answer. If it does not arrive, the consumer ends by itself.
        let forgotten = self.live.client.publish(forget, Bytes::new()).await;
        forgotten.map_err(lost)
    }
}

/// Where a message stood, as its reply subject says:
/// `$JS.ACK.[DOMAIN.ACCOUNT.]STREAM.CONSUMER.DELIVERED.SEQUENCE.NUMBER.STAMP.AHEAD[.TOKEN]`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    sequence: u64,
    /// Nanoseconds since 1970.
    stamp: u64,
    ahead: u64,
}

impl Place {
    fn read(reply: &str) -> Option<Self> {
        let tokens: Vec<&str> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
        let first = match tokens.len() {
            7 => 3,
            9.. => 5,
            _ => return None,
        };
        let number = |place: usize| tokens.get(place)?.parse().ok();
        Some(Self {
            sequence: number(first)?,
            stamp: number(first + 2)?,
            ahead: number(first + 3)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_place_are_read() {
        let place = Place {
            sequence: 1003,
            stamp: 1_795_323_752_703_467_874,
            ahead: 9999,
        };
        let short = "$JS.ACK.KV_s0.QWFM2PzH.1.1003.1.1795323752703467874.9999";
        assert_eq!(Place::read(short).as_ref(), Some(&place));
        let long = "$JS.ACK._.acc.KV_s0.QWFM2PzH.1.1003.1.1795323752703467874.9999.tok";
        assert_eq!(Place::read(long).as_ref(), Some(&place));
        for wrong in ["", "$JS.ACK.a.b", "$JS.ACK.a.b.1.x.1.1.1"] {
            assert_eq!(Place::read(wrong), None);
        }
    }
}
