//! Plays through the system's sound card.

use std::sync::{Arc, Mutex, PoisonError};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::{Output, OutputError};
use crate::ring::RingReader;

/// The device that the system plays through by default, at the rate that it prefers.
pub struct CpalOutput {
    // Plays until it is dropped.
    _stream: cpal::Stream,
    sample_rate: u32,
    // Set by the device's own thread when it fails, never by the callback that plays.
    failure: Arc<Mutex<Option<OutputError>>>,
}

impl std::fmt::Debug for CpalOutput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CpalOutput")
            .field("sample_rate", &self.sample_rate)
            .finish_non_exhaustive()
    }
}

impl CpalOutput {
    /// Opens the device and begins to play `reader`.
    ///
    /// # Errors
    ///
    /// There is no device, or it cannot be opened.
    pub fn open(reader: RingReader) -> Result<Self, OutputError> {
        // Not `default_host`, which panics where there is none: on Linux ALSA's library may be missing.
        let device = cpal::available_hosts()
            .into_iter()
            .find_map(|host| cpal::host_from_id(host).ok())
            .and_then(|host| host.default_output_device())
            .ok_or(OutputError::NoDevice)?;
        let supported = device.default_output_config().map_err(refused)?;
        let config = supported.config();
        let failure = Arc::new(Mutex::new(None));
        let stream = match supported.sample_format() {
            SampleFormat::F32 => build::<f32>(&device, config, reader, &failure),
            SampleFormat::F64 => build::<f64>(&device, config, reader, &failure),
            SampleFormat::I8 => build::<i8>(&device, config, reader, &failure),
            SampleFormat::I16 => build::<i16>(&device, config, reader, &failure),
            SampleFormat::I32 => build::<i32>(&device, config, reader, &failure),
            SampleFormat::U8 => build::<u8>(&device, config, reader, &failure),
            SampleFormat::U16 => build::<u16>(&device, config, reader, &failure),
            SampleFormat::U32 => build::<u32>(&device, config, reader, &failure),
            other => {
                return Err(OutputError::Refused {
                    message: format!("it wants samples as {other}"),
                });
            }
        }?;
        stream.play().map_err(refused)?;
        Ok(Self {
            _stream: stream,
            sample_rate: config.sample_rate,
            failure,
        })
    }
}

impl Output for CpalOutput {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn poll(&mut self, _now: u64) -> Result<(), OutputError> {
        match self
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
        {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// How many samples the callback converts at once; on its stack, since it may not allocate.
const BLOCK: usize = 1024;

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut reader: RingReader,
    failure: &Arc<Mutex<Option<OutputError>>>,
) -> Result<cpal::Stream, OutputError> {
    let channels = usize::from(config.channels).clamp(1, BLOCK);
    let failure = Arc::clone(failure);
    let play = move |out: &mut [T], _: &cpal::OutputCallbackInfo| {
        let mut block = [0.0_f32; BLOCK];
        for out in out.chunks_mut(BLOCK / channels * channels) {
            let block = &mut block[..out.len()];
            reader.read_interleaved(block, channels);
            for (out, sample) in out.iter_mut().zip(block) {
                *out = T::from_sample(sample.clamp(-1.0, 1.0));
            }
        }
    };
    let fail = move |error: cpal::Error| {
        let lost = match error.kind() {
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => true,
            // Xruns, priorities and the like: sound goes on.
            _ => return,
        };
        if lost {
            let message = error.to_string();
            failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(OutputError::DeviceLost { message });
        }
    };
    device
        .build_output_stream(config, play, fail, None)
        .map_err(refused)
}

#[expect(clippy::needless_pass_by_value, reason = "it is the argument of map_err")]
fn refused(error: cpal::Error) -> OutputError {
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => OutputError::NoDevice,
        _ => OutputError::Refused {
            message: error.to_string(),
        },
    }
}
