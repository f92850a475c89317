//! Measuring in turns, and the printed table. Knows nothing of what is measured.

use std::time::{Duration, Instant};

/// Prints a line for each figure as soon as it is known.
pub(crate) struct Table {
    missed: usize,
}

/// What a figure may be.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// A figure without a target, for understanding.
    Free,
}

impl Table {
    pub(crate) fn new() -> Self {
        println!(
            "{:<58} {:>12} {:>12} {:>12}  target",
            "figure", "baseline", "host", "result"
        );
        Self { missed: 0 }
    }

    pub(crate) fn row(
        &mut self,
        name: &str,
        baseline: &str,
        host: &str,
        result: f64,
        unit: &str,
        bound: Bound,
    ) {
        let (target, holds) = match bound {
            Bound::AtMost(most) => (format!("at most {most}{unit}"), result <= most),
            Bound::AtLeast(least) => (format!("at least {least}{unit}"), result >= least),
            Bound::Free => (String::new(), true),
        };
        let verdict = if holds { "" } else { "  MISSED" };
        self.missed += usize::from(!holds);
        let result = format!("{result:.2}{unit}");
        println!("{name:<58} {baseline:>12} {host:>12} {result:>12}  {target}{verdict}");
    }

    pub(crate) fn note(&self, text: &str) {
        println!("{text}");
    }

    pub(crate) fn end(&self) {
        if self.missed > 0 {
            println!("{} of the targets missed", self.missed);
        }
    }
}

/// Two things measured in turns.
pub(crate) struct Pair {
    /// Medians, in seconds for one operation.
    pub(crate) baseline: f64,
    pub(crate) host: f64,
    /// The median of the rounds' ratios, host to baseline.
    pub(crate) ratio: f64,
    /// The median of the rounds' differences, in seconds.
    pub(crate) difference: f64,
}

/// Runs both for `rounds` rounds, in turns and with the order swapped every
/// time, and keeps medians: what disturbs the machine disturbs both. Each
/// closure returns the time of one operation in seconds.
pub(crate) fn in_turns<E>(
    rounds: usize,
    mut baseline: impl FnMut() -> Result<f64, E>,
    mut host: impl FnMut() -> Result<f64, E>,
) -> Result<Pair, E> {
    baseline()?;
    host()?;
    let mut measured = Vec::with_capacity(rounds);
    for round in 0..rounds {
        measured.push(if round % 2 == 0 {
            let first = baseline()?;
            (first, host()?)
        } else {
            let first = host()?;
            (baseline()?, first)
        });
    }
    let of = |figure: fn(&(f64, f64)) -> f64| median(measured.iter().map(figure).collect());
    Ok(Pair {
        baseline: of(|pair| pair.0),
        host: of(|pair| pair.1),
        ratio: of(|pair| pair.1 / pair.0),
        difference: of(|pair| pair.1 - pair.0),
    })
}

/// The median time of `times` runs, in seconds: each is timed by itself and so
/// leaves out what `prepare` and dropping its result cost.
pub(crate) fn each<T, R, E>(
    times: usize,
    mut prepare: impl FnMut() -> T,
    mut run: impl FnMut(T) -> Result<R, E>,
) -> Result<f64, E> {
    let mut measured = Vec::with_capacity(times);
    for _ in 0..times {
        let input = prepare();
        let start = Instant::now();
        let result = run(input)?;
        measured.push(start.elapsed().as_secs_f64());
        drop(result);
    }
    Ok(median(measured))
}

/// The mean time of one of `times` operations that `run` does together.
pub(crate) fn mean(times: u32, elapsed: Duration) -> f64 {
    elapsed.as_secs_f64() / f64::from(times)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// So many bytes a second, as text.
pub(crate) fn rate(bytes: u64, seconds: f64) -> String {
    format!("{:.1} MiB/s", bytes as f64 / seconds / f64::from(1 << 20))
}

/// Seconds as text.
pub(crate) fn time(seconds: f64) -> String {
    if seconds < 1e-6 {
        format!("{:.0} ns", seconds * 1e9)
    } else if seconds < 1e-3 {
        format!("{:.2} us", seconds * 1e6)
    } else {
        format!("{:.2} ms", seconds * 1e3)
    }
}
