//! Cases of `cloud:keyvalue/store`.

mod support;

conformance_kit::suite! {
    capability: "keyvalue";
    open {
        absent;
        beginnings;
        creates_nothing;
        creates_nothing_for_others;
        denied;
        granted;
        in_flight;
        letter_case;
        longer;
        lookalikes;
        odd;
        one_byte;
        refused_changes_nothing;
        tells_nothing;
        unknown;
    }
    handle {
        at_least_64;
        at_least_64_mixed;
        changes_after_reads;
        drop_keeps_data;
        drop_keeps_deletion;
        drop_keeps_others;
        drop_with_calls_in_flight;
        many_in_turn;
        more_than_allowed;
        same_data;
    }
    stores {
        at_the_same_time;
        core_alone;
        delete;
        list;
        no_way_across;
        same_key;
        shared_beginning;
    }
    key {
        ascii;
        ascii_inside;
        backslash;
        bidi;
        case_unicode;
        control_alone;
        controls;
        differ_first;
        differ_last;
        differ_middle;
        dotdot;
        emoji;
        empty;
        every_function;
        glob_meta;
        invisible;
        leading_dot;
        len_512;
        len_bytes;
        len_max;
        len_max_plus_1;
        letter_case;
        line_ends;
        lookalikes;
        nfc_nfd;
        noncharacters;
        nul;
        numbers;
        percent_encoding;
        prefix_chain;
        prefix_of_other;
        quote_percent;
        quoted;
        random;
        reserved_names;
        same_hash;
        separators;
        sizes;
        sizes_encoded;
        slash;
        space;
        space_unicode;
        truncation;
        url;
    }
    value {
        bytes;
        compressible;
        encoded_like;
        invalid_utf8;
        json_like;
        line_ends;
        marker_like;
        not_aliased;
        nul;
        number_like;
        one_byte;
        size_0;
        size_1;
        size_1mib;
        size_64kib;
        size_max;
        size_max_minus_1;
        size_max_plus_1;
        size_powers;
        size_random;
        text;
    }
    get {
        deleted;
        history;
        latest;
        missing;
        near;
        repeated;
    }
    set {
        many_keys;
        near_kept;
        others_kept;
        overwrite;
        overwrite_longer;
        overwrite_random;
        overwrite_shorter;
        read_back;
        repeated;
    }
    delete {
        all;
        big_value;
        existing;
        missing;
        missing_near;
        others_kept;
        recreate;
        twice;
    }
    exists {
        follows_get;
        missing;
        near;
    }
    list {
        pages;
    }
    keys {
        all;
    }
    session {
        every_function;
        handles;
        many_keys;
        monotonic;
        monotonic_deletes;
        monotonic_functions;
        never_seen_again;
        read_your_deletes;
        read_your_writes;
    }
    visible {
        after_signal;
        functions;
    }
    race {
        deletes;
        different_keys;
        last_of_a_writer;
        never_absent;
        not_torn;
        not_torn_in_flight;
        not_torn_same_length;
        one_value;
        readers;
        same_new_keys;
        set_and_delete;
    }
    calls {
        dropped;
        dropped_among;
        dropped_delete;
        dropped_exists;
        dropped_get;
        dropped_list;
        dropped_new_key;
        dropped_open;
        dropped_settles;
        ended_instance;
        in_flight;
        in_flight_big;
        in_flight_deletes;
        in_flight_errors;
        in_flight_handles;
        in_flight_lists;
        in_flight_mixed;
        in_flight_one_key;
    }
    error {
        after_errors;
        huge;
        no_effect;
        order;
        own_case;
        text;
    }
}
