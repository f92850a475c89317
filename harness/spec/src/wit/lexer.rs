//! WIT as tokens with their places. It refuses nothing: what no token begins with
//! is a token of one character, and the parser says what is wrong with it.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a name.
    Word,
    /// A name behind `%`, which is no keyword.
    Name,
    /// Digits.
    Number,
    /// A text in quotes.
    Quoted,
    /// `->`.
    Arrow,
    /// Any other character.
    Sign(char),
    /// A comment of one line.
    LineComment,
    /// A comment between `/*` and `*/`.
    BlockComment,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Its bytes in the text.
    pub(crate) at: Range<usize>,
}

impl Token {
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }
}

/// The tokens of a text, without the blanks between them.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0 };
    // Some files begin with a mark of the byte order.
    lexer.take_if(|c| c == '\u{feff}');
    let mut found = Vec::new();
    while let Some(c) = lexer.peek() {
        let start = lexer.at;
        match lexer.kind(c) {
            Some(kind) => found.push(Token {
                kind,
                at: start..lexer.at,
            }),
            None => continue,
        }
    }
    found
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take_if(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        match self.peek() {
            Some(c) if wanted(c) => {
                self.at += c.len_utf8();
                true
            }
            _ => false,
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
    }

    /// Takes the next token, which begins with `c`. None for blanks.
    fn kind(&mut self, c: char) -> Option<Kind> {
        if c.is_whitespace() {
            self.take_while(char::is_whitespace);
            return None;
        }
        if self.rest().starts_with("//") {
            self.take_while(|c| c != '\n');
            return Some(Kind::LineComment);
        }
        if self.rest().starts_with("/*") {
            self.block();
            return Some(Kind::BlockComment);
        }
        if self.rest().starts_with("->") {
            self.at += 2;
            return Some(Kind::Arrow);
        }
        Some(match c {
            '"' => {
                self.quoted();
                Kind::Quoted
            }
            '%' => {
                self.at += 1;
                self.take_while(is_of_name);
                Kind::Name
            }
            c if c.is_ascii_digit() => {
                self.take_while(|c| c.is_ascii_digit());
                Kind::Number
            }
            c if is_of_name(c) => {
                self.take_while(is_of_name);
                Kind::Word
            }
            c => {
                self.at += c.len_utf8();
                Kind::Sign(c)
            }
        })
    }

    /// A comment in which further ones may lie. One that does not end goes to the
    /// end of the text.
    fn block(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while let Some(&byte) = bytes.get(self.at) {
            match (byte, bytes.get(self.at + 1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// A text up to its closing quote or the end of its line.
    fn quoted(&mut self) {
        self.at += 1;
        let mut escaped = false;
        while let Some(c) = self.peek() {
            if c == '\n' {
                return;
            }
            self.at += c.len_utf8();
            match c {
                '"' if !escaped => return,
                '\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|t| &text[t.at]).collect()
    }

    #[test]
    fn a_declaration() {
        assert_eq!(
            texts("%list: async func(a: list<u8, 4>) -> t; // end\n}"),
            [
                "%list", ":", "async", "func", "(", "a", ":", "list", "<", "u8", ",", "4", ">",
                ")", "->", "t", ";", "// end", "}"
            ]
        );
        assert_eq!(texts("a:b/c@0.1.0-rc.{x}").len(), 16);
    }

    #[test]
    fn what_does_not_end_goes_to_the_end() {
        assert_eq!(texts("/* a /* b */ c */ d"), ["/* a /* b */ c */", "d"]);
        assert_eq!(texts("/* a /* b */ c"), ["/* a /* b */ c"]);
        assert_eq!(texts("\"a\\\"b\" c"), ["\"a\\\"b\"", "c"]);
        assert_eq!(texts("\"a\nb"), ["\"a", "b"]);
        assert_eq!(texts("/"), ["/"]);
        assert_eq!(texts("\u{feff}\u{1f600}%"), ["\u{1f600}", "%"]);
    }
}
