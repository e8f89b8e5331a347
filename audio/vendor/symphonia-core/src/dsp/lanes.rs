// Symphonia
// Copyright (c) 2019-2026 The Project Symphonia Developers.
//
// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.

// Changed in Segue: this file is new.

//! Four single precision numbers that are computed with at once.

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::*;

    pub type Four = v128;

    #[inline(always)]
    pub fn new(v: [f32; 4]) -> Four {
        f32x4(v[0], v[1], v[2], v[3])
    }

    #[inline(always)]
    pub fn get(a: Four) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(a),
            f32x4_extract_lane::<1>(a),
            f32x4_extract_lane::<2>(a),
            f32x4_extract_lane::<3>(a),
        ]
    }

    #[inline(always)]
    pub fn splat(v: f32) -> Four {
        f32x4_splat(v)
    }

    #[inline(always)]
    pub fn add(a: Four, b: Four) -> Four {
        f32x4_add(a, b)
    }

    #[inline(always)]
    pub fn sub(a: Four, b: Four) -> Four {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    pub fn mul(a: Four, b: Four) -> Four {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    pub fn neg(a: Four) -> Four {
        f32x4_neg(a)
    }

    #[inline(always)]
    pub fn pick<const A: usize, const B: usize, const C: usize, const D: usize>(
        a: Four,
        b: Four,
    ) -> Four {
        i32x4_shuffle::<A, B, C, D>(a, b)
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod imp {
    pub type Four = [f32; 4];

    #[inline(always)]
    pub fn new(v: [f32; 4]) -> Four {
        v
    }

    #[inline(always)]
    pub fn get(a: Four) -> [f32; 4] {
        a
    }

    #[inline(always)]
    pub fn splat(v: f32) -> Four {
        [v; 4]
    }

    #[inline(always)]
    pub fn add(a: Four, b: Four) -> Four {
        [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
    }

    #[inline(always)]
    pub fn sub(a: Four, b: Four) -> Four {
        [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]]
    }

    #[inline(always)]
    pub fn mul(a: Four, b: Four) -> Four {
        [a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3]]
    }

    #[inline(always)]
    pub fn neg(a: Four) -> Four {
        [-a[0], -a[1], -a[2], -a[3]]
    }

    #[inline(always)]
    pub fn pick<const A: usize, const B: usize, const C: usize, const D: usize>(
        a: Four,
        b: Four,
    ) -> Four {
        let both = [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]];
        [both[A], both[B], both[C], both[D]]
    }
}

/// Four single precision numbers: one SIMD register in WebAssembly, an array elsewhere.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Lanes(imp::Four);

impl Lanes {
    /// The same number in all lanes.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self(imp::splat(value))
    }

    /// The numbers as an array.
    #[inline(always)]
    pub fn to_array(self) -> [f32; 4] {
        imp::get(self.0)
    }

    /// The first to last lane as the last to first.
    #[inline(always)]
    pub fn reverse(self) -> Self {
        Self(imp::pick::<3, 2, 1, 0>(self.0, self.0))
    }

    /// The numbers of both with even and with odd index.
    #[inline(always)]
    pub fn deinterleave(self, other: Self) -> (Self, Self) {
        (
            Self(imp::pick::<0, 2, 4, 6>(self.0, other.0)),
            Self(imp::pick::<1, 3, 5, 7>(self.0, other.0)),
        )
    }

    /// One number of `self`, one of `other`, and so on: the first four and the last four.
    #[inline(always)]
    pub fn interleave(self, other: Self) -> (Self, Self) {
        (
            Self(imp::pick::<0, 4, 1, 5>(self.0, other.0)),
            Self(imp::pick::<2, 6, 3, 7>(self.0, other.0)),
        )
    }

    /// Rows as columns.
    #[inline(always)]
    pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
        let [a, b, c, d] = rows;
        let (ac0, ac1) = a.interleave(c);
        let (bd0, bd1) = b.interleave(d);
        let (r0, r1) = ac0.interleave(bd0);
        let (r2, r3) = ac1.interleave(bd1);
        [r0, r1, r2, r3]
    }
}

impl Default for Lanes {
    #[inline(always)]
    fn default() -> Self {
        Self::splat(0.0)
    }
}

impl From<[f32; 4]> for Lanes {
    #[inline(always)]
    fn from(value: [f32; 4]) -> Self {
        Self(imp::new(value))
    }
}

impl Add for Lanes {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(imp::add(self.0, other.0))
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Lanes {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(imp::sub(self.0, other.0))
    }
}

impl Mul for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(imp::mul(self.0, other.0))
    }
}

impl Mul<f32> for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: f32) -> Self {
        self * Self::splat(other)
    }
}

impl Mul<Lanes> for f32 {
    type Output = Lanes;

    #[inline(always)]
    fn mul(self, other: Lanes) -> Lanes {
        other * self
    }
}

impl SubAssign for Lanes {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Lanes {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(imp::neg(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[test]
    fn verify_shuffles() {
        let low = Lanes::from([0.0, 1.0, 2.0, 3.0]);
        let high = Lanes::from([4.0, 5.0, 6.0, 7.0]);
        assert_eq!(low.reverse().to_array(), [3.0, 2.0, 1.0, 0.0]);

        let (even, odd) = low.deinterleave(high);
        assert_eq!(even.to_array(), [0.0, 2.0, 4.0, 6.0]);
        assert_eq!(odd.to_array(), [1.0, 3.0, 5.0, 7.0]);

        let (first, last) = even.interleave(odd);
        assert_eq!(first.to_array(), low.to_array());
        assert_eq!(last.to_array(), high.to_array());

        let columns = Lanes::transpose([low, high, low, high]);
        assert_eq!(columns[0].to_array(), [0.0, 4.0, 0.0, 4.0]);
        assert_eq!(columns[3].to_array(), [3.0, 7.0, 3.0, 7.0]);
    }
}
