//! When keys end: times to live that a binding accepts, and the span of time in
//! which a key with one has to be present, may be either, or has to be absent.

use core::future::Future;
use core::time::Duration;

use crate::context::Context;
use crate::ending::{Outcome, Stop};
use crate::keyvalue::Store;
use crate::keyvalue::expiry::{self, Lifetime};

/// The limits of a binding on times to live.
#[derive(Debug, Clone, Copy)]
pub struct TtlLimits {
    /// `kv.ttl.min-ns`.
    pub shortest: Duration,
    /// `kv.ttl.max-ns`.
    pub longest: Duration,
    /// `kv.ttl.lateness-ns`.
    pub lateness: Duration,
}

impl TtlLimits {
    /// A time to live of so many milliseconds, or the nearest that is accepted.
    pub fn ttl(&self, milliseconds: u64) -> Duration {
        self.accepted(Duration::from_millis(milliseconds))
    }

    /// `wish`, or the nearest time to live that is accepted.
    pub fn accepted(&self, wish: Duration) -> Duration {
        wish.min(self.longest).max(self.shortest)
    }
}

/// A key that was set to end. The time to live began somewhere between the
/// beginning and the return of the call that set it.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Before the call began.
    pub before: Duration,
    /// After it returned.
    pub after: Duration,
    /// What it set.
    pub ttl: Duration,
    /// How late the key may end.
    pub lateness: Duration,
}

impl Span {
    /// Whether a call that was answered by then found the key present.
    pub fn lives(&self, answered: Duration) -> bool {
        answered < self.before + self.ttl
    }

    /// The last moment at which the key may be present.
    pub fn last(&self) -> Duration {
        self.after + self.ttl + self.lateness
    }

    /// Whether `remaining`, asked and answered then, may have returned this.
    pub fn allows(&self, rest: Duration, asked: Duration, answered: Duration) -> bool {
        let least = (self.before + self.ttl).saturating_sub(answered + self.lateness);
        let most = (self.last()).saturating_sub(asked.max(self.after));
        !rest.is_zero() && rest >= least && rest <= most
    }
}

impl Context {
    /// The limits of the binding on times to live.
    #[track_caller]
    pub fn ttl_limits(&self) -> Result<TtlLimits, Stop> {
        Ok(TtlLimits {
            shortest: Duration::from_nanos(self.limit("kv.ttl.min-ns")?),
            longest: Duration::from_nanos(self.limit("kv.ttl.max-ns")?),
            lateness: Duration::from_nanos(self.limit("kv.ttl.lateness-ns")?),
        })
    }

    /// Sets a key to end, for cases that are not about that call.
    #[track_caller]
    pub fn expiring(
        &self,
        store: &Store,
        key: &str,
        value: &[u8],
        ttl: Duration,
    ) -> impl Future<Output = Result<Span, Stop>> {
        let lateness = self.limit("kv.ttl.lateness-ns");
        let check = self.needed("TYP-FEAT-3", "set-expiring");
        async move {
            let lateness = Duration::from_nanos(lateness?);
            let before = self.now().await;
            check.ok(expiry::set_expiring(store, key, value, ttl).await)?;
            Ok(Span {
                before,
                after: self.now().await,
                ttl,
                lateness,
            })
        }
    }

    /// Waits until a key has to be absent.
    pub async fn sleep_past(&self, span: &Span) {
        while self.now().await <= span.last() {}
    }

    /// Asks until `present` says no, which it may neither say too early
    /// (KV-EXPIRY-1) nor too late (KV-EXPIRY-2).
    #[track_caller]
    pub fn watch_end(
        &self,
        span: &Span,
        mut present: impl AsyncFnMut() -> Result<bool, Stop>,
    ) -> impl Future<Output = Outcome> {
        let early = self.check("KV-EXPIRY-1", "read a key within its time to live");
        let late = self.check("KV-EXPIRY-2", "read a key after its time to live");
        async move {
            loop {
                let asked = self.now().await;
                let present = present().await?;
                let answered = self.now().await;
                if !present {
                    let age = answered.saturating_sub(span.before);
                    return early.that(!span.lives(answered), "present", &age);
                }
                let age = asked.saturating_sub(span.after);
                late.that(asked <= span.last(), "absent", &age)?;
                // Far from the end a look now and then is enough.
                let rest = (span.before + span.ttl).saturating_sub(answered);
                self.sleep((rest / 8).max(span.lateness / 50)).await;
            }
        }
    }

    /// Checks by KV-REMAINING-3 what is left of the life of a key. Returns
    /// whether the key was present; it has to be while its time lasts.
    #[track_caller]
    pub fn check_remaining(
        &self,
        store: &Store,
        key: &str,
        span: &Span,
    ) -> impl Future<Output = Result<bool, Stop>> {
        self.check_lifetime("KV-REMAINING-3", store, key, span)
    }

    /// The same by the clause that says which life the key has.
    #[track_caller]
    pub fn check_lifetime(
        &self,
        clause: &'static str,
        store: &Store,
        key: &str,
        span: &Span,
    ) -> impl Future<Output = Result<bool, Stop>> {
        let check = self.check(clause, "remaining of a key that ends");
        async move {
            let asked = self.now().await;
            let rest = check.ok(expiry::remaining(store, key).await)?;
            let answered = self.now().await;
            match rest {
                Some(Lifetime::Remaining(rest)) => {
                    let rest = Duration::from_nanos(rest);
                    let fits = span.allows(rest, asked, answered);
                    check.that(fits, "the rest of its time to live", &rest)?;
                    Ok(true)
                }
                Some(Lifetime::Permanent) => Err(check.failed("an end", "permanent")),
                None => {
                    check.that(
                        !span.lives(answered),
                        "the rest of its time to live",
                        "none",
                    )?;
                    Ok(false)
                }
            }
        }
    }
}
