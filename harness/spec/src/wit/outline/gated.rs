//! Types that engines have switched off by default.

use super::GatedSyntax;
use super::cursor::Cursor;
use crate::wit::lexer::{Kind, Token};

/// The types that engines refuse, wherever they stand.
pub(super) fn types(cursor: &Cursor<'_>) -> Vec<GatedSyntax> {
    let solid: Vec<&Token> = cursor.tokens.iter().filter(|t| !t.is_comment()).collect();
    let sign = |at: usize, sign| solid.get(at).is_some_and(|t| t.kind == Kind::Sign(sign));
    let mut found = Vec::new();
    for (index, token) in solid.iter().enumerate() {
        if token.kind != Kind::Word {
            continue;
        }
        let what = match cursor.text_of(token.at.clone()) {
            "error-context" => "an error-context",
            "map" if sign(index + 1, '<') => "a map",
            "list" if sign(index + 1, '<') && has_length(&solid, index + 1) => {
                "a list of fixed length"
            }
            _ => continue,
        };
        found.push(GatedSyntax {
            what,
            at: token.at.clone(),
        });
    }
    found
}

/// Whether the angle brackets that open here end in a comma and a number.
fn has_length(tokens: &[&Token], open: usize) -> bool {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open).take(1000) {
        match token.kind {
            Kind::Sign('<') => depth += 1,
            Kind::Sign('>') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return false;
                }
            }
            Kind::Sign(',') if depth == 1 => {
                return tokens
                    .get(index + 1)
                    .is_some_and(|t| t.kind == Kind::Number);
            }
            Kind::Sign(';' | '{' | '}') => return false,
            _ => {}
        }
    }
    false
}
