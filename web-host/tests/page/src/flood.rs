//! A folder of as many small tagged files as wanted, each a real MP3 of its own title, for what only numbers show.

use std::fs;
use std::io;
use std::path::Path;

/// Tracks on an album.
const ALBUM: u32 = 12;

/// Albums of an artist.
const ARTIST: u32 = 4;

const WORDS: [&str; 32] = [
    "Amber", "Birds", "Café", "Distance", "Echo", "Falling", "Glass", "Harbour", "Island", "June", "Kites",
    "Light", "Midnight", "North", "Ocean", "Paper", "Quiet", "River", "Silver", "Train", "Under", "Valley",
    "Winter", "Years", "Zénith", "Étoile", "Stone", "Golden", "Hollow", "Ghost", "Signal", "Summer",
];

const GENRES: [&str; 8] = [
    "Rock",
    "Jazz",
    "Electronic",
    "Folk",
    "Ambient",
    "Soul",
    "Classical",
    "Pop",
];

/// A frame of silence: MPEG-1 layer III, 128 kb/s, 44.1 kHz, stereo.
const FRAME: [u8; 4] = [0xff, 0xfb, 0x90, 0x64];
const FRAME_BYTES: usize = 417;
const FRAMES: usize = 4;

/// Writes so many files below `folder`, in folders of artists and albums, and `index.json` beside them: the
/// listing that the library asks a web server for.
///
/// # Errors
///
/// The disk is full, or the folder not ours to write.
pub fn write(folder: &Path, files: u32) -> io::Result<()> {
    let mut listing = String::from("{\"files\":[");
    for number in 0..files {
        let album = number / ALBUM;
        let artist = format!(
            "{} {} {}",
            word(album / ARTIST, 5),
            word(album / ARTIST, 3),
            album / ARTIST
        );
        let title = format!("{} {} {}", word(number, 7), word(number, 11), word(number, 29));
        let album_title = format!("{} {} {album}", word(album, 13), word(album, 17));
        let track = number % ALBUM + 1;
        let path = format!("{artist}/{album_title}/{track:02} {title}.mp3");
        if track == 1 {
            fs::create_dir_all(folder.join(format!("{artist}/{album_title}")))?;
        }
        let year = 1960 + album % 65;
        let bytes = mp3(&[
            ("TIT2", &title),
            ("TPE1", &artist),
            ("TALB", &album_title),
            ("TRCK", &format!("{track}/{ALBUM}")),
            ("TDRC", &year.to_string()),
            ("TCON", GENRES[album as usize % GENRES.len()]),
        ]);
        fs::write(folder.join(&path), &bytes)?;
        if number > 0 {
            listing.push(',');
        }
        let size = bytes.len();
        listing.push_str(&format!(
            "{{\"path\":\"{path}\",\"size\":{size},\"mtime\":1700000000000}}"
        ));
    }
    listing.push_str("]}");
    fs::write(folder.join("index.json"), listing)
}

/// A word that neighbours do not share.
fn word(number: u32, step: u32) -> &'static str {
    let mixed = number.wrapping_mul(step).wrapping_mul(0x9e37_79b1) >> 16;
    WORDS[mixed as usize % WORDS.len()]
}

/// An ID3v2.4 tag of these text frames, and a moment of silence.
fn mp3(texts: &[(&str, &str)]) -> Vec<u8> {
    let mut frames = Vec::new();
    for (id, text) in texts {
        frames.extend_from_slice(id.as_bytes());
        frames.extend_from_slice(&synchsafe(text.len() + 1));
        // No flags, UTF-8.
        frames.extend_from_slice(&[0, 0, 3]);
        frames.extend_from_slice(text.as_bytes());
    }
    let mut file = b"ID3\x04\x00\x00".to_vec();
    file.extend_from_slice(&synchsafe(frames.len()));
    file.append(&mut frames);
    for _ in 0..FRAMES {
        let end = file.len() + FRAME_BYTES;
        file.extend_from_slice(&FRAME);
        file.resize(end, 0);
    }
    file
}

/// A length in four bytes of seven bits.
fn synchsafe(length: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| u8::try_from(length >> shift & 0x7f).expect("seven bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed_and_there() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), 30).unwrap();
        let listing = fs::read(folder.path().join("index.json")).unwrap();
        let listing: serde_json::Value = serde_json::from_slice(&listing).unwrap();
        let files = listing["files"].as_array().unwrap();
        assert_eq!(files.len(), 30);
        for file in files {
            let path = folder.path().join(file["path"].as_str().unwrap());
            assert_eq!(Some(fs::metadata(path).unwrap().len()), file["size"].as_u64());
        }
    }
}
