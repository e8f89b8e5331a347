//! `cargo soak`: the random tests of storage, for as long as one likes: random histories, failing calls, power
//! cuts, damaged pages, over memory, redb and, if asked for, IndexedDB in a browser.

use std::fmt;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use segue::native::redb_store::testing::{Images, SimulatedDisk, check_power_cuts};
use segue_systems::persist::memory::{Disk, MemoryStore};
use segue_systems::persist::store::{Batch, Durability, PageStore};
use segue_systems::persist::testing::damage::Damaged;
use segue_systems::persist::testing::model::{self, Count, Random};
use segue_systems::persist::testing::{Library, wait};
use segue_systems::testing::fuzz;

const HELP: &str = "\
Runs the random tests of storage until the time is up, or one fails.

Usage: cargo soak [OPTIONS]

  --minutes N      for how long [default: 10]
  --seed S         the seed of the first round; the next have the next ones [default: 0]
  --rounds N       end after so many rounds, however long they take: `--seed S --rounds 1` does one again
  --backend NAME   memory, redb, bytes or indexeddb; may be given several times [default: the first three]
                   bytes is what the readers of pages, frames, queries and playlist files make of any bytes
                   indexeddb builds the test of the browser and needs Chromium
";

/// What a round does, by backend: one of the backend's parts, then the next with the next seed.
const PARTS: [Part; 8] = [
    Part {
        backend: "memory",
        name: "random histories",
        run: |seed| Done::model(model::check(&mut MemoryStore::default(), seed, 500)),
    },
    Part {
        backend: "memory",
        name: "every call fails",
        run: |seed| Done::model(model::check_every_call(MemoryStore::default, seed, 1)),
    },
    Part {
        backend: "memory",
        name: "damaged pages",
        run: |seed| damage(seed, 400, MemoryStore::with),
    },
    Part {
        backend: "redb",
        name: "random histories",
        run: |seed| Done::model(model::check(&mut SimulatedDisk::default(), seed, 500)),
    },
    Part {
        backend: "redb",
        name: "every call fails",
        run: |seed| Done::model(model::check_every_call(SimulatedDisk::default, seed, 11)),
    },
    Part {
        backend: "redb",
        name: "power cuts",
        run: |seed| {
            let short = check_power_cuts(seed, 2, Images::All);
            Done::of("power cuts", short + check_power_cuts(seed, 12, Images::Some(3)))
        },
    },
    Part {
        backend: "redb",
        name: "damaged pages",
        run: |seed| damage(seed, 50, in_redb),
    },
    Part {
        backend: "bytes",
        name: "mutated corpora",
        run: bytes,
    },
];

/// One of the tests.
struct Part {
    backend: &'static str,
    name: &'static str,
    run: fn(u64) -> Done,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    rounds: u64,
    count: Count,
    power_cuts: u64,
    damaged: u64,
    inputs: u64,
}

impl Done {
    fn model(count: Count) -> Self {
        Self {
            count,
            ..Self::default()
        }
    }

    fn of(what: &str, number: u64) -> Self {
        match what {
            "power cuts" => Self {
                power_cuts: number,
                ..Self::default()
            },
            _ => Self {
                damaged: number,
                ..Self::default()
            },
        }
    }

    fn add(&mut self, other: Self) {
        self.rounds += 1;
        self.count += other.count;
        self.power_cuts += other.power_cuts;
        self.damaged += other.damaged;
        self.inputs += other.inputs;
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} rounds: {}, {} power cuts, {} damaged pages, {} mutated inputs",
            self.rounds, self.count, self.power_cuts, self.damaged, self.inputs
        )
    }
}

/// Damages so many places of a small library's pages, one after the other.
fn damage<S: PageStore>(seed: u64, places: u64, open: impl FnMut(Disk) -> S) -> Done {
    let random = &mut Random::new(seed);
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(1 + random.below(300));
    library.flush().expect("memory has room");
    let mut damaged = Damaged::new(store.disk(), open);
    let pages: Vec<_> = damaged.pages().collect();
    for _ in 0..places {
        let (key, length) = pages[random.place(pages.len())];
        let (at, how) = (random.place(length), random.below(4));
        let byte = random.byte();
        damaged.check(key, |page| match how {
            0 => page.truncate(at),
            1 => {
                let end = page.len().min(at + 1 + usize::from(byte));
                let same = page[at..end].iter().all(|&byte| byte == 0);
                page[at..end].fill(u8::from(same));
            }
            _ => page[at] ^= 1 << (byte % 8),
        });
    }
    Done::of("damaged pages", places)
}

/// Gives the readers of pages, frames and queries what chance makes of the corpora of `systems/fuzz`.
fn bytes(seed: u64) -> Done {
    const ROUND: u64 = 1_000;
    let random = &mut Random::new(seed);
    let targets: [(&str, fn(&[u8])); 4] = [
        ("page", fuzz::page),
        ("frame", fuzz::frame),
        ("query", fuzz::query),
        ("m3u", fuzz::m3u),
    ];
    for (name, read) in targets {
        let corpus = corpus(name);
        for _ in 0..ROUND {
            let mut input = corpus[random.place(corpus.len())].clone();
            fuzz::mutate(&mut input, &corpus[random.place(corpus.len())], random);
            let result = catch_unwind(AssertUnwindSafe(|| read(&input)));
            if let Err(panic) = result {
                say(&format!("this did harm to the reader of {name}: {input:02x?}"));
                resume_unwind(panic);
            }
        }
    }
    Done {
        inputs: ROUND * targets.len() as u64,
        ..Done::default()
    }
}

/// The inputs that were kept for a target, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../systems/fuzz/corpus")
        .join(name);
    let files = std::fs::read_dir(folder).expect("the corpora are part of the repository");
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("a file of the repository");
    paths.into_iter().map(read).collect()
}

/// The same pages in redb.
fn in_redb(disk: Disk) -> impl PageStore {
    let mut store = SimulatedDisk::default().store();
    let epoch = wait(store.claim()).expect("a sound disk").epoch;
    let batch = Batch {
        epoch,
        meta: disk.meta.expect("it was flushed"),
        pages: disk
            .pages
            .into_iter()
            .map(|(key, bytes)| (key, Some(bytes)))
            .collect(),
        blobs: Vec::new(),
        durability: Durability::Strict,
    };
    wait(store.commit(&batch)).expect("a sound disk");
    store
}

struct Options {
    minutes: f64,
    seed: u64,
    rounds: Option<u64>,
    backends: Vec<String>,
}

fn options() -> Result<Option<Options>, String> {
    let mut options = Options {
        minutes: 10.0,
        seed: 0,
        rounds: None,
        backends: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value; see --help"))
        };
        fn number<N: std::str::FromStr>(word: &str) -> Result<N, String> {
            word.parse().map_err(|_| format!("{word:?} is no number"))
        }
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--minutes" => options.minutes = number(&value()?)?,
            "--seed" => options.seed = number(&value()?)?,
            "--rounds" => options.rounds = Some(number(&value()?)?),
            "--backend" => options.backends.push(value()?),
            "--" => {}
            other => return Err(format!("{other:?} is no option; see --help")),
        }
    }
    for name in &options.backends {
        if !["memory", "redb", "bytes", "indexeddb"].contains(&name.as_str()) {
            return Err(format!(
                "there is no backend {name:?}, but memory, redb, bytes and indexeddb"
            ));
        }
    }
    if options.backends.is_empty() {
        options.backends = vec!["memory".into(), "redb".into(), "bytes".into()];
    }
    if !(options.minutes.is_finite() && options.minutes >= 0.0) {
        return Err("--minutes needs a length of time".into());
    }
    Ok(Some(options))
}

fn say(line: &str) {
    // Whoever reads no more is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(Some(options)) => options,
        Ok(None) => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "soak: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let in_browser = options.backends.iter().any(|name| name == "indexeddb");
    let native = run(&options);
    let browser = if native && in_browser {
        browse(&options)
    } else {
        native
    };
    if browser {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long it may take is a matter of the wall clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// Runs the native parts; whether all went well.
fn run(options: &Options) -> bool {
    let parts: Vec<&Part> = PARTS
        .iter()
        .filter(|part| options.backends.iter().any(|name| name == part.backend))
        .collect();
    if parts.is_empty() {
        return true;
    }
    // redb panics where a page of its own is damaged, which the store expects; ours are told below.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic
            .location()
            .is_none_or(|location| !location.file().contains("/redb-"))
        {
            usual(panic);
        }
    }));
    let start = now();
    let end = Duration::from_secs_f64(options.minutes * 60.0);
    let mut told = Duration::ZERO;
    let mut done = Done::default();
    let mut seed = options.seed;
    loop {
        for part in &parts {
            let result = catch_unwind(AssertUnwindSafe(|| (part.run)(seed)));
            let Ok(round) = result else {
                say(&format!(
                    "FAILED   {} in {}, after {done}\nagain:   cargo soak --backend {} --seed {seed} --rounds 1",
                    part.name, part.backend, part.backend
                ));
                return false;
            };
            done.add(round);
        }
        seed += 1;
        let elapsed = start.elapsed();
        if elapsed >= told + Duration::from_secs(10) {
            told = elapsed;
            say(&format!("{:>6} s  {done}", elapsed.as_secs()));
        }
        let enough = options
            .rounds
            .map_or(elapsed >= end, |rounds| seed - options.seed >= rounds);
        if enough {
            break;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    say(&format!(
        "ok       {done}, seeds {} to {}, {seconds:.0} s, no difference",
        options.seed,
        seed - 1
    ));
    true
}

/// Runs the same histories over IndexedDB, in a worker of a headless browser.
fn browse(options: &Options) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let seconds = (options.minutes * 60.0).ceil();
    let result = Command::new(cargo)
        .args(["test", "--target", "wasm32-unknown-unknown"])
        .args(["--package", "segue-web", "--test", "model", "--", "--nocapture"])
        .env("SEGUE_SOAK_SECONDS", seconds.to_string())
        .env("SEGUE_SOAK_SEED", options.seed.to_string())
        .env("WASM_BINDGEN_TEST_TIMEOUT", (seconds + 300.0).to_string())
        .status();
    match result {
        Ok(status) => status.success(),
        Err(error) => {
            say(&format!("FAILED   cannot start cargo: {error}"));
            false
        }
    }
}
