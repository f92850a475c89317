//! The coverage as one file of HTML that needs nothing else: no network, no font, no
//! library. Without a script everything is shown; with one it can be searched. Every
//! text comes from elsewhere and is escaped on its way in.

use conformance_model::{
    CaseCoverage, CaseStatus, ClauseCoverage, Coverage, CoverageCount, CoverageTotal,
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page.
#[must_use]
pub fn page(coverage: &Coverage) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Clauses and cases</title>\n",
    );
    out.push_str(&format!("<style>\n{STYLE}</style>\n</head>\n<body>\n"));
    out.push_str(&head(coverage));
    out.push_str(&totals(coverage));
    out.push_str("<section id=\"clauses\">\n<h2>Clauses, and the cases that prove them</h2>\n");
    for entry in &coverage.clauses {
        out.push_str(&clause(entry));
    }
    out.push_str("</section>\n<section id=\"cases\">\n");
    out.push_str("<h2>Cases, and the clauses that they prove</h2>\n");
    for case in &coverage.cases {
        out.push_str(&one_case(case));
    }
    out.push_str("</section>\n");
    out.push_str(&format!("<script>\n{SCRIPT}</script>\n</body>\n</html>\n"));
    out
}

/// The title, the verdict, what is missing, and where to search.
fn head(coverage: &Coverage) -> String {
    let missing: Vec<String> = coverage
        .missing()
        .map(|entry| to_clause(&entry.clause.id))
        .collect();
    let verdict = if missing.is_empty() {
        "<p class=\"good\">Every MUST of a stable interface is proved.</p>".to_owned()
    } else {
        format!(
            "<p class=\"bad\">Proved by nothing: {}</p>",
            missing.join(" ")
        )
    };
    let others: Vec<String> = coverage
        .uncovered()
        .filter(|entry| !entry.clause.word.is_must())
        .map(|entry| to_clause(&entry.clause.id))
        .collect();
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("<p>Uncovered, and no MUST: {}</p>\n", others.join(" "))
    };
    let dangling: Vec<String> = coverage
        .dangling()
        .map(|(case, id)| format!("{} cites {}", to_case(&case.id), escape(id)))
        .collect();
    let dangling = if dangling.is_empty() {
        String::new()
    } else {
        format!(
            "<p class=\"bad\">Clauses that no text has: {}</p>\n",
            dangling.join(", ")
        )
    };
    format!(
        "<header>\n<h1>Clauses and cases</h1>\n<p>{} clauses, {} cases. \
         <a href=\"#clauses\">Clauses</a> <a href=\"#cases\">Cases</a></p>\n{verdict}\n{others}{dangling}\
         <form id=\"filter\" hidden>\n<label>Search <input type=\"search\" id=\"query\" \
         placeholder=\"id, word, text\"></label>\n<label>Show <select id=\"proof\">\
         <option value=\"\">all</option><option value=\"cases\">proved by cases</option>\
         <option value=\"elsewhere\">proved elsewhere</option>\
         <option value=\"nothing\">uncovered</option>\
         <option value=\"not-asked\">unstable, no case yet</option></select></label>\n\
         <output id=\"found\"></output>\n</form>\n</header>\n",
        coverage.clauses.len(),
        coverage.cases.len(),
    )
}

fn totals(coverage: &Coverage) -> String {
    let mut out = String::from(
        "<section id=\"totals\">\n<h2>Totals</h2>\n<div class=\"wide\"><table>\n<thead><tr>\
         <th scope=\"col\">of</th><th scope=\"col\">clauses</th><th scope=\"col\">by cases</th>\
         <th scope=\"col\">elsewhere</th><th scope=\"col\">uncovered</th>\
         <th scope=\"col\">unstable, no case</th><th scope=\"col\">cases</th></tr></thead>\n\
         <tbody>\n",
    );
    for package in &coverage.packages {
        rows(&package.package, "package", &package.total, &mut out);
        for interface in &package.interfaces {
            rows(
                &interface.interface,
                "interface",
                &interface.total,
                &mut out,
            );
        }
    }
    rows("all", "package", &coverage.total, &mut out);
    out.push_str("</tbody>\n</table></div>\n</section>\n");
    out
}

fn rows(name: &str, class: &str, total: &CoverageTotal, out: &mut String) {
    let mut row = |name: &str, class: &str, count: &CoverageCount, cases: String| {
        out.push_str(&format!(
            "<tr class=\"{class}\"><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td>\
             <td{}>{}</td><td>{}</td><td>{cases}</td></tr>\n",
            escape(name),
            count.clauses,
            count.by_cases,
            count.elsewhere,
            if count.uncovered > 0 {
                " class=\"bad\""
            } else {
                ""
            },
            count.uncovered,
            count.not_asked,
        ));
    };
    row(name, class, &total.all, total.cases.to_string());
    for word in &total.words {
        row(word.word.as_str(), "word", &word.count, String::new());
    }
}

fn clause(entry: &ClauseCoverage) -> String {
    let clause = &entry.clause;
    let place = match &clause.item {
        Some(item) => format!("{}/{} {item}", clause.package, clause.interface),
        None => format!("{}/{}", clause.package, clause.interface),
    };
    let feature = entry.feature.as_ref().map_or_else(String::new, |feature| {
        format!(" <span class=\"tag\">{}</span>", escape(feature))
    });
    let cases: Vec<String> = entry.cases.iter().map(|id| to_case(id)).collect();
    let mut proofs = String::new();
    if !cases.is_empty() {
        proofs.push_str(&format!("<p class=\"links\">{}</p>\n", cases.join(" ")));
    }
    for proof in &entry.elsewhere {
        proofs.push_str(&format!(
            "<p>elsewhere: <code>{}</code>, because {}</p>\n",
            escape(&proof.by),
            escape(&proof.why)
        ));
    }
    format!(
        "<article id=\"clause-{id}\" data-proof=\"{proof}\">\n<h3><a href=\"#clause-{id}\">{id}</a> \
         <span class=\"tag\">{word}</span>{feature} <span class=\"tag {proof}\">{words}</span></h3>\n\
         <p>{text}</p>\n<p class=\"place\">{place}, <code>wit/{file}:{line}</code></p>\n\
         {proofs}</article>\n",
        id = escape(&clause.id),
        word = clause.word.as_str(),
        proof = proof_word(entry),
        words = entry.proof.words(),
        text = escape(&clause.text),
        place = escape(&place),
        file = escape(&clause.file),
        line = clause.line,
    )
}

/// The proof as its JSON has it.
fn proof_word(entry: &ClauseCoverage) -> &'static str {
    use conformance_model::Proof;
    match entry.proof {
        Proof::Cases => "cases",
        Proof::Elsewhere => "elsewhere",
        Proof::Nothing => "nothing",
        Proof::NotAsked => "not-asked",
    }
}

fn one_case(case: &CaseCoverage) -> String {
    let clauses: Vec<String> = case
        .clauses
        .iter()
        .map(|id| to_clause(id))
        .chain(
            case.unknown
                .iter()
                .map(|id| format!("<span class=\"bad\">{} (no such clause)</span>", escape(id))),
        )
        .collect();
    let status = match case.status {
        CaseStatus::Stable => "",
        CaseStatus::Provisional => " <span class=\"tag\">provisional</span>",
        CaseStatus::Deprecated => " <span class=\"tag\">deprecated</span>",
    };
    let features: Vec<String> = case
        .requires
        .iter()
        .map(|id| format!(" <span class=\"tag\">{}</span>", escape(id)))
        .chain(
            case.refuses
                .iter()
                .map(|id| format!(" <span class=\"tag\">refuses {}</span>", escape(id))),
        )
        .collect();
    format!(
        "<article id=\"case-{id}\">\n<h3><a href=\"#case-{id}\">{id}</a> \
         <span class=\"tag\">{level}</span>{features}{status}</h3>\n<p>{title}</p>\n\
         <p class=\"place\"><code>{source}</code>, {lane}</p>\n<p class=\"links\">{clauses}</p>\n\
         </article>\n",
        id = escape(&case.id),
        level = case.level.word(),
        features = features.concat(),
        title = escape(&case.title),
        source = escape(&case.source),
        lane = case.lane.as_str(),
        clauses = clauses.join(" "),
    )
}

fn to_clause(id: &str) -> String {
    format!("<a href=\"#clause-{0}\">{0}</a>", escape(id))
}

fn to_case(id: &str) -> String {
    format!("<a href=\"#case-{0}\">{0}</a>", escape(id))
}

/// A text as HTML, also within an attribute in quotes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::text::plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
