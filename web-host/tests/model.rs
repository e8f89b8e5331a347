//! The random histories that every store goes through, over IndexedDB: requests that fail, transactions that abort,
//! connections that close, quotas, and whoever is gone in the middle of it.
#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows `#[test]` and not `#[wasm_bindgen_test]`"
)]

use idb::Factory;
use js_sys::{Date, Function, Object, Reflect};
use segue_systems::persist::meta::{Meta, MetaError, SCHEMA};
use segue_systems::persist::store::{Batch, Durability, PageKey, PageStore, StoreError};
use segue_systems::persist::testing::model::{self, Count, Disk, Random, Trouble};
use segue_systems::persist::{Driver, OpenError, StoreAnswer, StoreRequest};
use segue_web::indexed_db::IndexedDb;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Lets requests of IndexedDB fail as `segueDisk` says, which it answers.
const DISK: &str = r#"
if (!globalThis.segueDisk) {
    const disk = { kind: "", at: -1, room: 0, calls: 0 };
    globalThis.segueDisk = disk;
    for (const name of ["get", "getAll", "getAllKeys", "put", "delete"]) {
        const original = IDBObjectStore.prototype[name];
        IDBObjectStore.prototype[name] = function (...rest) {
            if (name === "put" && disk.kind === "full") {
                disk.room -= rest[0].byteLength ?? 8;
                if (disk.room < 0) {
                    throw new DOMException("no room left by the test", "QuotaExceededError");
                }
            }
            const transaction = this.transaction;
            const request = original.apply(this, rest);
            const turn = disk.calls++ === disk.at;
            if (turn && disk.kind === "fail") {
                transaction.abort();
            } else if (turn && disk.kind === "close") {
                transaction.db.close();
            }
            return request;
        };
    }
    const commit = IDBTransaction.prototype.commit;
    IDBTransaction.prototype.commit = function () {
        // The first end of a transaction from that call on.
        if (disk.kind === "lose" && disk.calls++ >= disk.at) {
            disk.kind = "";
            // Everything is stored, and what is heard is that nothing was.
            const told = this.onabort;
            this.oncomplete = () => told({ type: "abort" });
        }
        return commit.apply(this);
    };
}
return globalThis.segueDisk;
"#;

/// A database of the browser.
struct Database {
    name: &'static str,
    disk: Object,
}

impl Database {
    async fn fresh(name: &'static str) -> Self {
        let disk = Function::new_no_args(DISK).call0(&JsValue::NULL).unwrap();
        let mut database = Self {
            name,
            disk: disk.unchecked_into(),
        };
        database.set_trouble(None);
        Factory::new().unwrap().delete(name).unwrap().await.unwrap();
        database
    }

    fn set(&self, key: &str, value: JsValue) {
        assert!(Reflect::set(&self.disk, &key.into(), &value).unwrap());
    }
}

#[expect(clippy::cast_precision_loss, reason = "these are small")]
fn number(number: u64) -> JsValue {
    JsValue::from(number as f64)
}

impl Disk for Database {
    type Store = IndexedDb;

    const CALLS: u64 = 10;

    async fn open(&mut self) -> Result<IndexedDb, StoreError> {
        IndexedDb::open(self.name).await
    }

    /// A worker that is killed takes its connections with it; here that has to be said.
    async fn abandon(&mut self, mut store: IndexedDb) {
        store.close().await;
    }

    /// Browsers have no switch for that: what is here to test is that whoever has it open is gone.
    fn crash(&mut self, _: &mut Random) {}

    fn set_trouble(&mut self, trouble: Option<Trouble>) {
        let (kind, at) = match trouble {
            None => ("", u64::from(u32::MAX)),
            Some(Trouble::Fail(at)) => ("fail", at),
            Some(Trouble::LoseAnswer(at)) => ("lose", at),
            Some(Trouble::Full(room)) => ("full", room),
            Some(Trouble::Close(at)) => ("close", at),
        };
        self.set("kind", kind.into());
        self.set("at", number(at));
        self.set("room", number(at));
        self.set("calls", number(0));
    }

    fn calls(&self) -> u64 {
        let calls = Reflect::get(&self.disk, &"calls".into()).unwrap();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it counts from 0"
        )]
        let calls = calls.as_f64().unwrap() as u64;
        calls
    }
}

/// What `cargo soak` asks for when it builds this test.
fn asked(name: Option<&str>) -> u64 {
    name.map_or(0, |text| text.parse().unwrap())
}

#[wasm_bindgen_test]
async fn a_library_in_a_browser_that_fails_at_random_is_always_one_that_was_committed() {
    let first = asked(option_env!("SEGUE_SOAK_SEED"));
    let seconds = asked(option_env!("SEGUE_SOAK_SECONDS"));
    let start = Date::now();
    let mut count = Count::default();
    let mut seed = first;
    while seed < first + 6 || Date::now() - start < 1_000.0 * f64::from(u32::try_from(seconds).unwrap()) {
        let mut disk = Database::fresh("histories").await;
        count += model::check_later(&mut disk, seed, 250).await;
        seed += 1;
    }
    console_log!("indexeddb: {count}, seeds {first} to {}", seed - 1);
    assert!(count.commits > 50 && count.crashes > 50, "{count}");
}

#[wasm_bindgen_test]
async fn whichever_request_fails_nothing_that_was_acknowledged_is_lost() {
    let mut count = Count::default();
    for trouble in [Trouble::Fail, Trouble::LoseAnswer, Trouble::Close] {
        let mut call = 0;
        loop {
            let mut disk = Database::fresh("calls").await;
            let (round, calls) = model::check_call(&mut disk, 3, trouble(call)).await;
            count += round;
            if calls <= call {
                break;
            }
            call += 7;
        }
    }
    console_log!("indexeddb, every seventh request: {count}");
    assert!(count.troubles > 20, "{count}");
}

#[wasm_bindgen_test]
async fn a_library_of_a_newer_schema_is_refused_and_untouched() {
    let mut disk = Database::fresh("newer").await;
    let mut store = disk.open().await.unwrap();
    let epoch = store.claim().await.unwrap().epoch;
    let newer = Meta {
        schema: SCHEMA + 1,
        ..Meta::new(1)
    };
    let page = PageKey { table: 1, page: 0 };
    let batch = Batch {
        epoch,
        meta: newer.to_bytes(),
        pages: vec![(page, Some(b"new".to_vec()))],
        blobs: Vec::new(),
        durability: Durability::Strict,
    };
    store.commit(&batch).await.unwrap();
    store.close().await;

    let mut driver = Driver::new(disk.open().await.unwrap());
    let answer = driver.answer(StoreRequest::Open).await;
    let refused = StoreAnswer::Opened(Err(OpenError::Meta(MetaError::Newer { found: SCHEMA + 1 })));
    assert_eq!(answer, refused);
    driver.store().close().await;

    let mut store = disk.open().await.unwrap();
    assert_eq!(store.meta().await, Ok(Some(newer.to_bytes())));
    assert_eq!(store.load(1, 0..9).await, Ok(vec![(0, b"new".to_vec())]));
    let claim = store.claim().await.unwrap();
    assert_eq!(
        claim.epoch,
        epoch + 1,
        "whoever was refused did not raise the epoch"
    );
    store.close().await;
}
