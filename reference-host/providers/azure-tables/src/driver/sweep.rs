//! Removal of what has ended. Nobody sees it any more, but it takes room.

use std::sync::Arc;

use super::{Store, each};
use crate::names::{Place, Space};
use crate::namespace::Registration;
use crate::record;
use crate::table::{Condition, Table};

/// One in so many expiring writes looks for what has ended.
const EVERY: u32 = 16;
/// And removes so many at most: more than were written meanwhile.
const AT_ONCE: usize = 64;

impl Store {
    /// Counts an expiring write; if it is one's turn, removes some of what has
    /// ended in the scope, beside the call.
    pub(super) fn sweep(&self) {
        if self.registration.is_turn_to_sweep(EVERY) {
            self.sweep_now();
        }
    }

    pub(super) fn sweep_now(&self) {
        let (table, registration) = (Arc::clone(&self.table), Arc::clone(&self.registration));
        tokio::spawn(async move { sweep(&table, &registration).await });
    }
}

/// A step around the scope. What fails is found again in the next round.
async fn sweep(table: &Arc<Table>, registration: &Arc<Registration>) {
    // One at a time; another call would do the same work.
    let Ok(mut from) = registration.sweep.try_lock() else {
        return;
    };
    let passed = table.passed();
    let space = Space::of_scope(&registration.life).filter();
    let filter = format!("{space} and d lt {passed}L");
    let page = table
        .query(
            &filter,
            "PartitionKey,RowKey,d",
            AT_ONCE,
            from.take().as_deref(),
            true,
        )
        .await;
    let Ok(mut page) = page else {
        return;
    };
    *from = page.next;
    for entity in &mut page.entities {
        // Of an entity that a faulty filter lets through, nothing is removed.
        let end = record::end(entity).ok().flatten();
        let ended = end.is_some_and(|end| end <= passed);
        if !ended {
            entity.clear();
        }
    }
    let ended: Vec<(Place, String)> = page
        .entities
        .iter_mut()
        .filter_map(|entity| {
            let place = Place {
                partition: record::text(entity, "PartitionKey")?,
                row: record::text(entity, "RowKey")?,
            };
            Some((place, record::text(entity, "odata.etag")?))
        })
        .collect();
    each(&ended, |(place, mark)| async move {
        let held = registration.hold().await?;
        // Not if somebody wrote it since.
        table.remove(place, Condition::Mark(mark), held).await
    })
    .await;
}
