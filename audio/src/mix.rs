//! Folds any number of channels to two.

use symphonia::core::audio::{Channels, Position};

/// What a channel is for, as far as two loudspeakers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Speaker {
    /// Left of the listener, in front.
    Left,
    /// Right of the listener, in front.
    Right,
    /// In the middle, in front.
    Center,
    /// Low-frequency effects.
    Lfe,
    /// Left of or behind the listener.
    SurroundLeft,
    /// Right of or behind the listener.
    SurroundRight,
    /// Behind the listener.
    SurroundCenter,
    /// Said by nobody.
    Unknown,
}

/// The loudspeakers of a stream's channels, in the order of its channels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Speakers(Box<[Speaker]>);

impl Speakers {
    /// One channel.
    #[must_use]
    pub fn mono() -> Self {
        Self([Speaker::Center].into())
    }

    /// Two channels.
    #[must_use]
    pub fn stereo() -> Self {
        Self([Speaker::Left, Speaker::Right].into())
    }

    pub(crate) fn from_channels(channels: &Channels) -> Self {
        let count = channels.count();
        let speakers: Vec<Speaker> = match channels {
            Channels::Positioned(positions) => positions.iter().map(speaker).collect(),
            _ => Vec::new(),
        };
        match count {
            1 => Self::mono(),
            2 => Self::stereo(),
            _ if speakers.len() == count => Self(speakers.into()),
            _ => Self(vec![Speaker::Unknown; count].into()),
        }
    }

    /// The loudspeakers, one a channel.
    #[must_use]
    pub fn as_slice(&self) -> &[Speaker] {
        &self.0
    }

    /// How much of each channel goes to the left and to the right.
    ///
    /// The coefficients are those of ITU-R BS.775 without the low-frequency channel, scaled so that full scale in
    /// every channel is full scale in the result: nothing that did not clip before clips afterwards.
    #[must_use]
    pub fn fold(&self) -> Fold {
        const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;
        let mut gains: Vec<[f32; 2]> = self
            .0
            .iter()
            .enumerate()
            .map(|(index, speaker)| match speaker {
                Speaker::Center if self.0.len() == 1 => [1.0, 1.0],
                Speaker::Left => [1.0, 0.0],
                Speaker::Right => [0.0, 1.0],
                Speaker::Center => [HALF_POWER, HALF_POWER],
                Speaker::Lfe => [0.0, 0.0],
                Speaker::SurroundLeft => [HALF_POWER, 0.0],
                Speaker::SurroundRight => [0.0, HALF_POWER],
                Speaker::SurroundCenter => [0.5, 0.5],
                Speaker::Unknown if index % 2 == 0 => [1.0, 0.0],
                Speaker::Unknown => [0.0, 1.0],
            })
            .collect();
        let sum = |side: usize| gains.iter().map(|gain| gain[side]).sum::<f32>();
        let scale = 1.0 / sum(0).max(sum(1)).max(1.0);
        for gain in &mut gains {
            *gain = gain.map(|gain| gain * scale);
        }
        Fold(gains.into())
    }
}

/// How much of each channel goes to the left and to the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold(Box<[[f32; 2]]>);

impl Fold {
    /// Folds planes of equal length into two, which are overwritten.
    pub fn apply(&self, planes: &[Vec<f32>], stereo: &mut [Vec<f32>; 2]) {
        for (side, out) in stereo.iter_mut().enumerate() {
            out.clear();
            let mut sources = planes.iter().zip(&self.0).filter(|(_, gain)| gain[side] != 0.0);
            let Some((first, gain)) = sources.next() else {
                out.resize(planes.first().map_or(0, Vec::len), 0.0);
                continue;
            };
            if gain[side] == 1.0 {
                out.extend_from_slice(first);
            } else {
                out.extend(first.iter().map(|sample| sample * gain[side]));
            }
            for (plane, gain) in sources {
                for (out, sample) in out.iter_mut().zip(plane) {
                    *out += sample * gain[side];
                }
            }
        }
    }
}

fn speaker(position: Position) -> Speaker {
    match position {
        Position::FRONT_LEFT | Position::FRONT_LEFT_CENTER | Position::FRONT_LEFT_WIDE => Speaker::Left,
        Position::FRONT_RIGHT | Position::FRONT_RIGHT_CENTER | Position::FRONT_RIGHT_WIDE => Speaker::Right,
        Position::FRONT_CENTER => Speaker::Center,
        Position::LFE1 | Position::LFE2 => Speaker::Lfe,
        Position::REAR_LEFT | Position::SIDE_LEFT => Speaker::SurroundLeft,
        Position::REAR_RIGHT | Position::SIDE_RIGHT => Speaker::SurroundRight,
        Position::REAR_CENTER => Speaker::SurroundCenter,
        _ => Speaker::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(speakers: &[Speaker], frame: &[f32]) -> [f32; 2] {
        let planes: Vec<Vec<f32>> = frame.iter().map(|sample| vec![*sample]).collect();
        let mut stereo = [Vec::new(), Vec::new()];
        Speakers(speakers.into()).fold().apply(&planes, &mut stereo);
        [stereo[0][0], stereo[1][0]]
    }

    #[test]
    fn one_channel_sounds_on_both_sides_and_two_stay_as_they_are() {
        assert_eq!(fold(&[Speaker::Center], &[0.5]), [0.5, 0.5]);
        assert_eq!(fold(&[Speaker::Left, Speaker::Right], &[0.5, -1.0]), [0.5, -1.0]);
    }

    #[test]
    fn six_channels_at_full_scale_do_not_clip_and_lfe_is_left_out() {
        use Speaker::{Center, Left, Lfe, Right, SurroundLeft, SurroundRight};
        let six = [Left, Right, Center, Lfe, SurroundLeft, SurroundRight];
        let full = fold(&six, &[1.0; 6]);
        assert!((full[0] - 1.0).abs() < 1e-6 && (full[1] - 1.0).abs() < 1e-6);
        assert_eq!(fold(&six, &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]), [0.0, 0.0]);
        let surround = fold(&six, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let left = fold(&six, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!((surround[0] / left[0] - std::f32::consts::FRAC_1_SQRT_2).abs() < 1e-6);
        assert_eq!(surround[1], 0.0);
    }
}
