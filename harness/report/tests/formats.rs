//! Each format over one made-up run that has every verdict.

#[path = "../../model/tests/sample/mod.rs"]
mod sample;

use std::path::Path;

use conformance_model::{Event, EventLine, RunReport};
use conformance_report::{ReportError, events, files, json, junit, markdown, tty};

fn shown(report: &RunReport, width: usize) -> String {
    let options = tty::Options {
        width,
        folder: Some(Path::new("target/report")),
    };
    anstream::adapter::strip_str(&tty::render(report, options)).to_string()
}

/// The report of the first providers alone.
fn of_providers(names: &[&str]) -> RunReport {
    let mut lines = sample::events();
    for line in &mut lines {
        if let Event::RunStarted { providers, .. } = &mut line.event {
            providers.retain(|name| names.contains(&name.as_str()));
        }
    }
    lines.retain(|line| match &line.event {
        Event::ProviderStarted { provider, .. } => names.contains(&provider.name.as_str()),
        Event::SetupFailed { provider, .. }
        | Event::CaseStarted { provider, .. }
        | Event::CaseFinished { provider, .. }
        | Event::ProviderFinished { provider, .. }
        | Event::Note {
            provider: Some(provider),
            ..
        } => names.contains(&provider.as_str()),
        _ => true,
    });
    RunReport::fold(&lines, sample::catalog()).unwrap()
}

#[test]
fn terminal() {
    insta::assert_snapshot!(shown(&sample::report(), 80));
}

#[test]
fn terminal_of_a_good_run() {
    insta::assert_snapshot!(shown(&of_providers(&["good"]), 80));
}

#[test]
fn terminal_where_nothing_could_be_set_up() {
    insta::assert_snapshot!(shown(&of_providers(&["gone"]), 80));
}

#[test]
fn no_line_but_a_command_is_wider_than_the_terminal() {
    for width in [60, 80, 120] {
        for line in shown(&sample::report(), width).lines() {
            let fits = line.chars().count() <= width || line.starts_with("  again ");
            assert!(fits, "{width}: {line}");
        }
    }
}

#[test]
fn colours_are_ours_alone() {
    let text = tty::render(&sample::report(), tty::Options::default());
    assert!(text.contains("\u{1b}[31m"));
    assert!(!text.contains("\u{1b}[2J"));
}

#[test]
fn junit_xml() {
    insta::assert_snapshot!(junit::render(&sample::report()).unwrap());
}

#[test]
fn junit_blames_the_provider_for_a_timeout() {
    let xml = junit::render(&sample::report()).unwrap();
    let kind = |id: &str| {
        let after = xml.split(&format!("name=\"{id}\"")).nth(2);
        let body = after.unwrap().split("</testcase>").next().unwrap();
        (body.contains("<failure"), body.contains("<error"))
    };
    assert_eq!(kind("kv.set.hangs"), (true, false));
    assert_eq!(kind("kv.set.lost"), (false, true));
}

#[test]
fn page() {
    insta::assert_snapshot!(markdown::render(&sample::report()));
}

#[test]
fn report_json() {
    // The schema and the fold have tests of their own; this one is for the eye.
    let report = of_providers(&["good"]);
    let text = json::render(&report).unwrap();
    insta::assert_snapshot!(text);
    assert_eq!(json::parse(&text).unwrap(), report);
}

#[test]
fn what_is_no_report_is_refused() {
    assert!(matches!(json::parse("{"), Err(ReportError::Json(_))));
    assert!(matches!(json::parse("{}"), Err(ReportError::Json(_))));
    assert!(matches!(
        json::parse(r#"{"schema_version": 99}"#),
        Err(ReportError::Version { found: 99, .. })
    ));
}

#[test]
fn events_are_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let mut writer = events::EventWriter::create(&file).unwrap();
    for line in sample::events() {
        writer.write(&line).unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let back: Vec<EventLine> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(back, sample::events());
    insta::assert_snapshot!(text.lines().take(6).collect::<Vec<_>>().join("\n"));
}

#[test]
fn files_are_written_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("a/b");
    let mut writer = files::events(&folder).unwrap();
    writer.write(&sample::events()[0]).unwrap();
    for _ in 0..2 {
        let written = files::write_all(&folder, &sample::report()).unwrap();
        assert_eq!(written.len(), 3);
    }
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["events.jsonl", "junit.xml", "report.json", "report.md"]
    );
    let text = std::fs::read_to_string(folder.join("report.json")).unwrap();
    assert_eq!(json::parse(&text).unwrap(), sample::report());
}

#[test]
fn a_folder_that_cannot_be_used_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = files::write_all(&path, &sample::report()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("--report-dir"), "{text}");
        assert!(text.contains(&path.display().to_string()), "{text}");
    }
    let error = files::prepare(Path::new("/proc/nothing")).unwrap_err();
    assert!(error.to_string().contains("--report-dir"));
}
