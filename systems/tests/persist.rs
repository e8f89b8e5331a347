//! A library is stored, dropped and loaded again, and nothing is lost on the way.

use segue_components::prelude::*;
use segue_systems::catalog::Catalog;
use segue_systems::persist::memory::MemoryStore;
use segue_systems::persist::testing::Library;

#[test]
fn a_library_comes_back_as_it_was_stored() {
    let store = MemoryStore::default();
    let mut library = Library::open(store.clone());
    library.fill(700);
    let before = library.snapshot();
    library.flush().unwrap();
    drop(library);
    let mut again = Library::open(store);
    assert_eq!(again.snapshot(), before);
    let world = &mut again.world;
    let next: TrackId = Catalog::spawn(world, ());
    assert_eq!(next, TrackId(701), "numbers go on where they were");
}
