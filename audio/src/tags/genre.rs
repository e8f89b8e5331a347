//! The numbered genres of ID3v1 and Winamp, and the ways ID3v2 refers to them.

const GENRES: [&str; 192] = [
    "Blues",
    "Classic Rock",
    "Country",
    "Dance",
    "Disco",
    "Funk",
    "Grunge",
    "Hip-Hop",
    "Jazz",
    "Metal",
    "New Age",
    "Oldies",
    "Other",
    "Pop",
    "R&B",
    "Rap",
    "Reggae",
    "Rock",
    "Techno",
    "Industrial",
    "Alternative",
    "Ska",
    "Death Metal",
    "Pranks",
    "Soundtrack",
    "Euro-Techno",
    "Ambient",
    "Trip-Hop",
    "Vocal",
    "Jazz+Funk",
    "Fusion",
    "Trance",
    "Classical",
    "Instrumental",
    "Acid",
    "House",
    "Game",
    "Sound Clip",
    "Gospel",
    "Noise",
    "AlternRock",
    "Bass",
    "Soul",
    "Punk",
    "Space",
    "Meditative",
    "Instrumental Pop",
    "Instrumental Rock",
    "Ethnic",
    "Gothic",
    "Darkwave",
    "Techno-Industrial",
    "Electronic",
    "Pop-Folk",
    "Eurodance",
    "Dream",
    "Southern Rock",
    "Comedy",
    "Cult",
    "Gangsta Rap",
    "Top 40",
    "Christian Rap",
    "Pop/Funk",
    "Jungle",
    "Native American",
    "Cabaret",
    "New Wave",
    "Psychedelic",
    "Rave",
    "Showtunes",
    "Trailer",
    "Lo-Fi",
    "Tribal",
    "Acid Punk",
    "Acid Jazz",
    "Polka",
    "Retro",
    "Musical",
    "Rock & Roll",
    "Hard Rock",
    "Folk",
    "Folk-Rock",
    "National Folk",
    "Swing",
    "Fast-Fusion",
    "Bebop",
    "Latin",
    "Revival",
    "Celtic",
    "Bluegrass",
    "Avantgarde",
    "Gothic Rock",
    "Progressive Rock",
    "Psychedelic Rock",
    "Symphonic Rock",
    "Slow Rock",
    "Big Band",
    "Chorus",
    "Easy Listening",
    "Acoustic",
    "Humour",
    "Speech",
    "Chanson",
    "Opera",
    "Chamber Music",
    "Sonata",
    "Symphony",
    "Booty Bass",
    "Primus",
    "Porn Groove",
    "Satire",
    "Slow Jam",
    "Club",
    "Tango",
    "Samba",
    "Folklore",
    "Ballad",
    "Power Ballad",
    "Rhythmic Soul",
    "Freestyle",
    "Duet",
    "Punk Rock",
    "Drum Solo",
    "A Cappella",
    "Euro-House",
    "Dance Hall",
    "Goa",
    "Drum & Bass",
    "Club-House",
    "Hardcore",
    "Terror",
    "Indie",
    "BritPop",
    "Afro-Punk",
    "Polsk Punk",
    "Beat",
    "Christian Gangsta Rap",
    "Heavy Metal",
    "Black Metal",
    "Crossover",
    "Contemporary Christian",
    "Christian Rock",
    "Merengue",
    "Salsa",
    "Thrash Metal",
    "Anime",
    "JPop",
    "Synthpop",
    "Abstract",
    "Art Rock",
    "Baroque",
    "Bhangra",
    "Big Beat",
    "Breakbeat",
    "Chillout",
    "Downtempo",
    "Dub",
    "EBM",
    "Eclectic",
    "Electro",
    "Electroclash",
    "Emo",
    "Experimental",
    "Garage",
    "Global",
    "IDM",
    "Illbient",
    "Industro-Goth",
    "Jam Band",
    "Krautrock",
    "Leftfield",
    "Lounge",
    "Math Rock",
    "New Romantic",
    "Nu-Breakz",
    "Post-Punk",
    "Post-Rock",
    "Psytrance",
    "Shoegaze",
    "Space Rock",
    "Trop Rock",
    "World Music",
    "Neoclassical",
    "Audiobook",
    "Audio Theatre",
    "Neue Deutsche Welle",
    "Podcast",
    "Indie Rock",
    "G-Funk",
    "Dubstep",
    "Garage Rock",
    "Psybient",
];

/// The name of an ID3v1 genre number.
pub(super) fn name(number: u8) -> Option<&'static str> {
    GENRES.get(usize::from(number)).copied()
}

/// The genres of one ID3v2 value: `17`, `(17)`, `(17)Rock`, `(4)Eurodisco`, `(RX)`, `((text`, or plain text.
pub(super) fn resolve(value: &str) -> Vec<String> {
    let mut genres = Vec::new();
    let mut rest = super::text::trim(value);
    // How ID3v1 says that there is none.
    if matches!(rest, "255" | "(255)") {
        return genres;
    }
    while let Some(inside) = rest.strip_prefix('(') {
        if inside.starts_with('(') {
            rest = inside;
            break;
        }
        let Some((code, after)) = inside.split_once(')') else {
            break;
        };
        let Some(genre) = by_code(code) else {
            break;
        };
        genres.push(genre.to_owned());
        rest = super::text::trim(after);
    }
    if let Some(genre) = by_code(rest) {
        genres.push(genre.to_owned());
    } else if !rest.is_empty() {
        genres.push(rest.to_owned());
    }
    let mut seen: Vec<String> = Vec::new();
    genres.retain(|genre| {
        let new = !seen.contains(&genre.to_lowercase());
        seen.push(genre.to_lowercase());
        new
    });
    genres
}

fn by_code(code: &str) -> Option<&'static str> {
    match code {
        "RX" => Some("Remix"),
        "CR" => Some("Cover"),
        _ if code.bytes().all(|byte| byte.is_ascii_digit()) => name(code.parse().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genre_numbers_become_names_and_refinements_stay() {
        assert_eq!(resolve("17"), ["Rock"]);
        assert_eq!(resolve("(17)"), ["Rock"]);
        assert_eq!(resolve("(17)Rock"), ["Rock"]);
        assert_eq!(resolve("(4)Eurodisco"), ["Disco", "Eurodisco"]);
        assert_eq!(resolve("(51)(39)"), ["Techno-Industrial", "Noise"]);
        assert_eq!(resolve("(RX)"), ["Remix"]);
        assert_eq!(resolve("((I can figure"), ["(I can figure"]);
        assert_eq!(resolve("(255)"), [""; 0]);
        assert_eq!(resolve("(Foo) bar"), ["(Foo) bar"]);
        assert_eq!(resolve("Hip-Hop/Rap"), ["Hip-Hop/Rap"]);
        assert_eq!(resolve("999"), ["999"]);
    }
}
