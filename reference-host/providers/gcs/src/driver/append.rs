//! Appending: what is added becomes an object of its own, and the two are composed, on the
//! condition that the object is still the one that was found.

use std::sync::Arc;
use std::time::Instant;

use cloud_contract::blobstore::{Appended, Body};
use cloud_contract::{Error, Result};

use super::compose::{self, Source};
use super::temporary::Temporary;
use super::upload::After;
use super::{Container, New, OBJECT_BYTES};
use crate::error::{Verdict, stale, throttled};
use crate::link::pause;
use crate::object::{Kind, fresh};

impl Container {
    pub(super) async fn append_to(
        &self,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let temporary = Arc::new(Temporary {
            service: Arc::clone(&self.service),
            prefix: format!("{}{}/", self.keys.parts, fresh()),
            on_its_way: Some(self.registration.begin()?),
        });
        let piece = New {
            key: format!("{}piece", temporary.prefix),
            kind: Kind::general(),
            condition: None,
        };
        let addition = Source {
            key: piece.key.clone(),
            generation: 0,
        };
        let held = Arc::clone(&temporary);
        let after: After = Box::new(|sent| {
            drop(held);
            Box::pin(async { Ok(sent) })
        });
        let sent = self.upload(piece, body, after).await?;
        let (service, key) = (Arc::clone(&self.service), self.keys.key(name));
        let added = async move {
            let temporary = temporary;
            let until = Instant::now() + service.call_timeout / 2;
            let addition = Source {
                generation: sent.generation,
                ..addition
            };
            for number in 1.. {
                let found = service.find(&key, None).await?;
                let size = found.as_ref().map_or(0, |found| found.size);
                if at.is_some_and(|at| at != size) {
                    return Err(stale());
                }
                if size.saturating_add(sent.size) > OBJECT_BYTES {
                    return Err(Error::too_large(OBJECT_BYTES));
                }
                let new = New {
                    key: key.clone(),
                    kind: found
                        .as_ref()
                        .map_or_else(Kind::general, |found| found.kind()),
                    condition: Some(found.as_ref().map_or(0, |found| found.generation)),
                };
                let before = found.map(|found| Source {
                    key: key.clone(),
                    generation: found.generation,
                });
                let sources: Vec<Source> = before.into_iter().chain([addition.clone()]).collect();
                match compose::some(&service, &new, &sources).await {
                    Ok(made) => {
                        drop(temporary);
                        return Ok(Appended {
                            version: made.version(),
                            size: made.size,
                        });
                    }
                    // Somebody came between.
                    Err(failure)
                        if matches!(failure.verdict, Verdict::Stale | Verdict::Absent)
                            && Instant::now() < until =>
                    {
                        pause(number.min(4)).await;
                    }
                    Err(failure) if matches!(failure.verdict, Verdict::Stale | Verdict::Absent) => {
                        break;
                    }
                    Err(failure) => return Err(failure.into()),
                }
            }
            Err(throttled())
        };
        self.registration.run(added).await
    }
}
