//! `conformance selftest --controls`: real services that are known to be wrong.
//! The cases that their lists name must fail, and no others.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::{Settings, Target};
use conformance_model::{Event, ExitCode, Status};
use conformance_runner::{
    ExpectedFailures, Harness, LaunchOptions, RunOptions, Selection, Sink, Subject, open_provider,
    plan, run_provider,
};

use crate::{Failure, output, registry};

/// How often everything runs: what is wrong only in a race shows in one of them.
const REPETITIONS: u32 = 3;

/// Runs every control that can be stood up here.
pub(crate) async fn run(harness: &Harness, options: &RunOptions) -> Result<u8, Failure> {
    let mut code = ExitCode::Conformant;
    let mut ran = 0;
    let controls = registry::targets()
        .filter(|target| target.flavour.is_some_and(|flavour| flavour.is_control));
    for target in controls {
        let id = target.id();
        let expected = ExpectedFailures::of_flavour(&target, harness.suite.cases())
            .map_err(Failure::harness)?;
        let expected: BTreeSet<String> = expected.ids().map(str::to_owned).collect();
        let convicted = match convict(harness, &target, options).await {
            Ok(convicted) => convicted,
            Err(reason) => {
                output::print(&format!("{id}: NOT RUN: {reason}\n"))?;
                code = ExitCode::Environment;
                continue;
            }
        };
        ran += 1;
        let caught = expected.intersection(&convicted).count();
        output::print(&format!(
            "{id}: {caught} of {} known faults found in {REPETITIONS} repetitions\n",
            expected.len()
        ))?;
        for case in expected.difference(&convicted) {
            output::print(&format!("  {case}: should fail, and did not\n"))?;
        }
        for case in convicted.difference(&expected) {
            output::print(&format!("  {case}: failed, and is not known to\n"))?;
        }
        if expected != convicted {
            code = ExitCode::NotConformant;
        }
    }
    if ran == 0 && code == ExitCode::Conformant {
        code = ExitCode::NothingRan;
        output::print("there is no control\n")?;
    }
    Ok(code.code())
}

/// The cases that fail on a service at least once.
async fn convict(
    harness: &Harness,
    target: &Target,
    options: &RunOptions,
) -> Result<BTreeSet<String>, String> {
    let opened = open_provider(target, &Settings::default(), &LaunchOptions::default())
        .await
        .map_err(|error| error.to_string())?;
    let declared = opened.provider.descriptor().features.iter().copied();
    let plan = plan(
        harness.suite.cases(),
        &declared.collect(),
        &Selection::default(),
    );
    let convicted = Arc::new(Mutex::new(BTreeSet::new()));
    let sink: Sink = {
        let convicted = Arc::clone(&convicted);
        Arc::new(move |event| {
            if let Event::CaseFinished { case, verdict, .. } = event
                && !matches!(verdict.status, Status::Pass | Status::Unsupported)
            {
                let mut convicted = convicted.lock().unwrap_or_else(PoisonError::into_inner);
                convicted.insert(case);
            }
        })
    };
    let id = target.id();
    let subject = Subject {
        provider: &opened.provider,
        name: &id,
        mode: opened.mode,
        names: &opened.names,
        health: Some(&opened.health),
    };
    let options = RunOptions {
        repeat: REPETITIONS,
        ..options.clone()
    };
    run_provider(harness, subject, &plan, &options, &sink).await;
    opened.close().await;
    let convicted = std::mem::take(&mut *convicted.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(convicted)
}
