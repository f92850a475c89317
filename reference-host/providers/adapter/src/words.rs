//! A command line as words, without a shell.

/// Splits as a POSIX shell does, and expands nothing: blanks part words, what
/// stands in `'` is taken as it is, in `"` a backslash makes `"` and `\` plain, and
/// outside of both it makes any sign plain. None for a quote that is not closed.
pub(crate) fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    // An empty pair of quotes is a word too.
    let mut word: Option<String> = None;
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match signs.next()? {
                        '\'' => break,
                        sign => word.push(sign),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match signs.next()? {
                        '"' => break,
                        '\\' => match signs.next()? {
                            sign @ ('"' | '\\') => word.push(sign),
                            sign => word.extend(['\\', sign]),
                        },
                        sign => word.push(sign),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(signs.next()?),
            sign => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        for (text, words) in [
            ("", &[][..]),
            (" \t\n", &[]),
            ("python3 my_provider.py", &["python3", "my_provider.py"]),
            ("  a   b  ", &["a", "b"]),
            ("a 'b c' d", &["a", "b c", "d"]),
            (r#"a "b c" d"#, &["a", "b c", "d"]),
            (r#"a'b'"c"d"#, &["abcd"]),
            (r#"'' """#, &["", ""]),
            (r#""a\"b" "c\\d" "e\f""#, &[r#"a"b"#, r"c\d", r"e\f"]),
            (r"'a\b' a\ b \'", &[r"a\b", "a b", "'"]),
            ("$HOME ~ *.py a;b", &["$HOME", "~", "*.py", "a;b"]),
        ] {
            assert_eq!(split(text).unwrap(), words, "{text}");
        }
    }

    #[test]
    fn what_is_open_is_refused() {
        for text in ["'", "a 'b", "\"", "a \"b\\\"", "a\\"] {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
