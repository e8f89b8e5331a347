//! The ring between two threads: every frame comes out once, in order, whatever the two do.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::thread;

use segue_audio::ring::{self, ring};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit).unwrap()
    }
}

/// Frames carry their own number, left positive and right negative, exact up to 2^24.
#[test]
fn frames_cross_threads_in_order_and_in_pairs() {
    const FRAMES: usize = 400_000;
    for seed in 0..6 {
        let mut writer = ring(64 << seed);
        writer.set_state(ring::STATE_PLAYING);
        let mut reader = writer.reader();
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut random = Random(seed);
                let mut next = 1;
                while next <= FRAMES {
                    let count = (1 + random.below(200)).min(FRAMES + 1 - next);
                    let left: Vec<f32> = (next..next + count).map(|n| n as f32).collect();
                    let right: Vec<f32> = left.iter().map(|n| -n).collect();
                    next += writer.write(&left, &right);
                    thread::yield_now();
                }
            });
            let mut random = Random(seed + 100);
            let mut expected = 1;
            let mut last_ratio = 0.0_f32;
            while expected <= FRAMES {
                let count = reader.available().min(1 + random.below(300));
                let (mut left, mut right) = (vec![0.0; count], vec![0.0; count]);
                reader.read_planar(&mut left, &mut right);
                for (left, right) in left.iter().zip(&right) {
                    // The fade-in scales both alike; after it the numbers are exact.
                    let ratio = left / expected as f32;
                    assert_eq!(*left, -right, "seed {seed}: halves of two frames");
                    assert!(
                        ratio >= last_ratio && ratio <= 1.0 + 1e-6,
                        "seed {seed}: {left} for {expected}"
                    );
                    last_ratio = ratio.min(1.0 - 1e-6);
                    if expected > 1000 {
                        assert_eq!(*left, expected as f32, "seed {seed}");
                    }
                    expected += 1;
                }
                thread::yield_now();
            }
        });
    }
}

/// Random writes, reads, discards and pauses against a queue that does the same in the open.
#[test]
fn any_order_of_calls_matches_a_plain_queue() {
    for seed in 0..200 {
        let mut random = Random(seed);
        let capacity = 1_usize << (1 + random.below(7));
        let mut writer = ring(capacity);
        writer.set_state(ring::STATE_PLAYING);
        let mut reader = writer.reader();
        let mut queue = std::collections::VecDeque::new();
        let mut next = 1;
        let mut faded = 0;
        for _ in 0..2000 {
            match random.below(10) {
                0..=4 => {
                    let count = random.below(capacity as u64 + 8);
                    let frames: Vec<f32> = (next..next + count).map(|n| n as f32).collect();
                    let written = writer.write(&frames, &frames);
                    assert!(
                        written == count.min(writer.capacity()) || writer.space() == 0,
                        "seed {seed}"
                    );
                    queue.extend(&frames[..written]);
                    next += written;
                }
                5..=8 => {
                    let count = random.below(capacity as u64 + 8);
                    let mut out = vec![0.0; count * 2];
                    reader.read_interleaved(&mut out, 2);
                    for frame in out.chunks(2) {
                        let expected = queue.pop_front().unwrap_or(0.0);
                        faded = if expected == 0.0 { 0 } else { faded + 1 };
                        assert!(frame[0] <= expected && frame[0] == frame[1], "seed {seed}");
                        if faded > ring::DEFAULT_RAMP {
                            assert_eq!(frame[0], expected, "seed {seed}");
                        }
                    }
                }
                _ => {
                    writer.discard();
                    // It takes the reader's next turn.
                    reader.read_interleaved(&mut [], 2);
                    queue.clear();
                    faded = 0;
                }
            }
            assert_eq!(writer.buffered(), queue.len(), "seed {seed}");
            assert_eq!(reader.available(), queue.len(), "seed {seed}");
        }
    }
}
