//! The tokens of a file, one after the other. It knows what a name is, and nothing
//! of declarations.

use std::ops::Range;

use super::Named;
use crate::wit::lexer::{Kind, Token, tokens};

/// A place between two tokens.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    /// Which token is the next.
    pub(super) next: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            tokens: tokens(text),
            next: 0,
        }
    }

    pub(super) fn text_of(&self, at: Range<usize>) -> &'a str {
        self.text.get(at).unwrap_or_default()
    }

    pub(super) fn skip_comments(&mut self) {
        while self.tokens.get(self.next).is_some_and(Token::is_comment) {
            self.next += 1;
        }
    }

    /// The next token that is no comment.
    pub(super) fn peek(&mut self) -> Option<Token> {
        self.skip_comments();
        self.tokens.get(self.next).cloned()
    }

    /// The one behind it.
    pub(super) fn peek_second(&self) -> Option<&Token> {
        let rest = self.tokens.get(self.next + 1..)?;
        rest.iter().find(|token| !token.is_comment())
    }

    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.next += 1;
        Some(token)
    }

    pub(super) fn is_sign(&mut self, sign: char) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == Kind::Sign(sign))
    }

    pub(super) fn take_sign(&mut self, sign: char) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.next += 1;
        }
        found
    }

    /// The next token if it is a keyword or a name without `%`.
    pub(super) fn word(&mut self) -> &'a str {
        match self.peek() {
            Some(token) if token.kind == Kind::Word => self.text_of(token.at),
            _ => "",
        }
    }

    pub(super) fn name(&mut self) -> Option<Named> {
        let token = self.peek()?;
        let at = match token.kind {
            Kind::Word => token.at,
            Kind::Name => token.at.start + 1..token.at.end,
            _ => return None,
        };
        self.next += 1;
        Some(Named {
            text: self.text_of(at.clone()).to_owned(),
            at,
        })
    }

    /// Skips from an opening sign to its closing one, and says what that was.
    pub(super) fn balanced(&mut self, open: char, close: char) -> Range<usize> {
        let start = self.peek().map_or(self.text.len(), |token| token.at.start);
        let mut depth = 0_usize;
        let mut end = start;
        while let Some(token) = self.take() {
            end = token.at.end;
            if token.kind == Kind::Sign(open) {
                depth += 1;
            } else if token.kind == Kind::Sign(close) {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
        }
        start..end
    }
}
