//! Keeps files: streams in and out, ranges, conditions, folders, many at a time.

use crate::machine::{Machine, Run, assert_is, on_each};

const RUNS: [Run; 5] = [
    Run::new("local", "local", ""),
    Run::new("nats", "nats", "NATS_URL"),
    Run::new("seaweedfs", "s3/seaweedfs", "S3_ENDPOINT"),
    Run::new("azurite", "azure-blob/azurite", "AZURITE_ENDPOINT"),
    Run::new("fake-gcs-server", "gcs/fake-gcs-server", "GCS_ENDPOINT"),
];

/// More than a part of any service has.
const LARGE: usize = 12 << 20;

#[test]
fn files_are_kept_alike_everywhere() {
    let large: String = (0..LARGE / 8)
        .map(|number| format!("{number:07}\n"))
        .collect();
    on_each("shelf", &RUNS, |machine| answers(machine, &large));
}

/// What each command said, after it was compared where it has to be something.
fn answers(machine: &Machine<'_>, large: &str) -> String {
    let mut answers = String::new();
    let mut said = |arguments: &[&str], input: &str, code| {
        let done = machine.run(arguments, input.as_bytes()).expect(code);
        assert_is("shelf", &done);
        // Behind what the host tells.
        let complaint = done.stderr.split("shelf: ").nth(1).unwrap_or_default();
        answers.push_str(&format!(
            "{arguments:?} {code} {complaint}{}\n",
            done.stdout
        ));
        (done.stdout, complaint.to_owned())
    };
    let menu = "soup\nbread\n";
    said(&["put", "menus/monday", "text/plain"], menu, 0);
    let (_, complaint) = said(&["put", "menus/monday"], "cake\n", 1);
    assert_eq!(complaint, "there is a `menus/monday` already\n");
    assert_eq!(said(&["get", "menus/monday"], "", 0).0, menu);
    said(&["replace", "menus/monday"], "cake\n", 0);
    assert_eq!(said(&["get", "menus/monday", "1..3"], "", 0).0, "ak");
    said(&["replace", "menus/sunday"], "cake\n", 1);

    said(&["put", "large"], large, 0);
    let (back, _) = said(&["get", "large"], "", 0);
    assert!(back == large, "{} of {} bytes", back.len(), large.len());
    let (end, _) = said(&["get", "large", &format!("{}..", LARGE - 3)], "", 0);
    assert_eq!(end, large.get(LARGE - 3..).unwrap());

    let all = format!("{LARGE:>12}  large\n      folder  menus/\n");
    assert_eq!(said(&["list"], "", 0).0, all);
    assert_eq!(
        said(&["list", "menus/"], "", 0).0,
        "           5  menus/monday\n"
    );
    said(&["remove", "large", "menus/monday", "never"], "", 0);
    assert_eq!(said(&["list"], "", 0).0, "");
    let (_, complaint) = said(&["get", "large"], "", 1);
    assert_eq!(complaint, "there is no `large`\n");
    answers
}
