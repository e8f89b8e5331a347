//! How the native benchmarks measure: some runs, the median, one line each.

use std::time::{Duration, Instant};

/// Runs benchmarks and prints their results.
#[derive(Debug)]
pub struct Bench {
    json: bool,
    filter: Option<String>,
}

impl Bench {
    /// As the command line says: `--json`, and a part of the names to run.
    #[must_use]
    pub fn from_args() -> Self {
        let mut bench = Self {
            json: false,
            filter: None,
        };
        for argument in std::env::args().skip(1) {
            match argument.as_str() {
                "--json" => bench.json = true,
                // Cargo adds it.
                "--bench" => {}
                _ => bench.filter = Some(argument),
            }
        }
        bench
    }

    /// Whether a benchmark of this name is wanted.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| name.contains(filter.as_str()))
    }

    /// Prints a result.
    #[expect(clippy::print_stdout, reason = "this is what a benchmark is for")]
    pub fn print(&self, name: &str, value: f64, unit: &str) {
        if self.json {
            println!("{{\"bench\":\"{name}\",\"ours\":{value:.3},\"unit\":\"{unit}\"}}");
        } else {
            println!("{name:<36} {value:>12.3} {unit}");
        }
    }

    /// Runs something so many times, each time over a new input, and prints the median in milliseconds.
    pub fn time<I, O>(
        &self,
        name: &str,
        runs: usize,
        mut input: impl FnMut() -> I,
        mut run: impl FnMut(&mut I) -> O,
    ) {
        if !self.wants(name) {
            return;
        }
        let mut times: Vec<Duration> = (0..runs.max(1))
            .map(|_| {
                let mut input = input();
                let start = now();
                let output = run(&mut input);
                let time = start.elapsed();
                // What was made is dropped after the clock stopped.
                drop(output);
                time
            })
            .collect();
        times.sort_unstable();
        self.print(name, times[times.len() / 2].as_secs_f64() * 1e3, "ms");
    }

    /// Runs something that counts what it does, each time over a new input, and prints the median rate.
    pub fn rate<I>(
        &self,
        name: &str,
        runs: usize,
        unit: &str,
        mut input: impl FnMut() -> I,
        mut run: impl FnMut(&mut I) -> u32,
    ) {
        if !self.wants(name) {
            return;
        }
        let mut rates: Vec<f64> = (0..runs.max(1))
            .map(|_| {
                let mut input = input();
                let start = now();
                let count = run(&mut input);
                f64::from(count) / start.elapsed().as_secs_f64()
            })
            .collect();
        rates.sort_by(f64::total_cmp);
        self.print(name, rates[rates.len() / 2], unit);
    }

    /// Prints a result beside that of a peer, both of which are times.
    #[expect(clippy::print_stdout, reason = "this is what a benchmark is for")]
    pub fn compare(&self, name: &str, ours: f64, unit: &str, peer: f64, peer_name: &str) {
        let ratio = peer / ours;
        if self.json {
            println!(
                "{{\"bench\":\"{name}\",\"ours\":{ours:.3},\"unit\":\"{unit}\",\"peer\":{peer:.3},\
                 \"peerName\":\"{peer_name}\",\"ratio\":{ratio:.3}}}"
            );
        } else {
            println!(
                "{name:<36} {ours:>12.3} {unit}, {peer_name} {peer:.3} {unit}: {ratio:.2} times its speed"
            );
        }
    }

    /// Runs something over each of many inputs and prints the median and the 95th percentile in
    /// milliseconds.
    pub fn percentiles<I, O>(&self, name: &str, inputs: &[I], mut run: impl FnMut(&I) -> O) {
        if !self.wants(name) || inputs.is_empty() {
            return;
        }
        let mut times: Vec<Duration> = inputs
            .iter()
            .map(|input| {
                let start = now();
                let output = run(input);
                let time = start.elapsed();
                drop(output);
                time
            })
            .collect();
        times.sort_unstable();
        for (suffix, place) in [("p50", times.len() / 2), ("p95", times.len() * 95 / 100)] {
            self.print(
                &format!("{name}_{suffix}"),
                times[place].as_secs_f64() * 1e3,
                "ms",
            );
        }
    }
}

/// The time of this moment.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, and never on wasm"
)]
pub fn now() -> Instant {
    Instant::now()
}
