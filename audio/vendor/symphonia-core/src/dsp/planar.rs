// Symphonia
// Copyright (c) 2019-2026 The Project Symphonia Developers.
//
// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.

// Changed in Segue: this file is new.

//! The IMDCT of sizes from 32 on, four numbers at a time.
//!
//! Real and imaginary parts are in arrays of their own, and the FFT is Stockham's with radix 4, which needs no
//! permutation: whatever is read and written is four neighbours, and only the first pass has to transpose.

use crate::dsp::lanes::Lanes;

/// The smallest N.
pub const MIN_SIZE: usize = 32;

/// The twiddle factors for the second to fourth output of a butterfly: real and imaginary parts.
type Twiddles<T> = [(T, T); 3];

#[derive(Default)]
struct Complex {
    re: Box<[Lanes]>,
    im: Box<[Lanes]>,
}

impl Complex {
    fn zero(lanes: usize) -> Self {
        Self {
            re: vec![Lanes::default(); lanes].into_boxed_slice(),
            im: vec![Lanes::default(); lanes].into_boxed_slice(),
        }
    }
}

/// The Inverse Modified Discrete Transform (IMDCT).
pub struct Imdct {
    /// Pre- and post-twiddle factors.
    twiddle: Complex,
    /// Twiddle factors of the first pass.
    first: Box<[Twiddles<Lanes>]>,
    /// Twiddle factors of the passes after it, each with a quarter of those before.
    later: Vec<Box<[Twiddles<f32>]>>,
    x: Complex,
    y: Complex,
}

impl Imdct {
    /// See `mdct::Imdct::new_scaled`, which has checked the size.
    pub fn new_scaled(n: usize, scale: f64) -> Self {
        let size = n / 2;
        let lanes = size / 4;

        let alpha = 1.0 / 8.0 + if scale.is_sign_positive() { 0.0 } else { size as f64 };
        let pi_n = std::f64::consts::PI / n as f64;
        let sqrt_scale = scale.abs().sqrt();
        let theta = |k: usize| pi_n * (alpha + k as f64);
        let collect = |f: &dyn Fn(usize) -> f64| {
            (0..lanes).map(|l| Lanes::from([0, 1, 2, 3].map(|i| f(4 * l + i) as f32))).collect()
        };
        let twiddle = Complex {
            re: collect(&|k| sqrt_scale * theta(k).cos()),
            im: collect(&|k| sqrt_scale * theta(k).sin()),
        };

        // The k-th power of the n-th root of one.
        let root = |k: usize, n: usize| {
            let angle = 2.0 * std::f64::consts::PI * k as f64 / n as f64;
            (angle.cos() as f32, -angle.sin() as f32)
        };
        let first = (0..lanes / 4)
            .map(|l| {
                [1, 2, 3].map(|k| {
                    let roots = [0, 1, 2, 3].map(|i| root(k * (4 * l + i), size));
                    (Lanes::from(roots.map(|(re, _)| re)), Lanes::from(roots.map(|(_, im)| im)))
                })
            })
            .collect();
        let mut later = Vec::new();
        let mut n = size / 4;
        while n >= 4 {
            later.push((0..n / 4).map(|p| [1, 2, 3].map(|k| root(k * p, n))).collect());
            n /= 4;
        }

        Self { twiddle, first, later, x: Complex::zero(lanes), y: Complex::zero(lanes) }
    }

    /// N.
    pub fn size(&self) -> usize {
        8 * self.x.re.len()
    }

    /// See `mdct::Imdct::imdct`, which has checked the lengths.
    pub fn imdct(&mut self, spec: &[f32], out: &mut [f32]) {
        self.twiddle_before(spec);
        self.fft();
        self.twiddle_after(out);
    }

    /// Pre-FFT twiddling and packing of the real input signal values into complex signal values.
    fn twiddle_before(&mut self, spec: &[f32]) {
        let (spec, _) = spec.as_chunks::<8>();
        let halves = |chunk: &[f32; 8]| {
            let [a, b, c, d, e, f, g, h] = *chunk;
            Lanes::from([a, b, c, d]).deinterleave(Lanes::from([e, f, g, h]))
        };
        let twiddle = self.twiddle.re.iter().zip(&self.twiddle.im);
        let x = self.x.re.iter_mut().zip(&mut self.x.im);

        for (((front, back), (&w_re, &w_im)), (re, im)) in
            spec.iter().zip(spec.iter().rev()).zip(twiddle).zip(x)
        {
            let even = halves(front).0;
            let odd = -halves(back).1.reverse();
            *re = odd * w_im - even * w_re;
            *im = odd * w_re + even * w_im;
        }
    }

    /// The FFT of `x`, which is in `x` again afterwards.
    fn fft(&mut self) {
        let lanes = self.x.re.len();
        let quarter = lanes / 4;

        first_pass(&self.first, &self.x, &mut self.y);
        std::mem::swap(&mut self.x, &mut self.y);

        let mut stride = 1;
        for twiddles in &self.later {
            later_pass(twiddles, stride, quarter, &self.x, &mut self.y);
            std::mem::swap(&mut self.x, &mut self.y);
            stride *= 4;
        }

        // One pass with radix 2 is left if the size is not a power of 4.
        if stride < lanes {
            for part in [&mut self.x.re, &mut self.x.im] {
                let (a, b) = part.split_at_mut(stride);
                for (a, b) in a.iter_mut().zip(b) {
                    (*a, *b) = (*a + *b, *a - *b);
                }
            }
        }
    }

    /// Post-FFT twiddling and processing to expand the N/2 complex output values into 2N real output samples.
    fn twiddle_after(&mut self, out: &mut [f32]) {
        let quarter = out.len() / 4;
        let (vec0, rest) = out.split_at_mut(quarter);
        let (vec1, rest) = rest.split_at_mut(quarter);
        let (vec2, vec3) = rest.split_at_mut(quarter);
        let (vec0, vec1) = (vec0.as_chunks_mut::<8>().0, vec1.as_chunks_mut::<8>().0);
        let (vec2, vec3) = (vec2.as_chunks_mut::<8>().0, vec3.as_chunks_mut::<8>().0);

        let twiddle = self.twiddle.re.iter().zip(&self.twiddle.im);
        let twiddled = self.x.re.iter().zip(&self.x.im).zip(twiddle).map(
            |((&x_re, &x_im), (&w_re, &w_im))| {
                (w_re * x_re + w_im * x_im, w_im * x_re - w_re * x_im)
            },
        );
        // The first half and, from its end, the second.
        let pairs = twiddled.clone().zip(twiddled.rev());
        let forth = vec1.iter_mut().zip(vec3);
        let back = vec0.iter_mut().rev().zip(vec2.iter_mut().rev());

        for ((((a_re, a_im), (b_re, b_im)), (vec1, vec3)), (vec0, vec2)) in
            pairs.zip(forth).zip(back)
        {
            // Vectors 0 and 2 are reversed copies (+ negation for vector 0) of vectors 1 and 3.
            let (low, high) = a_im.interleave(b_re.reverse());
            store(vec1, low, high);
            store(vec0, -high.reverse(), -low.reverse());

            let (low, high) = a_re.interleave(b_im.reverse());
            store(vec3, low, high);
            store(vec2, high.reverse(), low.reverse());
        }
    }
}

#[inline(always)]
fn store(out: &mut [f32; 8], low: Lanes, high: Lanes) {
    out[..4].copy_from_slice(&low.to_array());
    out[4..].copy_from_slice(&high.to_array());
}

#[inline(always)]
fn butterfly(
    x: [(Lanes, Lanes); 4],
    twiddles: Twiddles<Lanes>,
) -> ([Lanes; 4], [Lanes; 4]) {
    let [(a_re, a_im), (b_re, b_im), (c_re, c_im), (d_re, d_im)] = x;
    let (ac_re, ac_im) = (a_re + c_re, a_im + c_im);
    let (bd_re, bd_im) = (b_re + d_re, b_im + d_im);
    let (a_c_re, a_c_im) = (a_re - c_re, a_im - c_im);
    // Times the imaginary unit.
    let (jb_d_re, jb_d_im) = (d_im - b_im, b_re - d_re);

    let [(w1_re, w1_im), (w2_re, w2_im), (w3_re, w3_im)] = twiddles;
    let (re1, im1) = (a_c_re - jb_d_re, a_c_im - jb_d_im);
    let (re2, im2) = (ac_re - bd_re, ac_im - bd_im);
    let (re3, im3) = (a_c_re + jb_d_re, a_c_im + jb_d_im);
    (
        [
            ac_re + bd_re,
            re1 * w1_re - im1 * w1_im,
            re2 * w2_re - im2 * w2_im,
            re3 * w3_re - im3 * w3_im,
        ],
        [
            ac_im + bd_im,
            re1 * w1_im + im1 * w1_re,
            re2 * w2_im + im2 * w2_re,
            re3 * w3_im + im3 * w3_re,
        ],
    )
}

/// A quarter of the numbers at a time, in lockstep.
fn quarters(x: &Complex) -> impl Iterator<Item = [(Lanes, Lanes); 4]> + '_ {
    let quarter = x.re.len() / 4;
    let part = |k: usize| {
        let range = k * quarter..(k + 1) * quarter;
        x.re[range.clone()].iter().zip(&x.im[range]).map(|(&re, &im)| (re, im))
    };
    part(0).zip(part(1)).zip(part(2)).zip(part(3)).map(|(((a, b), c), d)| [a, b, c, d])
}

fn first_pass(twiddles: &[Twiddles<Lanes>], x: &Complex, y: &mut Complex) {
    let y = y.re.as_chunks_mut::<4>().0.iter_mut().zip(y.im.as_chunks_mut::<4>().0);

    for ((x, &twiddles), (y_re, y_im)) in quarters(x).zip(twiddles).zip(y) {
        let (re, im) = butterfly(x, twiddles);
        *y_re = Lanes::transpose(re);
        *y_im = Lanes::transpose(im);
    }
}

fn later_pass(
    twiddles: &[Twiddles<f32>],
    stride: usize,
    quarter: usize,
    x: &Complex,
    y: &mut Complex,
) {
    let y = y.re.chunks_exact_mut(4 * stride).zip(y.im.chunks_exact_mut(4 * stride));

    for ((p, twiddles), (y_re, y_im)) in twiddles.iter().enumerate().zip(y) {
        let twiddles = twiddles.map(|(re, im)| (Lanes::splat(re), Lanes::splat(im)));
        let start = p * stride;
        let part = |k: usize| {
            let range = k * quarter + start..k * quarter + start + stride;
            (&x.re[range.clone()], &x.im[range])
        };
        let (a, b, c, d) = (part(0), part(1), part(2), part(3));

        for q in 0..stride {
            let at = |part: (&[Lanes], &[Lanes])| (part.0[q], part.1[q]);
            let (re, im) = butterfly([at(a), at(b), at(c), at(d)], twiddles);
            for (k, (re, im)) in re.into_iter().zip(im).enumerate() {
                y_re[k * stride + q] = re;
                y_im[k * stride + q] = im;
            }
        }
    }
}
