//! The only file that names `ehttp`: requests go out here, and answers come back through a channel.

use crate::inlet::Inlet;

/// Asks for a whole resource. What `answer` makes of it goes into the channel, from another thread or later
/// on this one.
pub fn get<T: Send + 'static>(
    url: &str,
    inlet: &Inlet<T>,
    answer: impl FnOnce(Result<Vec<u8>, String>) -> T + Send + 'static,
) {
    let inlet = inlet.clone();
    ehttp::fetch(ehttp::Request::get(url), move |result| {
        let body = match result {
            Ok(response) if response.ok => Ok(response.bytes),
            Ok(response) => Err(format!(
                "the server answered {} {}",
                response.status, response.status_text
            )),
            Err(error) => Err(format!("the server cannot be reached: {error}")),
        };
        inlet.send(answer(body));
    });
}

/// The address of a path below a folder's address, each part percent-encoded (RFC 3986, section 2).
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let mut url = folder.trim_end_matches('/').to_owned();
    for part in path.split('/') {
        url.push('/');
        for byte in part.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                url.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_encoded_part_by_part() {
        let url = join("http://localhost/music/", "AC&DC/100% #1 ä?.mp3");
        assert_eq!(
            url,
            "http://localhost/music/AC%26DC/100%25%20%231%20%C3%A4%3F.mp3"
        );
    }
}
