//! Reads JSON (RFC 8259) from front to back, straight into what a caller looks for.

use core::fmt;

/// How deep values may lie in one another.
const DEEPEST: usize = 64;

/// Why bytes are not the JSON that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// What was expected.
    pub expected: &'static str,
    /// Before which byte.
    pub at: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} expected at byte {}", self.expected, self.at)
    }
}

impl std::error::Error for JsonError {}

/// Walks over the fields of an object, so many at a time. A field that is an array is walked over item by item.
#[derive(Debug, Default)]
pub struct Walk {
    at: usize,
    place: Place,
    field: String,
}

/// Where a [`Walk`] stands.
#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    /// In the object; whether something stood before in it.
    Fields(bool),
    /// In an array that is a field; the same.
    Items(bool),
    Behind,
}

impl Walk {
    /// How many bytes it has passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.at
    }

    /// Calls `item` with the name of the field before each item of an array, and before each value that is none, which it
    /// must read or [skip](Json::skip). Each takes one off `left`; `true` when all of `bytes` was walked over, and `false` when
    /// nothing is left.
    ///
    /// # Errors
    /// This is no object, or `item` fails.
    pub fn step(
        &mut self,
        bytes: &[u8],
        left: &mut usize,
        item: &mut dyn FnMut(&mut Json<'_>, &str) -> Result<(), JsonError>,
    ) -> Result<bool, JsonError> {
        let mut json = Json {
            bytes,
            at: self.at,
            depth: 2,
        };
        while *left > 0 {
            let (close, before) = match self.place {
                Place::Behind => return json.end().map(|()| true),
                Place::Before => {
                    json.take(b'{', "an object")?;
                    self.place = Place::Fields(false);
                    continue;
                }
                Place::Fields(before) => (b'}', before),
                Place::Items(before) => (b']', before),
            };
            let is_item = close == b']';
            if json.peek() == Some(close) {
                json.at += 1;
                self.place = if is_item {
                    Place::Fields(true)
                } else {
                    Place::Behind
                };
                continue;
            }
            if before {
                json.take(b',', "`,` or the end of the list")?;
            }
            if !is_item {
                self.field = json.string()?;
                json.take(b':', "`:`")?;
                if json.peek() == Some(b'[') {
                    json.at += 1;
                    self.place = Place::Items(false);
                    continue;
                }
            }
            json.peek();
            item(&mut json, &self.field)?;
            self.place = if is_item {
                Place::Items(true)
            } else {
                Place::Fields(true)
            };
            self.at = json.at;
            *left -= 1;
        }
        self.at = json.at;
        Ok(false)
    }
}

/// Stands before the next value.
#[derive(Debug)]
pub struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Json<'a> {
    /// Begins to read.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            depth: 0,
        }
    }

    /// Reads an object: `field` is called before the value of each name, and must read or [skip](Self::skip) it.
    ///
    /// # Errors
    /// This is no object, or `field` fails.
    pub fn object(
        &mut self,
        field: &mut dyn FnMut(&mut Self, &str) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.list(b'{', b'}', "an object", &mut |json| {
            let name = json.string()?;
            json.take(b':', "`:`")?;
            field(json, &name)
        })
    }

    /// Reads an array: `item` is called before each value, and must read or [skip](Self::skip) it.
    ///
    /// # Errors
    /// This is no array, or `item` fails.
    pub fn array(
        &mut self,
        item: &mut dyn FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.list(b'[', b']', "an array", item)
    }

    /// Reads a string. Half of a surrogate pair is U+FFFD.
    ///
    /// # Errors
    /// This is no string.
    pub fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.take(b'"', "a string")?;
        let mut text = Vec::new();
        loop {
            match self.next("`\"`")? {
                b'"' => break,
                b'\\' => self.escape(&mut text)?,
                0..0x20 => return Err(self.error_before("no control character")),
                byte => text.push(byte),
            }
        }
        String::from_utf8(text).map_err(|_| JsonError {
            expected: "UTF-8",
            at: start,
        })
    }

    /// Reads a number. Up to 2^53 and two places it is exact; of others some last bits may be wrong, which
    /// saves the tables that the standard library rounds with.
    ///
    /// # Errors
    /// This is no number.
    pub fn number(&mut self) -> Result<f64, JsonError> {
        let (size, is_negative) = self.parts()?;
        Ok(if is_negative { -size.value() } else { size.value() })
    }

    /// Reads a whole number.
    ///
    /// # Errors
    /// This is none, or not within 64 bits.
    pub fn whole(&mut self) -> Result<u64, JsonError> {
        let start = self.at;
        match self.parts()? {
            (Decimal { digits, exponent: 0 }, false) => Ok(digits),
            _ => Err(JsonError {
                expected: "a whole number below 2^64",
                at: start,
            }),
        }
    }

    /// Reads a value and forgets it.
    ///
    /// # Errors
    /// This is no value.
    pub fn skip(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'{') => self.object(&mut |json, _| json.skip()),
            Some(b'[') => self.array(&mut Self::skip),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.parts().map(drop),
            _ => {
                let words: [&[u8]; 3] = [b"true", b"false", b"null"];
                let rest = &self.bytes[self.at..];
                let word = words.into_iter().find(|word| rest.starts_with(word));
                self.at += word.ok_or_else(|| self.error("a value"))?.len();
                Ok(())
            }
        }
    }

    /// Whether an object stands next.
    pub fn is_object(&mut self) -> bool {
        self.peek() == Some(b'{')
    }

    /// Makes sure that nothing follows.
    ///
    /// # Errors
    /// Something does.
    pub fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("the end")),
        }
    }

    fn list(
        &mut self,
        open: u8,
        close: u8,
        what: &'static str,
        item: &mut dyn FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.take(open, what)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("fewer values in one another"));
        }
        if self.peek() == Some(close) {
            self.at += 1;
        } else {
            loop {
                self.peek();
                item(self)?;
                match self.peek() {
                    Some(b',') => self.at += 1,
                    _ => break self.take(close, "`,` or the end of the list")?,
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), JsonError> {
        let byte = match self.next("an escape")? {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut code = self.hex()?;
                if (0xd800..0xdc00).contains(&code) && self.bytes[self.at..].starts_with(b"\\u") {
                    let back = self.at;
                    self.at += 2;
                    match self.hex()? {
                        low @ 0xdc00..0xe000 => code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00),
                        _ => self.at = back,
                    }
                }
                let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            byte @ (b'"' | b'\\' | b'/') => byte,
            _ => return Err(self.error_before("an escape")),
        };
        text.push(byte);
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        (0..4).try_fold(0, |code, _| {
            let digit = char::from(self.next("a hexadecimal digit")?).to_digit(16);
            Ok(code << 4 | digit.ok_or_else(|| self.error_before("a hexadecimal digit"))?)
        })
    }

    /// A number, and whether it has a sign.
    fn parts(&mut self) -> Result<(Decimal, bool), JsonError> {
        self.peek();
        let is_negative = self.accept(b'-');
        let mut number = Decimal::default();
        let start = self.at;
        self.digits(&mut number, false)?;
        if self.bytes[start] == b'0' && self.at > start + 1 {
            return Err(self.error("no zero before a number"));
        }
        if self.accept(b'.') {
            self.digits(&mut number, true)?;
        }
        if self.accept(b'e') || self.accept(b'E') {
            let down = self.accept(b'-');
            if !down {
                self.accept(b'+');
            }
            let mut exponent = Decimal::default();
            self.digits(&mut exponent, false)?;
            // Beyond these every number is zero or infinite.
            let exponent = if exponent.exponent > 0 {
                10_000
            } else {
                exponent.digits.min(10_000)
            };
            let exponent = i32::try_from(exponent).expect("it is at most 10,000");
            number.exponent = number
                .exponent
                .saturating_add(if down { -exponent } else { exponent });
        }
        Ok((number, is_negative))
    }

    fn digits(&mut self, number: &mut Decimal, is_fraction: bool) -> Result<(), JsonError> {
        let start = self.at;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at) {
            number.push(digit - b'0', is_fraction);
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("a digit"));
        }
        Ok(())
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8, what: &'static str) -> Result<(), JsonError> {
        self.peek();
        if self.accept(byte) {
            Ok(())
        } else {
            Err(self.error(what))
        }
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self, what: &'static str) -> Result<u8, JsonError> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte.ok_or_else(|| self.error_before(what))
    }

    /// The error that something else was expected here.
    #[must_use]
    pub fn error(&self, expected: &'static str) -> JsonError {
        JsonError {
            expected,
            at: self.at,
        }
    }

    fn error_before(&self, expected: &'static str) -> JsonError {
        JsonError {
            expected,
            at: self.at - 1,
        }
    }
}

/// Digits, times ten to the power of the exponent.
#[derive(Default)]
struct Decimal {
    digits: u64,
    exponent: i32,
}

impl Decimal {
    fn push(&mut self, digit: u8, is_fraction: bool) {
        let longer = self
            .digits
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(digit.into()));
        match longer {
            // A digit that was left out moves all later ones.
            Some(digits) if self.exponent <= 0 => {
                self.digits = digits;
                self.exponent -= i32::from(is_fraction);
            }
            _ if is_fraction => {}
            _ => self.exponent = self.exponent.saturating_add(1),
        }
    }

    fn value(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a float has 53 bits")]
        let digits = self.digits as f64;
        match self.exponent {
            _ if self.digits == 0 => 0.0,
            // Ten to the power of 308 is the greatest there is.
            ..-300 => digits / 10_f64.powi(300) / 10_f64.powi(-300 - self.exponent),
            -300..0 => digits / 10_f64.powi(-self.exponent),
            0.. => digits * 10_f64.powi(self.exponent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_skipped_and_read() {
        let text = r#" { "a" : [1, -2.5e3, true, null, {"x":[]}, "\u00e4\ud83d\ude00\n\/\ud83d"], "b": 7 } "#;
        let mut json = Json::new(text.as_bytes());
        json.skip().unwrap();
        json.end().unwrap();
        let (mut numbers, mut last, mut whole) = (Vec::new(), String::new(), 0);
        let mut json = Json::new(text.as_bytes());
        json.object(&mut |json, name| match name {
            "a" => {
                let mut place = 0;
                json.array(&mut |json| {
                    place += 1;
                    match place {
                        1 | 2 => numbers.push(json.number()?),
                        6 => last = json.string()?,
                        _ => json.skip()?,
                    }
                    Ok(())
                })
            }
            _ => json.whole().map(|number| whole = number),
        })
        .unwrap();
        json.end().unwrap();
        assert_eq!(
            (numbers, last.as_str(), whole),
            (vec![1.0, -2500.0], "ä😀\n/\u{fffd}", 7)
        );
    }

    #[test]
    fn numbers_are_read_to_some_last_bits() {
        for text in [
            "0",
            "-0.5",
            "1721036800000.25",
            "18446744073709551616",
            "1e300",
            "2.5E-310",
            "1e400",
            "0e400",
            "0.1e1",
        ] {
            let expected: f64 = text.parse().unwrap();
            let found = Json::new(text.as_bytes()).number().unwrap();
            assert!(
                found == expected || (found - expected).abs() <= expected.abs() * 1e-13,
                "{text}: {found} {expected}"
            );
        }
        assert_eq!(Json::new(b"18446744073709551615").whole(), Ok(u64::MAX));
        for bad in ["18446744073709551616", "-1", "1.5", "1e3"] {
            assert!(Json::new(bad.as_bytes()).whole().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_json_is_an_error_that_says_where() {
        let deep = "[".repeat(1_000_000);
        for bad in [
            "",
            "{",
            "[1",
            "[1 2]",
            "{\"a\" 1}",
            "{\"a\":}",
            "[,]",
            "[1,]",
            "tru",
            "01",
            "1.",
            "-",
            "1e",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "{1:2}",
            "5 5",
            deep.as_str(),
        ] {
            let mut json = Json::new(bad.as_bytes());
            assert!(json.skip().and_then(|()| json.end()).is_err(), "{bad:.20}");
        }
        let mut json = Json::new(b"\"\xff\"");
        assert!(json.skip().is_err());
        let error = Json::new(b"[1, x]").skip().unwrap_err();
        assert_eq!(error.to_string(), "a value expected at byte 4");
    }
}
