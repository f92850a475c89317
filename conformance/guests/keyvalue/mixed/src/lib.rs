//! Cases of `cloud:keyvalue` that need several of its interfaces.

mod writers;

conformance_kit::suite! {
    capability: "keyvalue";
    version {
        after_batch;
        after_end;
        after_increment;
        after_set_expiring;
        mixed_writes;
        while_expiring;
    }
    counter {
        after_end;
        around_the_end;
        keeps_lifetime;
        read_back;
        refusal_keeps_lifetime;
        refusal_keeps_version;
        whoever_wrote;
    }
    life {
        created_after_end;
        deleted_by_version;
        ended_for_all;
        not_sliding_batch;
        set_many_after_end;
        set_many_clears;
        swap_around_the_end;
        swap_clears;
    }
    race {
        counters_and_swaps;
        delete_if_overtaken;
        increment_overtaken;
        never_absent;
        swap_against_all;
        swap_overtaken;
    }
    calls {
        dropped_agrees;
    }
    error {
        refused_keeps_all;
        text;
    }
    session {
        all_interfaces;
        created_by_swap;
    }
}
