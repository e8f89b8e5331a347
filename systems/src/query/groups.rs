//! Groups: what many rows share, interned: their artists, genres, folder, codec.
//!
//! There are few distinct ones. A condition on them looks at each once, and counting rows by value counts rows
//! by group first: one step a row, whatever number of artists it has. As columns, they are made when a query
//! first needs them.

use bevy_ecs::world::{EntityRef, World};
use segue_components::prelude::*;

use super::columns::location;
use super::strings::Strings;
use super::table::Table;

/// What rows are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupBy {
    /// Of a track, its artists; of an album, those of the album.
    Artist,
    Genre,
    Folder,
    Codec,
}

/// Between the values of a group.
const BETWEEN: char = '\u{1f}';
/// Between the values of a group and what else is known of it.
const BEHIND: char = '\u{1e}';

/// The folder of a path.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl GroupBy {
    /// Writes what makes the group of a row: its values, then of a credit how it is printed and sorted.
    fn write(self, world: &World, row: EntityRef<'_>, key: &mut String) {
        match self {
            Self::Artist => {
                let credit = match (row.get::<ArtistCredit>(), row.get::<AlbumArtist>()) {
                    (Some(ArtistCredit(credit)), _) | (None, Some(AlbumArtist(credit))) => credit,
                    (None, None) => return,
                };
                write_all(&credit.names, key);
                for more in [&credit.phrase, &credit.sort] {
                    key.push(BEHIND);
                    key.push_str(more.as_deref().unwrap_or_default());
                }
            }
            Self::Genre => {
                if let Some(Genres(genres)) = row.get() {
                    write_all(genres, key);
                }
            }
            Self::Folder => {
                if let Some(location) = location(world, row) {
                    key.push_str(folder(&location.path));
                    // The root is a folder too, and not the lack of one.
                    key.push(BEHIND);
                }
            }
            Self::Codec => {
                if let Some(format) = row.get::<AudioFormat>() {
                    key.push_str(&format.codec);
                }
            }
        }
    }
}

fn write_all(values: &[Box<str>], key: &mut String) {
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            key.push(BETWEEN);
        }
        key.push_str(value);
    }
}

/// The rows of a table by one thing.
#[derive(Debug)]
pub(crate) struct Groups {
    by: GroupBy,
    /// The number of each row's group. Zero is that of rows without values.
    pub(crate) of_row: Vec<u32>,
    keys: Strings,
    text: String,
    last: (String, u32),
}

impl Groups {
    fn new(by: GroupBy) -> Self {
        let mut keys = Strings::default();
        keys.intern(b"");
        Self {
            by,
            of_row: Vec::new(),
            keys,
            text: String::new(),
            last: (String::new(), 0),
        }
    }

    fn group(&mut self, world: &World, row: EntityRef<'_>) -> u32 {
        let mut text = core::mem::take(&mut self.text);
        text.clear();
        self.by.write(world, row, &mut text);
        // Neighbours tend to share it.
        if text != self.last.0 {
            let group = self.keys.intern(text.as_bytes());
            self.last.0.clone_from(&text);
            self.last.1 = group;
        }
        self.text = text;
        self.last.1
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> u32 {
        self.keys.len()
    }

    /// Whether a group has a value, or is printed in a way, that passes.
    pub(crate) fn any(&self, group: u32, pass: &mut dyn FnMut(&str) -> bool) -> bool {
        if group == 0 {
            return false;
        }
        let key = core::str::from_utf8(self.keys.get(group)).expect("it was a string");
        let mut parts = key.split(BEHIND);
        let values = parts.next().unwrap_or_default();
        if values.split(BETWEEN).any(&mut *pass) {
            return true;
        }
        match parts.next() {
            Some("") | None => values.contains(BETWEEN) && pass(&values.replace(BETWEEN, ", ")),
            Some(phrase) => pass(phrase),
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

    pub(crate) fn put(&mut self, world: &World, number: u32, row: EntityRef<'_>) {
        for groups in &mut self.made {
            let group = groups.group(world, row);
            if groups.of_row.len() <= number as usize {
                groups.of_row.resize(number as usize + 1, 0);
            }
            groups.of_row[number as usize] = group;
        }
    }
}

impl Table {
    /// Groups the rows, if they were not grouped before.
    pub(crate) fn make_groups(&mut self, world: &World, by: GroupBy) {
        if self.groups.made.iter().any(|made| made.by == by) {
            return;
        }
        let mut groups = Groups::new(by);
        for number in 0..self.len() {
            let row = world.get_entity(self.row(number).entity).ok();
            let group = match row.filter(|_| self.alive().has(number)) {
                Some(row) => groups.group(world, row),
                None => 0,
            };
            groups.of_row.push(group);
        }
        self.groups.made.push(groups);
    }
}
