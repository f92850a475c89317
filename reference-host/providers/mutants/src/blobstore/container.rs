//! Faults above the portable layer: a container that is wrong in one thing.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::blobstore::{
    Access, Appended, Body, Container, DeleteManyError, Driver, Expected, Info, Link, Listing,
    Metadata, NameStream, NewObject, Part, PastState, Range, Reading, ReceivedPart, Site,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, Result};
use futures::StreamExt as _;

/// A function of `cloud:blobstore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Put,
    Get,
    Head,
    Delete,
    DeleteMany,
    Copy,
    Move,
    List,
    Names,
    DeleteIf,
    CopyIf,
    Rename,
    Append,
    Begin,
    PutPart,
    Parts,
    Complete,
    Abort,
    Sign,
    Versions,
    GetVersion,
    DeleteVersion,
}

/// What stands behind a faulty container.
#[derive(Debug)]
pub(crate) struct Target {
    /// The correct container.
    pub(crate) container: Arc<dyn Container>,
    /// The same without any feature withheld.
    pub(crate) full: Arc<dyn Container>,
    /// The driver of both.
    pub(crate) driver: Arc<dyn Driver>,
    /// Which guest instance opened the handle.
    pub(crate) session: u64,
    /// Which handle of the instance it is.
    pub(crate) handle: u64,
}

/// The functions that go on as they came, unless a fault stands in front. Each has a
/// method of the same name in the fault, which takes the target first, and is preceded
/// and followed by the methods that apply to every function.
macro_rules! functions {
    ($($name:ident as $call:ident($($argument:ident: $kind:ty),*) -> $ended:ty;)*) => {
        /// One fault of a container. The first methods apply to every function; the
        /// others stand in front of the correct one, and their defaults go through.
        #[async_trait]
        pub(crate) trait ContainerFault: Send + Sync + fmt::Debug {
            /// The container that answers `call`.
            fn behind<'a>(&self, to: &'a Target, call: Call) -> &'a Arc<dyn Container> {
                let _ = call;
                &to.container
            }

            /// The name that `call` goes on with, or a refusal of it.
            fn name<'a>(&self, call: Call, name: &'a str) -> Result<Cow<'a, str>> {
                let _ = call;
                Ok(Cow::Borrowed(name))
            }

            /// The bytes that `call` goes on with.
            fn written(&self, call: Call, body: Body) -> Body {
                let _ = call;
                body
            }

            /// What is delivered in the place of what `call` reads.
            fn read(&self, call: Call, reading: Reading) -> Reading {
                let _ = call;
                reading
            }

            /// The error that `call` ends with.
            fn error(&self, call: Call, error: Error) -> Error {
                let _ = call;
                error
            }

            /// Comes before each call that writes, valid or not.
            async fn writing(&self, to: &Target, call: Call, name: &str) {
                let _ = (to, call, name);
            }

            /// A handle was dropped.
            fn dropped(&self, to: &Target) {
                let _ = to;
            }

            /// What a copy to this container has to know of it.
            fn site<'a>(&self, to: &'a Target) -> &'a Site {
                to.container.site()
            }

            async fn delete_many(
                &self,
                to: &Target,
                names: Vec<String>,
            ) -> Result<(), DeleteManyError> {
                self.behind(to, Call::DeleteMany).delete_many(names).await
            }

            async fn list(
                &self,
                to: &Target,
                prefix: &str,
                delimiter: Option<&str>,
                cursor: Option<&str>,
                size: Option<u32>,
            ) -> Result<Listing> {
                let container = self.behind(to, Call::List);
                container.list(prefix, delimiter, cursor, size).await
            }

            fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
                Arc::clone(self.behind(to, Call::Names)).names(prefix)
            }

            $(
                async fn $name(&self, to: &Target, name: &str $(, $argument: $kind)*) -> $ended {
                    self.behind(to, Call::$call).$name(name $(, $argument)*).await
                }
            )*
        }

        #[async_trait]
        impl Container for FaultyContainer {
            fn site(&self) -> &Site {
                self.fault.site(&self.to)
            }

            async fn delete_many(&self, names: Vec<String>) -> Result<(), DeleteManyError> {
                let mut changed = Vec::with_capacity(names.len());
                for (index, name) in (0_u32..).zip(&names) {
                    let name = self.fault.name(Call::DeleteMany, name);
                    let name = name.map_err(|error| DeleteManyError::Refused {
                        error,
                        indices: vec![index],
                    })?;
                    self.fault.writing(&self.to, Call::DeleteMany, &name).await;
                    changed.push(name.into_owned());
                }
                let ended = self.fault.delete_many(&self.to, changed).await;
                ended.map_err(|error| match error {
                    DeleteManyError::Refused { error, indices } => DeleteManyError::Refused {
                        error: self.fault.error(Call::DeleteMany, error),
                        indices,
                    },
                    partial @ DeleteManyError::Partial(_) => partial,
                })
            }

            async fn list(
                &self,
                prefix: &str,
                delimiter: Option<&str>,
                cursor: Option<&str>,
                size: Option<u32>,
            ) -> Result<Listing> {
                let page = self.fault.list(&self.to, prefix, delimiter, cursor, size);
                self.end(Call::List, page.await)
            }

            fn names(self: Arc<Self>, prefix: String) -> NameStream {
                let names = self.fault.names(&self.to, prefix);
                // Does not keep the handle: a fault is told when the guest drops it.
                let fault = Arc::clone(&self.fault);
                let told = move |error| fault.error(Call::Names, error);
                Box::pin(names.map(move |page| page.map_err(&told)))
            }

            $(
                async fn $name(&self, name: &str $(, $argument: $kind)*) -> $ended {
                    let name = self.fault.name(Call::$call, name)?;
                    if Call::$call.writes() {
                        self.fault.writing(&self.to, Call::$call, &name).await;
                    }
                    $(let $argument = self.taken(Call::$call, $argument);)*
                    let ended = self.fault.$name(&self.to, &name $(, $argument)*).await;
                    self.end(Call::$call, ended).map(|ended| self.given(Call::$call, ended))
                }
            )*
        }
    };
}

functions! {
    put as Put(body: Body, object: NewObject) -> Result<Version>;
    get as Get(range: Range, expected: Option<&Version>) -> Result<Option<Reading>>;
    head as Head() -> Result<Option<Info>>;
    delete as Delete() -> Result<()>;
    copy as Copy(site: &Site, new_name: &str) -> Result<Version>;
    r#move as Move(site: &Site, new_name: &str) -> Result<Version>;
    delete_if as DeleteIf(expected: &Version) -> Result<()>;
    copy_if as CopyIf(
        source: Option<&Version>, site: &Site, new_name: &str, expected: &Expected
    ) -> Result<Version>;
    rename as Rename(new_name: &str, expected: &Expected) -> Result<Version>;
    append as Append(body: Body, at: Option<u64>) -> Result<Appended>;
    begin as Begin(content_type: Option<String>, metadata: Metadata) -> Result<String>;
    put_part as PutPart(upload: &str, number: u32, size: u64, body: Body) -> Result<Part>;
    parts as Parts(upload: &str) -> Result<Vec<ReceivedPart>>;
    complete as Complete(upload: &str, parts: Vec<Part>, expected: &Expected) -> Result<Version>;
    abort as Abort(upload: &str) -> Result<()>;
    sign as Sign(access: Access, lifetime: Duration) -> Result<Link>;
    versions as Versions(cursor: Option<&str>, size: Option<u32>) -> Result<Listing<PastState>>;
    get_version as GetVersion(version: &Version, range: Range) -> Result<Option<Reading>>;
    delete_version as DeleteVersion(version: &Version) -> Result<()>;
}

impl Call {
    /// Whether it changes anything.
    fn writes(self) -> bool {
        !matches!(
            self,
            Self::Get
                | Self::Head
                | Self::List
                | Self::Names
                | Self::Parts
                | Self::Sign
                | Self::Versions
                | Self::GetVersion
        )
    }
}

/// A container with a fault in front.
#[derive(Debug)]
pub(crate) struct FaultyContainer {
    to: Arc<Target>,
    fault: Arc<dyn ContainerFault>,
}

impl Drop for FaultyContainer {
    fn drop(&mut self) {
        self.fault.dropped(&self.to);
    }
}

impl FaultyContainer {
    pub(crate) fn new(to: Target, fault: Arc<dyn ContainerFault>) -> Self {
        Self {
            to: Arc::new(to),
            fault,
        }
    }

    fn end<T>(&self, call: Call, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.fault.error(call, error))
    }

    fn taken<T: Taken>(&self, call: Call, argument: T) -> T {
        argument.taken(&*self.fault, call)
    }

    fn given<T: Given>(&self, call: Call, ended: T) -> T {
        ended.given(&*self.fault, call)
    }
}

/// An argument: bytes that a fault can change, or anything else.
trait Taken: Sized {
    fn taken(self, fault: &dyn ContainerFault, call: Call) -> Self {
        let _ = (fault, call);
        self
    }
}

impl Taken for Body {
    fn taken(self, fault: &dyn ContainerFault, call: Call) -> Self {
        fault.written(call, self)
    }
}

impl<T: ?Sized> Taken for &T {}
impl<T> Taken for Option<T> {}
impl<T> Taken for Vec<T> {}
impl Taken for NewObject {}
impl Taken for Range {}
impl Taken for Access {}
impl Taken for Duration {}
impl Taken for u32 {}
impl Taken for u64 {}

/// A result: bytes that a fault can change, or anything else.
trait Given: Sized {
    fn given(self, fault: &dyn ContainerFault, call: Call) -> Self {
        let _ = (fault, call);
        self
    }
}

impl Given for Option<Reading> {
    fn given(self, fault: &dyn ContainerFault, call: Call) -> Self {
        self.map(|reading| fault.read(call, reading))
    }
}

impl Given for () {}
impl Given for Version {}
impl Given for String {}
impl Given for Option<Info> {}
impl Given for Appended {}
impl Given for Part {}
impl Given for Vec<ReceivedPart> {}
impl Given for Link {}
impl Given for Listing<PastState> {}
