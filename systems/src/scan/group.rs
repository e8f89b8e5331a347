//! Which tracks make an album.
//!
//! Two tracks share an album if their keys are equal, and a key depends on one file alone, so the same
//! files make the same albums in whatever order they are read:
//!
//! 1. no album title: no album;
//! 2. a MusicBrainz release id: that release;
//! 3. an album artist: title and album artist;
//! 4. the compilation flag: title, by various artists;
//! 5. else: title and folder, where `CD 1`, `Disc 2` and the like count as the folder above them. The artist of
//!    the track is not part of it: an album of which each track has another guest stays one.

use segue_audio::tags::FileTags;

/// The key of the album that a file's track belongs to.
#[must_use]
pub fn album_key(tags: &FileTags, path: &str) -> Option<Box<str>> {
    let title = fold(tags.album.as_deref()?)?;
    if let Some(release) = tags.musicbrainz.release.as_deref().and_then(fold) {
        return Some(format!("release\0{release}").into());
    }
    let artist = tags.album_artist.as_deref().and_then(fold);
    if let Some(artist) = artist {
        return Some(format!("artist\0{artist}\0{title}").into());
    }
    if tags.compilation {
        return Some(format!("various\0{title}").into());
    }
    Some(format!("folder\0{}\0{title}", album_folder(path)).into())
}

/// Lower case without outer and doubled spaces; `None` if nothing is left.
fn fold(text: &str) -> Option<String> {
    let folded = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    (!folded.is_empty()).then_some(folded)
}

/// The folder of a path, without a last part that only counts discs.
fn album_folder(path: &str) -> &str {
    let folder = parent(path);
    let name = folder.rsplit('/').next().unwrap_or_default();
    if is_disc(name) { parent(folder) } else { folder }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_disc(name: &str) -> bool {
    let name = name.to_lowercase();
    ["disc", "disk", "cd", "dvd", "vol", "vinyl", "side"]
        .iter()
        .any(|word| {
            name.strip_prefix(word).is_some_and(|rest| {
                let number = rest.trim_start_matches([' ', '.', '-', '_', '#']);
                let digits = number.chars().take_while(char::is_ascii_digit).count();
                // `Side B` counts as well as `CD 01` and `Disc 2 - Live`.
                digits > 0 || (*word == "side" && number.len() == 1)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(album: &str, artist: &str, album_artist: &str, compilation: bool) -> FileTags {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        FileTags {
            album: some(album),
            artist: some(artist),
            album_artist: some(album_artist),
            compilation,
            ..FileTags::default()
        }
    }

    #[track_caller]
    fn check_same(a: (&FileTags, &str), b: (&FileTags, &str), expected: bool) {
        assert_eq!(album_key(a.0, a.1) == album_key(b.0, b.1), expected);
    }

    #[test]
    fn guests_do_not_split_an_album() {
        let (a, b) = (tags("Hits", "A", "", false), tags("Hits", "A feat. B", "", false));
        check_same((&a, "x/1.mp3"), (&b, "x/2.mp3"), true);
        check_same((&a, "x/1.mp3"), (&b, "y/2.mp3"), false);
    }

    #[test]
    fn discs_in_folders_of_their_own_are_one_album() {
        let hits = tags("Hits", "A", "", false);
        for folder in ["CD1", "cd 2", "Disc 3", "Disk_04", "disc-5 (live)", "Side B"] {
            check_same(
                (&hits, "x/CD 1/1.mp3"),
                (&hits, &format!("x/{folder}/1.mp3")),
                true,
            );
        }
        check_same((&hits, "x/CD 1/1.mp3"), (&hits, "x/Cdeath/1.mp3"), false);
        check_same((&hits, "CD1/1.mp3"), (&hits, "CD2/1.mp3"), true);
    }

    #[test]
    fn one_name_by_two_album_artists_is_two_albums() {
        let (a, b) = (
            tags("Greatest Hits", "Q", "Queen", false),
            tags("Greatest Hits", "A", "ABBA", false),
        );
        check_same((&a, "x/1.mp3"), (&b, "x/2.mp3"), false);
        let spelled = tags("greatest  hits ", "z", "QUEEN", false);
        check_same((&a, "x/1.mp3"), (&spelled, "elsewhere/2.mp3"), true);
    }

    #[test]
    fn a_compilation_is_one_album_wherever_its_files_lie() {
        let (a, b) = (tags("Now 1", "A", "", true), tags("Now 1", "B", "", true));
        check_same((&a, "A/1.mp3"), (&b, "B/2.mp3"), true);
    }

    #[test]
    fn without_a_title_there_is_no_album() {
        assert_eq!(album_key(&tags("", "A", "B", false), "x/1.mp3"), None);
        assert_eq!(album_key(&tags("  ", "A", "B", false), "x/1.mp3"), None);
    }
}
