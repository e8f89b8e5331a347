//! Groups: what many rows share, interned: their artists, genres, folder, codec.
//!
//! There are few distinct ones. A condition on them looks at each once, and counting rows by value counts rows
//! by group first: one step a row, whatever number of artists it has. As columns, they are made when a query
//! first needs them.

use std::sync::Arc;

use bevy_ecs::world::{EntityRef, World};
use segue_components::prelude::*;

use super::columns::location;
use super::fold;
use super::strings::Strings;
use super::table::Table;
use super::tailoring::Tailoring;
use crate::sort;

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
    /// The numbers of the values of each group.
    members: Vec<Box<[u32]>>,
    /// Values, folded: what is equal when folded counts as one.
    values: Strings,
    /// How each value is written where it was first met.
    shown: Vec<Box<str>>,
    sort_keys: Vec<Box<[u8]>>,
    /// The place of each value among all by name, or nothing where one came since.
    ranks: Vec<u32>,
    tailoring: Arc<Tailoring>,
    text: String,
    last: (String, u32),
}

impl Groups {
    fn new(by: GroupBy, tailoring: Arc<Tailoring>) -> Self {
        let mut keys = Strings::default();
        keys.intern(b"");
        Self {
            by,
            of_row: Vec::new(),
            keys,
            members: vec![Box::default()],
            values: Strings::default(),
            shown: Vec::new(),
            sort_keys: Vec::new(),
            ranks: Vec::new(),
            tailoring,
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
            if group as usize == self.members.len() {
                let members = self.members_of(&text);
                self.members.push(members);
            }
            self.last.0.clone_from(&text);
            self.last.1 = group;
        }
        self.text = text;
        self.last.1
    }

    fn members_of(&mut self, key: &str) -> Box<[u32]> {
        let mut parts = key.split(BEHIND);
        let values = parts.next().unwrap_or_default();
        let sort_name = parts.nth(1).filter(|name| !name.is_empty());
        let alone = !values.contains(BETWEEN);
        let mut members = Vec::new();
        for value in values.split(BETWEEN) {
            // A credit may have a phrase and no names; the folder of the root has no name either.
            if value.is_empty() && self.by != GroupBy::Folder {
                continue;
            }
            let folded = fold::fold(value);
            let number = self.values.intern(folded.as_bytes());
            if number as usize == self.shown.len() {
                self.shown.push(value.into());
                self.sort_keys.push(fold::sort_key(value, &self.tailoring).into());
            }
            // A name to sort by is that of a single artist.
            if let Some(name) = sort_name.filter(|_| alone) {
                let key = fold::sort_key(name, &self.tailoring);
                if *self.sort_keys[number as usize] != *key {
                    self.sort_keys[number as usize] = key.into();
                    self.ranks.clear();
                }
            }
            if !members.contains(&number) {
                members.push(number);
            }
        }
        members.into()
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> u32 {
        self.keys.len()
    }

    /// How many values there are.
    pub(crate) fn value_count(&self) -> u32 {
        self.values.len()
    }

    /// The numbers of a group's values.
    pub(crate) fn members(&self, group: u32) -> &[u32] {
        &self.members[group as usize]
    }

    /// How a value is written.
    pub(crate) fn shown(&self, value: u32) -> &str {
        &self.shown[value as usize]
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

    /// The place of each value among all by name. Lent, so that the groups can be read beside it: see
    /// [`Groups::give_ranks`].
    pub(crate) fn take_ranks(&mut self) -> Vec<u32> {
        if self.ranks.len() != self.sort_keys.len() {
            let keys = &self.sort_keys;
            let mut sorted: Vec<u32> = (0..self.values.len()).collect();
            sort::numbers(&mut sorted, &mut |a, b| {
                keys[a as usize].cmp(&keys[b as usize]).then(a.cmp(&b))
            });
            self.ranks = vec![0; sorted.len()];
            for (rank, value) in (0..).zip(sorted) {
                self.ranks[value as usize] = rank;
            }
        }
        core::mem::take(&mut self.ranks)
    }

    /// Takes back what was lent.
    pub(crate) fn give_ranks(&mut self, ranks: Vec<u32>) {
        self.ranks = ranks;
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

    /// Groups that were made, to have their values sorted.
    pub(crate) fn get_mut(&mut self, by: GroupBy) -> &mut Groups {
        let made = self.made.iter_mut().find(|made| made.by == by);
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
        let mut groups = Groups::new(by, Arc::clone(self.keys.tailoring()));
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
