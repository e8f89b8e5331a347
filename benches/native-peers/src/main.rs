//! `cargo bench-native-peers`: our engine beside SQLite FTS5 in one process, over the same rows, at 10,000, 100,000 and
//! 1,000,000 tracks.
//!
//! SQLite is set up as fast as it goes for these questions: in memory, rows in our default order with their place as
//! rowid, so that it sorts nothing; an index of prefixes of one to three characters; no copy of the text.

mod sqlite;

use segue_benches::measure::Bench;
use segue_benches::owner::Owner;
use segue_benches::words;

use crate::sqlite::Sqlite;

/// What the rows are drawn from.
const SEED: u64 = 1;
/// What the queries are drawn from.
const TYPED: u64 = 5;
const KEYSTROKES: usize = 400;
/// How many queries are named.
const SLOWEST: usize = 8;
/// Odd, so that there is a middle.
const CHANGES: u32 = 101;

/// Orders that nobody asked for before, ours and SQLite's.
const ORDERS: [(&str, &str); 5] = [
    ("sort:-year", "year DESC"),
    ("sort:title", "title"),
    ("sort:-duration", "duration DESC"),
    ("sort:album", "album"),
    ("sort:year,-title", "year, title DESC"),
];

/// Fields whose values are counted; the peer has columns of the same names.
const FACETS: [&str; 3] = ["artist", "genre", "year"];

fn main() -> rusqlite::Result<()> {
    let bench = Bench::from_args();
    for (tracks, size) in [(10_000, "10k"), (100_000, "100k"), (1_000_000, "1m")] {
        let wanted = [
            "index",
            "keystroke",
            "slowest",
            "sort_switch",
            "facets_artist",
            "facets_genre",
            "facets_year",
            "change",
            "idle",
        ]
        .iter()
        .any(|what| bench.wants(&format!("{what}_{size}")));
        if wanted {
            run(&bench, tracks, size)?;
        }
    }
    Ok(())
}

fn run(bench: &Bench, tracks: u32, size: &str) -> rusqlite::Result<()> {
    let peer = format!("SQLite {} FTS5", rusqlite::version());
    let mut owner = Owner::new(tracks, SEED);
    let ours = milliseconds(|| owner.index());
    let order = owner.order(tracks);
    let mut sqlite = Sqlite::open()?;
    let mut theirs = 0.0;
    for (number, ids) in order.chunks(10_000).enumerate() {
        let rows: Vec<_> = ids.iter().filter_map(|&id| owner.row(id)).collect();
        theirs += sqlite.add(number * 10_000, &rows)?;
    }
    sqlite.finish()?;
    let per_row = 1e3 / f64::from(tracks);
    let compare = |what: &str, ours: f64, unit: &str, theirs: f64, peer: &str| {
        let name = format!("{what}_{size}");
        if bench.wants(&name) {
            bench.compare(&name, ours, unit, theirs, peer);
        }
    };
    compare("index", ours * per_row, "µs/row", theirs * per_row, &peer);

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut slowest = Vec::new();
    for query in words::keystrokes(KEYSTROKES, TYPED) {
        let mut total = 0;
        let time = milliseconds(|| total = owner.find(&query).0);
        let mut found = Ok(0);
        theirs.push(milliseconds(|| found = sqlite.find(&query)));
        ours.push(time);
        slowest.push((time, query, total, found?));
    }
    if bench.wants(&format!("slowest_{size}")) {
        slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (time, query, total, theirs) in slowest.iter().take(SLOWEST) {
            eprintln!("    {query:?}: {time:.2} ms, {total} tracks, SQLite finds {theirs}");
        }
    }
    for (suffix, part) in [("", 95), ("_median", 50)] {
        let what = format!("keystroke{suffix}");
        compare(
            &what,
            percentile(&mut ours, part),
            "ms",
            percentile(&mut theirs, part),
            &peer,
        );
    }

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (order, column) in ORDERS {
        ours.push(milliseconds(|| owner.find(order)));
        let mut found = Ok(());
        theirs.push(milliseconds(|| found = sqlite.sort(column)));
        found?;
    }
    compare(
        "sort_switch",
        percentile(&mut ours, 50),
        "ms",
        percentile(&mut theirs, 50),
        "SQLite ORDER BY, no index",
    );

    for field in FACETS {
        let first = milliseconds(|| owner.facets(field, ""));
        let mut found = Ok(());
        let theirs = milliseconds(|| found = sqlite.facets(field));
        found?;
        compare(
            &format!("facets_{field}_first"),
            first,
            "ms",
            theirs,
            "SQLite GROUP BY, no index",
        );
        let mut ours: Vec<_> = (0..9).map(|_| milliseconds(|| owner.facets(field, ""))).collect();
        compare(
            &format!("facets_{field}"),
            percentile(&mut ours, 50),
            "ms",
            theirs,
            "SQLite GROUP BY, no index",
        );
    }

    let view = owner.open_view();
    owner.client.remote_mut().set_query(view, "sort:title");
    owner.settle();
    sqlite.index_titles()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..CHANGES {
        let place = number.wrapping_mul(7_919) % tracks;
        let title = format!("0 {number}");
        ours.push(milliseconds(|| owner.retitle(order[place as usize], &title)));
        let mut changed = Ok(());
        theirs.push(milliseconds(|| changed = sqlite.change(place, &title)));
        changed?;
    }
    let again = format!("{peer}, asked again");
    compare(
        "change",
        percentile(&mut ours, 50),
        "ms",
        percentile(&mut theirs, 50),
        &again,
    );
    let name = format!("idle_{size}");
    if bench.wants(&name) {
        let mut ticks: Vec<_> = (0..1_001).map(|_| milliseconds(|| owner.tick())).collect();
        bench.print(&name, percentile(&mut ticks, 50) * 1e3, "µs");
    }
    Ok(())
}

/// Milliseconds of this thread's processor: both sides have one thread, and whoever else uses the machine makes
/// neither slower.
fn milliseconds<O>(run: impl FnOnce() -> O) -> f64 {
    let start = processor_time();
    let output = run();
    let time = processor_time() - start;
    drop(output);
    time
}

/// What this thread has used of a processor, in milliseconds.
#[cfg(unix)]
pub(crate) fn processor_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// Elsewhere the time that passes.
#[cfg(not(unix))]
pub(crate) fn processor_time() -> f64 {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(segue_benches::measure::now);
    START.elapsed().as_secs_f64() * 1e3
}

/// The value below which so many of a hundred are.
fn percentile(values: &mut [f64], part: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * part / 100).min(values.len() - 1)]
}
