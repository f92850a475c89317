//! What the folds make of a run.

mod sample;

use conformance_model::{
    Blame, CellState, Conclusion, Event, EventLine, ExitCode, FoldError, Level, Matrix, ReportFold,
    RowKind, RunReport, Status, Verdict,
};

/// The events of a run of one provider in which some cases have other verdicts
/// than a pass.
fn run_with(changed: &[(&str, Verdict)]) -> Vec<EventLine> {
    let mut events = sample::events();
    for line in &mut events {
        if let Event::RunStarted { providers, .. } = &mut line.event {
            providers.retain(|name| name == "good");
        }
        if let Event::CaseFinished { case, verdict, .. } = &mut line.event {
            let other = changed.iter().find(|(id, _)| id == case);
            if let Some((_, other)) = other {
                *verdict = other.clone();
            }
        }
    }
    events.retain(|line| match &line.event {
        Event::ProviderStarted { provider, .. } => provider.name == "good",
        Event::CaseStarted { provider, .. }
        | Event::CaseFinished { provider, .. }
        | Event::ProviderFinished { provider, .. } => provider == "good",
        Event::SetupFailed { .. } | Event::Note { .. } => false,
        _ => true,
    });
    events
}

fn fold(events: &[EventLine]) -> RunReport {
    RunReport::fold(events, sample::catalog()).unwrap()
}

fn exit(changed: &[(&str, Verdict)]) -> ExitCode {
    ExitCode::of(&fold(&run_with(changed)))
}

#[test]
fn every_status_occurs_once_each_case_is_there() {
    let report = sample::report();
    for status in Status::ALL {
        let seen = report.tests().any(|(_, test)| test.status == status);
        assert!(seen, "{}", status.as_str());
    }
    for provider in &report.providers {
        assert_eq!(provider.tests.len(), sample::catalog().cases.len());
        assert_eq!(provider.counts.all().total(), provider.tests.len() as u64);
    }
}

#[test]
fn conclusions() {
    let report = sample::report();
    let words: Vec<Conclusion> = report.providers.iter().map(|p| p.conclusion).collect();
    assert_eq!(
        words,
        [
            Conclusion::Conformant,
            Conclusion::NotConformant,
            Conclusion::Error
        ]
    );
    assert!(report.providers[0].reasons.is_empty());
    let reasons = report.providers[1].reasons.join("\n");
    assert!(reasons.contains("kv.set.replaces"), "{reasons}");
    assert!(reasons.contains("kv.set.lost"), "{reasons}");
    let gone = &report.providers[2];
    assert_eq!(
        gone.counts.must.of(Status::NotRun),
        gone.counts.must.total()
    );
}

#[test]
fn features_fall_into_one_list_each() {
    let report = sample::report();
    let good = &report.providers[0].features;
    assert_eq!(
        good.verified,
        ["kv.store", "kv.list.ordered", "kv.cas", "kv.batch"]
    );
    assert_eq!(good.refused, ["kv.counters"]);
    let bad = &report.providers[1].features;
    assert_eq!(bad.overclaimed, ["kv.store", "kv.cas"]);
    assert_eq!(bad.underclaimed, ["kv.batch"]);
    assert_eq!(bad.refused, ["kv.counters"]);
    assert_eq!(bad.unproved, ["kv.list.ordered"]);
}

#[test]
fn exit_codes() {
    let pass = exit(&[]);
    assert_eq!(pass, ExitCode::Conformant);
    let because = Verdict::because;
    let get = "kv.get.missing";
    assert_eq!(
        exit(&[(get, because(Status::Fail, "x"))]),
        ExitCode::NotConformant
    );
    assert_eq!(
        exit(&[(get, because(Status::Xpass, "x"))]),
        ExitCode::NotConformant
    );
    assert_eq!(
        exit(&[(get, because(Status::Xfail, "x"))]),
        ExitCode::Conformant
    );
    assert_eq!(
        exit(&[(get, because(Status::Error, "x"))]),
        ExitCode::Environment
    );
    assert_eq!(
        exit(&[(get, because(Status::Error, "x").blamed_on(Blame::Harness))]),
        ExitCode::Harness
    );
    // A SHOULD that does not hold is shown, and no more.
    assert_eq!(
        exit(&[("kv.list.full", because(Status::Fail, "x"))]),
        ExitCode::Conformant
    );
    // A failure stays true when the environment is repaired.
    let both = [
        (get, because(Status::Error, "x")),
        ("kv.get.latest", because(Status::Fail, "x")),
    ];
    assert_eq!(exit(&both), ExitCode::NotConformant);
    let all: Vec<_> = sample::catalog()
        .cases
        .iter()
        .map(|case| case.id.clone())
        .collect();
    let skipped: Vec<_> = all
        .iter()
        .map(|id| (id.as_str(), because(Status::Skip, "x")))
        .collect();
    assert_eq!(exit(&skipped), ExitCode::NothingRan);
}

#[test]
fn a_provider_that_could_not_be_set_up_is_an_environment_error() {
    let mut events = run_with(&[]);
    events.retain(|line| {
        matches!(
            line.event,
            Event::RunStarted { .. } | Event::RunFinished { .. }
        )
    });
    let failed = Event::SetupFailed {
        provider: "good".to_owned(),
        reason: "no such file".to_owned(),
    };
    events.insert(1, EventLine::new(1, failed));
    let report = fold(&events);
    assert_eq!(ExitCode::of(&report), ExitCode::Environment);
    assert_eq!(report.run.exit_code, 3);
}

#[test]
fn a_fault_of_the_harness_outweighs_everything() {
    let mut events = run_with(&[]);
    let fault = Event::Fault {
        provider: None,
        text: "a worker panicked".to_owned(),
    };
    events.insert(1, EventLine::new(1, fault));
    let report = fold(&events);
    assert_eq!(ExitCode::of(&report), ExitCode::Harness);
    assert!(!report.run.publishable);
}

#[test]
fn a_stream_that_breaks_off_is_a_report() {
    let events = run_with(&[]);
    for length in 1..events.len() {
        let report = fold(&events[..length]);
        assert!(!report.run.complete);
        assert!(!report.run.publishable);
        assert_eq!(
            report.providers[0].tests.len(),
            sample::catalog().cases.len()
        );
    }
    let report = fold(&events[..4]);
    assert_eq!(report.providers[0].tests[1].status, Status::NotRun);
    assert_eq!(ExitCode::of(&report), ExitCode::Environment);
}

#[test]
fn repetitions_are_kept_and_a_mixture_is_flaky() {
    let mut events = run_with(&[]);
    let again = |status| {
        EventLine::new(
            9,
            Event::CaseFinished {
                provider: "good".to_owned(),
                case: "kv.get.missing".to_owned(),
                repetition: 2,
                attempts: 1,
                duration_ms: 1.0,
                verdict: Verdict::because(status, "the value was there"),
            },
        )
    };
    let end = events.len() - 1;
    events.insert(end, again(Status::Fail));
    let report = fold(&events);
    let test = &report.providers[0].tests[0];
    assert_eq!(test.status, Status::Flaky);
    assert_eq!(test.counts.of(Status::Pass), 1);
    assert_eq!(test.counts.of(Status::Fail), 1);
    assert_eq!(test.attempts.len(), 2);
    assert!(test.is_red());
    assert_eq!(ExitCode::of(&report), ExitCode::NotConformant);

    events[end] = again(Status::Error);
    let report = fold(&events);
    assert_eq!(report.providers[0].tests[0].status, Status::Error);
}

#[test]
fn the_exit_code_so_far_is_that_of_the_report_so_far() {
    let mut events = run_with(&[]);
    let end = events.len() - 1;
    for repetition in 2..200 {
        let mut again = events[3].clone();
        if let Event::CaseFinished {
            repetition: number,
            verdict,
            ..
        } = &mut again.event
        {
            *number = repetition;
            if repetition == 150 {
                *verdict = Verdict::because(Status::Fail, "the value was there");
            }
        }
        events.insert(end, again);
    }
    let mut so_far = ReportFold::new(sample::catalog());
    for line in &events {
        so_far.push(line).unwrap();
        let report = so_far.clone().finish().unwrap();
        assert_eq!(so_far.exit_code(), Ok(ExitCode::of(&report)));
    }
    assert_eq!(so_far.exit_code(), Ok(ExitCode::NotConformant));
    assert_eq!(
        so_far.push(&events[3]).unwrap_err(),
        FoldError::AfterEnd,
        "it is over"
    );
    let mut twice = ReportFold::new(sample::catalog());
    for line in &events[..4] {
        twice.push(line).unwrap();
    }
    assert!(matches!(
        twice.push(&events[3]),
        Err(FoldError::EndedTwice(_))
    ));
}

#[test]
fn a_missing_core_feature_is_not_conformant() {
    let mut events = run_with(&[]);
    for line in &mut events {
        if let Event::ProviderStarted { provider, .. } = &mut line.event {
            provider.features.retain(|id| id != "kv.store");
        }
    }
    let report = fold(&events);
    assert_eq!(report.providers[0].conclusion, Conclusion::NotConformant);
    assert!(report.providers[0].reasons[0].contains("kv.store"));
}

#[test]
fn what_is_no_stream_is_refused() {
    let events = sample::events();
    let mut fold = ReportFold::new(sample::catalog());
    assert_eq!(fold.push(&events[1]), Err(FoldError::NotStarted));
    fold.push(&events[0]).unwrap();
    assert_eq!(fold.push(&events[0]), Err(FoldError::StartedTwice));
    let mut unknown = events[2].clone();
    if let Event::CaseStarted { provider, .. } = &mut unknown.event {
        "nobody".clone_into(provider);
    }
    assert!(matches!(
        fold.push(&unknown),
        Err(FoldError::UnknownProvider(_))
    ));
    if let Event::CaseStarted { case, .. } = &mut unknown.event {
        "kv.nothing".clone_into(case);
    }
    assert!(matches!(
        fold.push(&unknown),
        Err(FoldError::UnknownCase(_))
    ));
    let mut newer = events[1].clone();
    newer.schema_version = 99;
    assert_eq!(fold.push(&newer), Err(FoldError::Version(99)));
    for line in &events[1..] {
        fold.push(line).unwrap();
    }
    assert_eq!(fold.push(&events[1]), Err(FoldError::AfterEnd));
    assert_eq!(fold.exit_code(), Ok(ExitCode::NotConformant));
}

#[test]
fn a_case_that_nobody_asked_for_is_skipped_not_gone() {
    let mut events = run_with(&[]);
    let get = "kv.get.missing";
    if let Event::RunStarted { cases, run, .. } = &mut events[0].event {
        cases.retain(|id| id == get);
        run.filters = vec!["--run kv.get.missing".to_owned()];
    }
    events.retain(|line| match &line.event {
        Event::CaseStarted { case, .. } | Event::CaseFinished { case, .. } => case == get,
        _ => true,
    });
    let report = fold(&events);
    let provider = &report.providers[0];
    assert_eq!(provider.tests.len(), sample::catalog().cases.len());
    assert_eq!(provider.counts.all().of(Status::Pass), 1);
    assert_eq!(provider.conclusion, Conclusion::Partial);
    let reason = provider.tests[1].reason.as_deref().unwrap();
    assert_eq!(reason, "not selected by --run kv.get.missing");
    assert_eq!(ExitCode::of(&report), ExitCode::Conformant);
    let matrix = Matrix::fold([&report]);
    assert_eq!(matrix.rows[0].cells[0].state, CellState::Partial);
    assert_eq!(matrix.rows[3].cells[0].state, CellState::NotRun);
}

#[test]
fn the_matrix_has_a_cell_for_everything() {
    let report = sample::report();
    let matrix = Matrix::fold([&report]);
    assert_eq!(matrix.columns.len(), 3);
    assert_eq!(matrix.rows[0].kind, RowKind::Capability);
    let ids: Vec<&str> = matrix.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "keyvalue",
            "kv.store",
            "kv.list.ordered",
            "kv.cas",
            "kv.counters",
            "kv.batch"
        ]
    );
    assert!(matrix.rows.iter().all(|row| row.cells.len() == 3));
    let cell = |row: usize, column: usize| &matrix.rows[row].cells[column];
    assert_eq!(cell(0, 0).text(), "15/15 MUST, 1/1 SHOULD");
    assert_eq!(cell(3, 0).text(), "2/2 MUST");
    assert_eq!(cell(4, 0).text(), "unsupported (refusal proved)");
    assert_eq!(cell(2, 1).state, CellState::NotDeclared);
    assert_eq!(cell(3, 1).text(), "1 failing, 1/2 MUST");
    assert_eq!(cell(0, 2).text(), "not run");
    // Side by side with itself.
    assert_eq!(Matrix::fold([&report, &report]).columns.len(), 6);
}

#[test]
fn the_command_to_repeat_a_case_survives_a_shell() {
    let mut events = run_with(&[]);
    for line in &mut events {
        if let Event::ProviderStarted { provider, .. } = &mut line.event {
            provider.arguments = vec!["--set".to_owned(), "dir=it's here".to_owned()];
        }
    }
    let report = fold(&events);
    assert_eq!(
        report.providers[0].tests[0].repro,
        r"conformance --provider good --set 'dir=it'\''s here' --run kv.get.missing --seed 42"
    );
}

#[test]
fn an_unexpected_pass_is_repeated_with_the_list() {
    let xpass = Verdict::because(Status::Xpass, "it passes");
    let mut events = run_with(&[("kv.get.missing", xpass)]);
    for line in &mut events {
        if let Event::RunStarted { run, .. } = &mut line.event {
            let list = ["--expected-failures", "FILE"].map(str::to_owned);
            run.command.extend(list);
        }
    }
    let report = fold(&events);
    let repro = |number: usize| report.providers[0].tests[number].repro.as_str();
    assert!(repro(0).ends_with("--seed 42 --expected-failures FILE"));
    assert!(repro(1).ends_with("--seed 42"));
}

#[test]
fn only_faults_outside_the_provider_are_red_below_must() {
    let red: Vec<Status> = Status::ALL
        .into_iter()
        .filter(|status| status.is_red_at(Level::Should))
        .collect();
    assert_eq!(red, [Status::Error, Status::Xpass, Status::NotRun]);
}
