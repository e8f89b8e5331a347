//! What tests draw from: the same for the same seed, everywhere.

/// A small generator of numbers (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Numbers of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one, which is not zero.
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    /// The place of one of so many things, of which there is at least one.
    pub fn place(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).expect("below a usize")
    }

    /// One of these, of which there is at least one.
    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.place(all.len())]
    }

    /// Whether the one in so many chances came.
    pub fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// A number below this one, which is not zero.
    pub fn number(&mut self, most: u32) -> u32 {
        u32::try_from(self.below(most.into())).expect("below a u32")
    }

    /// A number below this one, which is not zero.
    pub fn small(&mut self, most: u16) -> u16 {
        u16::try_from(self.below(most.into())).expect("below a u16")
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("below 256")
    }

    /// Text in several scripts; once in a while far beyond what tags hold.
    pub fn text(&mut self) -> Box<str> {
        let length = match self.below(400) {
            0 => 20_000,
            _ => self.below(30),
        };
        (0..length)
            .map(|_| self.pick(&['a', 'e', 'ü', 'Ω', '夢', '/', '\u{200f}', '\0']))
            .collect()
    }
}
