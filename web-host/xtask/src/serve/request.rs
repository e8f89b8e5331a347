//! Reads one HTTP/1.1 request head, of a bounded size, and what it asks for.

use std::io::{self, BufRead, Read};

/// The longest request head taken; browsers stay far below.
const LONGEST_HEAD: u64 = 32 << 10;

/// The longest body read over: no request here needs one.
const LONGEST_BODY: u64 = 64 << 10;

/// A request, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD` or anything else.
    pub method: String,
    /// The path, still percent-encoded, without the query.
    pub path: String,
    /// Whether the connection stays open after the answer.
    pub keep_alive: bool,
    /// Names in lower case, in the order they came.
    headers: Vec<(String, String)>,
}

/// Why no request could be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The connection failed.
    Io(io::Error),
    /// The bytes are not a request that is answered.
    Refused {
        /// The status to answer with.
        status: u16,
        /// The reason, for a person.
        reason: &'static str,
    },
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The part of a file that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it: no range, or one that HTTP says to overlook.
    Whole,
    /// The bytes from `start` to `end`, which is not included.
    Part {
        /// The first byte.
        start: u64,
        /// One past the last byte.
        end: u64,
    },
    /// A range with nothing of the file in it.
    Nothing,
}

impl Request {
    /// Reads a head, and over its body; `None` when the other side has closed between two requests.
    ///
    /// # Errors
    ///
    /// The connection failed, or what came is not a request.
    pub fn read(input: &mut impl BufRead) -> Result<Option<Self>, ReadError> {
        let refused = |status, reason| ReadError::Refused { status, reason };
        let mut head = input.by_ref().take(LONGEST_HEAD);
        let mut line = Vec::new();
        let mut next_line = |line: &mut Vec<u8>| -> Result<bool, ReadError> {
            line.clear();
            head.read_until(b'\n', line)?;
            if line.pop_if(|byte| *byte == b'\n').is_none() {
                return match (head.limit(), line.is_empty()) {
                    (0, _) => Err(refused(431, "the request head is too long")),
                    (_, true) => Ok(false),
                    (_, false) => Err(refused(400, "the request head breaks off")),
                };
            }
            line.pop_if(|byte| *byte == b'\r');
            Ok(true)
        };

        if !next_line(&mut line)? {
            return Ok(None);
        }
        let start = str::from_utf8(&line).map_err(|_| refused(400, "the request line is not text"))?;
        let mut parts = start.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused(400, "the request line has not three parts"));
        };
        if !version.starts_with("HTTP/1.") {
            return Err(refused(505, "only HTTP/1.1"));
        }
        if !target.starts_with('/') {
            return Err(refused(400, "the request target is not a path"));
        }
        let path = target.split(['?', '#']).next().unwrap_or_default().to_owned();
        let mut request = Self {
            method: method.to_owned(),
            path,
            keep_alive: version != "HTTP/1.0",
            headers: Vec::new(),
        };

        while next_line(&mut line)? && !line.is_empty() {
            let (name, value) = str::from_utf8(&line)
                .ok()
                .and_then(|text| text.split_once(':'))
                .filter(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace))
                .ok_or_else(|| refused(400, "a header is not a name and a value"))?;
            request
                .headers
                .push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if let Some(connection) = request.header("connection") {
            let connection = connection.to_ascii_lowercase();
            request.keep_alive = match request.keep_alive {
                true => !connection.contains("close"),
                false => connection.contains("keep-alive"),
            };
        }
        if request.header("transfer-encoding").is_some() {
            return Err(refused(413, "no request here has a body"));
        }
        let length = request.header("content-length").map_or(Ok(0), str::parse::<u64>);
        match length {
            Ok(length @ 0..=LONGEST_BODY) => {
                io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
                Ok(Some(request))
            }
            _ => Err(refused(413, "no request here has a body")),
        }
    }

    /// The first header of that name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the request was meant for this server, not for a name that someone else made lead here.
    pub fn names_loopback(&self, port: u16) -> bool {
        let hosts = self
            .headers
            .iter()
            .filter(|(name, _)| name == "host")
            .map(|(_, value)| value.as_str());
        let mut hosts = hosts.peekable();
        hosts.peek().is_some() && hosts.all(|host| is_loopback(host, port))
    }

    /// Whether it comes from our own page, or from no page at all, as far as the browser says.
    pub fn is_same_origin(&self, port: u16) -> bool {
        let site_is_ours = self
            .header("sec-fetch-site")
            .is_none_or(|site| matches!(site, "same-origin" | "none"));
        let origin_is_ours = self.header("origin").is_none_or(|origin| {
            // `localhost` and `127.0.0.1` are two origins; the page has the one it was asked under.
            origin
                .strip_prefix("http://")
                .is_some_and(|host| is_loopback(host, port) && self.header("host") == Some(host))
        });
        site_is_ours && origin_is_ours
    }

    /// Whether the other side takes this content coding.
    pub fn accepts_coding(&self, coding: &str) -> bool {
        self.header("accept-encoding").is_some_and(|codings| {
            codings.split(',').any(|offer| {
                let mut parts = offer.split(';').map(str::trim);
                let is_it = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
                let refused = parts.any(|p| p.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)));
                is_it && !refused
            })
        })
    }

    /// Which part is wanted of something `length` bytes long and tagged `etag`.
    pub fn wanted(&self, length: u64, etag: &str) -> Wanted {
        if self.header("if-range").is_some_and(|known| known != etag) {
            return Wanted::Whole;
        }
        self.header("range")
            .map_or(Wanted::Whole, |range| parse_range(range, length))
    }
}

fn is_loopback(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, digits)) if !digits.contains(']') => (name, digits.parse().ok()),
        _ => (host, Some(80)),
    };
    given == Some(port)
        && ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
}

/// One range of bytes; several in one request, or none that can be read, mean the whole.
fn parse_range(range: &str, length: u64) -> Wanted {
    let Some((first, last)) = range
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let number = |digits: &str| match digits.trim() {
        "" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            // A number too great to count is past any end.
            Some(Some(digits.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    };
    match (number(first), number(last)) {
        (Some(Some(first)), Some(Some(last))) if last < first => Wanted::Whole,
        (Some(Some(first)), Some(_)) if first >= length => Wanted::Nothing,
        (Some(Some(first)), Some(last)) => Wanted::Part {
            start: first,
            end: last.map_or(length, |last| last.saturating_add(1).min(length)),
        },
        (Some(None), Some(Some(0))) => Wanted::Nothing,
        (Some(None), Some(Some(_))) if length == 0 => Wanted::Nothing,
        (Some(None), Some(Some(count))) => Wanted::Part {
            start: length.saturating_sub(count),
            end: length,
        },
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_range(range: &str, length: u64, expected: Wanted) {
        assert_eq!(parse_range(range, length), expected, "{range} of {length}");
    }

    #[test]
    fn ranges_mean_what_http_says() {
        check_range("bytes=0-0", 10, Wanted::Part { start: 0, end: 1 });
        check_range("bytes=2-5", 10, Wanted::Part { start: 2, end: 6 });
        check_range("bytes=2-", 10, Wanted::Part { start: 2, end: 10 });
        check_range("bytes=2-999", 10, Wanted::Part { start: 2, end: 10 });
        check_range("bytes=-3", 10, Wanted::Part { start: 7, end: 10 });
        check_range("bytes=-30", 10, Wanted::Part { start: 0, end: 10 });
        check_range(
            "bytes=0-99999999999999999999999",
            10,
            Wanted::Part { start: 0, end: 10 },
        );
    }

    #[test]
    fn a_range_past_the_end_is_nothing() {
        check_range("bytes=10-", 10, Wanted::Nothing);
        check_range("bytes=99999999999999999999999-", 10, Wanted::Nothing);
        check_range("bytes=-0", 10, Wanted::Nothing);
        check_range("bytes=0-", 0, Wanted::Nothing);
        check_range("bytes=-5", 0, Wanted::Nothing);
    }

    #[test]
    fn a_range_that_cannot_be_read_means_the_whole() {
        for range in [
            "bytes=5-2",
            "bytes=-",
            "bytes=a-b",
            "items=0-1",
            "bytes=0-1,3-4",
            "bytes",
            "bytes=+1-2",
        ] {
            check_range(range, 10, Wanted::Whole);
        }
    }

    fn request(head: &str) -> Result<Option<Request>, ReadError> {
        Request::read(&mut head.as_bytes())
    }

    #[track_caller]
    fn check_refused(head: &str, expected: u16) {
        match request(head) {
            Err(ReadError::Refused { status, .. }) => assert_eq!(status, expected),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn damaged_heads_are_refused() {
        check_refused("GET /\r\n\r\n", 400);
        check_refused("GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400);
        check_refused("GET / HTTP/2\r\n\r\n", 505);
        check_refused("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400);
        check_refused("GET / HTTP/1.1\r\nHost: a", 400);
        check_refused("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413);
        check_refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 413);
        check_refused(&format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(40_000)), 431);
    }

    #[test]
    fn a_closed_connection_is_not_an_error() {
        assert!(matches!(request(""), Ok(None)));
    }

    #[track_caller]
    fn check_origin(headers: &str, expected: bool) {
        let request = request(&format!("GET / HTTP/1.1\r\n{headers}\r\n\r\n"))
            .unwrap()
            .unwrap();
        assert_eq!(
            request.names_loopback(8017) && request.is_same_origin(8017),
            expected,
            "{headers}"
        );
    }

    #[test]
    fn only_our_own_page_passes() {
        check_origin("Host: 127.0.0.1:8017", true);
        check_origin("Host: localhost:8017\r\nOrigin: http://localhost:8017", true);
        check_origin("Host: 127.0.0.1:8017\r\nSec-Fetch-Site: same-origin", true);
        check_origin("Host: 127.0.0.1:8017\r\nSec-Fetch-Site: none", true);

        check_origin("Accept: */*", false);
        check_origin("Host: evil.example:8017", false);
        check_origin("Host: 127.0.0.1.evil.example:8017", false);
        check_origin("Host: 127.0.0.1:80", false);
        check_origin("Host: 127.0.0.1", false);
        check_origin("Host: 127.0.0.1:8017\r\nHost: evil.example", false);
        check_origin("Host: 127.0.0.1:8017\r\nOrigin: null", false);
        check_origin("Host: 127.0.0.1:8017\r\nOrigin: http://evil.example", false);
        check_origin("Host: 127.0.0.1:8017\r\nOrigin: http://127.0.0.1:9000", false);
        check_origin("Host: 127.0.0.1:8017\r\nOrigin: http://localhost:8017", false);
        check_origin("Host: 127.0.0.1:8017\r\nSec-Fetch-Site: same-site", false);
        check_origin("Host: 127.0.0.1:8017\r\nSec-Fetch-Site: cross-site", false);
    }

    #[test]
    fn a_coding_with_weight_zero_is_not_accepted() {
        let head = "GET / HTTP/1.1\r\nAccept-Encoding: gzip, br;q=0, deflate\r\n\r\n";
        let request = request(head).unwrap().unwrap();
        assert!(request.accepts_coding("gzip"));
        assert!(!request.accepts_coding("br"));
        assert!(!request.accepts_coding("zstd"));
    }
}
