//! Pages and blobs in IndexedDB: the `PageStore` of a browser.
//!
//! One database holds three object stores: `pages` by [`PageKey::number`], `blobs` by [`BlobKey::text`],
//! both as one `Uint8Array` a record, and `meta` with two records, `epoch` (a number) and `meta` (the
//! library's own bytes).
//!
//! rexie opens the database, makes the stores and reads. Writing goes through a second connection, opened
//! with `idb` (the crate beneath rexie) and used as the browser gives it, because rexie can neither state a
//! durability nor say why a transaction was aborted. The traps of both, and where each is dealt with:
//!
//! - A builder drops every store that it does not name: `STORES` is never shortened (tested).
//! - A connection closes itself when a newer page upgrades: the next use opens again and meets the newer
//!   version, which is [`StoreError::Closed`] (tested).
//! - A commit that ends in `abort` is `Ok` for `done()`, and a failed request hides the reason: a write ends
//!   in `WriteTransaction::commit`, which knows only `complete` and everything else (tested).
//! - `rexie::Error` prints only "idb error": `rexie_error` takes its source (tested).
//! - A transaction that is dropped half way commits what it has: dropping a `WriteTransaction` aborts (tested).
//! - Dropping a polled request future aborts its transaction: the futures of this file are to be run to the
//!   end, and the writing ones wait on promises, which the browser owns.
//! - An `async fn put` queues nothing until polled: writes call `IDBObjectStore.put` itself, all in one turn.
//! - `done()` first polled after the end waits for ever: the handlers are set before the first request.
//! - `scan` is one event a row: nothing here scans.
//! - Threaded wasm wakes futures too late for a transaction: `lib.rs` refuses to compile so.
//! - Database versions are 32 bits: `VERSION` counts from 1.

mod failure;
mod transaction;

use core::ops::Range;
use core::task::Poll;

use futures_lite::future;
use idb::{Factory, KeyRange};
use js_sys::{Reflect, Uint8Array};
use rexie::{ObjectStore, Rexie, TransactionMode};
use segue_systems::persist::store::{Batch, BlobKey, Claim, Durability, PageKey, PageStore, StoreError};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbDatabase;

use self::failure::{Failure, rexie_error};
use self::transaction::{WriteError, WriteTransaction, answer, put};
use crate::exception;

/// The version of the three object stores, not of what stands in them.
const VERSION: u32 = 1;

const PAGES: &str = "pages";
const BLOBS: &str = "blobs";
const META: &str = "meta";

/// Every object store that any released version made. An upgrade deletes what is not named here.
const STORES: [&str; 3] = [BLOBS, META, PAGES];

const EPOCH_KEY: &str = "epoch";
const META_KEY: &str = "meta";

/// A library's database.
///
/// Its users keep a lock, so that one tab at a time has it (`js/library-worker.js`). Whoever writes without is noticed by
/// the epoch: the first commit of the one that was there before is refused.
#[derive(Debug)]
pub struct IndexedDb {
    name: String,
    connection: Option<Connection>,
}

#[derive(Debug)]
struct Connection {
    reader: Rexie,
    writer: Writer,
}

#[derive(Debug)]
struct Writer {
    database: IdbDatabase,
    // Called as long as the connection is there.
    _let_go: Closure<dyn FnMut(web_sys::Event)>,
}

impl IndexedDb {
    /// Whether this browser has IndexedDB at all. A private window may have it and refuse to open.
    #[must_use]
    pub fn is_available() -> bool {
        Reflect::get(&js_sys::global(), &"indexedDB".into()).is_ok_and(|factory| factory.is_object())
    }

    /// Opens the database of this name, or makes it.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if it is something else, [`StoreError::Closed`] if a newer page made it; others as
    /// the browser says.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let connection = Connection::open(name).await?;
        Ok(Self {
            name: name.to_owned(),
            connection: Some(connection),
        })
    }

    async fn connection(&mut self) -> Result<&Connection, StoreError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(&self.name).await?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Forgets a connection that the browser closed, and says whether opening another one may help.
    fn lost_connection(&mut self, error: &Failure) -> bool {
        let lost = error.means_closed();
        if lost && let Some(connection) = self.connection.take() {
            connection.close();
        }
        lost
    }

    async fn read<T>(&mut self, what: impl AsyncFn(&Rexie) -> rexie::Result<T>) -> Result<T, StoreError> {
        let failure = match what(&self.connection().await?.reader).await {
            Ok(value) => return Ok(value),
            Err(error) => rexie_error(&error),
        };
        if !self.lost_connection(&failure) {
            return Err(failure.classify(0).await);
        }
        match what(&self.connection().await?.reader).await {
            Ok(value) => Ok(value),
            Err(error) => Err(rexie_error(&error).classify(0).await),
        }
    }

    async fn write<T>(
        &mut self,
        bytes: usize,
        what: impl AsyncFn(&IdbDatabase) -> Result<T, WriteError>,
    ) -> Result<T, StoreError> {
        let failure = match what(&self.connection().await?.writer.database).await {
            Ok(value) => return Ok(value),
            Err(WriteError::Store(error)) => return Err(error),
            Err(WriteError::Failure(failure)) => failure,
        };
        if !self.lost_connection(&failure) {
            return Err(failure.classify(bytes).await);
        }
        match what(&self.connection().await?.writer.database).await {
            Ok(value) => Ok(value),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Failure(failure)) => Err(failure.classify(bytes).await),
        }
    }
}

impl Connection {
    async fn open(name: &str) -> Result<Self, StoreError> {
        let stores = STORES.into_iter().map(ObjectStore::new);
        let builder = stores.fold(Rexie::builder(name).version(VERSION), |builder, store| {
            builder.add_object_store(store)
        });
        let reader = match builder.build().await {
            Ok(reader) => reader,
            Err(error) => return Err(rexie_error(&error).classify(0).await),
        };
        // A browser lists them in order.
        let found = reader.store_names();
        if found != STORES {
            reader.close();
            return Err(StoreError::NotAStore {
                detail: format!(
                    "the database {name} holds {}, not {}",
                    found.join(", "),
                    STORES.join(", ")
                ),
            });
        }
        match open_writer(name).await {
            Ok(writer) => Ok(Self { reader, writer }),
            Err(error) => {
                reader.close();
                Err(Failure::new(error.to_string()).classify(0).await)
            }
        }
    }

    fn close(self) {
        self.reader.close();
        self.writer.database.close();
    }
}

async fn open_writer(name: &str) -> Result<Writer, idb::Error> {
    let database: IdbDatabase = Factory::new()?.open(name, Some(VERSION))?.await?.into();
    // Otherwise the newer page, or whoever deletes the database, would wait for this one for ever.
    let let_go = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| {
        if let Some(Ok(database)) = event.target().map(JsCast::dyn_into::<IdbDatabase>) {
            database.close();
        }
    });
    database.set_onversionchange(Some(let_go.as_ref().unchecked_ref()));
    Ok(Writer {
        database,
        _let_go: let_go,
    })
}

impl PageStore for IndexedDb {
    fn backend(&self) -> &'static str {
        "indexeddb"
    }

    async fn meta(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self
            .read(async |reader| {
                let transaction = reader.transaction(&[META], TransactionMode::ReadOnly)?;
                transaction.store(META)?.get(META_KEY.into()).await
            })
            .await?;
        found.map(bytes).transpose()
    }

    async fn claim(&mut self) -> Result<Claim, StoreError> {
        self.write(0, async |writer| {
            let transaction = WriteTransaction::begin(writer, &[META], Durability::Strict)?;
            let store = transaction.store(META)?;
            let meta = answer(store.get(&META_KEY.into())?);
            let epoch = answer(store.get(&EPOCH_KEY.into())?);
            let (meta, epoch) = future::zip(meta, epoch).await;
            let (meta, epoch) = (meta?, epoch_of(&epoch?)? + 1);
            store.put_with_key(&epoch_value(epoch), &EPOCH_KEY.into())?;
            transaction.commit().await?;
            Ok(Claim {
                epoch,
                meta: some(meta).map(bytes).transpose()?,
            })
        })
        .await
    }

    async fn load(&mut self, table: u16, pages: Range<u32>) -> Result<Vec<(u32, Vec<u8>)>, StoreError> {
        if pages.is_empty() {
            return Ok(Vec::new());
        }
        let key = |page| number_value(PageKey { table, page }.number());
        let (first, last) = (key(pages.start), key(pages.end - 1));
        let (values, keys) = self
            .read(async |reader| {
                let range = KeyRange::bound(&first, &last, None, None)?;
                let transaction = reader.transaction(&[PAGES], TransactionMode::ReadOnly)?;
                let store = transaction.store(PAGES)?;
                let values = store.get_all(Some(range), None);
                let range = KeyRange::bound(&first, &last, None, None)?;
                // Polled together, so that both are queued in this turn and both run to their end.
                let (values, keys) = future::zip(values, store.get_all_keys(Some(range), None)).await;
                Ok((values?, keys?))
            })
            .await?;
        let pages = keys.into_iter().zip(values);
        pages
            .map(|(key, value)| Ok((page_of(&key)?, bytes(value)?)))
            .collect()
    }

    async fn pages(&mut self, keys: &[PageKey]) -> Result<Vec<(PageKey, Vec<u8>)>, StoreError> {
        let found = self
            .read(async |reader| {
                let transaction = reader.transaction(&[PAGES], TransactionMode::ReadOnly)?;
                let store = transaction.store(PAGES)?;
                // As above, in one turn.
                let values = all(keys.iter().map(|key| store.get(number_value(key.number())))).await;
                values.into_iter().collect::<rexie::Result<Vec<_>>>()
            })
            .await?;
        let pages = keys.iter().zip(found);
        pages
            .filter_map(|(&key, value)| some(value?).map(|value| Ok((key, bytes(value)?))))
            .collect()
    }

    async fn blob(&mut self, key: BlobKey) -> Result<Option<Vec<u8>>, StoreError> {
        let key = JsValue::from(key.text());
        let found = self
            .read(async |reader| {
                let transaction = reader.transaction(&[BLOBS], TransactionMode::ReadOnly)?;
                transaction.store(BLOBS)?.get(key.clone()).await
            })
            .await?;
        found.map(bytes).transpose()
    }

    async fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let pages = batch.pages.iter().filter_map(|(_, page)| page.as_ref());
        let blobs = batch.blobs.iter().filter_map(|(_, blob)| blob.as_ref());
        let size = pages.chain(blobs).map(Vec::len).sum::<usize>() + batch.meta.len();
        self.write(size, async |writer| {
            let transaction = WriteTransaction::begin(writer, &STORES, batch.durability)?;
            let meta = transaction.store(META)?;
            // The fence is read in the very transaction that it protects: no other writer fits between.
            let theirs = epoch_of(&answer(meta.get(&EPOCH_KEY.into())?).await?)?;
            if theirs != batch.epoch {
                return Err(WriteError::Store(StoreError::Fenced {
                    ours: batch.epoch,
                    theirs,
                }));
            }
            let store = transaction.store(PAGES)?;
            for (key, page) in &batch.pages {
                put(&store, &number_value(key.number()), page.as_deref())?;
            }
            let store = transaction.store(BLOBS)?;
            for (key, blob) in &batch.blobs {
                put(&store, &key.text().into(), blob.as_deref())?;
            }
            put(&meta, &META_KEY.into(), Some(&batch.meta))?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    async fn close(&mut self) {
        // `close` lets transactions that are under way end first.
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
    }
}

/// Runs futures to their ends, polled together.
async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    future::poll_fn(|context| {
        let mut pending = false;
        for (future, output) in &mut waiting {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *output = Some(value),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}

/// A key that is exact as a number of JavaScript.
#[expect(
    clippy::cast_precision_loss,
    reason = "page keys are below 2^48 and epochs count openings"
)]
fn number_value(number: u64) -> JsValue {
    JsValue::from(number as f64)
}

fn page_of(key: &JsValue) -> Result<u32, StoreError> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a whole number below 2^48, of which a page is the lower 32 bits"
    )]
    let page = key
        .as_f64()
        .filter(|key| key.fract() == 0.0 && (0.0..281_474_976_710_656.0).contains(key))
        .map(|key| key as u64 as u32);
    page.ok_or_else(|| StoreError::NotAStore {
        detail: format!("a page is called {}", exception::text(key)),
    })
}

fn epoch_value(epoch: u64) -> JsValue {
    number_value(epoch)
}

/// The epoch of a store; zero in a new one.
fn epoch_of(value: &JsValue) -> Result<u64, StoreError> {
    if value.is_undefined() {
        return Ok(0);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a whole number below 2^53"
    )]
    let epoch = value
        .as_f64()
        .filter(|epoch| epoch.fract() == 0.0 && (0.0..9_007_199_254_740_991.0).contains(epoch))
        .map(|epoch| epoch as u64);
    epoch.ok_or_else(|| StoreError::NotAStore {
        detail: format!("its epoch is {}", exception::text(value)),
    })
}

fn some(value: JsValue) -> Option<JsValue> {
    (!value.is_undefined()).then_some(value)
}

fn bytes(value: JsValue) -> Result<Vec<u8>, StoreError> {
    match value.dyn_into::<Uint8Array>() {
        Ok(array) => Ok(array.to_vec()),
        Err(other) => Err(StoreError::NotAStore {
            detail: format!("a record is {} and not bytes", exception::text(&other)),
        }),
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_dedicated_worker);

    async fn count_pages(name: &str) -> u32 {
        let connection = Connection::open(name).await.unwrap();
        let count = count(&connection.reader).await.unwrap();
        connection.close();
        count
    }

    async fn count(reader: &Rexie) -> rexie::Result<u32> {
        let transaction = reader.transaction(&[PAGES], TransactionMode::ReadOnly)?;
        transaction.store(PAGES)?.count(None).await
    }

    #[wasm_bindgen_test]
    async fn a_transaction_dropped_half_way_stores_nothing() {
        Rexie::delete("dropped").await.unwrap();
        let connection = Connection::open("dropped").await.unwrap();
        let transaction =
            WriteTransaction::begin(&connection.writer.database, &[PAGES], Durability::Relaxed).unwrap();
        let store = transaction.store(PAGES).unwrap();
        put(&store, &number_value(1), Some(b"half")).unwrap();
        drop(transaction);
        assert_eq!(count(&connection.reader).await, Ok(0));
        connection.close();
    }

    #[wasm_bindgen_test]
    async fn an_aborted_commit_is_an_error_with_its_reason() {
        Rexie::delete("aborted").await.unwrap();
        let connection = Connection::open("aborted").await.unwrap();
        let transaction =
            WriteTransaction::begin(&connection.writer.database, &[PAGES], Durability::Relaxed).unwrap();
        let store = transaction.store(PAGES).unwrap();
        put(&store, &number_value(1), Some(b"first")).unwrap();
        // A key that is there already fails its request, and with it the transaction, after `commit` was called.
        store.add_with_key(&JsValue::NULL, &number_value(1)).unwrap();
        let Err(WriteError::Failure(failure)) = transaction.commit().await else {
            panic!("the commit of a failed transaction was taken as good");
        };
        assert!(failure.to_string().contains("ConstraintError"), "{failure:?}");
        assert_eq!(count(&connection.reader).await, Ok(0));
        connection.close();
    }

    #[wasm_bindgen_test]
    async fn an_upgrade_keeps_every_store_and_its_records() {
        Rexie::delete("older").await.unwrap();
        let connection = Connection::open("older").await.unwrap();
        let transaction =
            WriteTransaction::begin(&connection.writer.database, &[PAGES], Durability::Strict).unwrap();
        put(
            &transaction.store(PAGES).unwrap(),
            &number_value(1),
            Some(b"kept"),
        )
        .unwrap();
        assert!(transaction.commit().await.is_ok());
        connection.close();
        let stores = STORES.into_iter().map(ObjectStore::new);
        let builder = stores.fold(Rexie::builder("older").version(VERSION + 1), |builder, store| {
            builder.add_object_store(store)
        });
        let newer = builder.build().await.unwrap();
        assert_eq!(newer.store_names(), STORES);
        assert_eq!(count(&newer).await, Ok(1));
        newer.close();
    }

    #[wasm_bindgen_test]
    async fn the_reason_of_an_error_is_named() {
        Rexie::delete("reason").await.unwrap();
        assert_eq!(count_pages("reason").await, 0);
        let connection = Connection::open("reason").await.unwrap();
        let Err(error) = connection
            .reader
            .transaction(&["nothing"], TransactionMode::ReadOnly)
        else {
            panic!("a store that does not exist was found");
        };
        assert!(
            rexie_error(&error).to_string().contains("NotFoundError"),
            "{error:?}"
        );
        connection.close();
    }
}
