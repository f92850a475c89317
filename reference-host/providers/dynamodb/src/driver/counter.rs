//! Adding to a counter: one request where the key is a counter or absent.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use bytes::Bytes;
use cloud_contract::keyvalue::{Conditional, counter};
use cloud_contract::{ErrorKind, Result};

use super::{Condition, Place};
use crate::clock::Moment;
use crate::error::{throttled, translate, unexpected_reply};
use crate::link::write;
use crate::record::{self, Item, NUMBER, NewEntry};

/// How often the key may change under an increment. Each time somebody else's write
/// succeeded.
const ROUNDS: u32 = 16;

/// What became of one request.
enum Added {
    Sum(i64),
    /// The key has ended, or is in another state than its condition told.
    Changed,
}

impl Place {
    pub(super) async fn add(self, key: Bytes, delta: i64) -> Result<i64> {
        for _ in 0..ROUNDS {
            let now = self.service.clock.now();
            if let Added::Sum(sum) = self.add_once(&key, delta, now).await? {
                return Ok(sum);
            }
            // As if the key were absent, if it is no counter by then.
            let new = NewEntry {
                key: key.clone(),
                value: delta.to_string().into(),
                version: record::fresh_version(),
                end: None,
            };
            let put = self.clone().put(new, Some(Condition::Absent(now)));
            if let Conditional::Done(_) = put.await? {
                return Ok(delta);
            }
        }
        // None of the rounds changed anything.
        Err(throttled())
    }

    /// `ADD`, if the key is absent or a counter that can bear it.
    async fn add_once(&self, key: &[u8], delta: i64, now: Moment) -> Result<Added> {
        let (fits, bound) = bound(delta);
        let request = || {
            let client = &self.service.client;
            client
                .update_item()
                .table_name(&self.service.table)
                .set_key(Some(record::key(&self.partition, key)))
                .update_expression("SET r = :version ADD n :delta")
                .condition_expression(fits)
                .expression_attribute_values(":version", record::text(record::fresh_version()))
                .expression_attribute_values(":delta", record::number(delta))
                .expression_attribute_values(":bound", record::number(bound))
                .expression_attribute_values(":now", record::number(now.0))
                // All of it: an item with a number is small, and emulators leave an
                // attribute out that was written and stayed the same.
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(AllOld)
                .send()
        };
        let error = match write(request).await {
            Ok(answer) => {
                let mut updated = answer.attributes.ok_or_else(unexpected_reply)?;
                let sum = record::value(&mut updated)?;
                return match counter::parse_canonical(&sum) {
                    Some(sum) => Ok(Added::Sum(sum)),
                    None => Err(unexpected_reply()),
                };
            }
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                refused(failed.item(), now)
            }
            _ => Err(translate(error)),
        }
    }
}

/// The condition under which a counter can bear an addition, and the number in it.
fn bound(delta: i64) -> (&'static str, i64) {
    if delta < 0 {
        (
            "attribute_not_exists(k) OR (n >= :bound AND (attribute_not_exists(e) OR e > :now))",
            i64::MIN - delta,
        )
    } else {
        (
            "attribute_not_exists(k) OR (n <= :bound AND (attribute_not_exists(e) OR e > :now))",
            i64::MAX - delta,
        )
    }
}

/// Why the condition failed.
fn refused(found: Option<&Item>, now: Moment) -> Result<Added> {
    let Some(found) = found else {
        return Ok(Added::Changed);
    };
    match record::live(found.clone(), now)? {
        None => Ok(Added::Changed),
        Some(found) if found.contains_key(NUMBER) => Err(ErrorKind::OutOfRange.into()),
        Some(_) => Err(ErrorKind::WrongType.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_exact() {
        assert_eq!(bound(0).1, i64::MAX);
        assert_eq!(bound(1).1, i64::MAX - 1);
        assert_eq!(bound(i64::MAX).1, 0);
        assert_eq!(bound(-1).1, i64::MIN + 1);
        assert_eq!(bound(i64::MIN).1, 0);
        assert!(bound(0).0.contains("<=") && bound(-1).0.contains(">="));
    }

    #[test]
    fn a_refusal_tells_its_reason() {
        let number = Item::from([(NUMBER.into(), record::number(7))]);
        let bytes = Item::from([(record::BYTES.into(), record::bytes(b"v"))]);
        let reason = |found: &Item| refused(Some(found), Moment(5)).err().unwrap();
        assert_eq!(reason(&number).kind(), &ErrorKind::OutOfRange);
        assert_eq!(reason(&bytes).kind(), &ErrorKind::WrongType);
        let mut ended = bytes;
        ended.insert(record::END.into(), record::number(5));
        assert!(matches!(
            refused(Some(&ended), Moment(5)),
            Ok(Added::Changed)
        ));
        assert!(matches!(refused(None, Moment(5)), Ok(Added::Changed)));
    }
}
