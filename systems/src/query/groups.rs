//! Groups: the rows by what only some queries ask for, their folders and codecs.
//!
//! As columns, they are made when a query first needs them. Artists and genres are grouped always: `shared.rs`.

use bevy_ecs::world::{EntityRef, World};
use segue_components::prelude::*;

use super::columns::location;
use super::shared::{Shared, Text};
use super::table::Table;

/// What rows are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupBy {
    Folder,
    Codec,
}

/// The folder of a path.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl GroupBy {
    /// What the row has. The root is a folder too, and not the lack of one.
    fn of<'a>(self, world: &'a World, row: EntityRef<'a>) -> Option<&'a str> {
        match self {
            Self::Folder => location(world, row).map(|location| folder(&location.path)),
            Self::Codec => {
                let format = row.get::<AudioFormat>();
                format
                    .map(|format| &*format.codec)
                    .filter(|codec| !codec.is_empty())
            }
        }
    }
}

/// The rows of a table by one thing.
#[derive(Debug)]
pub(crate) struct Groups {
    by: GroupBy,
    pub(crate) names: Shared,
    /// The number of each row's name.
    of_row: Vec<u32>,
}

impl Groups {
    /// The number of a row's name, zero for none.
    pub(crate) fn of_row(&self, row: u32) -> u32 {
        self.of_row.get(row as usize).copied().unwrap_or(0)
    }

    fn put(&mut self, number: u32, name: Option<&str>) {
        let place = number as usize;
        if self.of_row.len() <= place {
            self.of_row.resize(place + 1, 0);
        }
        let name = name.map_or(0, |name| match self.names.last() {
            // Neighbours tend to share it.
            (last, Text::Name(text)) if **text == *name => last,
            _ => self.names.number(Text::Name(name.into()), || 0),
        });
        let old = core::mem::replace(&mut self.of_row[place], name);
        if old != name {
            self.names.unlink(old, number);
            self.names.link(name, number);
        }
    }
}

/// The groups of a table that were made.
#[derive(Debug, Default)]
pub(crate) struct AllGroups {
    made: Vec<Groups>,
}

impl AllGroups {
    /// Groups that were made.
    pub(crate) fn get(&self, by: GroupBy) -> &Groups {
        let made = self.made.iter().find(|made| made.by == by);
        made.expect("groups are made before they are read")
    }

    /// Groups that were made, to have their values taken in.
    pub(crate) fn get_mut(&mut self, by: GroupBy) -> &mut Groups {
        let made = self.made.iter_mut().find(|made| made.by == by);
        made.expect("groups are made before they are read")
    }

    pub(crate) fn put(&mut self, world: &World, number: u32, row: EntityRef<'_>) {
        for groups in &mut self.made {
            groups.put(number, groups.by.of(world, row));
        }
    }

    /// Takes out a row that died.
    pub(crate) fn drop_row(&mut self, number: u32) {
        for groups in &mut self.made {
            if (number as usize) < groups.of_row.len() {
                groups.put(number, None);
            }
        }
    }
}

impl Table {
    /// Groups the rows, if they were not grouped before.
    pub(crate) fn make_groups(&mut self, world: &World, by: GroupBy) {
        if self.groups.made.iter().any(|made| made.by == by) {
            return;
        }
        let mut groups = Groups {
            by,
            names: Shared::default(),
            of_row: Vec::with_capacity(self.len() as usize),
        };
        for number in self.alive().iter() {
            let row = world.get_entity(self.row(number).entity).ok();
            groups.put(number, row.and_then(|row| by.of(world, row)));
        }
        self.groups.made.push(groups);
    }
}
