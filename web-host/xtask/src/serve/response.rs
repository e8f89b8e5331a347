//! Writes one HTTP/1.1 answer, with the headers that every answer carries.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::Site;

/// What follows the head.
#[derive(Debug)]
enum Body {
    Bytes(Vec<u8>),
    /// `length` bytes of the file from `start` on.
    Part {
        file: File,
        start: u64,
        length: u64,
    },
}

/// An answer that is ready to be sent.
#[derive(Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

impl Response {
    /// An answer whose body is in memory.
    pub fn bytes(status: u16, mime: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", mime.to_owned())],
            body: Body::Bytes(body),
        }
    }

    /// An answer whose body is `length` bytes of `file`, from `start` on.
    pub fn part(status: u16, mime: &str, file: File, start: u64, length: u64) -> Self {
        let headers = vec![("Content-Type", mime.to_owned())];
        Self {
            status,
            headers,
            body: Body::Part { file, start, length },
        }
    }

    /// An answer that says no, and why.
    pub fn refusal(status: u16, reason: &str) -> Self {
        Self::bytes(
            status,
            "text/plain; charset=utf-8",
            format!("{reason}\n").into_bytes(),
        )
        .header("Cache-Control", "no-store")
    }

    /// An answer without a body: nothing has changed.
    pub fn not_modified(etag: &str) -> Self {
        Self {
            status: 304,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
        }
        .header("ETag", etag)
        .header("Cache-Control", "no-cache")
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer, after which the connection ends.
    #[must_use]
    pub fn close(self) -> Self {
        self.header("Connection", "close")
    }

    /// Sends it; for a `HEAD` request the head alone.
    ///
    /// # Errors
    ///
    /// The connection failed, or the file became shorter than its length said: the connection cannot go on.
    pub fn send(self, output: &mut impl Write, head_only: bool, site: &Site) -> io::Result<()> {
        let length = match &self.body {
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::Part { length, .. } => *length,
        };
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n"); // writing to a string cannot fail
        }
        if self.status != 304 {
            let _ = write!(head, "Content-Length: {length}\r\n");
        }
        if !site.without_isolation {
            head +=
                "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\n";
        }
        head += "Cross-Origin-Resource-Policy: same-origin\r\nX-Content-Type-Options: nosniff\r\n\r\n";
        let mut head = head.into_bytes();
        match self.body {
            _ if head_only => output.write_all(&head)?,
            // One write, so that a short answer is one packet.
            Body::Bytes(bytes) => {
                head.extend_from_slice(&bytes);
                output.write_all(&head)?;
            }
            Body::Part {
                mut file,
                start,
                length,
            } => {
                output.write_all(&head)?;
                file.seek(SeekFrom::Start(start))?;
                let sent = io::copy(&mut file.take(length), output)?;
                if sent != length {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                }
            }
        }
        output.flush()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}
