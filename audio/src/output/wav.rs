//! Plays into a WAV file, as fast as frames come.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::{Output, OutputError};
use crate::pcm::float_wav_header;
use crate::ring::RingReader;

/// An output that writes 32-bit float stereo into a WAV file. Its header is complete after every second of sound, and
/// when the output is dropped.
#[derive(Debug)]
pub struct WavOutput<W: Write + Seek = BufWriter<File>> {
    reader: RingReader,
    sample_rate: u32,
    file: W,
    frames: u64,
    frames_in_header: u64,
    buffer: Vec<f32>,
    bytes: Vec<u8>,
}

impl WavOutput {
    /// Creates or overwrites the file at `path`.
    ///
    /// # Errors
    ///
    /// The file cannot be created or written.
    pub fn create(path: impl AsRef<Path>, reader: RingReader, sample_rate: u32) -> Result<Self, OutputError> {
        let file = File::create(path).map_err(failed)?;
        Self::new(BufWriter::new(file), reader, sample_rate)
    }
}

impl<W: Write + Seek> WavOutput<W> {
    /// Writes into `file`, which is empty.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn new(file: W, reader: RingReader, sample_rate: u32) -> Result<Self, OutputError> {
        let (buffer, bytes) = (Vec::new(), Vec::new());
        let mut output = Self {
            reader,
            sample_rate,
            file,
            frames: 0,
            frames_in_header: 0,
            buffer,
            bytes,
        };
        output.write_header().map_err(failed)?;
        Ok(output)
    }

    /// Frames written so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    fn write_header(&mut self) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file
            .write_all(&float_wav_header(self.sample_rate, 2, self.frames * 8))?;
        self.file.seek(SeekFrom::End(0))?;
        self.file.flush()?;
        self.frames_in_header = self.frames;
        Ok(())
    }

    fn write_ready(&mut self) -> std::io::Result<()> {
        // Only what is there: a file has no gaps.
        let frames = self.reader.available();
        self.buffer.resize(frames * 2, 0.0);
        if !self.reader.is_playing() {
            // One frame of silence, so that the ring hears of a seek while paused; it is not written.
            self.reader.read_interleaved(&mut [0.0; 2], 2);
            return Ok(());
        }
        self.reader.read_interleaved(&mut self.buffer, 2);
        self.bytes.clear();
        self.bytes
            .extend(self.buffer.iter().flat_map(|sample| sample.to_le_bytes()));
        self.file.write_all(&self.bytes)?;
        self.frames += frames as u64;
        if self.frames - self.frames_in_header >= u64::from(self.sample_rate) {
            self.write_header()?;
        }
        Ok(())
    }
}

impl<W: Write + Seek> Output for WavOutput<W> {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn poll(&mut self, _now: u64) -> Result<(), OutputError> {
        self.write_ready().map_err(failed)
    }
}

impl<W: Write + Seek> Drop for WavOutput<W> {
    fn drop(&mut self) {
        // Whoever wants to know of a failure polls; here nobody is left to tell.
        let _ = self.write_header();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the argument of map_err")]
fn failed(error: std::io::Error) -> OutputError {
    OutputError::Write {
        message: error.to_string(),
    }
}
