//! How single values stand in a record: each type in one way, written out here.

use segue_components::track::PartialDate;
use segue_components::wire::codec::{Reader, WireError, put_bytes, put_number};

/// A value that stands in a record in exactly one way. To store a type in another way, give the kinds
/// that hold it a new version.
pub(super) trait Field: Sized {
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);

    /// Takes it.
    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError>;
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Field for $number {
            fn put(&self, out: &mut Vec<u8>) {
                put_number(out, u64::from(*self));
            }

            fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
                <$number>::try_from(reader.number()?).map_err(|_| reader.malformed())
            }
        }
    )*};
}

numbers! { u16 u32 u64 }

impl Field for i16 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self::from_le_bytes([reader.byte()?, reader.byte()?]))
    }
}

impl Field for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.byte()
    }
}

impl Field for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let malformed = reader.malformed();
        match reader.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed),
        }
    }
}

impl<const N: usize> Field for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(reader
            .take(N)?
            .try_into()
            .expect("`take` gives as many bytes as asked"))
    }
}

pub(super) fn text<'a>(reader: &mut Reader<'a>) -> Result<&'a str, WireError> {
    let malformed = reader.malformed();
    core::str::from_utf8(reader.bytes()?).map_err(|_| malformed)
}

impl Field for Box<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        text(reader).map(Into::into)
    }
}

impl Field for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        text(reader).map(Into::into)
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        bool::take(reader)?.then(|| T::take(reader)).transpose()
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.len() as u64);
        for value in self {
            value.put(out);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        (0..reader.count()?).map(|_| T::take(reader)).collect()
    }
}

/// Says in which order the fields of a type stand. A new field of the type does not compile until it
/// is listed here, and then the fingerprints in `record.rs` ask for a new version.
macro_rules! fields {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl $crate::persist::record::field::Field for $type {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($crate::persist::record::field::Field::put($field, out);)*
            }

            fn take(
                reader: &mut segue_components::wire::codec::Reader<'_>,
            ) -> Result<Self, segue_components::wire::codec::WireError> {
                $(let $field = $crate::persist::record::field::Field::take(reader)?;)*
                Ok(Self { $($field),* })
            }
        }
    )*};
}

/// The same for a type that wraps another.
macro_rules! wrappers {
    ($($type:ident)*) => {$(
        impl $crate::persist::record::field::Field for $type {
            fn put(&self, out: &mut Vec<u8>) {
                $crate::persist::record::field::Field::put(&self.0, out);
            }

            fn take(
                reader: &mut segue_components::wire::codec::Reader<'_>,
            ) -> Result<Self, segue_components::wire::codec::WireError> {
                $crate::persist::record::field::Field::take(reader).map(Self)
            }
        }
    )*};
}

pub(super) use {fields, wrappers};

fields! {
    PartialDate { year, month, day }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_its_range_is_malformed() {
        let mut out = Vec::new();
        70_000u64.put(&mut out);
        assert!(u16::take(&mut Reader::new(&out)).is_err());
        assert!(bool::take(&mut Reader::new(&[2])).is_err());
        assert!(<Option<u8> as Field>::take(&mut Reader::new(&[1])).is_err());
        assert!(Vec::<u8>::take(&mut Reader::new(&[200, 1, 0])).is_err());
        assert!(Box::<str>::take(&mut Reader::new(&[1, 0xff])).is_err());
    }
}
