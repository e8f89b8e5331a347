//! Whole files to samples, one plane of floats a channel: kept, as `decodeAudioData` does, or not, as our player does.

use segue_audio::decode::{Decoder, OpenOptions};
use segue_audio::source::MemorySource;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A decoded file.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Sound {
    sample_rate: u32,
    planes: Vec<Vec<f32>>,
}

#[wasm_bindgen]
impl Sound {
    /// Decodes a file to its end as the player does: block by block into the same memory. Returns how many frames
    /// there were.
    ///
    /// # Errors
    /// It is no audio that we decode, or damaged.
    pub fn play_through(file: Vec<u8>) -> Result<usize, JsError> {
        let mut decoder = Decoder::open(Box::new(MemorySource::new(file)), &OpenOptions::default())?;
        let (mut block, mut frames) = (Vec::new(), 0);
        loop {
            match decoder.next_block(&mut block)? {
                0 => break,
                more => frames += more,
            }
        }
        if decoder.damage().is_any() {
            return Err(JsError::new(&decoder.damage().to_string()));
        }
        Ok(frames)
    }

    /// Decodes a file to its end and keeps all of it.
    ///
    /// # Errors
    /// It is no audio that we decode, or damaged.
    pub fn decode(file: Vec<u8>) -> Result<Self, JsError> {
        let mut decoder = Decoder::open(Box::new(MemorySource::new(file)), &OpenOptions::default())?;
        let info = decoder.info();
        let (sample_rate, channels) = (info.sample_rate, info.channels);
        let frames = usize::try_from(info.frames.unwrap_or(0)).unwrap_or(0);
        // A clone of an empty vector has no room.
        let mut planes: Vec<_> = (0..channels).map(|_| Vec::with_capacity(frames)).collect();
        let mut block = Vec::new();
        while decoder.next_block(&mut block)? > 0 {
            for (plane, samples) in planes.iter_mut().zip(&block) {
                plane.extend_from_slice(samples);
            }
        }
        if decoder.damage().is_any() {
            return Err(JsError::new(&decoder.damage().to_string()));
        }
        Ok(Self { sample_rate, planes })
    }

    /// Frames a second.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// How many channels there are.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn channels(&self) -> usize {
        self.planes.len()
    }

    /// How many frames there are.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn frames(&self) -> usize {
        self.planes.first().map_or(0, Vec::len)
    }

    /// The root of the mean square of all samples: what tells that two decoders heard the same thing.
    #[must_use]
    pub fn loudness(&self) -> f64 {
        let samples = self.planes.iter().flatten();
        let sum: f64 = samples.map(|&sample| f64::from(sample) * f64::from(sample)).sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "files have far fewer samples than 2^53"
        )]
        let count = (self.frames() * self.channels()).max(1) as f64;
        (sum / count).sqrt()
    }
}
