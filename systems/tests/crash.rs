//! Whatever fails, and whenever the library dies, it comes back as it was at some commit.

#![expect(clippy::unwrap_used, reason = "a test may stop where it went wrong")]

use segue_components::prelude::*;
use segue_systems::catalog::{self, Catalog};
use segue_systems::persist::memory::{Fault, MemoryStore};
use segue_systems::persist::testing::Library;
use segue_systems::persist::testing::damage::Damaged;
use segue_systems::persist::testing::model::{self, Count, Random};

#[test]
fn a_library_that_crashes_at_random_is_always_one_that_was_committed() {
    let mut count = Count::default();
    for seed in 0..60 {
        count += model::check(&mut MemoryStore::default(), seed, 400);
    }
    println!("{count}");
    assert!(
        count.commits > 800 && count.troubles > 500 && count.crashes > 500,
        "{count}"
    );
}

#[test]
fn whichever_call_fails_nothing_that_was_acknowledged_is_lost() {
    let mut count = Count::default();
    for seed in 0..5 {
        count += model::check_every_call(MemoryStore::default, seed, 1);
    }
    println!("{count}");
    assert!(count.troubles > 100, "{count}");
}

#[test]
fn a_flipped_bit_in_any_byte_of_any_page_is_noticed_and_costs_only_that_page() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(9);
    // Two pages of tracks, one of them with nothing but a title.
    library.world.resource_mut::<Catalog>().reserve(Noun::Track, 300);
    let _: TrackId = Catalog::spawn(&mut library.world, Title("far away".into()));
    library.flush().unwrap();
    let mut damaged = Damaged::new(store.disk(), MemoryStore::with);
    let flips = damaged.check_every_byte(&mut Random::new(1));
    assert!(flips > 1_000, "{flips}");
}

#[test]
fn any_call_may_fail_and_a_later_flush_stores_everything() {
    let calls = {
        let store = MemoryStore::default();
        store.set_fault(None);
        history(store.clone()).flush().unwrap();
        store.calls()
    };
    assert!(calls > 3, "there is something to fail");
    for nth in 0..calls {
        let store = MemoryStore::default();
        store.set_fault(Some(Fault::FailCall(nth)));
        let mut library = history(store.clone());
        if library.storage().refused.is_some() {
            assert_eq!(
                store.disk().pages.len(),
                0,
                "a library that was not opened writes nothing"
            );
            continue;
        }
        store.set_fault(None);
        library.flush().unwrap();
        assert_eq!(library.snapshot(), Library::open(store).snapshot(), "call {nth}");
    }
}

fn history(store: MemoryStore) -> Library<MemoryStore> {
    let mut library = Library::open(store);
    library.fill(300);
    for step in 0..4 {
        library.tick(200);
        library.tick(200);
        let stars = Rating::new(1 + step).unwrap();
        catalog::set(&mut library.world, TrackId(u64::from(step) + 1), stars);
    }
    library
}

#[test]
fn a_job_is_stored_with_the_rows_it_counts() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(1);
    let mut last = 0;
    for round in 1..=20u64 {
        for number in 0..30 {
            let title = Title(format!("{round}.{number}").into());
            let _: TrackId = Catalog::spawn(&mut library.world, title);
        }
        let added = round * 30;
        catalog::set(
            &mut library.world,
            JobId(1),
            JobProgress {
                added,
                ..JobProgress::default()
            },
        );
        library.tick(90);
        // A crash now: what the job says it did is there, all of it.
        let crashed = Library::open(MemoryStore::with(store.disk()));
        let catalog = crashed.world.resource::<Catalog>();
        let tracks = catalog.count(Noun::Track) as u64;
        let counted = catalog::get::<JobProgress>(&crashed.world, JobId(1)).map_or(0, |job| job.added);
        assert_eq!(tracks.saturating_sub(1), counted, "round {round}");
        last = last.max(counted);
    }
    assert!(last >= 300, "something was committed on the way: {last}");
}
