//! The clock of a service, as far as it can be told from here.
//!
//! A provider whose service does not end keys by itself at the right moment judges
//! their ends by the service's clock. What that shows is known from answers that told
//! a time: at some moment between question and answer the clock showed it. Each one
//! gives two bounds, several together closer ones, and both move apart again while no
//! answer comes, since no two clocks keep one pace.
//!
//! Who sets an end counts from the latest time that it may be, who judges one goes by
//! the earliest. So no key ends early, whatever the clocks of hosts show, and it ends
//! late by no more than the two spans between the bounds: [`ServiceClock::needs_sample`]
//! says when they are wider than was asked for, and a caller then waits for an answer.
//! The host's calendar is never asked for the time. By how much it parts from the
//! host's stopwatch shows whether the host slept.
//!
//! What nobody can know here: that the service's clock was set, until an answer tells.
//! Once one tells, the newer answer counts.
//!
//! Knows no service, and asks none: how an answer is got is the provider's.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment by the service's clock, in nanoseconds since 1970.
pub type ServiceTime = i64;

/// Clocks of hosts part by no more than one part in so many: the most by which a
/// kernel turns its own.
const PACE: i64 = 2_000;
/// By how much a clock must have been set back for certain before what has ended may
/// come back.
const SET_BACK: i64 = 1_000_000_000;
/// By how much the two clocks of this host may part, their pace left out, before it is
/// taken to have slept.
const ASLEEP: i64 = 100_000_000;

/// An answer that told the service's time.
#[derive(Debug, Clone, Copy)]
pub struct ClockSample {
    /// When the question left.
    pub sent: Instant,
    /// When the answer came.
    pub received: Instant,
    /// At some moment in between the clock showed no less than this,
    pub told: ServiceTime,
    /// and no more than this much later: a second, where it tells whole seconds.
    pub resolution: Duration,
}

/// An estimate of the clock of a service.
#[derive(Debug)]
pub struct ServiceClock {
    origin: Instant,
    widest: i64,
    oldest: i64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bounds: Option<Bounds>,
    /// The latest moment that was taken to have passed.
    passed: ServiceTime,
}

/// What the service's clock shows less what the stopwatch here shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    earliest: i64,
    latest: i64,
    /// When an answer said so last, by the stopwatch.
    made: i64,
    /// What the calendar here showed less what the stopwatch showed.
    calendar: i64,
}

impl Bounds {
    /// What is left of them at a later moment.
    fn aged(self, now: i64) -> Self {
        let drift = now.saturating_sub(self.made).max(0) / PACE;
        Self {
            earliest: self.earliest.saturating_sub(drift),
            latest: self.latest.saturating_add(drift),
            ..self
        }
    }

    /// What both allow. Where they contradict each other the service's clock was set,
    /// and the newer counts.
    fn and(self, other: Self) -> Self {
        let made = self.made.max(other.made);
        let (one, two) = (self.aged(made), other.aged(made));
        let both = Self {
            earliest: one.earliest.max(two.earliest),
            latest: one.latest.min(two.latest),
            made,
            calendar: other.calendar,
        };
        match both.earliest <= both.latest {
            true => both,
            false if other.made >= self.made => other,
            false => self,
        }
    }

    fn width(self) -> i64 {
        self.latest.saturating_sub(self.earliest)
    }

    /// Whether the host slept since. Its stopwatch may have stood still meanwhile.
    fn has_slept(self, here: Here) -> bool {
        let passed = here.stopwatch.saturating_sub(self.made).max(0);
        let parted = here.parted().saturating_sub(self.calendar);
        parted.saturating_abs() > ASLEEP + passed / PACE
    }
}

/// The two clocks of this host, in nanoseconds: since the origin, and since 1970.
#[derive(Debug, Clone, Copy)]
struct Here {
    stopwatch: i64,
    calendar: i64,
}

impl Here {
    fn parted(self) -> i64 {
        self.calendar.saturating_sub(self.stopwatch)
    }
}

impl ServiceClock {
    /// `widest`: how far apart the bounds may be; `oldest`: how old the last answer may
    /// be. Beyond either another one is needed.
    #[must_use]
    pub fn new(widest: Duration, oldest: Duration) -> Self {
        Self {
            origin: Instant::now(),
            widest: nanoseconds(widest),
            oldest: nanoseconds(oldest),
            state: Mutex::new(State {
                bounds: None,
                passed: ServiceTime::MIN,
            }),
        }
    }

    /// Takes an answer into account. Answers may come in any order.
    pub fn learn(&self, sample: ClockSample) {
        self.learn_here(sample, self.here());
    }

    /// Whether a caller should wait for another answer before it goes by this clock:
    /// there was none, the last one is too old, the bounds are too far apart, or the
    /// host slept. Without one the clock is right all the same, but later.
    #[must_use]
    pub fn needs_sample(&self) -> bool {
        self.needs_sample_here(self.here())
    }

    /// The earliest and the latest that it is now; none before the first answer.
    #[must_use]
    pub fn now(&self) -> Option<(ServiceTime, ServiceTime)> {
        self.now_here(self.here())
    }

    /// The latest moment that has passed for certain. It does not go back, unless the
    /// service's clock was set back by more than a second.
    #[must_use]
    pub fn passed(&self) -> ServiceTime {
        self.passed_here(self.here())
    }

    /// Whether this end has passed for certain.
    #[must_use]
    pub fn has_passed(&self, end: ServiceTime) -> bool {
        end <= self.passed()
    }

    /// When a life of `ttl` that begins now is over for certain; none where no bound is
    /// known: before the first answer, and after the host slept until the next one.
    #[must_use]
    pub fn end_of(&self, ttl: Duration) -> Option<ServiceTime> {
        self.end_of_here(ttl, self.here())
    }

    fn learn_here(&self, sample: ClockSample, here: Here) {
        let received = self.stopwatch(sample.received);
        let latest = sample.told.saturating_add(nanoseconds(sample.resolution));
        let seen = Bounds {
            earliest: sample.told.saturating_sub(received),
            latest: latest.saturating_sub(self.stopwatch(sample.sent)),
            made: received,
            calendar: here.parted(),
        };
        let mut state = self.state();
        let known = state.bounds.filter(|known| !known.has_slept(here));
        state.bounds = Some(known.map_or(seen, |known| known.and(seen)));
    }

    fn needs_sample_here(&self, here: Here) -> bool {
        self.state().bounds.is_none_or(|known| {
            here.stopwatch.saturating_sub(known.made) > self.oldest
                || known.aged(here.stopwatch).width() > self.widest
                || known.has_slept(here)
        })
    }

    fn now_here(&self, here: Here) -> Option<(ServiceTime, ServiceTime)> {
        let bounds = self.state().bounds?;
        Some(bounds.at(here.stopwatch))
    }

    fn passed_here(&self, here: Here) -> ServiceTime {
        let mut state = self.state();
        state.pass(here)
    }

    fn end_of_here(&self, ttl: Duration, here: Here) -> Option<ServiceTime> {
        let mut state = self.state();
        let bounds = state.bounds.filter(|known| !known.has_slept(here))?;
        let (_, latest) = bounds.at(here.stopwatch);
        // What was taken to have passed may be later where the clock was set back a
        // little.
        let begins = latest.max(state.pass(here));
        Some(begins.saturating_add(nanoseconds(ttl)))
    }

    fn here(&self) -> Here {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Here {
            stopwatch: self.stopwatch(Instant::now()),
            calendar: since.map_or_else(|before| -nanoseconds(before.duration()), nanoseconds),
        }
    }

    /// A question may have left before this clock was made.
    fn stopwatch(&self, moment: Instant) -> i64 {
        match moment.checked_duration_since(self.origin) {
            Some(since) => nanoseconds(since),
            None => -nanoseconds(self.origin.saturating_duration_since(moment)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bounds {
    fn at(self, stopwatch: i64) -> (ServiceTime, ServiceTime) {
        let aged = self.aged(stopwatch);
        (
            aged.earliest.saturating_add(stopwatch),
            aged.latest.saturating_add(stopwatch),
        )
    }
}

impl State {
    fn pass(&mut self, here: Here) -> ServiceTime {
        if let Some(bounds) = self.bounds {
            let (earliest, latest) = bounds.at(here.stopwatch);
            if earliest > self.passed || latest.saturating_add(SET_BACK) < self.passed {
                self.passed = earliest;
            }
        }
        self.passed
    }
}

fn nanoseconds(span: Duration) -> i64 {
    i64::try_from(span.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;
    const SECOND: i64 = 1_000 * MS;
    const HOUR: i64 = 3_600 * SECOND;
    const DAY: i64 = 24 * HOUR;
    /// What the service's clock shows when ours is made.
    const SERVICE: i64 = 1_795_325_400 * SECOND + 123 * MS;
    const WHOLE_SECONDS: Duration = Duration::from_secs(1);

    fn clock() -> ServiceClock {
        ServiceClock::new(Duration::from_millis(1_200), Duration::from_secs(30))
    }

    /// This host so long after its start; its calendar is wrong by years.
    fn at(stopwatch: i64) -> Here {
        let calendar = stopwatch + 7 * DAY;
        Here {
            stopwatch,
            calendar,
        }
    }

    /// A question that is sent at a moment; its answer took `trip`, and `truth` was
    /// what the clock showed in the middle of it.
    fn sample(
        clock: &ServiceClock,
        sent: i64,
        trip: i64,
        truth: i64,
        resolution: Duration,
    ) -> ClockSample {
        let moment = |at: i64| clock.origin + Duration::from_nanos(at.try_into().unwrap());
        let told = match nanoseconds(resolution) {
            0 => truth,
            step => truth.div_euclid(step) * step,
        };
        ClockSample {
            sent: moment(sent),
            received: moment(sent + trip),
            told,
            resolution,
        }
    }

    /// Asks a service whose clock keeps our pace.
    fn ask(clock: &ServiceClock, sent: i64, trip: i64, ahead: i64, resolution: Duration) {
        let asked = sample(clock, sent, trip, ahead + sent + trip / 2, resolution);
        clock.learn_here(asked, at(sent + trip));
    }

    fn assert_holds(clock: &ServiceClock, now: i64, truth: i64) {
        let (earliest, latest) = clock.now_here(at(now)).unwrap();
        assert!(earliest <= truth && truth <= latest, "{now} {truth}");
        assert!(clock.passed_here(at(now)) <= truth);
        let ttl = Duration::from_secs(7);
        assert!(clock.end_of_here(ttl, at(now)).unwrap() >= truth + 7 * SECOND);
    }

    #[test]
    fn nothing_is_known_before_the_first_answer() {
        let clock = clock();
        assert!(clock.needs_sample() && clock.now().is_none());
        assert!(clock.end_of(Duration::ZERO).is_none());
        assert!(!clock.has_passed(0));
        // The question may have left before this clock was made.
        let long_ago = clock.origin.checked_sub(Duration::from_millis(5));
        clock.learn(ClockSample {
            sent: long_ago.unwrap_or(clock.origin),
            received: clock.origin,
            told: SERVICE,
            resolution: WHOLE_SECONDS,
        });
        assert!(!clock.needs_sample());
        let (earliest, latest) = clock.now().unwrap();
        assert!(earliest >= SERVICE && latest >= SERVICE + SECOND);
        assert!(clock.has_passed(SERVICE) && !clock.has_passed(SERVICE + 60 * SECOND));
    }

    #[test]
    fn whole_seconds_narrow_down_and_the_truth_stays_between() {
        for trip in [0, 300_000, 40 * MS] {
            for offset in [0, 1, 500 * MS, SECOND - 1] {
                let (clock, ahead) = (clock(), SERVICE + offset);
                let mut now = 0;
                for round in 0..200 {
                    now = round * 37 * MS;
                    ask(&clock, now, trip, ahead, WHOLE_SECONDS);
                    now += trip;
                    assert_holds(&clock, now, ahead + now);
                    assert!(!clock.needs_sample_here(at(now)));
                }
                let (earliest, latest) = clock.now_here(at(now)).unwrap();
                assert!(latest - earliest <= 2 * trip + 50 * MS, "{trip}");
            }
        }
    }

    #[test]
    fn twelve_idle_hours_end_nothing_early() {
        for pace in [-40, 40] {
            for resolution in [Duration::ZERO, WHOLE_SECONDS] {
                let clock = clock();
                for round in 0..100 {
                    ask(&clock, round * 91 * MS, MS, SERVICE, resolution);
                }
                let now = 12 * HOUR;
                assert!(clock.needs_sample_here(at(now)));
                let truth = SERVICE + now + now / 1_000_000 * pace;
                assert_holds(&clock, now, truth);
                // One answer makes it good again.
                let asked = sample(&clock, now, MS, truth, resolution);
                clock.learn_here(asked, at(now + MS));
                assert!(!clock.needs_sample_here(at(now + MS)));
                assert_holds(&clock, now + MS, truth + MS);
            }
        }
    }

    #[test]
    fn another_answer_is_asked_for_in_time() {
        let wide = ServiceClock::new(Duration::from_millis(100), Duration::from_secs(600));
        ask(&wide, 0, 10 * MS, SERVICE, Duration::ZERO);
        assert!(!wide.needs_sample_here(at(80 * SECOND)));
        assert!(wide.needs_sample_here(at(100 * SECOND)));
        let old = clock();
        ask(&old, 0, 10 * MS, SERVICE, Duration::ZERO);
        assert!(!old.needs_sample_here(at(30 * SECOND)));
        assert!(old.needs_sample_here(at(31 * SECOND)));
        let slow = ServiceClock::new(Duration::from_millis(100), Duration::from_secs(30));
        ask(&slow, 0, 500 * MS, SERVICE, Duration::ZERO);
        assert!(slow.needs_sample_here(at(500 * MS)));
        assert_holds(&slow, 500 * MS, SERVICE + 500 * MS);
    }

    #[test]
    fn a_clock_that_was_set_by_a_day_is_followed() {
        for resolution in [Duration::ZERO, WHOLE_SECONDS] {
            let clock = clock();
            ask(&clock, 0, MS, SERVICE, resolution);
            assert_holds(&clock, SECOND, SERVICE + SECOND);
            ask(&clock, SECOND, MS, SERVICE + DAY, resolution);
            assert_holds(&clock, 2 * SECOND, SERVICE + DAY + 2 * SECOND);
            assert!(clock.passed_here(at(2 * SECOND)) > SERVICE + DAY);
            // And back: what others set to end in between is there.
            ask(&clock, 2 * SECOND, MS, SERVICE, resolution);
            assert_holds(&clock, 3 * SECOND, SERVICE + 3 * SECOND);
        }
    }

    #[test]
    fn what_has_passed_stays_so_where_a_clock_goes_back_a_little() {
        let clock = clock();
        ask(&clock, 0, 0, SERVICE, Duration::ZERO);
        let passed = clock.passed_here(at(SECOND));
        ask(&clock, SECOND, 0, SERVICE - SECOND / 2, Duration::ZERO);
        assert_eq!(clock.passed_here(at(SECOND)), passed);
        // Who sets an end meanwhile counts from there.
        let end = clock.end_of_here(Duration::from_millis(1), at(SECOND));
        assert_eq!(end.unwrap(), passed + MS);
        assert!(clock.passed_here(at(2 * SECOND)) > passed);
    }

    #[test]
    fn the_order_of_answers_does_not_matter() {
        let (one, two) = (clock(), clock());
        let answers: Vec<ClockSample> = (0..20)
            .map(|round| {
                let sent = round * 171 * MS;
                let truth = SERVICE + sent + 3 * MS;
                sample(&one, sent, 30 * MS, truth, WHOLE_SECONDS)
            })
            .collect();
        let shift = |asked: &ClockSample| ClockSample {
            sent: two.origin + asked.sent.duration_since(one.origin),
            received: two.origin + asked.received.duration_since(one.origin),
            ..*asked
        };
        let now = 4 * SECOND;
        for asked in &answers {
            one.learn_here(*asked, at(now));
        }
        for asked in answers.iter().rev() {
            two.learn_here(shift(asked), at(now));
        }
        for clock in [&one, &two] {
            assert_holds(clock, now, SERVICE + now);
        }
        let width = |clock: &ServiceClock| {
            let (earliest, latest) = clock.now_here(at(now)).unwrap();
            latest - earliest
        };
        assert!((width(&one) - width(&two)).abs() < 5 * MS);
        // An old answer from before the clock was set changes nothing.
        let set = clock();
        ask(&set, 10 * SECOND, 0, SERVICE + DAY, Duration::ZERO);
        ask(&set, 0, 0, SERVICE, Duration::ZERO);
        assert_holds(&set, 11 * SECOND, SERVICE + DAY + 11 * SECOND);
    }

    #[test]
    fn a_host_that_slept_sets_no_end_before_it_asked() {
        let clock = clock();
        ask(&clock, 0, MS, SERVICE, WHOLE_SECONDS);
        // Its stopwatch stood still for 700 ms.
        let awake = Here {
            calendar: at(SECOND).calendar + 700 * MS,
            ..at(SECOND)
        };
        assert!(clock.needs_sample_here(awake));
        assert!(clock.end_of_here(Duration::ZERO, awake).is_none());
        // What has passed has passed all the same.
        assert!(clock.passed_here(awake) <= SERVICE + SECOND);
        let truth = SERVICE + SECOND + 700 * MS;
        clock.learn_here(sample(&clock, SECOND, 0, truth, WHOLE_SECONDS), awake);
        let (earliest, latest) = clock.now_here(awake).unwrap();
        assert!(earliest <= truth && truth <= latest);
        assert!(!clock.needs_sample_here(awake));
    }
}
