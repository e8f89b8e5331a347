//! The header of an MPEG audio frame: enough of it to walk from frame to frame.

/// MPEG audio layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    One,
    Two,
    Three,
}

/// The four bytes at the start of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MpegHeader {
    pub(crate) layer: Layer,
    /// MPEG-1; otherwise MPEG-2 or 2.5, with half the samples a frame.
    pub(crate) mpeg1: bool,
    version: u8,
    /// Bits a second; zero means free format.
    pub(crate) bitrate: u32,
    /// Frames a second.
    pub(crate) sample_rate: u32,
    pub(crate) padding: bool,
    pub(crate) mono: bool,
    pub(crate) crc: bool,
}

impl MpegHeader {
    /// Reads a header from the first four bytes, or `None` if they are not one.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        const LAYER3_MPEG1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const LAYER2_MPEG1: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
        const LAYER1_MPEG2: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
        const OTHER_MPEG2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

        let [0xff, b1, b2, b3, ..] = bytes else {
            return None;
        };
        let version = (b1 >> 3) & 3;
        if b1 & 0xe0 != 0xe0 || version == 1 {
            return None;
        }
        let layer = match (b1 >> 1) & 3 {
            1 => Layer::Three,
            2 => Layer::Two,
            3 => Layer::One,
            _ => return None,
        };
        let mpeg1 = version == 3;
        let index = usize::from(b2 >> 4);
        let kbits = match (layer, mpeg1) {
            (Layer::One, true) => {
                (u32::try_from(index).ok()? < 15).then_some(u32::try_from(index).ok()? * 32)?
            }
            (Layer::Two, true) => *LAYER2_MPEG1.get(index)?,
            (Layer::Three, true) => *LAYER3_MPEG1.get(index)?,
            (Layer::One, false) => *LAYER1_MPEG2.get(index)?,
            (_, false) => *OTHER_MPEG2.get(index)?,
        };
        let rate = *[44_100, 48_000, 32_000].get(usize::from((b2 >> 2) & 3))?;
        // Emphasis 2 is reserved, and a good test against chance.
        if b3 & 3 == 2 {
            return None;
        }
        Some(Self {
            layer,
            mpeg1,
            version,
            bitrate: kbits * 1000,
            sample_rate: match version {
                3 => rate,
                2 => rate / 2,
                _ => rate / 4,
            },
            padding: b2 & 2 != 0,
            mono: b3 >> 6 == 3,
            crc: b1 & 1 == 0,
        })
    }

    /// The length of the whole frame in bytes, or `None` in free format.
    pub(crate) fn frame_len(&self) -> Option<usize> {
        if self.bitrate == 0 {
            return None;
        }
        let padding = u32::from(self.padding);
        let len = match self.layer {
            Layer::One => (12 * self.bitrate / self.sample_rate + padding) * 4,
            Layer::Three if !self.mpeg1 => 72 * self.bitrate / self.sample_rate + padding,
            _ => 144 * self.bitrate / self.sample_rate + padding,
        };
        usize::try_from(len).ok().filter(|len| *len > 4)
    }

    /// Frames of audio that this frame decodes to.
    #[cfg(feature = "mp3")]
    pub(crate) fn samples(&self) -> u64 {
        match self.layer {
            Layer::One => 384,
            Layer::Three if !self.mpeg1 => 576,
            _ => 1152,
        }
    }

    /// The length of layer III's side information in bytes.
    #[cfg(feature = "mp3")]
    pub(crate) fn side_info_len(&self) -> usize {
        match (self.mpeg1, self.mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        }
    }

    /// True if both can be frames of one stream.
    pub(crate) fn similar(&self, other: &Self) -> bool {
        self.version == other.version && self.layer == other.layer && self.sample_rate == other.sample_rate
    }
}
