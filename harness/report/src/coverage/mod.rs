//! Which cases prove which clauses: as text for a terminal and as a page. It counts
//! nothing: the numbers come with the data.

mod page;
pub mod text;

pub use page::page;
