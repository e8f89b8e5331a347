//! Drives the page in a real browser through WebDriver.
//!
//! The browser is Chromium with chromedriver; nothing here but [`webdriver.json`] and the `goog:` commands knows so.
//!
//! ```no_run
//! use segue_page_tests::{Browser, Served};
//!
//! let served = Served::demo()?;
//! let browser = Browser::start()?;
//! browser.goto(&served.url())?;
//! browser.wait_until("window.segue && (await segue.queryTracks('')).total > 0")?;
//! # Ok::<(), xtask::failure::Failure>(())
//! ```
//!
//! [`webdriver.json`]: https://www.w3.org/TR/webdriver2/#capabilities

pub mod browser;
pub mod driver;
pub mod flood;
pub mod music;
pub mod served;
pub mod table;

pub use browser::Browser;
pub use fantoccini::wd::WindowHandle;
pub use served::{Served, Setup};
