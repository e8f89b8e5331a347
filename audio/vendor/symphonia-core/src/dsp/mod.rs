// Symphonia
// Copyright (c) 2019-2026 The Project Symphonia Developers.
//
// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.

//! The `dsp` module provides efficient implementations of common signal processing algorithms.

pub mod fft;
// Changed in Segue: `lanes` and `planar` are new.
pub mod lanes;
pub mod mdct;
mod planar;

pub use num_complex as complex;
