//! How the kinds of a file are stored.

use segue_components::file::{AudioHash, FileOf, FileStamp, Location, Presence, Unreadable};
use segue_components::id::{ProviderId, TrackId};
use segue_components::wire::codec::{Reader, WireError, put_number};

use super::column::{put_paths, put_repeated, put_steps, take_paths, take_repeated, take_steps};
use super::field::{Field, wrappers};
use super::{Shared, Stored, stored_rows, stored_steps};

stored_steps! { FileOf: TrackId, }
wrappers! { AudioHash Unreadable }
stored_rows! { AudioHash Unreadable }

impl Stored for Location {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        let providers = values.iter().map(|location| {
            let Self { provider, path: _ } = location;
            provider.0
        });
        put_repeated(out, providers, |out, &provider| put_number(out, provider));
        put_paths(out, values.iter().map(|location| &*location.path));
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let mut providers = Vec::with_capacity(count);
        take_repeated(
            reader,
            count,
            |reader| reader.number(),
            |&provider| {
                providers.push(ProviderId(provider));
            },
        )?;
        let mut providers = providers.into_iter();
        take_paths(reader, count, |path| {
            if let Some(provider) = providers.next() {
                let path = path.into();
                each(Self { provider, path });
            }
        })
    }
}

impl Stored for FileStamp {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        for stamp in values {
            let Self { size, modified: _ } = stamp;
            size.put(out);
        }
        put_steps(out, values.iter().map(|stamp| stamp.modified));
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        let mut sizes = Vec::with_capacity(count);
        for _ in 0..count {
            sizes.push(u64::take(reader)?);
        }
        let mut sizes = sizes.into_iter();
        take_steps(reader, count, |modified| {
            if let Some(size) = sizes.next() {
                each(Self { size, modified });
            }
        })
    }
}

impl Stored for Presence {
    const VERSION: u16 = 1;

    fn write(values: &[&Self], out: &mut Vec<u8>) {
        let since = values.iter().map(|presence| match presence {
            Self::Present => None,
            Self::MissingSince(since) => Some(*since),
        });
        put_repeated(out, since, |out, since| since.put(out));
    }

    fn read(
        reader: &mut Reader<'_>,
        count: usize,
        _: &mut Shared,
        mut each: impl FnMut(Self),
    ) -> Result<(), WireError> {
        take_repeated(
            reader,
            count,
            <Option<u64> as Field>::take,
            |since: &Option<u64>| {
                each(since.map_or(Self::Present, Self::MissingSince));
            },
        )
    }
}
