//! Counts a poll. A second run on the same data gives the same result.

use crate::machine::{Run, assert_is, on_each};
use crate::support::repository;

const RUNS: [Run; 11] = [
    Run::new("memory", "memory", ""),
    Run::new("local", "local", ""),
    Run::new("redis", "redis", "REDIS_URL"),
    Run::new("redis", "redis/valkey", "REDIS_URL"),
    Run::new("nats", "nats", "NATS_URL"),
    Run::new("etcd", "etcd", "ETCD_ENDPOINT"),
    Run::new("postgres", "postgres", "DATABASE_URL"),
    Run::new("dynamodb-local", "dynamodb/local", "DYNAMODB_ENDPOINT"),
    Run::new("azurite", "azure-tables/azurite", "AZURITE_ENDPOINT"),
    Run::new(
        "firestore-emulator",
        "firestore/emulator",
        "FIRESTORE_ENDPOINT",
    ),
    Run::new("mixed", "redis", "REDIS_URL"),
];

const RESULT: &str = "poll lunch: 32 ballots\n    11  pizza\n     8  ramen\n     7  sushi\n     \
                      6  salad\nthe running totals agree\n";

#[test]
fn a_poll_has_the_same_result_everywhere() {
    let ballots = std::fs::read(repository("docs/examples/tally/ballots.txt")).unwrap();
    on_each("tally", &RUNS, |machine| {
        let first = machine.run(&[], &ballots).expect(0);
        assert_eq!(first.stdout, RESULT, "{first:#?}");
        assert_is("tally", &first);
        let again = machine.run(&[], &ballots).expect(0);
        assert_eq!(again.stdout, RESULT, "{again:#?}");
        // Nothing is kept where there is no service.
        let expected = if machine.keeps() {
            "0 new, 0 changed, 32 as before"
        } else {
            "32 new"
        };
        again.says(expected);
        first.stdout
    });
}
