//! What only a browser can show of the store: transactions, fences, locks and closed connections.
#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows `#[test]` and not `#[wasm_bindgen_test]`"
)]

use idb::{Database, DatabaseEvent as _, Factory, ObjectStoreParams};
use js_sys::Uint8Array;
use segue_systems::persist::store::{Batch, BlobKey, Durability, PageKey, PageStore, StoreError};
use segue_web::indexed_db::IndexedDb;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn fresh(name: &str) -> IndexedDb {
    Factory::new().unwrap().delete(name).unwrap().await.unwrap();
    IndexedDb::open(name).await.unwrap()
}

fn page(table: u16, page: u32, bytes: &[u8]) -> (PageKey, Option<Vec<u8>>) {
    (PageKey { table, page }, Some(bytes.to_vec()))
}

fn batch(epoch: u64, pages: Vec<(PageKey, Option<Vec<u8>>)>) -> Batch {
    Batch {
        epoch,
        meta: b"meta".to_vec(),
        pages,
        blobs: Vec::new(),
        durability: Durability::Relaxed,
    }
}

/// Another page's connection, as any version of the page would open it.
async fn connection(name: &str, version: u32) -> Database {
    let mut request = Factory::new().unwrap().open(name, Some(version)).unwrap();
    request.on_upgrade_needed(|event| {
        let database = event.database().unwrap();
        if database.store_names().is_empty() {
            let params = ObjectStoreParams::new();
            database.create_object_store("something", params).unwrap();
        }
    });
    request.await.unwrap()
}

#[wasm_bindgen_test]
async fn what_was_committed_is_there_after_opening_again() {
    let mut store = fresh("kept").await;
    assert_eq!(store.meta().await, Ok(None));
    let claim = store.claim().await.unwrap();
    assert_eq!((claim.epoch, claim.meta), (1, None));
    let blob = BlobKey {
        hash: [7; 16],
        variant: 0,
    };
    let mut first = batch(
        1,
        vec![
            page(2, 0, b"zero"),
            page(2, u32::MAX, b"last"),
            page(3, 0, b"other"),
        ],
    );
    first.blobs.push((blob, Some(vec![1, 2, 3])));
    first.durability = Durability::Strict;
    store.commit(&first).await.unwrap();
    store.commit(&batch(1, vec![page(2, 5, b"five")])).await.unwrap();
    store.close().await;

    let mut store = IndexedDb::open("kept").await.unwrap();
    assert_eq!(store.meta().await, Ok(Some(b"meta".to_vec())));
    let claim = store.claim().await.unwrap();
    assert_eq!((claim.epoch, claim.meta), (2, Some(b"meta".to_vec())));
    let rows = |rows: &[(u32, &[u8])]| rows.iter().map(|(n, b)| (*n, b.to_vec())).collect::<Vec<_>>();
    let load = store.load(2, 0..u32::MAX).await.unwrap();
    assert_eq!(load, rows(&[(0, b"zero"), (5, b"five")]));
    assert_eq!(store.load(2, 1..6).await.unwrap(), rows(&[(5, b"five")]));
    assert_eq!(store.load(2, 6..6).await.unwrap(), rows(&[]));
    assert_eq!(store.load(3, 0..9).await.unwrap(), rows(&[(0, b"other")]));
    assert_eq!(store.blob(blob).await.unwrap(), Some(vec![1, 2, 3]));

    let mut second = batch(2, vec![(PageKey { table: 2, page: 5 }, None)]);
    second.blobs.push((blob, None));
    store.commit(&second).await.unwrap();
    assert_eq!(store.load(2, 0..9).await.unwrap(), rows(&[(0, b"zero")]));
    assert_eq!(store.blob(blob).await.unwrap(), None);
    store.close().await;
}

#[wasm_bindgen_test]
async fn a_batch_of_an_earlier_epoch_is_refused_whole() {
    let mut store = fresh("fenced").await;
    store.claim().await.unwrap();
    store.claim().await.unwrap();
    let refused = store.commit(&batch(1, vec![page(1, 0, b"late")])).await;
    assert_eq!(refused, Err(StoreError::Fenced { ours: 1, theirs: 2 }));
    assert_eq!(store.load(1, 0..9).await, Ok(Vec::new()));
    assert_eq!(store.meta().await, Ok(None));
    store.commit(&batch(2, vec![page(1, 0, b"good")])).await.unwrap();
    store.close().await;
}

#[wasm_bindgen_test]
async fn a_connection_that_a_newer_page_closed_says_so_and_loses_nothing() {
    let mut store = fresh("upgraded").await;
    let epoch = store.claim().await.unwrap().epoch;
    store
        .commit(&batch(epoch, vec![page(1, 0, b"old")]))
        .await
        .unwrap();
    // The newer page upgrades: both of our connections have to let go, or this would wait for ever.
    let newer = connection("upgraded", 2).await;
    let refused = store.commit(&batch(epoch, vec![page(1, 1, b"new")])).await;
    assert_eq!(refused, Err(StoreError::Closed));
    assert_eq!(store.load(1, 0..9).await, Err(StoreError::Closed));
    let transaction = newer
        .transaction(&["pages"], idb::TransactionMode::ReadOnly)
        .unwrap();
    let pages = transaction.object_store("pages").unwrap();
    assert_eq!(pages.count(None).unwrap().await, Ok(1));
    newer.close();
    store.close().await;
}

#[wasm_bindgen_test]
async fn a_deleted_database_is_never_written_half() {
    let mut store = fresh("deleted").await;
    let epoch = store.claim().await.unwrap().epoch;
    store
        .commit(&batch(epoch, vec![page(1, 0, b"first")]))
        .await
        .unwrap();
    Factory::new().unwrap().delete("deleted").unwrap().await.unwrap();
    // The connection is opened again, and what it finds is not what we claimed.
    let refused = store.commit(&batch(epoch, vec![page(1, 1, b"second")])).await;
    assert_eq!(
        refused,
        Err(StoreError::Fenced {
            ours: epoch,
            theirs: 0
        })
    );
    assert_eq!(store.load(1, 0..9).await, Ok(Vec::new()));
    store.close().await;
}

#[wasm_bindgen_test]
async fn somebody_elses_database_is_left_alone() {
    Factory::new().unwrap().delete("foreign").unwrap().await.unwrap();
    connection("foreign", 1).await.close();
    let error = IndexedDb::open("foreign").await.unwrap_err();
    let StoreError::NotAStore { detail } = error else {
        panic!("{error:?}");
    };
    assert!(detail.contains("something"), "{detail}");
    assert_eq!(connection("foreign", 1).await.store_names(), ["something"]);
}

#[wasm_bindgen_test]
async fn records_that_are_not_ours_are_errors_and_not_panics() {
    let mut store = fresh("damaged").await;
    store.claim().await.unwrap();
    let raw = connection("damaged", 1).await;
    let transaction = raw
        .transaction(&["pages", "meta"], idb::TransactionMode::ReadWrite)
        .unwrap();
    let pages = transaction.object_store("pages").unwrap();
    let meta = transaction.object_store("meta").unwrap();
    let key = |key: f64| JsValue::from(key);
    pages.put(&"text".into(), Some(&key(4_294_967_296.0))).unwrap();
    pages
        .put(&Uint8Array::new_with_length(1), Some(&key(4_294_967_296.5)))
        .unwrap();
    meta.put(&"many".into(), Some(&"epoch".into())).unwrap();
    transaction.commit().unwrap().await.unwrap();
    raw.close();
    for refused in [
        store.load(1, 0..1).await.map(drop),
        store.load(1, 0..2).await.map(drop),
        store.claim().await.map(drop),
        store.commit(&batch(1, Vec::new())).await,
    ] {
        assert!(
            matches!(refused, Err(StoreError::NotAStore { .. })),
            "{refused:?}"
        );
    }
    store.close().await;
}

#[wasm_bindgen_test]
async fn a_hundred_pages_of_any_byte_come_back_as_they_were() {
    let mut store = fresh("bytes").await;
    let epoch = store.claim().await.unwrap().epoch;
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let pages = (0..100).map(|number| page(9, number, &bytes[usize::try_from(number).unwrap()..]));
    store.commit(&batch(epoch, pages.collect())).await.unwrap();
    let loaded = store.load(9, 0..100).await.unwrap();
    assert_eq!(loaded.len(), 100);
    for (number, page) in loaded {
        assert!(page == bytes[usize::try_from(number).unwrap()..], "page {number}");
    }
    store.close().await;
}
