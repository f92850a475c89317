//! Lists that are read page by page.

use crate::check::Check;
use crate::ending::Stop;

/// More items than any case makes.
const MOST_ITEMS: usize = 4_000;

/// All items of a list that nobody changes: `page` reads the page behind a cursor, `text`
/// tells items apart. `check` is of TYP-PAGE-5, which says within how many pages the list
/// has to end.
pub(crate) async fn all<T>(
    check: Check<'_>,
    mut page: impl AsyncFnMut(Option<String>) -> Result<(Vec<T>, Option<String>), Stop>,
    text: impl Fn(&T) -> String,
) -> Result<Vec<T>, Stop> {
    let mut items = Vec::new();
    let mut pages = 0_usize;
    let mut cursor = None;
    loop {
        let (more, next) = page(cursor).await?;
        pages += 1;
        items.extend(more);
        // How many items there are shows at the end only.
        let spare = if next.is_some() { MOST_ITEMS } else { 2 };
        let ends = pages <= items.len() + spare && !circles(pages, &items, &text);
        check.that(ends, "no more pages than items, plus two", &pages)?;
        if next.is_none() {
            return Ok(items);
        }
        cursor = next;
    }
}

/// Whether most items of a list that took so many `steps` are repetitions. Looks only now
/// and then, because it sorts.
pub(crate) fn circles<T>(steps: usize, items: &[T], text: impl Fn(&T) -> String) -> bool {
    if steps < 64 || !steps.is_power_of_two() {
        return false;
    }
    let mut distinct: Vec<String> = items.iter().map(text).collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() + 2 < items.len() / 2
}
