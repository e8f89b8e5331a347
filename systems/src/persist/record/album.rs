//! How the kinds of an album and of a picture are stored.

use std::sync::Arc;

use segue_components::album::{AlbumArtist, AlbumCover, AlbumInfo, AlbumKey, AlbumTitle};
use segue_components::artwork::{ContentHash, EmbeddedIn, Picture};
use segue_components::id::{ArtworkId, FileId};
use segue_components::track::Credit;
use segue_components::wire::codec::{Reader, WireError};

use super::column::{put_repeated, put_steps, put_texts, take_repeated, take_steps, take_texts};
use super::field::{Field, fields, wrappers};
use super::{Shared, Stored, mbid, stored_rows, stored_steps, stored_texts};

stored_texts! { AlbumTitle AlbumKey }
stored_steps! {
    AlbumCover: ArtworkId,
    EmbeddedIn: FileId,
}
wrappers! { ContentHash }
fields! {
    Picture { mime, width, height, size, color, problem }
}
stored_rows! { ContentHash Picture AlbumInfo }

impl Stored for AlbumArtist {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        put_repeated(out, values.iter().map(|credit| &*credit.0), |out, credit| {
            credit.put(out)
        });
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        shared: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let take = |reader: &mut Reader<'_>| Ok(shared.credit(Credit::take(reader)?));
        take_repeated(reader, count, take, |credit| each(Self(Arc::clone(credit))))
    }
}

impl Field for AlbumInfo {
    fn put(&self, out: &mut Vec<u8>) {
        let Self {
            compilation,
            released,
            sort_title,
            release,
            release_group,
            artists,
        } = self;
        compilation.put(out);
        released.put(out);
        sort_title.put(out);
        mbid::put_option(release.as_deref(), out);
        mbid::put_option(release_group.as_deref(), out);
        mbid::put_all(artists, out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            compilation: Field::take(reader)?,
            released: Field::take(reader)?,
            sort_title: Field::take(reader)?,
            release: mbid::take_option(reader)?,
            release_group: mbid::take_option(reader)?,
            artists: mbid::take_all(reader)?,
        })
    }
}
