//! A small copy of a cover and its dominant colour, made once per picture. Native only: browsers scale pictures
//! themselves.

use std::fmt;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use serde::{Deserialize, Serialize};

use super::picture;

/// Covers with a longer edge are refused: no scan of a sleeve needs it, and a few kilobytes can claim it.
pub const MAX_EDGE: u32 = 8192;
/// What one picture may take while it is decoded.
const MAX_MEMORY: u64 = 256 << 20;
/// Quality of the JPEG, of 100.
const QUALITY: u8 = 85;

/// A small copy of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// The copy as JPEG; transparent parts are white.
    pub jpeg: Vec<u8>,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The colour that most of the picture has: red, green, blue.
    pub dominant: [u8; 3],
}

/// Why a picture gives no thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ThumbnailError {
    /// The bytes are none of JPEG, PNG, GIF, WebP and BMP.
    NotAPicture,
    /// The picture says it is larger than [`MAX_EDGE`], or needs more memory than a cover may.
    TooLarge {
        /// Pixels from left to right, as the header says.
        width: u32,
        /// Pixels from top to bottom, as the header says.
        height: u32,
    },
    /// The picture ends too early, or contradicts itself.
    Damaged(String),
}

impl fmt::Display for ThumbnailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPicture => f.write_str("not a JPEG, PNG, GIF, WebP or BMP picture"),
            Self::TooLarge { width, height } => {
                write!(
                    f,
                    "a picture of {width} x {height} pixels is over the limit of {MAX_EDGE}"
                )
            }
            Self::Damaged(reason) => write!(f, "damaged picture: {reason}"),
        }
    }
}

impl std::error::Error for ThumbnailError {}

/// Makes a copy whose longer edge is at most `max_edge` pixels; a smaller picture keeps its size.
///
/// # Errors
///
/// [`ThumbnailError`] if the bytes are no picture, one too large, or a damaged one.
pub fn make(bytes: &[u8], max_edge: u32) -> Result<Thumbnail, ThumbnailError> {
    let format = match picture::mime(bytes) {
        Some("image/jpeg") => ImageFormat::Jpeg,
        Some("image/png") => ImageFormat::Png,
        Some("image/gif") => ImageFormat::Gif,
        Some("image/webp") => ImageFormat::WebP,
        Some("image/bmp") => ImageFormat::Bmp,
        _ => return Err(ThumbnailError::NotAPicture),
    };
    let Some(size) = picture::sniff(bytes) else {
        return Err(ThumbnailError::Damaged("the header has no size".to_owned()));
    };
    let too_large = ThumbnailError::TooLarge {
        width: size.width,
        height: size.height,
    };
    if size.width > MAX_EDGE || size.height > MAX_EDGE {
        return Err(too_large);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_EDGE);
    limits.max_image_height = Some(MAX_EDGE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|error| match error {
        ImageError::Limits(_) => too_large,
        other => ThumbnailError::Damaged(other.to_string()),
    })?;
    let max_edge = max_edge.max(1);
    let small = if decoded.width() > max_edge || decoded.height() > max_edge {
        decoded.thumbnail(max_edge, max_edge)
    } else {
        decoded
    };
    let flat = flatten(&small);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&flat)
        .map_err(|error| ThumbnailError::Damaged(error.to_string()))?;
    Ok(Thumbnail {
        jpeg,
        width: flat.width(),
        height: flat.height(),
        dominant: dominant(&flat),
    })
}

/// The picture on white.
fn flatten(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0.map(u16::from);
        let on_white =
            |part: u16| u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        image::Rgb([on_white(red), on_white(green), on_white(blue)])
    })
}

/// The mean of the fullest of 512 boxes of colour.
fn dominant(picture: &RgbImage) -> [u8; 3] {
    let mut boxes = vec![[0_u64; 4]; 512];
    // Some ten thousand pixels tell as much as all.
    let step = usize::try_from(picture.width() / 128 + 1).unwrap_or(1);
    for pixel in picture.pixels().step_by(step) {
        let [red, green, blue] = pixel.0;
        let index = usize::from(red >> 5) << 6 | usize::from(green >> 5) << 3 | usize::from(blue >> 5);
        let sums = &mut boxes[index];
        for (sum, part) in sums.iter_mut().zip([red, green, blue, 1]) {
            *sum += u64::from(part);
        }
    }
    let [red, green, blue, count] = boxes.into_iter().max_by_key(|sums| sums[3]).unwrap_or_default();
    [red, green, blue].map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// Blue, with a red band of a quarter.
    fn cover(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, _| {
            image::Rgb(if x < width / 4 {
                [250, 10, 10]
            } else {
                [10, 20, 200]
            })
        })
    }

    #[test]
    fn covers_of_all_formats_shrink_and_keep_their_shape() {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::Gif,
            ImageFormat::WebP,
            ImageFormat::Bmp,
        ] {
            let thumbnail = make(&encode(&cover(800, 400), format), 200).unwrap();
            assert_eq!((thumbnail.width, thumbnail.height), (200, 100), "{format:?}");
            let size = picture::sniff(&thumbnail.jpeg).unwrap();
            assert_eq!((size.mime, size.width, size.height), ("image/jpeg", 200, 100));
            let distance: i32 = thumbnail
                .dominant
                .iter()
                .zip([10_i32, 20, 200])
                .map(|(&a, b)| (i32::from(a) - b).abs())
                .sum();
            assert!(distance < 12, "{format:?}: {:?}", thumbnail.dominant);
        }
    }

    #[test]
    fn a_small_cover_keeps_its_size() {
        let thumbnail = make(&encode(&cover(50, 40), ImageFormat::Png), 200).unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (50, 40));
    }

    #[test]
    fn a_picture_of_ten_thousand_pixels_is_refused_by_its_header() {
        let mut png = encode(&cover(4, 4), ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
        assert_eq!(
            make(&png, 200),
            Err(ThumbnailError::TooLarge {
                width: 10_000,
                height: 10_000
            })
        );
    }

    #[test]
    fn cut_and_lying_pictures_give_a_reason() {
        for format in [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::Gif,
            ImageFormat::WebP,
            ImageFormat::Bmp,
        ] {
            let whole = encode(&cover(64, 64), format);
            for cut in [8, whole.len() / 4] {
                let result = make(&whole[..cut], 32);
                assert!(
                    matches!(
                        result,
                        Err(ThumbnailError::Damaged(_) | ThumbnailError::NotAPicture)
                    ),
                    "{format:?} {cut}: {result:?}"
                );
            }
        }
        // A size larger than the data: the header's own checksum, or the data, contradicts it.
        let mut png = encode(&cover(64, 64), ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0x1F, 0, 0, 0, 0x1F, 0]);
        assert!(matches!(make(&png, 32), Err(ThumbnailError::Damaged(_))));
        assert_eq!(make(b"ID3\x04", 32), Err(ThumbnailError::NotAPicture));
    }
}
