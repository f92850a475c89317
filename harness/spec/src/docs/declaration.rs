//! One declaration out of a file of WIT, as its author laid it out, without the
//! comments and gates around it. It reads text and knows no types.

/// Where a declaration ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// At its semicolon, or behind its last brace.
    Whole,
    /// In front of its first brace: what is inside is told apart.
    Head,
}

/// The words that stand in front of a name.
const KEYWORDS: [&str; 8] = [
    "enum",
    "flags",
    "interface",
    "record",
    "resource",
    "type",
    "variant",
    "world",
];

/// The declaration of the name that begins at this byte.
pub(super) fn declaration(text: &str, name: usize, extent: Extent) -> Option<String> {
    let start = begin(text.get(..name)?);
    let rest = text.get(start..)?;
    let end = end(rest, extent);
    let cut = rest.get(..end)?.trim_end().trim_end_matches(';').trim_end();
    let lines: Vec<&str> = cut
        .lines()
        .filter(|line| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with("//") && !line.starts_with('@')
        })
        .collect();
    // What is inside keeps its distance from the line that the declaration begins on.
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line..)?;
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| match number {
            0 => line.trim(),
            _ => {
                let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
                line.get(indent.min(blank)..).unwrap_or(line).trim_end()
            }
        })
        .collect();
    Some(lines.join("\n"))
}

/// Where a declaration begins whose name comes behind this text: at its keyword, if
/// one stands on the same line, and else at the name.
fn begin(before: &str) -> usize {
    let name = before.len() - usize::from(before.ends_with('%'));
    let Some(before) = before.get(..name) else {
        return name;
    };
    let trimmed = before.trim_end_matches([' ', '\t']);
    let word = trimmed
        .rfind(|c: char| !c.is_ascii_lowercase())
        .map_or(0, |at| at + 1);
    match trimmed.get(word..) {
        Some(keyword) if trimmed.len() < before.len() && KEYWORDS.contains(&keyword) => word,
        _ => name,
    }
}

/// How many bytes belong to the declaration that this text begins with.
fn end(text: &str, extent: Extent) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            continue;
        }
        match byte {
            b';' if depth == 0 => return at,
            b'{' if extent == Extent::Head => return at,
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + usize::from(depth == 1),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, name: &str, extent: Extent) -> String {
        declaration(text, text.find(name).unwrap(), extent).unwrap()
    }

    const WIT: &str = "
    /// A record; not the end }
    @since(version = 1.0.0)
    record entry {
        /// The bytes.
        value: list<u8>, // of any length {
        /* ; */
        version: version,
    }
    resource store {
        %list: async func(a: string,
                          b: string)
            -> result<u8>;
    }
    type a = b;type c = d;
    // a record
    get: func();";

    #[test]
    fn a_block_keeps_its_layout_and_loses_its_comments() {
        assert_eq!(
            cut(WIT, "entry {", Extent::Whole),
            "record entry {\n    value: list<u8>, // of any length {\n    /* ; */\n    \
             version: version,\n}"
        );
    }

    #[test]
    fn functions_resources_and_neighbours() {
        assert_eq!(cut(WIT, "store {", Extent::Head), "resource store");
        assert_eq!(
            cut(WIT, "list: async", Extent::Whole),
            "%list: async func(a: string,\n                  b: string)\n    -> result<u8>"
        );
        assert_eq!(cut(WIT, "a = b", Extent::Whole), "type a = b");
        assert_eq!(cut(WIT, "c = d", Extent::Whole), "type c = d");
        assert_eq!(cut(WIT, "get: func", Extent::Whole), "get: func()");
    }

    #[test]
    fn no_text_makes_it_panic() {
        for place in 0..=WIT.len() {
            for extent in [Extent::Whole, Extent::Head] {
                let _ = declaration(WIT, place, extent);
                if let Some(cut) = WIT.get(..place) {
                    let _ = declaration(cut, place / 2, extent);
                }
            }
        }
        let _ = declaration("ä{}ö", 1, Extent::Whole);
        let _ = declaration("", 0, Extent::Whole);
    }
}
