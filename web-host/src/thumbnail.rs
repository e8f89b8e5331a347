//! Small pictures of large ones, made by the browser's own decoders in a worker.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, ImageBitmap, ImageEncodeOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d, WorkerGlobalScope,
};

use crate::exception;

/// The longer edge, in pixels: an album cell at twice the usual density.
const EDGE: u32 = 320;
/// What is not even tried: decoded, a picture of so many pixels takes 256 MB.
const MOST_PIXELS: u64 = 64 << 20;
/// The edge of the copy that the dominant colour is looked for in.
const SAMPLE: u32 = 24;

/// A thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// As JPEG, on white.
    pub jpeg: Vec<u8>,
    /// Pixels across in the original.
    pub width: u32,
    /// Pixels down in the original.
    pub height: u32,
    /// The colour that most of it has: red, green, blue.
    pub color: [u8; 3],
}

/// Makes a thumbnail of an encoded picture, whose header claims this size (zero if unknown).
///
/// # Errors
/// In words for the listener: too large, or nothing that this browser can decode.
pub async fn make(bytes: &[u8], mime: &str, claims: (u32, u32)) -> Result<Thumbnail, String> {
    let (width, height) = claims;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("the picture of {width} × {height} pixels is too large"));
    }
    let bitmap = decode(bytes, mime)
        .await
        .map_err(|thrown| format!("the picture cannot be decoded: {}", exception::message(&thrown)))?;
    let made = draw(&bitmap)
        .await
        .map_err(|thrown| format!("the thumbnail cannot be made: {}", exception::message(&thrown)));
    bitmap.close();
    made
}

async fn decode(bytes: &[u8], mime: &str) -> Result<ImageBitmap, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let bitmap = JsFuture::from(scope.create_image_bitmap_with_blob(&blob)?).await?;
    Ok(bitmap.unchecked_into())
}

async fn draw(bitmap: &ImageBitmap) -> Result<Thumbnail, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let (small_width, small_height) = fit(width, height);
    let (canvas, context) = canvas(small_width, small_height)?;
    paint(&context, bitmap, small_width, small_height)?;
    let options = ImageEncodeOptions::new();
    options.set_type("image/jpeg");
    options.set_quality(0.85);
    let blob: Blob = JsFuture::from(canvas.convert_to_blob_with_options(&options)?)
        .await?
        .unchecked_into();
    let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer()).await?.unchecked_into();
    let (_, context) = self::canvas(SAMPLE, SAMPLE)?;
    paint(&context, bitmap, SAMPLE, SAMPLE)?;
    let pixels = context
        .get_image_data(0.0, 0.0, f64::from(SAMPLE), f64::from(SAMPLE))?
        .data();
    Ok(Thumbnail {
        jpeg: Uint8Array::new(&buffer).to_vec(),
        width,
        height,
        color: dominant(&pixels),
    })
}

fn canvas(width: u32, height: u32) -> Result<(OffscreenCanvas, OffscreenCanvasRenderingContext2d), JsValue> {
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context("2d")?;
    let context = context.ok_or_else(|| JsValue::from("this browser draws nothing outside of the page"))?;
    Ok((canvas, context.unchecked_into()))
}

fn paint(
    context: &OffscreenCanvasRenderingContext2d,
    bitmap: &ImageBitmap,
    width: u32,
    height: u32,
) -> Result<(), JsValue> {
    let (width, height) = (f64::from(width), f64::from(height));
    // JPEG has no transparency: what shines through is white, as on most pages.
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)
}

/// The size of a thumbnail: the longer edge [`EDGE`], never larger than the original.
fn fit(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height).max(1);
    let edge = longer.min(EDGE);
    let scale = |length: u32| {
        let scaled = (u64::from(length) * u64::from(edge) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(EDGE).max(1)
    };
    (scale(width), scale(height))
}

/// The mean of the commonest kind of pixel, where a kind is three bits of each colour.
fn dominant(rgba: &[u8]) -> [u8; 3] {
    let mut kinds = vec![(0_u32, [0_u32; 3]); 512];
    for pixel in rgba.as_chunks::<4>().0 {
        let [red, green, blue, _] = *pixel;
        let kind = usize::from(red >> 5) << 6 | usize::from(green >> 5) << 3 | usize::from(blue >> 5);
        let (count, sums) = &mut kinds[kind];
        *count += 1;
        for (sum, value) in sums.iter_mut().zip([red, green, blue]) {
            *sum += u32::from(value);
        }
    }
    let (count, sums) = kinds
        .into_iter()
        .max_by_key(|(count, _)| *count)
        .unwrap_or_default();
    sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbnail_keeps_the_shape_and_is_never_larger() {
        assert_eq!(fit(1_000, 500), (320, 160));
        assert_eq!(fit(500, 1_000), (160, 320));
        assert_eq!(fit(10, 20), (10, 20));
        assert_eq!(fit(30_000, 3), (320, 1));
        assert_eq!(fit(0, 0), (1, 1));
    }

    #[test]
    fn the_commonest_colour_wins_over_the_mean() {
        let mut pixels = [200, 10, 10, 255].repeat(60);
        pixels.extend([10, 10, 200, 255].repeat(40));
        assert_eq!(dominant(&pixels), [200, 10, 10]);
        assert_eq!(dominant(&[]), [0, 0, 0]);
    }
}
