//! `cloud:blobstore`: what a driver implements, and what a guest sees.

mod body;
mod container;
mod driver;
mod metered;
mod portable;
mod rules;
mod site;

pub use body::Body;
pub use container::{Container, DeleteManyError, Listing, NameStream, NewObject, Reading};
pub use driver::{
    Access, Appended, Content, CopyRequest, Driver, Expected, Info, Item, ItemPage, Link,
    ListRequest, Metadata, ObjectItem, Part, PastState, PastStatePage, PutOptions, Range,
    ReceivedPart, RenameRequest, Timestamp, VersionsRequest,
};
pub use portable::Portable;
pub use site::Site;
