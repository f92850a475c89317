//! Reads the declarations of a file, one after the other.

use std::ops::Range;

use super::cursor::Cursor;
use super::gated;
use super::{Docs, Gate, GatedSyntax, Item, ItemKind, Named, Outline, Package, Scope};
use crate::wit::lexer::Kind;

/// How deep packages may lie in each other. The parser refuses this as well.
const DEEPEST: usize = 100;

/// The outline of a file.
pub(crate) fn outline(text: &str) -> Outline {
    let cursor = Cursor::new(text);
    let mut reader = Reader {
        shown: vec![false; cursor.tokens.len()],
        cursor,
        found: Outline {
            packages: vec![Package::default()],
            ..Outline::default()
        },
    };
    reader.declarations(0, 0);
    reader.finish()
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    /// Which comments belong to an item.
    shown: Vec<bool>,
    found: Outline,
}

/// What stands in front of a declaration.
struct Lead {
    comments: Range<usize>,
    gates: Vec<Gate>,
}

/// What a declaration stands in.
#[derive(Clone)]
struct Around {
    scope: Scope,
    /// The type whose parts or methods are read.
    owner: Option<String>,
    unstable: bool,
    package: usize,
}

impl Reader<'_> {
    fn finish(mut self) -> Outline {
        let of_types = gated::types(&self.cursor);
        self.found.gated.extend(of_types);
        self.found.gated.sort_by_key(|gated| gated.at.start);
        for (token, shown) in self.cursor.tokens.iter().zip(&self.shown) {
            if !token.is_comment() {
                continue;
            }
            if !shown {
                self.found.loose.push(token.at.clone());
            }
            if self.cursor.text.get(token.at.clone()) == Some("/**/") {
                self.found.empty_comments.push(token.at.clone());
            }
        }
        self.found
    }

    /// The comments and attributes in front of a declaration.
    fn lead(&mut self) -> Lead {
        let start = self.cursor.next;
        self.cursor.skip_comments();
        let comments = start..self.cursor.next;
        let mut gates = Vec::new();
        while let Some(sign) = self
            .cursor
            .peek()
            .filter(|token| token.kind == Kind::Sign('@'))
        {
            self.cursor.next += 1;
            let Some(name) = self.cursor.name() else {
                break;
            };
            let mut value = Named {
                text: String::new(),
                at: name.at.clone(),
            };
            let mut end = name.at.end;
            if self.cursor.is_sign('(') {
                let inner = self.cursor.balanced('(', ')');
                end = inner.end;
                let inside = inner.start + 1..inner.end.saturating_sub(1);
                let text = self.cursor.text_of(inside.clone());
                let from = text.find('=').map_or(0, |at| at + 1);
                let written = text.get(from..).unwrap_or_default();
                let start = inside.start + from + (written.len() - written.trim_start().len());
                value = Named {
                    text: written.trim().to_owned(),
                    at: start..start + written.trim().len(),
                };
            }
            if name.text == "external-id" {
                self.gated("an external id", sign.at.start..end);
            }
            gates.push(Gate {
                name: name.text,
                value,
                at: sign.at.start..end,
            });
        }
        Lead { comments, gates }
    }

    fn gated(&mut self, what: &'static str, at: Range<usize>) {
        self.found.gated.push(GatedSyntax { what, at });
    }

    /// Adds an item.
    fn item(&mut self, kind: ItemKind, name: Named, lead: Lead, around: &Around) -> usize {
        let comments = self
            .cursor
            .tokens
            .get(lead.comments.clone())
            .unwrap_or_default();
        // The tools show no comments of these.
        let silent = matches!(kind, ItemKind::Use | ItemKind::Include);
        let docs = if silent {
            Docs::default()
        } else {
            let docs = Docs::of(comments, self.cursor.text);
            self.shown
                .get_mut(lead.comments)
                .unwrap_or_default()
                .fill(true);
            docs
        };
        let path = match (&around.scope, &around.owner) {
            (Scope::Package, _) => String::new(),
            (_, None) => name.text.clone(),
            (_, Some(owner)) => format!("{owner}.{}", name.text),
        };
        let scope = match (kind, &around.scope) {
            (ItemKind::Interface, Scope::Package) => Scope::Interface(name.text.clone()),
            (ItemKind::World, Scope::Package) => Scope::World(name.text.clone()),
            (_, scope) => scope.clone(),
        };
        let unstable = lead.gates.iter().any(|gate| gate.name == "unstable");
        self.found.items.push(Item {
            kind,
            declaration: name.at.clone(),
            name,
            scope,
            path,
            docs,
            gates: lead.gates,
            unstable: unstable || around.unstable,
            parameters: Vec::new(),
            taken: Vec::new(),
            package: around.package,
        });
        self.found.items.len() - 1
    }

    /// What the parts of an item stand in.
    fn inside(&self, item: usize, around: &Around, owner: Option<String>) -> Around {
        let item = self.found.items.get(item);
        Around {
            scope: item.map_or(Scope::Package, |item| item.scope.clone()),
            owner,
            unstable: item.is_some_and(|item| item.unstable),
            package: around.package,
        }
    }

    /// What stands in a file, or in the braces of a package.
    fn declarations(&mut self, package: usize, depth: usize) {
        let around = Around {
            scope: Scope::Package,
            owner: None,
            unstable: false,
            package,
        };
        loop {
            let lead = self.lead();
            if self.cursor.peek().is_none() || (depth > 0 && self.cursor.take_sign('}')) {
                return;
            }
            match self.cursor.word() {
                "package" => self.package(lead, depth),
                "interface" => {
                    self.cursor.next += 1;
                    if let Some(name) = self.cursor.name() {
                        let item = self.item(ItemKind::Interface, name, lead, &around);
                        let inside = self.inside(item, &around, None);
                        self.interface(&inside);
                    }
                }
                "world" => {
                    self.cursor.next += 1;
                    if let Some(name) = self.cursor.name() {
                        let item = self.item(ItemKind::World, name, lead, &around);
                        let inside = self.inside(item, &around, None);
                        self.world(&inside);
                    }
                }
                "use" => self.skip_declaration(),
                _ => self.cursor.next += 1,
            }
        }
    }

    fn package(&mut self, lead: Lead, depth: usize) {
        self.cursor.next += 1;
        let Some(first) = self.cursor.name() else {
            return;
        };
        let mut named = Package {
            name: first.text,
            at: first.at,
            ..Package::default()
        };
        if self.cursor.take_sign(':')
            && let Some(second) = self.cursor.name()
        {
            named.name = format!("{}:{}", named.name, second.text);
            named.at.end = second.at.end;
        }
        if self.cursor.take_sign('@') {
            let start = named.at.end + 1;
            let rest = self.cursor.text.get(start..).unwrap_or_default();
            let of_version = |c: char| c.is_ascii_alphanumeric() || ".+-".contains(c);
            let length = rest.find(|c| !of_version(c)).unwrap_or(rest.len());
            named.version = rest.get(..length).map(str::to_owned);
            named.at.end = start + length;
            while self
                .cursor
                .peek()
                .is_some_and(|token| token.at.start < named.at.end)
            {
                self.cursor.next += 1;
            }
        }
        let comments = self
            .cursor
            .tokens
            .get(lead.comments.clone())
            .unwrap_or_default();
        named.docs = Docs::of(comments, self.cursor.text);
        self.shown
            .get_mut(lead.comments)
            .unwrap_or_default()
            .fill(true);
        if self.cursor.take_sign('{') {
            named.nested = true;
            self.found.packages.push(named);
            if depth < DEEPEST {
                self.declarations(self.found.packages.len() - 1, depth + 1);
            }
        } else {
            self.cursor.take_sign(';');
            if let Some(own) = self.found.packages.first_mut()
                && own.name.is_empty()
            {
                *own = named;
            }
        }
    }

    fn interface(&mut self, around: &Around) {
        if !self.cursor.take_sign('{') {
            return;
        }
        loop {
            let lead = self.lead();
            if self.cursor.peek().is_none() || self.cursor.take_sign('}') {
                return;
            }
            match self.cursor.word() {
                // The brace that ends this one is missing.
                "interface" | "world" | "package" => {
                    self.cursor.next = lead.comments.start;
                    return;
                }
                "use" => self.used(ItemKind::Use, lead, around),
                "type" | "record" | "variant" | "enum" | "flags" | "resource" => {
                    self.type_definition(lead, around);
                }
                _ if self
                    .cursor
                    .peek_second()
                    .is_some_and(|t| t.kind == Kind::Sign(':')) =>
                {
                    self.function(lead, around);
                }
                _ => self.cursor.next += 1,
            }
        }
    }

    fn world(&mut self, around: &Around) {
        if !self.cursor.take_sign('{') {
            return;
        }
        loop {
            let lead = self.lead();
            if self.cursor.peek().is_none() || self.cursor.take_sign('}') {
                return;
            }
            match self.cursor.word() {
                "interface" | "world" | "package" => {
                    self.cursor.next = lead.comments.start;
                    return;
                }
                "use" => self.used(ItemKind::Use, lead, around),
                "include" => self.used(ItemKind::Include, lead, around),
                "import" => self.linked(ItemKind::Import, lead, around),
                "export" => self.linked(ItemKind::Export, lead, around),
                "type" | "record" | "variant" | "enum" | "flags" | "resource" => {
                    self.type_definition(lead, around);
                }
                _ => self.cursor.next += 1,
            }
        }
    }

    /// `use a:b/c.{d};` or `include a:b/c with { d as e }`.
    fn used(&mut self, kind: ItemKind, lead: Lead, around: &Around) {
        self.cursor.next += 1;
        let path = self.path();
        let item = self.item(kind, path, lead, around);
        loop {
            match self.cursor.word() {
                "with" => {
                    self.cursor.next += 1;
                    self.cursor.balanced('{', '}');
                    return;
                }
                _ if self.cursor.is_sign('{') => {
                    let start = self.cursor.next;
                    self.cursor.balanced('{', '}');
                    let taken = self.taken(start..self.cursor.next);
                    if let Some(item) = self.found.items.get_mut(item) {
                        item.taken = taken;
                    }
                }
                _ if self.cursor.is_sign('}') => return,
                _ => match self.cursor.take() {
                    Some(token) if token.kind != Kind::Sign(';') => {}
                    _ => return,
                },
            }
        }
    }

    /// The names in the braces of a `use`: `{a, b as c}`, without the ones behind `as`.
    fn taken(&self, tokens: Range<usize>) -> Vec<String> {
        let mut names = Vec::new();
        let mut begins = false;
        for token in self.cursor.tokens.get(tokens).unwrap_or_default() {
            match token.kind {
                Kind::Sign('{' | ',') => begins = true,
                Kind::Word | Kind::Name if begins => {
                    let name = self.cursor.text_of(token.at.clone());
                    names.push(name.trim_start_matches('%').to_owned());
                    begins = false;
                }
                _ => {}
            }
        }
        names
    }

    /// The name of an interface or world, with package and version where it has
    /// them.
    fn path(&mut self) -> Named {
        let start = self
            .cursor
            .peek()
            .map_or(self.cursor.text.len(), |token| token.at.start);
        let rest = self.cursor.text.get(start..).unwrap_or_default();
        let of_path = |c: char| c.is_alphanumeric() || "-_:/@.+%".contains(c);
        let length = rest.find(|c| !of_path(c)).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default().trim_end_matches('.');
        let end = start + text.len();
        while self.cursor.peek().is_some_and(|token| token.at.start < end) {
            self.cursor.next += 1;
        }
        Named {
            text: text.to_owned(),
            at: start..end,
        }
    }

    /// `import` and `export`, of whatever it may be.
    fn linked(&mut self, kind: ItemKind, lead: Lead, around: &Around) {
        self.cursor.next += 1;
        let before = self.cursor.next;
        if let Some(name) = self.cursor.name()
            && self.cursor.take_sign(':')
        {
            match self.cursor.word() {
                "func" | "async" => {
                    self.cursor.next = before;
                    self.function(lead, around);
                    return;
                }
                "interface" => {
                    self.cursor.next += 1;
                    let item = self.item(kind, name, lead, around);
                    let inside = self.inside(item, around, Some(self.name_of(item)));
                    self.interface(&inside);
                    return;
                }
                _ => {
                    // `a:b/c` is a path, `a: b` and `a: b:c/d` give it a name.
                    let path = self.cursor.name().is_some() && self.cursor.is_sign('/');
                    if !path {
                        self.gated("an import or export under another name", name.at);
                    }
                }
            }
        }
        self.cursor.next = before;
        let path = self.path();
        self.item(kind, path, lead, around);
        self.skip_declaration();
    }

    fn name_of(&self, item: usize) -> String {
        let item = self.found.items.get(item);
        item.map(|item| item.name.text.clone()).unwrap_or_default()
    }

    fn type_definition(&mut self, lead: Lead, around: &Around) {
        let keyword = self.cursor.word();
        self.cursor.next += 1;
        let Some(name) = self.cursor.name() else {
            return;
        };
        let owner = match &around.owner {
            Some(owner) => format!("{owner}.{}", name.text),
            None => name.text.clone(),
        };
        let item = self.item(ItemKind::Type, name, lead, around);
        let inside = self.inside(item, around, Some(owner));
        if keyword == "type" || !self.cursor.take_sign('{') {
            self.skip_declaration();
        } else if keyword == "resource" {
            self.methods(&inside);
        } else {
            self.parts(&inside);
        }
    }

    /// Fields, cases or flags.
    fn parts(&mut self, around: &Around) {
        loop {
            let lead = self.lead();
            if self.cursor.peek().is_none() || self.cursor.take_sign('}') {
                return;
            }
            if let Some(name) = self.cursor.name() {
                self.item(ItemKind::Part, name, lead, around);
            }
            let mut depth = 0_usize;
            while let Some(token) = self.cursor.peek() {
                match token.kind {
                    Kind::Sign('<' | '(') => depth += 1,
                    Kind::Sign('>' | ')') => depth = depth.saturating_sub(1),
                    Kind::Sign('}') => break,
                    _ => {}
                }
                self.cursor.next += 1;
                if depth == 0 && token.kind == Kind::Sign(',') {
                    break;
                }
            }
        }
    }

    fn methods(&mut self, around: &Around) {
        loop {
            let lead = self.lead();
            if self.cursor.peek().is_none() || self.cursor.take_sign('}') {
                return;
            }
            let second = self.cursor.peek_second().map(|token| token.kind);
            let constructor =
                self.cursor.word() == "constructor" && second == Some(Kind::Sign('('));
            if constructor || second == Some(Kind::Sign(':')) {
                self.function(lead, around);
            } else {
                self.cursor.next += 1;
            }
        }
    }

    /// A function from its name to its semicolon.
    fn function(&mut self, lead: Lead, around: &Around) {
        let start = self
            .cursor
            .peek()
            .map_or(self.cursor.text.len(), |token| token.at.start);
        let Some(name) = self.cursor.name() else {
            self.cursor.next += 1;
            return;
        };
        let item = self.item(ItemKind::Function, name, lead, around);
        let mut parameters = Vec::new();
        let mut depth = 0_usize;
        let mut end = start;
        while let Some(token) = self.cursor.peek() {
            match token.kind {
                Kind::Sign(';' | '}') => break,
                Kind::Sign('(') => depth += 1,
                Kind::Sign(')') => depth = depth.saturating_sub(1),
                Kind::Word | Kind::Name if depth > 0 => {
                    let colon = self
                        .cursor
                        .peek_second()
                        .is_some_and(|t| t.kind == Kind::Sign(':'));
                    if colon && let Some(name) = self.cursor.name() {
                        parameters.push(name);
                        continue;
                    }
                }
                _ => {}
            }
            end = token.at.end;
            self.cursor.next += 1;
        }
        self.cursor.take_sign(';');
        if let Some(item) = self.found.items.get_mut(item) {
            item.parameters = parameters;
            item.declaration = start..end;
        }
    }

    /// Skips a declaration. A brace that closes what it stands in ends it, too.
    fn skip_declaration(&mut self) {
        while let Some(token) = self.cursor.peek() {
            match token.kind {
                Kind::Sign('{') => {
                    self.cursor.balanced('{', '}');
                }
                Kind::Sign('}') => return,
                Kind::Sign(';') => {
                    self.cursor.next += 1;
                    return;
                }
                _ => self.cursor.next += 1,
            }
        }
    }
}
