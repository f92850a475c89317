//! A folder that is held open, and what has a name in it.
//!
//! Whoever may write to the data folder may put a link in the place of anything in it. A
//! path is walked anew at each use, and through links; so a folder is opened once, what
//! is in it is opened from there, by its name alone, and a link in its place is refused.
//! What happens to the path afterwards changes nothing.

#[cfg(not(unix))]
mod by_path;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use by_path::{Folder, is_in_the_way};
#[cfg(unix)]
pub(crate) use unix::{Folder, is_in_the_way};

#[cfg(all(test, unix))]
mod tests;
