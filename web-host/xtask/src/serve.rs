//! A small HTTP/1.1 server for loopback: the built page, and one music folder, read-only.
//!
//! Each connection has a thread of its own: a browser opens few, and a listing of a big folder then holds up
//! nobody. The server answers only requests that name it by a loopback address, so that a page elsewhere cannot
//! reach it through a name of its own.

pub mod files;
pub mod listing;
pub mod music;
pub mod request;
pub mod response;

use std::io::{self, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::music::MusicFolder;
use self::request::{ReadError, Request};
use self::response::Response;

/// Connections served at once; past that a new one is told to come back.
const MOST_CONNECTIONS: usize = 256;

/// How long a connection may lie idle between two requests.
const IDLE: Duration = Duration::from_secs(60);

/// How long a reader may leave an answer standing: a paused player reads on when it resumes.
const STALLED: Duration = Duration::from_secs(600);

/// What is served.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Folders by the path prefix they appear under; the longest prefix wins. `("/", dist)` is the page.
    pub folders: Vec<(String, PathBuf)>,
    /// The folder behind `/music/`.
    pub music: Option<MusicFolder>,
    /// Leave out `Cross-Origin-Opener-Policy` and its kin, to try the page without shared memory.
    pub without_isolation: bool,
}

/// A listening server.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    site: Site,
}

impl Server {
    /// Listens on the first free port from `first` on, trying `tries` of them.
    ///
    /// # Errors
    ///
    /// None of the ports is free, or the system refuses to listen.
    pub fn bind(site: Site, first: u16, tries: u16) -> io::Result<Self> {
        let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
        for port in (first..=u16::MAX).take(usize::from(tries)) {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    let address = listener.local_addr()?;
                    return Ok(Self {
                        listener,
                        address,
                        site,
                    });
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// The loopback address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The page's address, as a browser takes it.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves until `stop` is set and one more connection arrives.
    fn serve(self, stop: &AtomicBool) {
        let site = Arc::new(self.site);
        let open = Arc::new(AtomicUsize::new(0));
        for stream in self.listener.incoming() {
            if stop.load(Ordering::Acquire) {
                return;
            }
            // A connection that was reset before we took it concerns nobody else.
            let Ok(stream) = stream else { continue };
            let place = Place::take(&open);
            let (site, port) = (Arc::clone(&site), self.address.port());
            let served = thread::Builder::new().stack_size(512 << 10).spawn(move || {
                // A reader that went away ends its own connection and nothing else.
                let _ = converse(&stream, &site, port, &place);
            });
            if let Err(error) = served {
                eprintln!("a connection was dropped: no thread for it: {error}");
            }
        }
    }

    /// Serves until the process ends.
    pub fn run(self) {
        self.serve(&AtomicBool::new(false));
    }

    /// Serves in the background until the answer is dropped.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub fn start(self) -> io::Result<Running> {
        let (address, stop) = (self.address, Arc::new(AtomicBool::new(false)));
        let seen = Arc::clone(&stop);
        let thread = thread::Builder::new().spawn(move || self.serve(&seen))?;
        Ok(Running {
            address,
            stop,
            thread: Some(thread),
        })
    }
}

/// A server in the background; dropping it stops it.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// The loopback address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The page's address, as a browser takes it.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Wakes the thread that waits for a connection.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| woken) {
            let _ = thread.join();
        }
    }
}

/// One of the places for connections, given back when dropped.
struct Place {
    open: Arc<AtomicUsize>,
    is_free: bool,
}

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        let is_free = open.fetch_add(1, Ordering::AcqRel) < MOST_CONNECTIONS;
        Self {
            open: Arc::clone(open),
            is_free,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Answers one connection's requests until either side has had enough.
fn converse(stream: &TcpStream, site: &Site, port: u16, place: &Place) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(STALLED))?;
    let mut input = BufReader::new(stream);
    let mut output = stream;
    if !place.is_free {
        return Response::refusal(503, "too many connections")
            .close()
            .send(&mut output, false, site);
    }
    loop {
        let request = match Request::read(&mut input) {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(ReadError::Io(error)) => return Err(error),
            Err(ReadError::Refused { status, reason }) => {
                return Response::refusal(status, reason)
                    .close()
                    .send(&mut output, false, site);
            }
        };
        let mut response = answer(&request, site, port);
        if !request.keep_alive {
            response = response.close();
        }
        response.send(&mut output, request.method == "HEAD", site)?;
        if !request.keep_alive {
            return Ok(());
        }
    }
}

fn answer(request: &Request, site: &Site, port: u16) -> Response {
    if !request.names_loopback(port) {
        return Response::refusal(403, "this server answers only as 127.0.0.1 or localhost");
    }
    if request.method != "GET" && request.method != "HEAD" {
        return Response::refusal(405, "only GET and HEAD").header("Allow", "GET, HEAD");
    }
    let Some(path) = files::decode_path(&request.path) else {
        return Response::refusal(400, "the path is not percent-encoded text");
    };
    if let Some(below) = path.strip_prefix(b"/music/") {
        return match &site.music {
            _ if !request.is_same_origin(port) => Response::refusal(
                403,
                "the music folder is for this page alone, not for other origins",
            ),
            Some(music) => music.answer(request, below),
            None => Response::refusal(404, "no music folder is served"),
        };
    }
    let folder = site
        .folders
        .iter()
        .filter(|(prefix, _)| path.starts_with(prefix.as_bytes()))
        .max_by_key(|(prefix, _)| prefix.len());
    match folder {
        Some((prefix, folder)) => files::answer(request, folder, &path[prefix.len()..]),
        None => Response::refusal(404, "no such file"),
    }
}
