//! What faults of lists need: every object, lists made of them, and pages of those.

use cloud_contract::Result;
use cloud_contract::blobstore::{Driver, Item, ItemPage, ListRequest, ObjectItem};

/// Every object of a container, in the order of the bytes of their names.
pub(super) async fn every_object(to: &dyn Driver) -> Result<Vec<ObjectItem>> {
    let all = ListRequest {
        prefix: "",
        delimiter: None,
        after: None,
        limit: usize::MAX,
    };
    let items = to.list(all).await?.items;
    Ok(items
        .into_iter()
        .filter_map(|item| match item {
            Item::Object(object) => Some(object),
            Item::Prefix(_) => None,
        })
        .collect())
}

/// The correct list of `objects`, which stand in order.
pub(super) fn lines(objects: Vec<ObjectItem>, prefix: &str, delimiter: Option<&str>) -> Vec<Item> {
    let matching = objects
        .into_iter()
        .filter(|object| object.name.starts_with(prefix))
        .collect();
    divided(matching, |name| {
        let rest = name.get(prefix.len()..)?;
        let delimiter = delimiter?;
        Some(prefix.len() + rest.find(delimiter)? + delimiter.len())
    })
}

/// One prefix in the place of all objects that `end` gives the same beginning.
pub(super) fn divided(objects: Vec<ObjectItem>, end: impl Fn(&str) -> Option<usize>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for object in objects {
        let text = end(&object.name).and_then(|end| object.name.get(..end));
        let item = match text {
            Some(text) => Item::Prefix(text.to_owned()),
            None => Item::Object(object),
        };
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// The page that `request` asks for out of `items`. A cursor is what stood last.
pub(super) fn page_of(items: Vec<Item>, request: ListRequest<'_>) -> ItemPage {
    let mark = |item: &Item| match item {
        Item::Object(object) => ["o", &object.name].concat().into_bytes(),
        Item::Prefix(prefix) => ["p", prefix].concat().into_bytes(),
    };
    // The rest of one that is gone stands behind its text.
    let is_behind = |item: &Item, after: &[u8]| {
        let own = mark(item);
        own.get(1..) > after.get(1..)
    };
    let mut rest = items
        .into_iter()
        .filter(|item| request.after.is_none_or(|after| is_behind(item, after)));
    let items: Vec<Item> = rest.by_ref().take(request.limit).collect();
    let next = items.last().map(mark);
    ItemPage {
        next: next.filter(|_| rest.next().is_some()),
        items,
    }
}
