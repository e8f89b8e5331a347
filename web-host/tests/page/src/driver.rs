//! Runs chromedriver on a free port for as long as a browser needs it.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

use xtask::failure::Failure;

/// A running chromedriver; dropping it ends it.
#[derive(Debug)]
pub struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the program that `CHROMEDRIVER` names, or the one on the path.
    ///
    /// # Errors
    ///
    /// It is not installed, or ends before it listens.
    pub fn start() -> Result<Self, Failure> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| {
                Failure::new(format!(
                    "cannot start {}: {e}; on Debian: apt-get install chromium chromium-driver",
                    program.display()
                ))
            })?;
        let output = process.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(output).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| listening_port(&line));
        // From here on nobody reads what it says, and it must not block on saying it.
        let drained = thread::Builder::new().spawn(move || lines.for_each(drop));
        let mut driver = Self {
            process,
            port: port.unwrap_or_default(),
        };
        match (port, drained) {
            (Some(_), Ok(_)) => Ok(driver),
            _ => {
                let status = driver.process.try_wait();
                Err(Failure::new(format!("chromedriver does not listen ({status:?})")))
            }
        }
    }

    /// Where it takes commands.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn listening_port(line: &str) -> Option<u16> {
    line.split_once("started successfully on port ")?
        .1
        .trim_end_matches('.')
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_chromedriver_says() {
        assert_eq!(
            listening_port("ChromeDriver was started successfully on port 45321."),
            Some(45_321)
        );
        assert_eq!(listening_port("Only local connections are allowed."), None);
    }
}
