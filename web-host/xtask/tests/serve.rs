//! The server over real connections: what a browser, a curious page and a broken client get.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;

use xtask::serve::music::MusicFolder;
use xtask::serve::{Running, Server, Site};

/// An answer, with header names in lower case.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A keep-alive connection.
struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    fn new(server: &Running) -> Self {
        let stream = BufReader::new(TcpStream::connect(server.address()).unwrap());
        Self {
            stream,
            host: server.address().to_string(),
        }
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[&str]) -> Answer {
        let host = format!("Host: {}", self.host);
        let own_host = headers.iter().any(|header| header.starts_with("Host:"));
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        for header in headers
            .iter()
            .copied()
            .chain((!own_host).then_some(host.as_str()))
        {
            head += &format!("{header}\r\n");
        }
        self.send(format!("{head}\r\n").as_bytes());
        self.receive(method == "HEAD")
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    fn receive(&mut self, head_only: bool) -> Answer {
        let mut line = String::new();
        let mut next = |stream: &mut BufReader<TcpStream>| {
            line.clear();
            stream.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let status = next(&mut self.stream)
            .split(' ')
            .nth(1)
            .expect("a status line")
            .parse()
            .unwrap();
        let mut headers = Vec::new();
        loop {
            let header = next(&mut self.stream);
            let Some((name, value)) = header.split_once(": ") else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        let length = answer
            .header("content-length")
            .map_or(0, |digits| digits.parse().unwrap());
        if !head_only {
            answer.body.resize(length, 0);
            self.stream.read_exact(&mut answer.body).unwrap();
        }
        answer
    }
}

/// A page and a music folder in one temporary folder.
fn site(dir: &Path) -> Site {
    fs::create_dir_all(dir.join("page/main")).unwrap();
    fs::create_dir_all(dir.join("music/sub folder")).unwrap();
    fs::write(dir.join("page/index.html"), "<!doctype html>").unwrap();
    fs::write(dir.join("page/main/main.wasm"), b"\0asm0123456789").unwrap();
    fs::write(dir.join("page/segue.js"), "plain").unwrap();
    fs::write(dir.join("page/segue.js.br"), "BROTLI").unwrap();
    fs::write(dir.join("page/segue.js.gz"), "GZIP").unwrap();
    fs::write(dir.join("music/sub folder/é 1.ogg"), b"0123456789").unwrap();
    fs::write(dir.join("music/cover.jpg"), "jpeg").unwrap();
    fs::write(dir.join("music/tax.pdf"), "private").unwrap();
    fs::write(dir.join("outside.ogg"), "outside").unwrap();
    Site {
        folders: vec![("/".to_owned(), dir.join("page"))],
        music: Some(MusicFolder::open(&dir.join("music")).unwrap()),
        without_isolation: false,
    }
}

fn serve(site: Site) -> Running {
    Server::bind(site, 0, 1).unwrap().start().unwrap()
}

const TRACK: &str = "/music/sub%20folder/%C3%A9%201.ogg";

#[test]
fn the_page_is_isolated_and_revalidated() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    let page = client.get("/");
    assert_eq!(
        (page.status, page.body.as_slice()),
        (200, b"<!doctype html>".as_slice())
    );
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
    assert_eq!(page.header("cross-origin-embedder-policy"), Some("require-corp"));
    assert_eq!(page.header("cross-origin-resource-policy"), Some("same-origin"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(
        client.get("/main/main.wasm").header("content-type"),
        Some("application/wasm")
    );

    let etag = page.header("etag").unwrap().to_owned();
    let again = client.ask(
        "GET",
        "/index.html",
        &[&format!("If-None-Match: \"other\", {etag}")],
    );
    assert_eq!((again.status, again.body.len()), (304, 0));
    fs::write(dir.path().join("page/index.html"), "changed").unwrap();
    let changed = client.ask("GET", "/", &[&format!("If-None-Match: {etag}")]);
    assert_eq!(
        (changed.status, changed.body.as_slice()),
        (200, b"changed".as_slice())
    );
}

#[test]
fn the_page_can_be_served_without_isolation() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(Site {
        without_isolation: true,
        ..site(dir.path())
    });
    let page = Client::new(&server).get("/");
    assert_eq!(page.header("cross-origin-opener-policy"), None);
    assert_eq!(page.header("cross-origin-embedder-policy"), None);
}

#[test]
fn a_packed_form_goes_to_who_takes_it_and_never_into_a_range() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    let brotli = client.ask("GET", "/segue.js", &["Accept-Encoding: gzip, deflate, br"]);
    assert_eq!(
        (brotli.body.as_slice(), brotli.header("content-encoding")),
        (b"BROTLI".as_slice(), Some("br"))
    );
    assert_eq!(
        brotli.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    let gzip = client.ask("GET", "/segue.js", &["Accept-Encoding: gzip"]);
    assert_eq!(
        (gzip.body.as_slice(), gzip.header("content-encoding")),
        (b"GZIP".as_slice(), Some("gzip"))
    );
    let plain = client.get("/segue.js");
    assert_eq!(
        (plain.body.as_slice(), plain.header("content-encoding")),
        (b"plain".as_slice(), None)
    );
    let part = client.ask("GET", "/segue.js", &["Accept-Encoding: br", "Range: bytes=0-1"]);
    assert_eq!((part.status, part.body.as_slice()), (206, b"pl".as_slice()));
    for answer in [&brotli, &gzip, &plain, &part] {
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    }
    assert_ne!(brotli.header("etag"), plain.header("etag"));
}

#[test]
fn parts_of_a_track_are_exactly_what_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    let part = client.ask("GET", TRACK, &["Range: bytes=2-4"]);
    assert_eq!((part.status, part.body.as_slice()), (206, b"234".as_slice()));
    assert_eq!(part.header("content-range"), Some("bytes 2-4/10"));
    assert_eq!(part.header("content-type"), Some("audio/ogg"));
    assert_eq!(client.ask("GET", TRACK, &["Range: bytes=-3"]).body, b"789");

    let past = client.ask("GET", TRACK, &["Range: bytes=10-"]);
    assert_eq!(
        (past.status, past.header("content-range")),
        (416, Some("bytes */10"))
    );

    let whole = client.get(TRACK);
    assert_eq!(
        (whole.status, whole.header("accept-ranges")),
        (200, Some("bytes"))
    );
    let etag = whole.header("etag").unwrap().to_owned();
    let same = client.ask("GET", TRACK, &["Range: bytes=0-0", &format!("If-Range: {etag}")]);
    assert_eq!(same.status, 206);
    let other = client.ask("GET", TRACK, &["Range: bytes=0-0", "If-Range: \"older\""]);
    assert_eq!((other.status, other.body.len()), (200, 10));

    let head = client.ask("HEAD", TRACK, &[]);
    assert_eq!(
        (head.status, head.header("content-length"), head.body.len()),
        (200, Some("10"), 0)
    );
    assert_eq!(
        client.get(TRACK).body,
        b"0123456789",
        "the connection is in step after HEAD"
    );
}

#[test]
fn the_listing_names_music_and_pictures_and_no_other_file() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    let answer = client.get("/music/index.json");
    let listing = answer.json();
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(listing["name"], "music");
    assert_eq!(listing["files"].as_array().unwrap().len(), 1);
    assert_eq!(listing["files"][0]["path"], "sub folder/é 1.ogg");
    assert_eq!(listing["files"][0]["size"], 10);
    assert!(listing["files"][0]["mtime"].as_u64().unwrap() > 1_600_000_000_000);
    assert_eq!(listing["images"][0]["path"], "cover.jpg");
    assert_eq!(client.get("/music/tax.pdf").status, 404);
    assert_eq!(client.get("/music/credits.json").body, b"[]");

    let etag = answer.header("etag").unwrap().to_owned();
    let known = format!("If-None-Match: {etag}");
    assert_eq!(client.ask("GET", "/music/index.json", &[&known]).status, 304);
    fs::write(dir.path().join("music/2.flac"), "x").unwrap();
    assert_eq!(client.ask("GET", "/music/index.json", &[&known]).status, 200);
}

#[test]
fn nothing_outside_the_folders_is_reached() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    for path in [
        "/music/../outside.ogg",
        "/music/%2e%2e/outside.ogg",
        "/music/sub%20folder/../../outside.ogg",
        "/music//etc/passwd",
        "/../outside.ogg",
        "/main/..%2f..%2foutside.ogg",
    ] {
        let answer = client.get(path);
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.body.windows(7).any(|part| part == b"outside"), "{path}");
    }
    assert_eq!(client.get("/music/%zz").status, 400);
    assert_eq!(client.get("/nothing.js").status, 404);
    assert_eq!(client.get("/main").status, 404);
    assert_eq!(
        client.get(TRACK).status,
        200,
        "the connection goes on after refusals"
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_music_folder_is_refused_and_listed_as_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    std::os::unix::fs::symlink(dir.path().join("outside.ogg"), dir.path().join("music/link.ogg")).unwrap();
    let server = serve(site);
    let mut client = Client::new(&server);
    assert_eq!(client.get("/music/link.ogg").status, 403);
    let listing = client.get("/music/index.json").json();
    assert_eq!(listing["files"].as_array().unwrap().len(), 1);
    assert_eq!(listing["errors"][0]["path"], "link.ogg");
    assert_eq!(listing["errors"][0]["error"], "the link leads out of the folder");
}

#[test]
fn other_origins_get_no_music_and_other_names_get_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    let own = format!("Origin: http://{}", server.address());
    assert_eq!(
        client
            .ask("GET", TRACK, &[&own, "Sec-Fetch-Site: same-origin"])
            .status,
        200
    );
    for header in [
        "Origin: http://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ] {
        assert_eq!(client.ask("GET", TRACK, &[header]).status, 403, "{header}");
        assert_eq!(
            client.ask("GET", "/music/index.json", &[header]).status,
            403,
            "{header}"
        );
    }
    assert_eq!(client.ask("GET", "/", &["Host: evil.example"]).status, 403);
    assert_eq!(client.ask("GET", "/", &["Host: 127.0.0.1:1"]).status, 403);
}

#[test]
fn writing_is_refused_and_leaves_the_files_alone() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    let mut client = Client::new(&server);
    for method in ["PUT", "DELETE", "POST", "OPTIONS"] {
        let answer = client.ask(method, TRACK, &["Content-Length: 0"]);
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("GET, HEAD")),
            "{method}"
        );
    }
    assert_eq!(client.get(TRACK).body, b"0123456789");
}

#[test]
fn a_broken_client_hurts_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    for noise in [
        &b"\x16\x03\x01\x02\0\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nbroken\r\n\r\n",
    ] {
        let mut client = Client::new(&server);
        client.send(noise);
        assert_eq!(client.receive(false).status, 400);
    }
    let mut half = Client::new(&server);
    half.send(b"GET / HT");
    drop(half);
    assert_eq!(Client::new(&server).get("/").status, 200);
}

#[test]
fn a_music_folder_that_vanishes_is_an_error_in_the_listing() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(site(dir.path()));
    fs::rename(dir.path().join("music"), dir.path().join("moved")).unwrap();
    let mut client = Client::new(&server);
    let listing = client.get("/music/index.json").json();
    assert_eq!(listing["errors"].as_array().unwrap().len(), 1);
    assert_eq!(client.get(TRACK).status, 404);
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn many_readers_get_their_ranges_while_big_listings_run() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let data: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(dir.path().join("music/long.flac"), &data).unwrap();
    for number in 0..3_000 {
        fs::write(dir.path().join(format!("music/sub folder/{number}.mp3")), "").unwrap();
    }
    let server = serve(site);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let listing = Client::new(&server).get("/music/index.json").json();
                assert_eq!(listing["files"].as_array().unwrap().len(), 3_002);
            });
        }
        for reader in 0..16_usize {
            let (server, data) = (&server, &data);
            scope.spawn(move || {
                let mut client = Client::new(server);
                for step in 0..50_usize {
                    let start = (reader * 7_919 + step * 104_729) % (data.len() - 5_000);
                    let end = start + 4_999;
                    let answer = client.ask(
                        "GET",
                        "/music/long.flac",
                        &[&format!("Range: bytes={start}-{end}")],
                    );
                    assert_eq!(answer.status, 206);
                    assert!(answer.body == data[start..=end]);
                }
            });
        }
    });
}

#[test]
fn a_taken_port_leads_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let first = serve(site(dir.path()));
    let taken = first.address().port();
    let second = Server::bind(site(dir.path()), taken, 50).unwrap();
    assert_ne!(second.address().port(), taken);
    assert!(Server::bind(site(dir.path()), taken, 1).is_err());
}
