//! Added in Segue: finds the functions of `libasound.so.2` when they are first called, in place of linking.

use core::ffi::{c_char, c_int, c_void, CStr};
use core::mem::{transmute, zeroed};
use core::ptr::{null, null_mut};
use core::sync::atomic::{AtomicPtr, Ordering};

use libc::{dlopen, dlsym, ENODEV, ENOSYS, RTLD_LOCAL, RTLD_NOW};

static LIBRARY: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// Whether ALSA's library is on this machine.
///
/// Where it is not, every function of this crate does nothing and answers with an error, null or nothing.
pub fn available() -> bool {
    !library().is_null()
}

fn library() -> *mut c_void {
    let known = LIBRARY.load(Ordering::Acquire);
    if !known.is_null() {
        return known;
    }
    // It is never closed. Threads that come here at once all get the same handle.
    // SAFETY: the name ends with a zero; the initialisers of ALSA's library have no preconditions.
    let found = unsafe { dlopen(c"libasound.so.2".as_ptr(), RTLD_NOW | RTLD_LOCAL) };
    if !found.is_null() {
        silence(found);
    }
    LIBRARY.store(found, Ordering::Release);
    found
}

/// Keeps ALSA from writing to the standard error by itself. Its functions return their errors all the same.
fn silence(library: *mut c_void) {
    // The handler has more arguments, as many as the text asks for. In the calling conventions of Linux it is the
    // caller who passes and removes them, so one that ignores them need not declare them.
    extern "C" fn ignore(
        _file: *const c_char,
        _line: c_int,
        _function: *const c_char,
        _error: c_int,
        _text: *const c_char,
    ) {
    }
    type Handler = extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char);

    // SAFETY: the handle is open and the name ends with a zero.
    let found = unsafe { dlsym(library, c"snd_lib_error_set_handler".as_ptr()) };
    if found.is_null() {
        return;
    }
    // SAFETY: it is the function of that name in ALSA's library, declared so but for what is said above.
    let set = unsafe { transmute::<*mut c_void, unsafe extern "C" fn(Handler) -> c_int>(found) };
    // SAFETY: a function lives as long as the program.
    unsafe { set(ignore) };
}

/// The function `name`, remembered in `known`; null where there is none.
pub(crate) fn function(known: &AtomicPtr<c_void>, name: &CStr) -> *mut c_void {
    let before = known.load(Ordering::Acquire);
    if !before.is_null() {
        return before;
    }
    let library = library();
    if library.is_null() {
        return null_mut();
    }
    // SAFETY: the handle is open and the name ends with a zero.
    let found = unsafe { dlsym(library, name.as_ptr()) };
    known.store(found, Ordering::Release);
    found
}

/// What a function answers that is not there.
pub(crate) trait Missing {
    fn missing() -> Self;
}

macro_rules! missing {
    ($($type:ty => $answer:expr;)*) => {
        $(impl Missing for $type {
            fn missing() -> Self {
                $answer
            }
        })*
    };
}

// ALSA's errors are negative numbers. All of these types can hold them, also where `c_long` has 32 bits.
missing! {
    () => ();
    i32 => -error();
    i64 => -i64::from(error());
    isize => -(error() as isize);
    u8 => 0;
    u16 => 0;
    u32 => 0;
    u64 => 0;
    usize => 0;
    // SAFETY: numbers and arrays of numbers, for which zero is a value.
    crate::snd_htimestamp_t => unsafe { zeroed() };
    // SAFETY: the same.
    crate::snd_pcm_sync_id_t => unsafe { zeroed() };
    crate::snd_local_error_handler_t => None;
    crate::snd_mixer_compare_t => None;
    crate::snd_mixer_event_t => None;
}

impl<T> Missing for *const T {
    fn missing() -> Self {
        null()
    }
}

impl<T> Missing for *mut T {
    fn missing() -> Self {
        null_mut()
    }
}

fn error() -> i32 {
    if available() {
        // An older library than the one that these declarations were made from.
        ENOSYS
    } else {
        ENODEV
    }
}

/// Makes each declaration of a function one that looks the function up and calls it.
macro_rules! loaded {
    // What has a variable number of arguments cannot be passed on; nothing here needs it.
    (pub fn $name:ident($($argument:ident: $type:ty,)* ...) $(-> $result:ty)?;) => {};
    // Callers take its answer for a text without looking for null.
    (pub fn snd_strerror($($argument:ident: $type:ty),*) -> $result:ty;) => {
        loaded! { @ snd_strerror($($argument: $type),*) -> $result, c"ALSA is not installed".as_ptr() }
    };
    (pub fn $name:ident($($argument:ident: $type:ty),* $(,)?);) => {
        loaded! { @ $name($($argument: $type),*) -> (), loaded::Missing::missing() }
    };
    (pub fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty;) => {
        loaded! { @ $name($($argument: $type),*) -> $result, loaded::Missing::missing() }
    };
    (@ $name:ident($($argument:ident: $type:ty),*) -> $result:ty, $missing:expr) => {
        #[inline]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            static KNOWN: core::sync::atomic::AtomicPtr<core::ffi::c_void> =
                core::sync::atomic::AtomicPtr::new(core::ptr::null_mut());
            const NAME: &core::ffi::CStr =
                match core::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                    Ok(name) => name,
                    Err(_) => panic!("a name holds no zero"),
                };
            type Function = unsafe extern "C" fn($($type),*) -> $result;
            let found = loaded::function(&KNOWN, NAME);
            if found.is_null() {
                return $missing;
            }
            // SAFETY: it is the function of that name in ALSA's library, declared as ALSA's header declares it.
            let function = unsafe { core::mem::transmute::<*mut core::ffi::c_void, Function>(found) };
            // SAFETY: the caller keeps to what ALSA asks.
            unsafe { function($($argument),*) }
        }
    };
}
