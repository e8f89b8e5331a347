//! One step of the mirror: what left, what came, what changed, and how the windows of the views moved.
//!
//! Order inside a frame: despawns, removals, spawns, columns of values, views. Whoever applies it in
//! that order never sees a row without its values in a finished frame.

use super::codec::{Reader, WireError, put_bytes, put_ids, put_number};
use crate::id::Noun;

/// A frame, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// Hash of everything both ends must agree on; see [`super::version`].
    pub protocol: u64,
    /// Counts the frames of a stream from 1. A snapshot restarts the count at its own number.
    pub sequence: u32,
    /// Whether the receiver forgets everything it had first.
    pub snapshot: bool,
    /// What is gone, by noun.
    pub despawned: Vec<(Noun, Vec<u64>)>,
    /// Which entities lost the component of a kind.
    pub removed: Vec<(u8, Vec<u64>)>,
    /// What is new, by noun.
    pub spawned: Vec<(Noun, Vec<u64>)>,
    /// New values.
    pub columns: Vec<Column>,
    /// Changes to the windows of views.
    pub views: Vec<ViewPatch>,
    /// Notices, as postcard writes [`crate::report::Notice`].
    pub notices: Vec<Vec<u8>>,
}

/// Values of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// Which kind.
    pub kind: u8,
    /// Whose values they are, ascending.
    pub ids: Vec<u64>,
    /// The values in the order of the ids, as the registry writes them, one after the other.
    pub values: Vec<u8>,
}

/// What happened to the window of a view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewPatch {
    /// The host's number for the view.
    pub view: u32,
    /// How many rows match now.
    pub total: u32,
    /// The first row of the window.
    pub offset: u32,
    /// Whether the window was empty before the splices below.
    pub reset: bool,
    /// Why there are no rows, if the query is wrong: the column, what stood there, what was expected.
    pub error: Option<(u32, String, String)>,
    /// Edits of the window, in order.
    pub splices: Vec<Splice>,
    /// Whether the view is closed by the owner.
    pub closed: bool,
    /// The place of the row that the host follows among all that match, if it is one of them.
    pub followed: Option<u32>,
}

/// One edit of a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Splice {
    /// The first row that it touches, counted from the start of the window.
    pub at: u32,
    /// How many rows it takes out there.
    pub removed: u32,
    /// The ids that it puts there.
    pub inserted: Vec<u64>,
}

impl Frame {
    /// Whether the frame says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.snapshot
            && self.despawned.is_empty()
            && self.removed.is_empty()
            && self.spawned.is_empty()
            && self.columns.is_empty()
            && self.views.is_empty()
            && self.notices.is_empty()
    }

    /// Appends the frame as bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.protocol.to_le_bytes());
        put_number(out, u64::from(self.sequence));
        out.push(u8::from(self.snapshot));
        for nouns in [&self.despawned, &self.spawned] {
            put_number(out, nouns.len() as u64);
            for (noun, ids) in nouns {
                out.push(*noun as u8);
                put_ids(out, ids);
            }
        }
        put_number(out, self.removed.len() as u64);
        for (kind, ids) in &self.removed {
            out.push(*kind);
            put_ids(out, ids);
        }
        put_number(out, self.columns.len() as u64);
        for column in &self.columns {
            out.push(column.kind);
            put_ids(out, &column.ids);
            put_bytes(out, &column.values);
        }
        put_number(out, self.views.len() as u64);
        for view in &self.views {
            view.write(out);
        }
        put_number(out, self.notices.len() as u64);
        for notice in &self.notices {
            put_bytes(out, notice);
        }
    }

    /// Takes a frame apart.
    ///
    /// # Errors
    /// [`WireError::Malformed`] if the bytes are no frame; the protocol hash is for the caller to compare.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let reader = &mut reader;
        let mut protocol = [0; 8];
        protocol.copy_from_slice(reader.take(8)?);
        let mut frame = Self {
            protocol: u64::from_le_bytes(protocol),
            sequence: reader.small()?,
            snapshot: flag(reader)?,
            ..Self::default()
        };
        frame.despawned = list(reader, |reader| Ok((noun(reader)?, reader.ids()?)))?;
        frame.spawned = list(reader, |reader| Ok((noun(reader)?, reader.ids()?)))?;
        frame.removed = list(reader, |reader| Ok((reader.byte()?, reader.ids()?)))?;
        frame.columns = list(reader, |reader| {
            Ok(Column {
                kind: reader.byte()?,
                ids: reader.ids()?,
                values: reader.bytes()?.to_vec(),
            })
        })?;
        frame.views = list(reader, ViewPatch::read)?;
        frame.notices = list(reader, |reader| Ok(reader.bytes()?.to_vec()))?;
        if reader.is_done() {
            Ok(frame)
        } else {
            Err(reader.malformed())
        }
    }
}

impl ViewPatch {
    fn write(&self, out: &mut Vec<u8>) {
        for number in [self.view, self.total, self.offset] {
            put_number(out, u64::from(number));
        }
        out.push(
            u8::from(self.reset)
                | u8::from(self.error.is_some()) << 1
                | u8::from(self.closed) << 2
                | u8::from(self.followed.is_some()) << 3,
        );
        if let Some(followed) = self.followed {
            put_number(out, u64::from(followed));
        }
        if let Some((column, found, expected)) = &self.error {
            put_number(out, u64::from(*column));
            put_bytes(out, found.as_bytes());
            put_bytes(out, expected.as_bytes());
        }
        put_number(out, self.splices.len() as u64);
        for splice in &self.splices {
            put_number(out, u64::from(splice.at));
            put_number(out, u64::from(splice.removed));
            put_number(out, splice.inserted.len() as u64);
            for &id in &splice.inserted {
                put_number(out, id);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let (view, total, offset) = (reader.small()?, reader.small()?, reader.small()?);
        let flags = reader.byte()?;
        let followed = if flags & 8 == 0 {
            None
        } else {
            Some(reader.small()?)
        };
        let error = if flags & 2 == 0 {
            None
        } else {
            Some((reader.small()?, string(reader)?, string(reader)?))
        };
        let splices = list(reader, |reader| {
            Ok(Splice {
                at: reader.small()?,
                removed: reader.small()?,
                inserted: list(reader, |reader| reader.number())?,
            })
        })?;
        Ok(Self {
            view,
            total,
            offset,
            reset: flags & 1 != 0,
            error,
            splices,
            closed: flags & 4 != 0,
            followed,
        })
    }

    /// Edits a window; `false` if a splice does not fit it, and then the window is in no known state.
    #[must_use]
    pub fn apply(&self, window: &mut Vec<u64>) -> bool {
        if self.reset {
            window.clear();
        }
        for splice in &self.splices {
            let (at, removed) = (splice.at as usize, splice.removed as usize);
            if at.checked_add(removed).is_none_or(|end| end > window.len()) {
                return false;
            }
            window.splice(at..at + removed, splice.inserted.iter().copied());
        }
        true
    }
}

fn list<T>(
    reader: &mut Reader<'_>,
    mut item: impl FnMut(&mut Reader<'_>) -> Result<T, WireError>,
) -> Result<Vec<T>, WireError> {
    let count = reader.count()?;
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(item(reader)?);
    }
    Ok(items)
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, WireError> {
    match reader.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(reader.malformed()),
    }
}

fn noun(reader: &mut Reader<'_>) -> Result<Noun, WireError> {
    Noun::from_number(reader.byte()?).ok_or_else(|| reader.malformed())
}

fn string(reader: &mut Reader<'_>) -> Result<String, WireError> {
    let bytes = reader.bytes()?;
    String::from_utf8(bytes.to_vec()).map_err(|_| reader.malformed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Frame {
        Frame {
            protocol: 0x0123_4567_89ab_cdef,
            sequence: 300,
            snapshot: true,
            despawned: vec![(Noun::Track, vec![1, 5, 900])],
            removed: vec![(13, vec![4])],
            spawned: vec![(Noun::Track, vec![2, 3]), (Noun::Album, vec![1])],
            columns: vec![Column {
                kind: 5,
                ids: vec![2, 3],
                values: vec![7, 8],
            }],
            views: vec![ViewPatch {
                view: 1,
                total: 1_000_000,
                offset: 40,
                reset: true,
                error: Some((3, "§".into(), "a field".into())),
                splices: vec![Splice {
                    at: 0,
                    removed: 0,
                    inserted: vec![9, 2, 3],
                }],
                closed: false,
                followed: Some(300),
            }],
            notices: vec![vec![1, 2, 3]],
        }
    }

    #[test]
    fn a_frame_comes_back_as_written() {
        let mut bytes = Vec::new();
        full().write(&mut bytes);
        assert_eq!(Frame::read(&bytes), Ok(full()));
    }

    #[test]
    fn a_cut_or_changed_frame_is_an_error_or_another_frame_but_never_a_panic() {
        let mut bytes = Vec::new();
        full().write(&mut bytes);
        for end in 0..bytes.len() {
            assert!(Frame::read(&bytes[..end]).is_err(), "cut at {end}");
        }
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                let _ = Frame::read(&changed);
            }
        }
    }

    #[test]
    fn splices_that_do_not_fit_are_refused() {
        let mut window = vec![1, 2, 3];
        let patch = |at, removed| ViewPatch {
            splices: vec![Splice {
                at,
                removed,
                inserted: vec![9],
            }],
            ..ViewPatch::default()
        };
        assert!(patch(1, 1).apply(&mut window));
        assert_eq!(window, [1, 9, 3]);
        assert!(!patch(2, 2).apply(&mut window));
        assert!(!patch(u32::MAX, u32::MAX).apply(&mut window));
    }
}
