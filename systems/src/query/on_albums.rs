//! The tracks of each album, and what they come to.

use bevy_platform::collections::HashMap;

use super::lists::Lists;

/// What the tracks of an album come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// How many are present.
    pub(crate) present: u32,
    /// Milliseconds, of those that are present.
    pub(crate) duration: u64,
}

/// The rows of tracks by album, for albums that have no row themselves yet as well.
///
/// Each album has a place. Whoever has its id looks for that; whoever has the number of its row reads it.
#[derive(Debug, Default)]
pub(crate) struct OnAlbums {
    places: HashMap<u64, u32>,
    rows: Lists,
    sums: Vec<Sum>,
    /// Places by the numbers of albums' rows.
    by_row: Vec<u32>,
    free: Vec<u32>,
    /// The album that was looked for last: neighbours tend to share it.
    last: (u64, u32),
}

impl OnAlbums {
    fn place(&mut self, album: u64) -> u32 {
        if self.last.0 == album && album != 0 {
            return self.last.1;
        }
        let place = *self.places.entry(album).or_insert_with(|| {
            self.free.pop().unwrap_or_else(|| {
                let place = self.rows.len();
                self.rows.grow(place + 1);
                self.sums.push(Sum::default());
                place
            })
        });
        self.last = (album, place);
        place
    }

    /// Notes a track's row; of one that is present, with its milliseconds.
    pub(crate) fn count_in(&mut self, album: u64, row: u32, present: Option<u32>) {
        if album == 0 {
            return;
        }
        let place = self.place(album);
        self.rows.push(place, row);
        if let Some(duration) = present {
            let sum = &mut self.sums[place as usize];
            sum.present += 1;
            sum.duration += u64::from(duration);
        }
    }

    /// Takes a track's row out that was noted as it is given here.
    pub(crate) fn count_out(&mut self, album: u64, row: u32, present: Option<u32>) {
        let Some(&place) = self.places.get(&album) else {
            return;
        };
        self.rows.remove(place, row);
        if let Some(duration) = present {
            let sum = &mut self.sums[place as usize];
            sum.present -= 1;
            sum.duration -= u64::from(duration);
        }
    }

    /// Notes the number of an album's row.
    pub(crate) fn put_row(&mut self, album: u64, number: u32) {
        let place = self.place(album);
        if self.by_row.len() <= number as usize {
            self.by_row.resize(number as usize + 1, 0);
        }
        self.by_row[number as usize] = place;
    }

    /// Forgets an album that has no row any more, if it has no tracks either.
    pub(crate) fn forget(&mut self, album: u64) {
        if self.tracks(album).is_empty()
            && let Some(place) = self.places.remove(&album)
        {
            self.free.push(place);
            self.last = (0, 0);
        }
    }

    /// The rows of the tracks on an album, in no order.
    pub(crate) fn tracks(&self, album: u64) -> &[u32] {
        self.places.get(&album).map_or(&[], |&place| self.rows.get(place))
    }

    /// The same by the number of the album's row, while it lives.
    pub(crate) fn tracks_of_row(&self, number: u32) -> &[u32] {
        self.rows.get(self.by_row[number as usize])
    }

    /// What the tracks of an album come to.
    pub(crate) fn sum(&self, album: u64) -> Sum {
        self.places
            .get(&album)
            .map_or_else(Sum::default, |&place| self.sums[place as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_album_is_found_by_its_id_and_by_its_row_and_its_place_is_used_again() {
        let mut albums = OnAlbums::default();
        albums.count_in(7, 1, Some(1_000));
        albums.count_in(9, 2, None);
        albums.count_in(7, 3, None);
        albums.put_row(7, 40);
        assert_eq!(albums.tracks(7), [1, 3]);
        assert_eq!(albums.tracks_of_row(40), [1, 3]);
        let one = Sum {
            present: 1,
            duration: 1_000,
        };
        assert_eq!((albums.sum(7), albums.sum(9)), (one, Sum::default()));
        albums.count_out(9, 2, None);
        albums.forget(9);
        albums.forget(7);
        assert_eq!((albums.tracks(9), albums.tracks(7)), (&[][..], &[1, 3][..]));
        albums.count_in(11, 5, None);
        assert_eq!((albums.rows.len(), albums.tracks(11)), (2, &[5][..]));
        albums.count_in(0, 6, None);
        assert_eq!(albums.tracks(0), [0; 0]);
    }
}
