//! One browser with one tab and a profile of its own, driven by plain calls that block.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use xtask::failure::Failure;

use crate::driver::Driver;

/// Flags and settings of the browser, shared with the runner of the wasm tests.
const CAPABILITIES: &str = include_str!("../webdriver.json");

/// How long [`Browser::wait_until`] waits, in milliseconds: long for a slow machine, since nothing waits it out.
const PATIENCE_MS: u64 = 60_000;

/// A headless browser with one tab; dropping it closes it.
#[derive(Debug)]
pub struct Browser {
    // `None` only while the browser is killed and started again.
    client: Option<Client>,
    runtime: Runtime,
    driver: Driver,
    profile: TempDir,
    settings: Value,
}

impl Browser {
    /// Starts a browser with an empty profile.
    ///
    /// # Errors
    ///
    /// Chromium or chromedriver is missing, or does not start.
    pub fn start() -> Result<Self, Failure> {
        Self::start_with(json!({}))
    }

    /// Starts a browser with an empty profile and these settings of its visitor (Chromium's `prefs`).
    ///
    /// # Errors
    ///
    /// Chromium or chromedriver is missing, or does not start.
    pub fn start_with(settings: Value) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::new(format!("no runtime for the driver's client: {e}")))?;
        let profile = tempfile::Builder::new()
            .prefix("segue-browser-")
            .tempdir()
            .map_err(|e| Failure::new(format!("no folder for the browser's profile: {e}")))?;
        let mut browser = Self {
            client: None,
            runtime,
            driver: Driver::start()?,
            profile,
            settings,
        };
        browser.connect()?;
        Ok(browser)
    }

    fn connect(&mut self) -> Result<(), Failure> {
        let mut capabilities: Capabilities =
            serde_json::from_str(CAPABILITIES).expect("webdriver.json holds an object");
        capabilities["goog:chromeOptions"]["args"]
            .as_array_mut()
            .expect("webdriver.json holds the browser's arguments")
            .push(json!(format!(
                "--user-data-dir={}",
                self.profile.path().display()
            )));
        capabilities["goog:chromeOptions"]["prefs"] = self.settings.clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = self.runtime.block_on(builder.connect(&self.driver.url()));
        self.client = Some(client.map_err(|e| Failure::new(format!("the browser does not start: {e}")))?);
        Ok(())
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("the browser runs between two calls")
    }

    /// Runs a command of the driver to its end.
    fn wait<T, E: std::fmt::Display>(
        &self,
        doing: &str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.runtime
            .block_on(work)
            .map_err(|e| Failure::new(format!("{doing}: {e}")))
    }

    /// Loads `url` and waits until the document and its modules are loaded.
    ///
    /// # Errors
    ///
    /// The page cannot be loaded.
    pub fn goto(&self, url: &str) -> Result<(), Failure> {
        self.wait("loading the page", self.client().goto(url))
    }

    /// Reloads the page.
    ///
    /// # Errors
    ///
    /// The page cannot be loaded.
    pub fn reload(&self) -> Result<(), Failure> {
        self.wait("reloading the page", self.client().refresh())
    }

    /// Runs the body of an async function in the page, with `args`, and answers what it returns.
    ///
    /// # Errors
    ///
    /// What the body throws, with its stack.
    pub fn eval_with(&self, body: &str, args: Vec<Value>) -> Result<Value, Failure> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const args = Array.prototype.slice.call(arguments, 0, -1);
             (async () => {{ {body} }})().then(
               (value) => done({{ value: value === undefined ? null : value }}),
               (error) => done({{ error: String(error && error.stack || error) }}));"
        );
        let answer = self.wait("running a script", self.client().execute_async(&script, args))?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(Failure::new(format!("the script failed: {error}"))),
            None => Ok(answer["value"].clone()),
        }
    }

    /// [`Browser::eval_with`] without arguments.
    ///
    /// # Errors
    ///
    /// What the body throws, with its stack.
    pub fn eval(&self, body: &str) -> Result<Value, Failure> {
        self.eval_with(body, Vec::new())
    }

    /// Waits until the expression, which may `await`, is true in the page, and answers its value.
    ///
    /// # Errors
    ///
    /// It did not become true within a minute; the message has its last value and the page's console.
    pub fn wait_until(&self, expression: &str) -> Result<Value, Failure> {
        self.wait_until_within(expression, Duration::from_millis(PATIENCE_MS))
    }

    /// [`Browser::wait_until`] with a patience of the caller's choice.
    ///
    /// # Errors
    ///
    /// It did not become true in time; the message has its last value and the page's console.
    pub fn wait_until_within(&self, expression: &str, patience: Duration) -> Result<Value, Failure> {
        let body = format!(
            "const deadline = performance.now() + args[0];
             for (;;) {{
               let value;
               try {{ value = await ({expression}); if (value) return value; }} catch (error) {{ value = error; }}
               if (performance.now() > deadline) throw new Error('it is still ' + (value instanceof Error ? value : JSON.stringify(value)));
               await new Promise((resume) => setTimeout(resume, 20));
             }}"
        );
        let patience_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        self.eval_with(&body, vec![json!(patience_ms)]).map_err(|e| {
            let console = self.console().unwrap_or_default().join("\n  ");
            Failure::new(format!("waiting for `{expression}`: {e}\nconsole:\n  {console}"))
        })
    }

    /// What the page wrote to its console since the last call, and uncaught errors.
    ///
    /// # Errors
    ///
    /// The driver keeps no log.
    pub fn console(&self) -> Result<Vec<String>, Failure> {
        let lines = self.issue("se/log", json!({ "type": "browser" }))?;
        let line = |entry: &Value| {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("level"), text("message"))
        };
        Ok(lines
            .as_array()
            .map(|lines| lines.iter().map(line).collect())
            .unwrap_or_default())
    }

    /// Sends a command of the DevTools protocol, such as `Emulation.setEmulatedMedia`.
    ///
    /// # Errors
    ///
    /// The browser does not know the command or refuses it.
    pub fn devtools(&self, method: &str, params: Value) -> Result<Value, Failure> {
        self.issue("goog/cdp/execute", json!({ "cmd": method, "params": params }))
    }

    fn issue(&self, path: &'static str, body: Value) -> Result<Value, Failure> {
        self.wait(path, self.client().issue_cmd(Vendor { path, body }))
    }

    /// Clicks the first element that the CSS selector matches, scrolled into view as a person would have it.
    ///
    /// # Errors
    ///
    /// There is none, or something covers it.
    pub fn click(&self, selector: &str) -> Result<(), Failure> {
        self.wait(selector, async {
            self.client().find(Locator::Css(selector)).await?.click().await
        })
    }

    /// Types into the element, or chooses files when it is a file input (one absolute path a line).
    ///
    /// # Errors
    ///
    /// There is no such element, or it takes no keys.
    pub fn type_into(&self, selector: &str, text: &str) -> Result<(), Failure> {
        self.wait(selector, async {
            self.client()
                .find(Locator::Css(selector))
                .await?
                .send_keys(text)
                .await
        })
    }

    /// Sends keys to the element that has the focus.
    ///
    /// # Errors
    ///
    /// Nothing has the focus.
    pub fn press(&self, keys: &str) -> Result<(), Failure> {
        self.wait("pressing keys", async {
            self.client().active_element().await?.send_keys(keys).await
        })
    }

    /// Sets the size of the window, in CSS pixels.
    ///
    /// # Errors
    ///
    /// The driver refuses.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        self.wait(
            "resizing the window",
            self.client().set_window_size(width, height),
        )
    }

    /// Writes a PNG of what is visible to `path`.
    ///
    /// # Errors
    ///
    /// No picture can be taken, or the file cannot be written.
    pub fn screenshot(&self, path: &Path) -> Result<(), Failure> {
        let picture = self.wait("taking a screenshot", self.client().screenshot())?;
        fs::write(path, picture).map_err(Failure::at("cannot write", path))
    }

    /// Opens another tab and moves to it; answers the tab that was left, for [`Browser::switch_to`].
    ///
    /// # Errors
    ///
    /// The driver refuses.
    pub fn open_tab(&self) -> Result<WindowHandle, Failure> {
        self.wait("opening a tab", async {
            let left = self.client().window().await?;
            let opened = self.client().new_window(true).await?;
            self.client().switch_to_window(opened.handle).await?;
            Ok::<_, fantoccini::error::CmdError>(left)
        })
    }

    /// Moves to a tab.
    ///
    /// # Errors
    ///
    /// It is closed.
    pub fn switch_to(&self, tab: WindowHandle) -> Result<(), Failure> {
        self.wait("switching tabs", self.client().switch_to_window(tab))
    }

    /// The tab that commands go to.
    ///
    /// # Errors
    ///
    /// The driver refuses.
    pub fn tab(&self) -> Result<WindowHandle, Failure> {
        self.wait("naming the tab", self.client().window())
    }

    /// Closes the tab without a word to the page, and goes on in another.
    ///
    /// # Errors
    ///
    /// The driver refuses.
    pub fn end_tab(&self, next: WindowHandle) -> Result<(), Failure> {
        self.wait("closing a tab", self.client().close_window())?;
        self.switch_to(next)
    }

    /// Crashes the process of the tab, and goes on in another.
    ///
    /// # Errors
    ///
    /// The other tab is closed, or crashed with it.
    pub fn crash_tab(&self, next: WindowHandle) -> Result<(), Failure> {
        // Whoever asks for it gets no answer: the process that would give it is gone.
        let _ = self.devtools("Page.crash", json!({}));
        self.switch_to(next)
    }

    /// Closes the tab without a word to the page, and goes on in an empty one.
    ///
    /// # Errors
    ///
    /// The driver refuses.
    pub fn close_tab(&self) -> Result<(), Failure> {
        self.wait("closing a tab", async {
            let closing = self.client().window().await?;
            let next = self.client().new_window(true).await?;
            self.client().switch_to_window(closing).await?;
            self.client().close_window().await?;
            self.client().switch_to_window(next.handle).await
        })
    }

    /// Kills the browser's process (`kill -9`) and starts it again with the same profile.
    ///
    /// # Errors
    ///
    /// It cannot be killed, or does not start again.
    pub fn kill_and_restart(&mut self) -> Result<(), Failure> {
        let pid = self
            .client()
            .capabilities()
            .and_then(|capabilities| capabilities.get("goog:processID"))
            .and_then(Value::as_u64)
            .ok_or_else(|| Failure::new("the driver does not say which process the browser is"))?;
        let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
        if !killed.is_ok_and(|status| status.success()) {
            return Err(Failure::new(format!("cannot kill the browser, process {pid}")));
        }
        // The session's end is an error by design: its browser is gone.
        if let Some(client) = self.client.take() {
            let _ = self.runtime.block_on(client.close());
        }
        self.driver = Driver::start()?;
        // The lock of the killed process would make the next one join it.
        for name in ["SingletonLock", "SingletonCookie", "SingletonSocket"] {
            let lock: PathBuf = self.profile.path().join(name);
            if lock.symlink_metadata().is_ok() {
                fs::remove_file(&lock).map_err(Failure::at("cannot remove", &lock))?;
            }
        }
        self.connect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // A browser that is gone already needs no closing.
            let _ = self.runtime.block_on(client.close());
        }
    }
}

/// A command outside the standard, relative to the session.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
