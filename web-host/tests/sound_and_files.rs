//! What only a browser can show of sound and files: shared memory, blobs, ranges, thumbnails, channels.
#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows `#[test]` and not `#[wasm_bindgen_test]`"
)]

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Int32Array, Reflect, SharedArrayBuffer, Uint8Array};
use segue_audio::ring;
use segue_audio::sink::Sink;
use segue_audio::source::ReadAt;
use segue_web::port::{self, Bell};
use segue_web::shared_ring::{MessageSink, SharedSink, WebSink};
use segue_web::source::{BlobBytes, UrlBytes};
use segue_web::thumbnail;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, MessageChannel};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const READ: u32 = 16;
const WRITE: u32 = 0;
const DISCARD_UNTIL: u32 = 2;

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

#[wasm_bindgen_test]
fn frames_lie_in_shared_memory_as_the_worklet_reads_them() {
    // The runner's page is cross-origin isolated.
    let memory = SharedArrayBuffer::new(256 + 8 * 8);
    let words = Int32Array::new_with_byte_offset_and_length(&memory, 0, 64);
    let left = js_sys::Float32Array::new_with_byte_offset_and_length(&memory, 256, 8);
    let right = js_sys::Float32Array::new_with_byte_offset_and_length(&memory, 256 + 32, 8);
    let mut sink = SharedSink::new(&memory, 48_000).unwrap();
    assert_eq!(sink.write(&[1.0; 6], &[2.0; 6]), 6);
    words.set_index(READ, 5);
    assert_eq!((sink.space(), sink.played()), (7, 5));
    // Over the edge.
    assert_eq!(sink.write(&[3.0; 9], &[4.0; 9]), 7);
    assert_eq!(left.to_vec(), [3.0, 3.0, 3.0, 3.0, 3.0, 1.0, 3.0, 3.0]);
    assert_eq!(right.to_vec(), [4.0, 4.0, 4.0, 4.0, 4.0, 2.0, 4.0, 4.0]);
    assert_eq!(words.get_index(WRITE), 13);
    sink.discard();
    assert_eq!(words.get_index(DISCARD_UNTIL), 13);
    let sink = WebSink::Shared(sink);
    assert_eq!(
        sink.next_heard(),
        13,
        "the worklet will go there at its next turn"
    );
    // Another writer goes on where this one stood.
    words.set_index(READ, 10);
    let mut next = SharedSink::new(&memory, 48_000).unwrap();
    assert_eq!((next.played(), next.written()), (10, 13));
    assert!(SharedSink::new(&SharedArrayBuffer::new(300), 48_000).is_err());
}

#[wasm_bindgen_test]
async fn without_shared_memory_the_same_frames_are_messages() {
    let channel = MessageChannel::new().unwrap();
    let received = Rc::new(RefCell::new(Vec::<JsValue>::new()));
    let bell = Rc::new(RefCell::new(Bell::default()));
    let (messages, ring_bell) = (Rc::clone(&received), Rc::clone(&bell));
    port::listen(&channel.port2(), move |message| {
        messages.borrow_mut().push(message);
        ring_bell.borrow_mut().ring();
    });
    let (mut sink, heard) = MessageSink::new(channel.port1(), 44_100);
    assert_eq!(sink.write(&[0.5; 3], &[0.25; 3]), 3);
    sink.set_playing(true);
    sink.discard();
    sink.end();
    while received.borrow().len() < 4 {
        let rung = bell.borrow_mut().promise();
        port::wait(rung).await;
    }
    let get = |at: usize, name: &str| Reflect::get(&received.borrow()[at], &name.into()).unwrap();
    let chunk: js_sys::Float32Array = get(0, "chunk").unchecked_into();
    assert_eq!(chunk.to_vec(), [0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
    assert_eq!(get(1, "state"), JsValue::from(ring::STATE_PLAYING));
    assert!(get(2, "discard").is_truthy() && get(3, "end").is_truthy());
    assert_eq!(sink.played(), 3, "what was discarded counts as heard");
    assert_eq!(
        sink.space(),
        ring::CAPACITY - 3,
        "and lies in the ring until the worklet's next turn"
    );
    heard.take(&Int32Array::from(&[3, 7, 1][..]));
    heard.take(&JsValue::from("nonsense"));
    assert_eq!(sink.space(), ring::CAPACITY);
    assert_eq!((sink.underruns().frames, sink.underruns().events), (7, 1));
}

#[wasm_bindgen_test]
fn a_blob_is_read_anywhere_and_not_beyond_its_end() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut source = BlobBytes::new(blob(&bytes)).unwrap();
    assert_eq!(source.len(), 256);
    let mut buffer = [0; 10];
    assert_eq!(source.read_at(100, &mut buffer).unwrap(), 10);
    assert_eq!(buffer[..], bytes[100..110]);
    assert_eq!(source.read_at(250, &mut buffer).unwrap(), 6);
    assert_eq!(source.read_at(256, &mut buffer).unwrap(), 0);
}

#[wasm_bindgen_test]
fn an_address_without_ranges_is_read_whole_and_a_wrong_one_is_an_error() {
    // Object URLs behave as a server does, and need none.
    let bytes: Vec<u8> = (0..=255).cycle().take(1_000).collect();
    let url = web_sys::Url::create_object_url_with_blob(&blob(&bytes)).unwrap();
    let mut source = UrlBytes::new(&url, 1_000).unwrap();
    let mut buffer = [0; 100];
    assert_eq!(source.read_at(500, &mut buffer).unwrap(), 100);
    assert_eq!(buffer[..], bytes[500..600]);
    assert_eq!(source.read_at(950, &mut buffer).unwrap(), 50);
    let mut gone = UrlBytes::new("blob:nothing", 10).unwrap();
    assert!(gone.read_at(0, &mut buffer).is_err());
}

/// A red PNG of 2 × 1 pixels.
const PNG: [u8; 70] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 1, 8, 2, 0, 0, 0, 123,
    64, 232, 221, 0, 0, 0, 13, 73, 68, 65, 84, 120, 218, 99, 248, 207, 192, 0, 68, 0, 8, 254, 1, 255, 25,
    192, 107, 231, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

#[wasm_bindgen_test]
async fn a_picture_that_is_none_is_an_error_and_one_that_is_huge_is_not_tried() {
    let error = thumbnail::make(b"no picture", "image/png", (0, 0))
        .await
        .unwrap_err();
    assert!(error.contains("cannot be decoded"), "{error}");
    let error = thumbnail::make(&PNG, "image/png", (60_000, 60_000))
        .await
        .unwrap_err();
    assert!(error.contains("too large"), "{error}");
}

#[wasm_bindgen_test]
async fn a_thumbnail_tells_size_and_colour() {
    let made = thumbnail::make(&PNG, "image/png", (2, 1)).await.unwrap();
    assert_eq!((made.width, made.height), (2, 1));
    assert_eq!(made.color, [255, 0, 0]);
    assert_eq!(made.jpeg[..3], [0xFF, 0xD8, 0xFF]);
}
