//! Cases of `cloud:keyvalue/cas`.

conformance_kit::suite! {
    capability: "keyvalue";
    swap {
        any_key;
        any_value;
        conflict;
        conflict_deleted;
        conflict_retry;
        create;
        create_after_delete;
        crowd;
        dropped;
        empty_value;
        other_keys;
        read_back;
        replace;
        same_value;
        stale_large;
    }
    current {
        absent;
        as_get;
    }
    delete_if {
        absent;
        dropped;
        old;
        right;
        wrong;
    }
    version {
        aba;
        altered;
        foreign;
        old;
        other_key;
        recreated;
        same_bytes;
        stable;
        stable_for_all;
        unique;
    }
    limits {
        empty_key;
        long_key;
        order;
        value;
    }
    stores {
        apart;
    }
    race {
        against_sets;
        against_writes;
        append;
        chain;
        delete_or_swap;
        in_flight;
        increment_loop;
        one_creator;
        one_winner;
        owner;
        pairs;
        progress;
        stale_state;
    }
    refusal {
        all;
    }
}
