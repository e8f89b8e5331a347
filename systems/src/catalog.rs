//! The catalog: which entity an id stands for, and which id comes next.

use bevy_ecs::bundle::{Bundle, NoBundleEffect};
use bevy_ecs::component::Component;
use bevy_ecs::entity::Entity;
use bevy_ecs::resource::Resource;
use bevy_ecs::world::World;
use segue_components::erased;
use segue_components::id::{Id, Noun};
use segue_components::wire::registry;

use crate::by_id::ById;

/// Maps the ids of a world to its entities, both ways of it kept by [`Catalog::spawn`] and
/// [`Catalog::despawn`], and hands out new ids.
#[derive(Resource, Debug, Default)]
pub struct Catalog {
    nouns: [Ids; Noun::ALL.len()],
}

#[derive(Debug, Default)]
struct Ids {
    entities: ById<Entity>,
    last: u64,
}

fn index(noun: Noun) -> usize {
    noun as usize - 1
}

impl Catalog {
    /// The entity of an id.
    #[must_use]
    pub fn entity<I: Id>(&self, id: I) -> Option<Entity> {
        self.find(I::NOUN, id.number())
    }

    /// The entity of a noun and number.
    #[must_use]
    pub fn find(&self, noun: Noun, number: u64) -> Option<Entity> {
        self.nouns[index(noun)].entities.get(number)
    }

    /// How many of a noun there are.
    #[must_use]
    pub fn count(&self, noun: Noun) -> usize {
        self.nouns[index(noun)].entities.len()
    }

    /// Bytes that the maps take.
    #[must_use]
    pub fn room(&self) -> usize {
        self.nouns.iter().map(|ids| ids.entities.room()).sum()
    }

    /// Every number and entity of a noun, by ascending number.
    pub fn all(&self, noun: Noun) -> impl Iterator<Item = (u64, Entity)> {
        self.nouns[index(noun)].entities.iter()
    }

    /// A walk over a noun in steps, between which things may come and go: gives out what stands in so many places
    /// from this number on, and answers where to go on, `None` at the end.
    pub(crate) fn walk(
        &self,
        noun: Noun,
        from: u64,
        places: usize,
        each: impl FnMut(u64, Entity),
    ) -> Option<u64> {
        self.nouns[index(noun)].entities.walk(from, places, each)
    }

    /// The last number that a noun was given, for the store: numbers are never used twice, not even
    /// after a restart.
    #[must_use]
    pub fn last(&self, noun: Noun) -> u64 {
        self.nouns[index(noun)].last
    }

    /// Lets new numbers of a noun begin after this one.
    pub fn reserve(&mut self, noun: Noun, last: u64) {
        let ids = &mut self.nouns[index(noun)];
        ids.last = ids.last.max(last);
    }

    /// Hands out a new number.
    pub fn next(&mut self, noun: Noun) -> u64 {
        let ids = &mut self.nouns[index(noun)];
        ids.last += 1;
        ids.last
    }

    /// Notes that an entity, spawned elsewhere with its id, stands for this number.
    pub fn insert(&mut self, noun: Noun, number: u64, entity: Entity) {
        self.reserve(noun, number);
        self.nouns[index(noun)].entities.insert(number, entity);
    }

    /// Forgets a number; its entity stays, and its number is not given out again.
    pub fn remove(&mut self, noun: Noun, number: u64) -> Option<Entity> {
        self.nouns[index(noun)].entities.remove(number)
    }

    /// Spawns an entity with a new id and these components.
    pub fn spawn<I: Id>(world: &mut World, bundle: impl Bundle<Effect: NoBundleEffect>) -> I {
        let id = I::from_number(world.resource_mut::<Self>().next(I::NOUN));
        let entity = erased::spawn(world, (id, bundle));
        world.resource_mut::<Self>().insert(I::NOUN, id.number(), entity);
        id
    }

    /// Despawns the entity of an id. `false` where there was none.
    pub fn despawn<I: Id>(world: &mut World, id: I) -> bool {
        Self::despawn_number(world, I::NOUN, id.number())
    }

    /// Despawns the entity of a noun and number. `false` where there was none.
    pub fn despawn_number(world: &mut World, noun: Noun, number: u64) -> bool {
        let entity = world.resource_mut::<Self>().remove(noun, number);
        entity.is_some_and(|entity| world.despawn(entity))
    }

    /// The entity of a noun and number, spawned with its id alone where there was none.
    pub fn find_or_spawn(world: &mut World, noun: Noun, number: u64) -> Entity {
        if let Some(entity) = world.resource::<Self>().find(noun, number) {
            return entity;
        }
        let entity = registry::spawn(world, noun, number).id();
        world.resource_mut::<Self>().insert(noun, number, entity);
        entity
    }
}

/// Reads a component of the thing with this id.
#[must_use]
pub fn get<C: Component>(world: &World, id: impl Id) -> Option<&C> {
    world.get::<C>(world.resource::<Catalog>().entity(id)?)
}

/// Inserts a component unless the thing has an equal one: an equal value would be stored and mirrored
/// for nothing. `false` where nothing has that id.
pub fn set<C: Component + PartialEq>(world: &mut World, id: impl Id, value: C) -> bool {
    let Some(entity) = world.resource::<Catalog>().entity(id) else {
        return false;
    };
    if world.get::<C>(entity) != Some(&value) {
        erased::insert(&mut world.entity_mut(entity), value);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_components::prelude::*;

    #[test]
    fn a_number_is_never_used_twice() {
        let mut world = World::new();
        world.init_resource::<Catalog>();
        let first: TrackId = Catalog::spawn(&mut world, Title("a".into()));
        assert!(Catalog::despawn(&mut world, first));
        assert!(!Catalog::despawn(&mut world, first));
        let second: TrackId = Catalog::spawn(&mut world, Title("b".into()));
        assert!(second > first);
        world.resource_mut::<Catalog>().reserve(Noun::Track, 100);
        assert_eq!(Catalog::spawn::<TrackId>(&mut world, ()), TrackId(101));
    }
}
