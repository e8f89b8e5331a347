//! What the browser benchmarks measured as a table in Markdown, each result beside its goal.

use serde_json::Value;

/// The first lines of the table.
pub const HEAD: &str = "\
| What | Ours | Peer | Ratio | Goal |
| --- | ---: | ---: | ---: | --- |";

/// What each benchmark whose name begins so has to reach.
const GOALS: [(&str, &str); 16] = [
    ("keystroke_page_1m", ""),
    ("keystroke_view_1m", ""),
    ("keystroke_1m", "≤ 2 ms, never slower than FTS5"),
    ("index_", "20 times"),
    ("warm_start_1m", "≤ 300 ms"),
    ("warm_all_1m", "≤ 2 s"),
    ("warm_start_100k", "8 times"),
    ("memory_track_1m", "≤ 500 bytes"),
    ("persist_100k", "40 times"),
    ("longtask_100k", "≤ 50 ms"),
    ("scroll_", "two frames"),
    ("decode_", "1.5 times"),
    ("bundle_", "within"),
    ("heap_main_", "does not grow"),
    ("idle_1m", "≤ 50 µs, native"),
    ("", ""),
];

/// A result as a row.
#[must_use]
pub fn row(result: &Value) -> String {
    let name = result["bench"].as_str().unwrap_or_default();
    let unit = result["unit"].as_str().unwrap_or_default();
    let goal = GOALS
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map_or("", |(_, goal)| goal);
    let amount = |key: &str| {
        result[key]
            .as_f64()
            .map(|value| format!("{} {unit}", short(value)))
    };
    let peer_name = result["peerName"].as_str().unwrap_or_default();
    let peer = match amount("peer") {
        Some(peer) => format!("{peer_name} {peer}"),
        None => peer_name.to_owned(),
    };
    let ratio = result["ratio"].as_f64().map(short).unwrap_or_default();
    let note = result["note"]
        .as_str()
        .map(|note| format!("<br>{note}"))
        .unwrap_or_default();
    let ours = amount("ours").unwrap_or_default();
    format!("| `{name}`{note} | {ours} | {peer} | {ratio} | {goal} |")
}

/// A number with three digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_stands_beside_its_peer_and_its_goal() {
        let result = json!({
            "bench": "index_1m", "ours": 2.615, "unit": "µs/row", "peer": 33.21, "peerName": "FTS5", "ratio": 12.7,
            "note": "in one run",
        });
        assert_eq!(
            row(&result),
            "| `index_1m`<br>in one run | 2.62 µs/row | FTS5 33.2 µs/row | 12.7 | 20 times |"
        );
    }

    #[test]
    fn a_peer_that_gave_up_is_named_without_a_number() {
        let result = json!({ "bench": "index_1m_flexsearch", "ours": 2.5, "unit": "µs/row", "peerName": "FlexSearch" });
        assert_eq!(
            row(&result),
            "| `index_1m_flexsearch` | 2.50 µs/row | FlexSearch |  | 20 times |"
        );
    }
}
