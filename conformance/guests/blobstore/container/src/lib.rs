//! Cases of `cloud:blobstore/container`.

mod apart;
mod facts;
mod time;

conformance_kit::suite! {
    capability: "blobstore";
    open {
        absent;
        creates_nothing;
        creates_nothing_for_others;
        denied;
        granted;
        lookalikes;
        odd;
        one_byte;
        refused_changes_nothing;
        tells_nothing;
    }
    handle {
        at_least_64;
        drop_keeps_data;
        drop_keeps_others;
        drop_with_calls;
        drop_with_streams;
        many_in_turn;
        more_than_allowed;
        same_data;
    }
    containers {
        alike_names;
        core_alone;
        no_way_across;
        same_name;
        shared_beginning;
    }
    name {
        ascii;
        ascii_inside;
        backslash;
        control;
        dotdot;
        emoji;
        empty;
        every_function;
        file_and_prefix;
        glob_meta;
        len_512;
        len_bytes;
        len_max;
        len_max_plus_1;
        letter_case;
        nfc_nfd;
        noncharacters;
        nul;
        percent_encoding;
        random;
        reserved_names;
        segments;
        slash;
        space;
        trailing;
    }
    put {
        get;
        overwrite;
    }
    get {
        missing;
    }
    head {
        follows;
        missing;
        present;
    }
    meta {
        bad_keys;
        content_type;
        key_twice;
        keys;
        limit;
        limit_plus_1;
        modified;
        modified_again;
        replaced;
        roundtrip;
        type_default;
        type_refused;
        values;
    }
    version {
        back_again;
        copy;
        foreign;
        recreated;
        same_bytes;
        stable;
        stable_for_all;
        unique;
    }
    calls {
        dropped;
        dropped_among;
        dropped_open;
        in_flight;
        in_flight_errors;
        in_flight_mixed;
    }
    error {
        after_errors;
        no_effect;
        order;
        own_case;
        text;
    }
}
