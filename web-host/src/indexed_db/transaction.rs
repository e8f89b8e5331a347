//! Transactions that are all or nothing, and say why when they are nothing.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use segue_systems::persist::store::{Durability, StoreError};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction};

use super::failure::Failure;
use crate::exception;

#[wasm_bindgen]
extern "C" {
    /// A database whose transactions may state their durability, which web-sys has only behind a flag.
    #[wasm_bindgen(extends = IdbDatabase)]
    type DurableDatabase;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &DurableDatabase,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;

    /// A transaction that can be told to end, which web-sys calls deprecated and the specification does not.
    #[wasm_bindgen(extends = IdbTransaction)]
    type EndingTransaction;

    #[wasm_bindgen(method, catch)]
    fn commit(this: &EndingTransaction) -> Result<(), JsValue>;
}

pub(super) fn put(store: &IdbObjectStore, key: &JsValue, bytes: Option<&[u8]>) -> Result<(), JsValue> {
    // The requests need no handlers of their own: the first that fails aborts the transaction, which then
    // names the reason.
    match bytes {
        Some(bytes) => store.put_with_key(&Uint8Array::from(bytes), key)?,
        None => store.delete(key)?,
    };
    Ok(())
}

/// A read-write transaction that is all or nothing: dropped without a commit, it aborts.
pub(super) struct WriteTransaction {
    inner: IdbTransaction,
    // Resolves with the event that ends the transaction.
    end: Promise,
    open: bool,
}

impl WriteTransaction {
    pub(super) fn begin(
        database: &IdbDatabase,
        stores: &[&str],
        durability: Durability,
    ) -> Result<Self, JsValue> {
        let names: Array = stores.iter().map(|&name| JsValue::from(name)).collect();
        let options = Object::new();
        let hint = match durability {
            Durability::Relaxed => "relaxed",
            Durability::Strict => "strict",
        };
        Reflect::set(&options, &"durability".into(), &hint.into())?;
        let database: &DurableDatabase = database.unchecked_ref();
        let inner = database.transaction(&names, "readwrite", &options)?;
        let end = Promise::new(&mut |resolve, _reject| {
            inner.set_oncomplete(Some(&resolve));
            inner.set_onabort(Some(&resolve));
        });
        Ok(Self {
            inner,
            end,
            open: true,
        })
    }

    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore, JsValue> {
        self.inner.object_store(name)
    }

    /// Ends the transaction and waits until everything in it is stored.
    pub(super) async fn commit(mut self) -> Result<(), WriteError> {
        // From here on the browser ends it, well or badly, by itself.
        self.open = false;
        self.inner.unchecked_ref::<EndingTransaction>().commit()?;
        let event: web_sys::Event = JsFuture::from(self.end.clone()).await?.unchecked_into();
        if event.type_() == "complete" {
            return Ok(());
        }
        // A quota that is exceeded at the very end, or a failing disk, shows nowhere but here.
        let reason = self.inner.error().map_or_else(
            || Failure::new("AbortError: the browser gave no reason".into()),
            |error| Failure::new(exception::text(&error)),
        );
        Err(WriteError::Failure(reason))
    }
}

impl Drop for WriteTransaction {
    fn drop(&mut self) {
        if self.open {
            // It throws only if the transaction ended already, and then there is nothing left to undo.
            let _ = self.inner.abort();
        }
    }
}

/// The result of a request, in the turn in which the browser reports it.
pub(super) async fn answer(request: IdbRequest) -> Result<JsValue, Failure> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(settled).await {
        Ok(_) => request.result().map_err(Failure::from),
        Err(_) => Err(match request.error() {
            Ok(Some(error)) => Failure::new(exception::text(&error)),
            Ok(None) => Failure::new("UnknownError: a request failed without a reason".into()),
            Err(error) => error.into(),
        }),
    }
}

pub(super) enum WriteError {
    Store(StoreError),
    Failure(Failure),
}

impl From<JsValue> for WriteError {
    fn from(thrown: JsValue) -> Self {
        Self::Failure(thrown.into())
    }
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
