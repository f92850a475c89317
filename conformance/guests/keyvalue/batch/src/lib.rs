//! Cases of `cloud:keyvalue/batch`.

mod support;

conformance_kit::suite! {
    capability: "keyvalue";
    get_many {
        absent;
        big_values;
        empty_value;
        like_get;
        odd_keys;
        order;
        random;
        repeated;
        values;
    }
    set_many {
        again;
        all;
        big_values;
        empty_values;
        mixed;
        odd_keys;
        others_kept;
        repeated_apart;
        repeated_key;
        repeated_keys;
        replaces;
    }
    delete_many {
        all;
        mixed;
        others_kept;
        recreate;
        repeated;
    }
    size {
        empty;
        largest_sum;
        long_keys;
        max_items;
        max_value;
        megabytes_of_keys;
        megabytes_read;
        megabytes_written;
        one_too_many;
        over_with_bad_items;
        repeats_count;
        sizes;
    }
    checks {
        after_refusal;
        bad_item_of_many;
        big_value;
        both_key_rules;
        empty_key;
        first_rule_decides;
        long_key;
        random_refusals;
        repeats_of_bad_items;
        rules_of_an_item;
        several_places;
    }
    session {
        alternating;
        every_function;
        handles;
    }
    stores {
        apart;
    }
    calls {
        among_singles;
        dropped;
        dropped_reads;
        in_flight;
        partial;
    }
    race {
        deletes;
        different_keys;
        never_back;
        same_keys;
        set_and_delete;
    }
    refusal {
        all;
        text;
    }
}
