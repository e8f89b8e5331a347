//! What the tool prints while it works: steps with durations, and sizes people can read.

use std::time::{Duration, Instant};

/// Measures how long a step takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(
        clippy::disallowed_methods,
        reason = "a native tool reports how long its steps take"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Numbered steps of a known count, one line each on standard error.
#[derive(Debug)]
pub struct Steps {
    done: usize,
    total: usize,
}

impl Steps {
    /// `total` steps lie ahead.
    pub fn new(total: usize) -> Self {
        Self { done: 0, total }
    }

    /// Announces the next step before its work starts.
    pub fn begin(&mut self, what: &str) {
        self.done += 1;
        eprintln!("[{}/{}] {what}", self.done, self.total);
    }

    /// A line below the step that is going on.
    pub fn note(&self, what: &str) {
        eprintln!("      {what}");
    }
}

/// A duration as people read it: `0.4 s`, `12.3 s`, `3 min 20 s`.
pub fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// A size as people read it, in decimal units: `999 B`, `12.3 kB`, `1.23 MB`.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{}.{} kB", count / 1_000, count % 1_000 / 100),
        _ => format!("{}.{:02} MB", count / 1_000_000, count % 1_000_000 / 10_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_switch_to_minutes_at_sixty_seconds() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(59_940)), "59.9 s");
        assert_eq!(seconds(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn sizes_use_decimal_units() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(12_345), "12.3 kB");
        assert_eq!(bytes(1_234_567), "1.23 MB");
    }
}
