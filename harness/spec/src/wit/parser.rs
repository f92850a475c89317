//! What the WIT parser says of files: nothing, if they are WIT and fit together.
//!
//! The parser stops at its first error and panics on a few. Both are mended here:
//! every broken file is named, and nothing panics.

mod alone;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::AssertUnwindSafe;

use wit_parser::{
    ParseError, ParseErrorKind, Resolve, ResolveErrorKind, SourceMap, Span, UnresolvedPackageGroup,
};

use super::outline::Outline;
use crate::Source;
use crate::check::Rule;

/// Something that the parser refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The rule that it breaks: syntax, names, or one that this crate checks with
    /// better places.
    pub(crate) rule: Rule,
    pub(crate) file: String,
    /// None for the file as a whole.
    pub(crate) at: Option<Range<usize>>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// A package, interface or world that is not among the files.
    pub(crate) missing: Option<String>,
}

impl Fault {
    fn new(rule: Rule, file: &str, at: Option<Range<usize>>, message: impl Into<String>) -> Self {
        Self {
            rule,
            file: file.to_owned(),
            at,
            message: message.into(),
            help: None,
            missing: None,
        }
    }
}

/// The files of one package, with their outlines.
pub(crate) type Folder<'a> = Vec<(&'a Source, &'a Outline)>;

/// Everything that the parser refuses, as far as one fault does not hide another.
pub(crate) fn faults(folders: &BTreeMap<String, Folder<'_>>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut groups = Vec::new();
    for files in folders.values() {
        match folder(files) {
            Ok(group) => groups.push(group),
            Err(found) => faults.extend(found),
        }
    }
    // Names of a package that could not be read would be missing in the others.
    if faults.is_empty() {
        faults.extend(together(groups, folders));
    }
    faults
}

fn folder(files: &Folder<'_>) -> Result<UnresolvedPackageGroup, Vec<Fault>> {
    // The parser panics on these.
    let doubled: Vec<Fault> = files
        .iter()
        .flat_map(|(s, outline)| doubled(s, outline))
        .collect();
    if !doubled.is_empty() {
        return Err(doubled);
    }
    let (map, error) = match parse(files) {
        Some(Ok(group)) => return Ok(group),
        Some(Err((map, error))) => (Some(map), Some(error)),
        None => (None, None),
    };
    // Each file on its own: one that is broken does not hide another, and places
    // need no sum of lengths.
    let mut faults = Vec::new();
    for file in files {
        match parse(&vec![*file]) {
            Some(Ok(_)) => {}
            Some(Err((map, error))) => {
                let own = matches!(
                    error.kind(),
                    ParseErrorKind::Lex(_) | ParseErrorKind::Syntax { .. }
                );
                // What another file of the package declares is missing here.
                if own && error.kind().span().is_known() {
                    faults.push(parse_fault(&map, &error, file.0));
                }
            }
            None => faults.push(Fault::new(
                Rule::Syntax,
                &file.0.path,
                None,
                "the wit parser cannot cope with this file",
            )),
        }
    }
    if faults.is_empty()
        && let Some((first, outline)) = files.first()
    {
        let fault = match (map, error) {
            (Some(map), Some(error)) => {
                let fault = parse_fault(&map, &error, first);
                if files.len() == 1 && fault.missing.is_some() {
                    faults.extend(unresolved(first, outline));
                }
                fault
            }
            _ => Fault::new(
                Rule::Syntax,
                &first.path,
                None,
                "the wit parser cannot cope with the files of this folder",
            ),
        };
        faults.push(fault);
    }
    Err(faults)
}

/// None if the parser panics.
fn parse(files: &Folder<'_>) -> Option<Result<UnresolvedPackageGroup, (SourceMap, ParseError)>> {
    // It works on values of this call alone, so nothing is left half done.
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut map = SourceMap::new();
        for (source, outline) in files {
            map.push_str(&source.path, harmless(&source.text, outline));
        }
        map.parse()
    }))
    .ok()
}

/// The text with as many blanks for each comment that the parser panics on.
fn harmless(text: &str, outline: &Outline) -> String {
    let mut text = text.to_owned();
    for at in &outline.empty_comments {
        text.replace_range(at.clone(), &" ".repeat(at.len()));
    }
    text
}

/// Declarations with two gates.
fn doubled(source: &Source, outline: &Outline) -> Vec<Fault> {
    let mut faults = Vec::new();
    for item in &outline.items {
        let mut gates = item.stability();
        let Some(first) = gates.next() else {
            continue;
        };
        for gate in gates {
            let message = if gate.name == first.name {
                format!("{} has @{} twice", item.name.text, gate.name)
            } else {
                format!(
                    "{} has both @{} and @{}",
                    item.name.text, first.name, gate.name
                )
            };
            let at = Some(gate.at.clone());
            let mut fault = Fault::new(Rule::GateDoubled, &source.path, at, message);
            fault.help = Some("keep the one that holds".to_owned());
            faults.push(fault);
        }
    }
    faults
}

/// A place as the parser keeps it: the file, and the bytes in it.
fn place(map: &SourceMap, span: Span, otherwise: &str) -> (String, Option<Range<usize>>) {
    match map.resolve_span(span) {
        Some(place) => (place.path.to_owned(), Some(place.range)),
        None => (otherwise.to_owned(), None),
    }
}

fn parse_fault(map: &SourceMap, error: &ParseError, first: &Source) -> Fault {
    let kind = error.kind();
    let (file, at) = place(map, kind.span(), &first.path);
    let rule = match kind {
        ParseErrorKind::ItemNotFound { .. } | ParseErrorKind::TypeCycle { .. } => Rule::Unresolved,
        _ => Rule::Syntax,
    };
    let mut fault = Fault::new(rule, &file, at, "");
    (fault.message, fault.help) = message(&kind.to_string());
    if let ParseErrorKind::ItemNotFound { name, kind, .. } = kind
        && kind == OF_PACKAGE
    {
        fault.missing = Some(name.clone());
    }
    fault
}

/// What the parser calls that which another file of the package may declare. Names of
/// types are declared where they are used, or brought there.
const OF_PACKAGE: &str = "interface or world";

/// A name in a file alone that nothing declares, whatever the others of its package
/// hold.
fn unresolved(source: &Source, outline: &Outline) -> Option<Fault> {
    let rest = Source {
        path: String::new(),
        text: alone::Rest::of(outline).text(),
    };
    let blank = Outline::default();
    let (map, error) = parse(&vec![(source, outline), (&rest, &blank)])?.err()?;
    let fault = parse_fault(&map, &error, source);
    // A `use` outside of interfaces gives names that were not made up.
    let own = fault.rule == Rule::Unresolved && fault.file == source.path;
    (own && fault.missing.is_none()).then_some(fault)
}

/// A text of the parser: the first line says what is wrong, the others what to do.
fn message(text: &str) -> (String, Option<String>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let rest: Vec<&str> = rest.split_whitespace().collect();
    let help = (!rest.is_empty()).then(|| rest.join(" "));
    let mut letters = first.chars();
    let first = match letters.next() {
        Some(letter) => letter.to_lowercase().chain(letters).collect(),
        None => "the wit parser refuses this".to_owned(),
    };
    (first, help)
}

/// Whether the packages fit together.
fn together(
    mut groups: Vec<UnresolvedPackageGroup>,
    folders: &BTreeMap<String, Folder<'_>>,
) -> Option<Fault> {
    let main = groups.pop()?;
    let first = folders.values().flatten().next()?.0;
    let mut resolve = Resolve {
        // Unstable interfaces are part of the specification, too.
        all_features: true,
        ..Resolve::default()
    };
    let pushed = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let error = resolve.push_groups(main, groups).err()?;
        let kind = error.kind();
        let (file, at) = place(&resolve.source_map, kind.span(), &first.path);
        let mut fault = Fault::new(Rule::Unresolved, &file, at, "");
        (fault.message, fault.help) = message(&kind.to_string());
        if let ResolveErrorKind::PackageNotFound {
            requested, known, ..
        } = kind
        {
            fault.message = format!("there is no package {requested} among these files");
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            fault.help = Some(format!("these files hold {}", known.join(", ")));
            fault.missing = Some(requested.to_string());
        }
        // The gates are checked with the places of their versions.
        if fault
            .message
            .starts_with("feature gate cannot reference unreleased")
        {
            fault.rule = Rule::GateVersion;
        } else if fault
            .message
            .contains("contains a feature gate with a version")
        {
            fault.rule = Rule::PackageVersion;
        }
        Some(fault)
    }));
    pushed.unwrap_or_else(|_| {
        Some(Fault::new(
            Rule::Unresolved,
            &first.path,
            None,
            "the wit parser cannot bring these packages together",
        ))
    })
}
