//! What changed in this tick: one log, written by observers, read by index, store and mirror.
//!
//! The work of those readers follows the number of changes and not the size of the library; a scan of
//! every row for change ticks costs about a nanosecond a row and component, which at a million tracks
//! is too much for every tick of a browser tab.

use bevy_ecs::component::ComponentId;
use bevy_ecs::entity::Entity;
use bevy_ecs::lifecycle::{Despawn, Insert, Remove};
use bevy_ecs::observer::{Observer, On};
use bevy_ecs::query::{AnyOf, QueryData};
use bevy_ecs::resource::Resource;
use bevy_ecs::system::{Query, Res, ResMut};
use bevy_ecs::world::World;
use segue_components::id::{
    AlbumId, ArtworkId, EntriesId, FileId, HistoryId, Id, JobId, Noun, PlayerId, PlaylistId, ProviderId,
    TrackId,
};
use segue_components::wire::registry::{KINDS, KindSet};

use crate::sort;

/// What happened to one thing since the last tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What it is.
    pub noun: Noun,
    /// Its number.
    pub number: u64,
    /// Its entity; despawned already if [`Change::gone`].
    pub entity: Entity,
    /// The kinds that were inserted, overwritten or removed.
    pub kinds: KindSet,
    /// Whether it is no more.
    pub gone: bool,
}

/// The changes of the current tick.
///
/// Between [`TickSystems::Apply`](crate::schedule::TickSystems::Apply) and `Index` it is put in order:
/// one entry a thing, ascending by noun and number. What the index stage itself changes comes in a
/// second part, see [`Changes::settled`].
#[derive(Resource, Debug, Default)]
pub struct Changes {
    log: Vec<Change>,
    settled: usize,
    silent: bool,
}

impl Changes {
    /// The changes up to the last [`settle`]: one a thing, ascending.
    #[must_use]
    pub fn settled(&self) -> &[Change] {
        &self.log[..self.settled]
    }

    /// Notes a change. Observers call this; call it yourself only for what they cannot see.
    pub fn note(&mut self, change: Change) {
        if !self.silent {
            self.log.push(change);
        }
    }

    /// Turns the log off or on: what is loaded from the store is no change.
    pub fn set_silent(&mut self, silent: bool) {
        self.silent = silent;
    }

    fn settle(&mut self) {
        if self.settled == self.log.len() {
            return;
        }
        let mut nouns: [Vec<Change>; Noun::ALL.len()] = Default::default();
        for change in self.log.drain(..) {
            nouns[change.noun as usize - 1].push(change);
        }
        for mut changes in nouns {
            // Things come in the order of their numbers; what is changed later may not.
            if !changes.is_sorted_by_key(|change| change.number) {
                sort::by_key(&mut changes, |change| change.number);
            }
            self.log.append(&mut changes);
        }
        self.log.dedup_by(|later, earlier| {
            let same = (later.noun, later.number) == (earlier.noun, earlier.number);
            if same {
                earlier.kinds |= later.kinds;
                earlier.gone |= later.gone;
                earlier.entity = later.entity;
            }
            same
        });
        self.settled = self.log.len();
    }
}

/// Puts the log in order. Runs between the stages, and again wherever a stage changed things that a
/// later one must see.
pub fn settle(mut changes: ResMut<Changes>) {
    changes.settle();
}

pub(crate) fn clear(mut changes: ResMut<Changes>) {
    changes.log.clear();
    changes.settled = 0;
}

#[derive(Resource)]
struct KindOfComponent(Vec<(ComponentId, KindSet)>);

impl KindOfComponent {
    fn set(&self, components: &[ComponentId]) -> KindSet {
        let mut set = KindSet::NONE;
        for component in components {
            if let Ok(index) = self.0.binary_search_by_key(component, |&(id, _)| id) {
                set |= self.0[index].1;
            }
        }
        set
    }
}

/// The observers that write the log.
#[derive(Resource)]
struct Watchers(Vec<Entity>);

/// Watches every numbered component of a world.
pub(crate) fn observe(world: &mut World) {
    let mut kinds: Vec<_> = KINDS
        .iter()
        .map(|kind| (kind.component(world), kind.bit()))
        .collect();
    sort::by_key(&mut kinds, |&(id, _)| id);
    let ids: Vec<_> = kinds.iter().map(|&(id, _)| id).collect();
    world.insert_resource(KindOfComponent(kinds));
    let mut watchers = vec![
        world
            .spawn(Observer::new(note_insert).with_components(ids.clone()))
            .id(),
        world.spawn(Observer::new(note_remove).with_components(ids)).id(),
    ];
    for noun_id in [
        world.register_component::<TrackId>(),
        world.register_component::<FileId>(),
        world.register_component::<AlbumId>(),
        world.register_component::<ArtworkId>(),
        world.register_component::<ProviderId>(),
        world.register_component::<JobId>(),
        world.register_component::<PlayerId>(),
        world.register_component::<PlaylistId>(),
        world.register_component::<EntriesId>(),
        world.register_component::<HistoryId>(),
    ] {
        watchers.push(
            world
                .spawn(Observer::new(note_despawn).with_component(noun_id))
                .id(),
        );
    }
    world.insert_resource(Watchers(watchers));
}

/// Stops watching until [`observe`] is called again. While a whole library is spawned, observers that
/// have nothing to say would still cost more than the spawning.
pub(crate) fn stop_observing(world: &mut World) {
    if let Some(Watchers(watchers)) = world.remove_resource() {
        for watcher in watchers {
            world.despawn(watcher);
        }
    }
}

/// The id of an entity, read so that nothing else of it counts as accessed: with `EntityRef` the
/// observers would conflict with every resource, because resources are components.
type AnyId = AnyOf<(
    &'static TrackId,
    &'static FileId,
    &'static AlbumId,
    &'static ArtworkId,
    &'static ProviderId,
    &'static JobId,
    &'static PlayerId,
    &'static PlaylistId,
    &'static EntriesId,
    &'static HistoryId,
)>;

fn named(ids: <AnyId as QueryData>::Item<'_, '_>) -> Option<(Noun, u64)> {
    fn of<I: Id>(id: Option<&I>) -> Option<(Noun, u64)> {
        id.map(|&id| (I::NOUN, id.number()))
    }
    let (track, file, album, artwork, provider, job, player, playlist, entries, history) = ids;
    of(track)
        .or_else(|| of(file))
        .or_else(|| of(album))
        .or_else(|| of(artwork))
        .or_else(|| of(provider))
        .or_else(|| of(job))
        .or_else(|| of(player))
        .or_else(|| of(playlist))
        .or_else(|| of(entries))
        .or_else(|| of(history))
}

fn note_insert(
    insert: On<Insert<()>>,
    kinds: Res<KindOfComponent>,
    ids: Query<AnyId>,
    mut changes: ResMut<Changes>,
) {
    let entity = insert.event().entity;
    if let Some((noun, number)) = ids.get(entity).ok().and_then(named) {
        let kinds = kinds.set(insert.trigger().components);
        changes.note(Change {
            noun,
            number,
            entity,
            kinds,
            gone: false,
        });
    }
}

fn note_remove(
    remove: On<Remove<()>>,
    kinds: Res<KindOfComponent>,
    ids: Query<AnyId>,
    mut changes: ResMut<Changes>,
) {
    let entity = remove.event().entity;
    if let Some((noun, number)) = ids.get(entity).ok().and_then(named) {
        let kinds = kinds.set(remove.trigger().components);
        changes.note(Change {
            noun,
            number,
            entity,
            kinds,
            gone: false,
        });
    }
}

fn note_despawn(despawn: On<Despawn<()>>, ids: Query<AnyId>, mut changes: ResMut<Changes>) {
    let entity = despawn.event().entity;
    if let Some((noun, number)) = ids.get(entity).ok().and_then(named) {
        changes.note(Change {
            noun,
            number,
            entity,
            kinds: KindSet::NONE,
            gone: true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{self, Catalog};
    use crate::schedule;
    use segue_components::prelude::*;

    fn world() -> World {
        let mut world = World::new();
        schedule::setup(&mut world);
        world
    }

    #[track_caller]
    fn check(world: &mut World, expected: &[(u64, KindSet, bool)]) {
        let mut changes = world.resource_mut::<Changes>();
        changes.settle();
        let found: Vec<_> = changes
            .settled()
            .iter()
            .map(|c| (c.number, c.kinds, c.gone))
            .collect();
        assert_eq!(found, expected);
        changes.log.clear();
        changes.settled = 0;
    }

    #[test]
    fn a_spawn_is_one_change_of_all_its_kinds() {
        let mut world = world();
        let _: TrackId = Catalog::spawn(&mut world, (Title("a".into()), Duration(5)));
        assert_eq!(
            world.resource::<Changes>().log.len(),
            1,
            "the observer runs once a bundle"
        );
        check(
            &mut world,
            &[(1, KindSet::of::<Title>() | KindSet::of::<Duration>(), false)],
        );
    }

    #[test]
    fn an_equal_value_is_no_change() {
        let mut world = world();
        let track: TrackId = Catalog::spawn(&mut world, Duration(5));
        check(&mut world, &[(1, KindSet::of::<Duration>(), false)]);
        catalog::set(&mut world, track, Duration(5));
        check(&mut world, &[]);
        catalog::set(&mut world, track, Duration(6));
        check(&mut world, &[(1, KindSet::of::<Duration>(), false)]);
    }

    #[test]
    fn several_changes_of_a_thing_become_one() {
        let mut world = world();
        let b: TrackId = Catalog::spawn(&mut world, Duration(5));
        let a: TrackId = Catalog::spawn(&mut world, Duration(5));
        check(
            &mut world,
            &[
                (b.0, KindSet::of::<Duration>(), false),
                (a.0, KindSet::of::<Duration>(), false),
            ],
        );
        catalog::set(&mut world, a, Title("t".into()));
        catalog::set(&mut world, a, Duration(9));
        let entity = world.resource::<Catalog>().entity(a).unwrap();
        world.entity_mut(entity).remove::<Title>();
        check(
            &mut world,
            &[(a.0, KindSet::of::<Duration>() | KindSet::of::<Title>(), false)],
        );
    }

    #[test]
    fn a_despawn_is_told() {
        let mut world = world();
        let track: TrackId = Catalog::spawn(&mut world, Duration(5));
        check(&mut world, &[(1, KindSet::of::<Duration>(), false)]);
        Catalog::despawn(&mut world, track);
        let mut changes = world.resource_mut::<Changes>();
        changes.settle();
        assert!(matches!(
            changes.settled(),
            [Change {
                number: 1,
                gone: true,
                ..
            }]
        ));
    }

    #[test]
    fn loading_is_silent() {
        let mut world = world();
        world.resource_mut::<Changes>().set_silent(true);
        let _: TrackId = Catalog::spawn(&mut world, Duration(5));
        world.resource_mut::<Changes>().set_silent(false);
        check(&mut world, &[]);
    }
}
