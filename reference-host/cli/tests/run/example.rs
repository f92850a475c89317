//! The example application, from one manifest to the next.

use std::process::Stdio;

use crate::apps::Place;
use crate::support::{Done, example, finish_with};

const BALLOTS: &str = "ada pizza\nalan sushi\ngrace pizza\n";
const RESULT: &str =
    "poll lunch: 3 ballots\n     2  pizza\n     1  sushi\nthe running totals agree\n";

fn place(stores: &str) -> Place {
    let app = std::fs::read(example("tally")).unwrap();
    Place::new(
        &app,
        &format!("schema-version = 1\nscope = \"test\"\n{stores}"),
    )
}

fn stores(ballots: &str, totals: &str) -> String {
    format!(
        "[keyvalue.ballots]\nprovider = \"{ballots}\"\n[keyvalue.totals]\nprovider = \"{totals}\"\n"
    )
}

fn vote(place: &Place, ballots: &str) -> Done {
    finish_with(&mut place.command(&[]), ballots.as_bytes())
}

#[test]
fn it_runs_on_memory() {
    let place = place(&stores("memory", "memory"));
    let done = vote(&place, BALLOTS).expect(0);
    assert_eq!(done.stdout, RESULT);
    assert_eq!(
        done.stderr,
        "3 new, 0 changed, 0 as before; receipts are kept for an hour\n"
    );
    // Data of the memory provider ends with the process.
    vote(&place, BALLOTS).expect(0).says("3 new");
}

#[test]
fn what_was_stored_stays() {
    let place = place(&format!(
        "{}[providers.disk]\nkind = \"local\"\ndirectory = \"data\"\n",
        stores("disk", "disk")
    ));
    assert_eq!(vote(&place, BALLOTS).expect(0).stdout, RESULT);
    assert!(place.path().join("data").is_dir());
    let again = vote(&place, BALLOTS)
        .expect(0)
        .says("0 new, 0 changed, 3 as before");
    assert_eq!(again.stdout, RESULT);
    let changed = vote(&place, "ada sushi\n").expect(0).says("1 changed");
    assert_eq!(
        changed.stdout,
        "poll lunch: 3 ballots\n     2  sushi\n     1  pizza\nthe running totals agree\n"
    );
    // A store more, in the same scope, on the same service.
    let manifest = std::fs::read_to_string(place.manifest()).unwrap();
    let more = "\n[keyvalue.further]\nprovider = \"disk\"\n";
    std::fs::write(place.manifest(), manifest + more).unwrap();
    vote(&place, "").expect(0);
}

#[test]
fn only_names_of_the_manifest_can_be_opened() {
    for stores in [
        "",
        "[keyvalue.ballots]\nprovider = \"memory\"\n",
        "[keyvalue.ballots]\nprovider = \"memory\"\n[keyvalue.others]\nprovider = \"memory\"\nstore = \"totals\"\n",
    ] {
        vote(&place(stores), BALLOTS)
            .expect(1)
            .says("tally: the store answers Error::AccessDenied");
    }
    // Whoever runs it may ask what was refused.
    let place = place("[keyvalue.ballots]\nprovider = \"memory\"\n");
    finish_with(&mut place.command(&["--verbose"]), BALLOTS.as_bytes())
        .expect(1)
        .says("refused: the component asks for \"keyvalue\" \"totals\"");
}

#[test]
fn standard_output_is_the_guests_alone() {
    let place = place(&stores("memory", "memory"));
    let done = finish_with(&mut place.command(&["--verbose"]), BALLOTS.as_bytes()).expect(0);
    assert_eq!(done.stdout, RESULT);
    let digest = reference_host::Digest::of(&std::fs::read(example("tally")).unwrap());
    done.says(&format!("app.wasm sha256:{digest}"))
        .says("keyvalue `ballots` is `test--ballots` of memory");
}

#[test]
fn a_reader_that_went_away_is_the_guests_to_handle() {
    let place = place(&stores("memory", "memory"));
    let mut child = place.command(&[]).stdin(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    let done: Done = child.wait_with_output().unwrap().into();
    done.expect(1).says("standard output cannot be written");
}
