//! Cases of `cloud:keyvalue/counters`.

mod refused;

conformance_kit::suite! {
    capability: "keyvalue";
    increment {
        add;
        after_delete;
        after_set;
        canonical;
        create;
        digits;
        extreme_deltas;
        large;
        overflow_down;
        overflow_up;
        through_zero;
        zero;
    }
    wrong_type {
        beyond;
        bytes;
        notations;
        recovers;
        signs;
        spaces;
        zeros;
    }
    keys {
        alike;
        limits;
        many;
        stores_apart;
    }
    session {
        dropped;
        own_sums;
    }
    race {
        creation;
        in_flight;
        many_keys;
        mixed_deltas;
        readers;
        sum;
        to_the_limit;
        with_writes;
    }
    refusal {
        all;
    }
}
