//! Streams of parts and additions that take turns.

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Appended, Body, Driver, Part};
use tokio::sync::Semaphore;

use super::driver;
use super::upload_parts::{body, pieces};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;

/// So many streams are read at a time.
const AT_A_TIME: usize = 32;

/// Streams of one function wait for each other.
#[derive(Debug)]
enum Few {
    Parts(Semaphore),
    Additions(Semaphore),
}

/// The bytes of a stream, read when it is its turn.
async fn in_turn(turns: &Semaphore, data: Body) -> Result<Body> {
    let _turn = turns.acquire().await.ok();
    Ok(body(pieces(data).await?))
}

#[async_trait]
impl DriverFault for Few {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let data = match self {
            Self::Parts(turns) => in_turn(turns, data).await?,
            Self::Additions(_) => data,
        };
        to.put_part(name, upload, number, size, data).await
    }

    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let data = match self {
            Self::Parts(_) => data,
            Self::Additions(turns) => in_turn(turns, data).await?,
        };
        to.append(name, data, at).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-part-few-streams",
        "the streams of more than 32 parts wait for each other",
        &["BLOB-STREAM-5"],
        driver!(Few::Parts(Semaphore::new(AT_A_TIME))),
    ),
    Mutant::new(
        "blob-append-few-streams",
        "the streams of more than 32 additions wait for each other",
        &["BLOB-STREAM-5"],
        driver!(Few::Additions(Semaphore::new(AT_A_TIME))),
    ),
];
