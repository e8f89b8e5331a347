//! Components on their way into a world and out of it, by id instead of by type.
//!
//! `World::spawn` and `EntityWorldMut::insert` are compiled anew for every type of component and every
//! combination of them, some kilobytes each: a fifth of the library worker's bundle was that. What stands
//! here is compiled once, and of a type only its registration and its size remain. A query over many components
//! costs as much, and `EntityRef::get` looks for the id anew each time: [`Reader`] does neither.

#![expect(
    unsafe_code,
    reason = "the ECS cannot know that a pointer is to the component an id says; the types of these functions do"
)]

use core::fmt;
use core::marker::PhantomData;

use bevy_ecs::bundle::{Bundle, BundleScratch, BundleWriter, NoBundleEffect};
use bevy_ecs::component::{Component, ComponentId, Components, StorageType};
use bevy_ecs::entity::Entity;
use bevy_ecs::ptr::{OwningPtr, move_as_ptr};
use bevy_ecs::world::{EntityRef, EntityWorldMut, World, WorldId};

/// Inserts a component, as [`EntityWorldMut::insert`] does.
pub fn insert<C: Component>(entity: &mut EntityWorldMut<'_>, value: C) {
    OwningPtr::make(value, |value| {
        // SAFETY: the pointer is to a `C`, and `C` is what the function registers.
        unsafe { insert_registered(entity, World::register_component::<C>, value) }
    });
}

/// # Safety
/// `value` must be of the component that `register` registers.
unsafe fn insert_registered(
    entity: &mut EntityWorldMut<'_>,
    register: fn(&mut World) -> ComponentId,
    value: OwningPtr<'_>,
) {
    let id = entity.world_scope(register);
    // SAFETY: the id is of the entity's own world, and the value is of its component, as the caller says.
    unsafe { entity.insert_by_id(id, value) };
}

/// Removes a component, as [`EntityWorldMut::remove`] does.
pub fn remove<C: Component>(entity: &mut EntityWorldMut<'_>) {
    remove_registered(entity, World::register_component::<C>);
}

pub(crate) fn remove_registered(entity: &mut EntityWorldMut<'_>, register: fn(&mut World) -> ComponentId) {
    let id = entity.world_scope(register);
    entity.remove_by_id(id);
}

/// Spawns an entity with these components, as [`World::spawn`] does.
pub fn spawn<B: Bundle<Effect: NoBundleEffect>>(world: &mut World, bundle: B) -> Entity {
    let mut scratch = BundleScratch::default();
    let mut row = Row::new(world, &mut scratch);
    row.push_all(bundle);
    row.spawn()
}

/// A new entity, gathered component by component; none may come twice. It goes straight to the archetype
/// of them all.
///
/// What was pushed is leaked if [`Row::spawn`] is not called.
#[must_use]
pub struct Row<'a> {
    world: &'a mut World,
    writer: BundleWriter<'a>,
}

impl core::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Row").finish_non_exhaustive()
    }
}

impl<'a> Row<'a> {
    /// Begins one. The memory of `scratch` serves row after row.
    pub fn new(world: &'a mut World, scratch: &'a mut BundleScratch) -> Self {
        let writer = scratch.writer();
        Self { world, writer }
    }

    /// Adds a component.
    pub fn push<C: Component>(&mut self, value: C) {
        let mut components = self.world.components_registrator();
        // SAFETY: all of a row, and so all that its writer is given, is of one world.
        unsafe { self.writer.push_component(&mut components, value) };
    }

    /// Adds every component of a bundle.
    pub fn push_all<B: Bundle<Effect: NoBundleEffect>>(&mut self, bundle: B) {
        let ids = B::component_ids(&mut self.world.components_registrator()).collect();
        move_as_ptr!(bundle);
        // SAFETY: the bundle is not used again, and its effect, which is nothing, need not be applied. It
        // gives its components in the order of its ids: that is what `Bundle` is an unsafe trait for.
        unsafe {
            B::get_components(
                bundle,
                &mut pusher(&mut self.writer, self.world.components(), ids),
            )
        };
    }

    /// Spawns it.
    pub fn spawn(self) -> Entity {
        let mut entity = self.world.spawn_empty();
        // SAFETY: the entity is of the world of all that was pushed.
        unsafe { self.writer.write(&mut entity) };
        entity.id()
    }
}

/// Reads components of many rows of one world, each of which is looked up once.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'w>(&'w World);

/// A component in the world that it was looked up in.
#[derive(Debug)]
pub struct Known<C> {
    id: Option<ComponentId>,
    world: WorldId,
    component: PhantomData<fn() -> C>,
}

/// A row of a world.
#[derive(Clone, Copy)]
pub struct Found<'w> {
    row: EntityRef<'w>,
    world: WorldId,
}

impl<'w> Reader<'w> {
    /// Of this world.
    #[must_use]
    pub fn new(world: &'w World) -> Self {
        Self(world)
    }

    /// Looks a component up.
    #[must_use]
    pub fn component<C: Component>(self) -> Known<C> {
        Known {
            id: self.0.component_id::<C>(),
            world: self.0.id(),
            component: PhantomData,
        }
    }

    /// The row of an entity, if it lives.
    #[must_use]
    pub fn row(self, entity: Entity) -> Option<Found<'w>> {
        let row = self.0.get_entity(entity).ok()?;
        let world = self.0.id();
        Some(Found { row, world })
    }
}

impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Found").field(&self.row.id()).finish()
    }
}

impl<'w> Found<'w> {
    /// The row's component, if it has one and is of the world that the component was looked up in.
    #[must_use]
    pub fn get<C: Component>(self, known: &Known<C>) -> Option<&'w C> {
        let value = self
            .row
            .get_by_id(known.id.filter(|_| known.world == self.world)?);
        // SAFETY: in the world that both are of, the id is that of `C`.
        Some(unsafe { value.ok()?.deref() })
    }
}

/// Takes the components of these ids, in their order. Made here, where no type of bundle is known: a closure
/// in `push_all` would be another one for each bundle, and with it `get_components` for each component in it.
fn pusher<'a>(
    writer: &'a mut BundleWriter<'_>,
    components: &'a Components,
    ids: Vec<ComponentId>,
) -> impl FnMut(StorageType, OwningPtr<'_>) + 'a {
    let mut ids = ids.into_iter();
    move |_, value| {
        let id = ids.next().expect("a bundle has as many components as ids");
        let info = components.get_info(id).expect("the bundle was registered");
        // SAFETY: the id and the layout are those of this component, see `push_all`.
        unsafe { writer.push_component_by_id(id, value, info.layout()) };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::prelude::*;

    fn title(text: &str) -> Title {
        Title(text.into())
    }

    #[test]
    fn a_bundle_arrives_as_if_the_world_had_spawned_it() {
        let mut world = World::new();
        let bundle = || {
            (
                TrackId(7),
                (title("a"), Duration(5)),
                ArtistCredit(Arc::default()),
            )
        };
        let theirs = world.spawn(bundle()).id();
        let ours = spawn(&mut world, bundle());
        let [theirs, ours] = world.entity([theirs, ours]);
        assert_eq!(theirs.archetype().id(), ours.archetype().id());
        assert_eq!(ours.get::<TrackId>(), Some(&TrackId(7)));
        assert_eq!(ours.get::<Title>(), theirs.get::<Title>());
        assert_eq!(ours.get::<Duration>(), Some(&Duration(5)));
    }

    #[test]
    fn what_is_overwritten_removed_or_despawned_is_dropped_once() {
        let mut world = World::new();
        let credit = Arc::new(crate::track::Credit::default());
        let entity = spawn(&mut world, (TrackId(1), ArtistCredit(Arc::clone(&credit))));
        assert_eq!(Arc::strong_count(&credit), 2);
        insert(&mut world.entity_mut(entity), ArtistCredit(Arc::clone(&credit)));
        assert_eq!(Arc::strong_count(&credit), 2);
        remove::<ArtistCredit>(&mut world.entity_mut(entity));
        assert_eq!(Arc::strong_count(&credit), 1);
        remove::<ArtistCredit>(&mut world.entity_mut(entity));
        insert(&mut world.entity_mut(entity), ArtistCredit(Arc::clone(&credit)));
        world.despawn(entity);
        assert_eq!(Arc::strong_count(&credit), 1);
    }

    #[test]
    fn rows_share_their_scratch_and_nothing_else() {
        let mut world = World::new();
        let mut scratch = BundleScratch::default();
        let mut entities = Vec::new();
        for number in 0..100 {
            let mut row = Row::new(&mut world, &mut scratch);
            row.push(TrackId(number));
            if number % 2 == 0 {
                row.push(title(&number.to_string()));
            }
            entities.push(row.spawn());
        }
        for (number, &entity) in (0..).zip(&entities) {
            assert_eq!(world.get::<TrackId>(entity), Some(&TrackId(number)));
            let expected = (number % 2 == 0).then(|| title(&number.to_string()));
            assert_eq!(world.get::<Title>(entity), expected.as_ref());
        }
    }

    #[test]
    fn what_was_looked_up_is_read_in_its_own_world_only() {
        let mut worlds = [World::new(), World::new()];
        // The same id means another component there.
        worlds[1].register_component::<Rating>();
        let rows = worlds.each_mut().map(|world| world.spawn(title("Love")).id());
        let [first, second] = worlds.each_ref().map(Reader::new);
        let known = first.component::<Title>();
        let get = |reader: Reader<'_>, row| reader.row(row).unwrap().get(&known).map(|title| title.0.clone());
        assert_eq!(get(first, rows[0]).as_deref(), Some("Love"));
        assert_eq!(get(second, rows[1]), None);
        assert!(
            first
                .row(rows[0])
                .unwrap()
                .get(&first.component::<Rating>())
                .is_none()
        );
        assert!(first.row(Entity::PLACEHOLDER).is_none());
    }
}
