//! Cases of `cloud:blobstore/container`.

mod apart;
mod facts;
mod listing;
mod meanwhile;
mod objects;
mod pattern;
mod slices;
mod states;
mod support;
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
    data {
        bytes;
        encoded_like;
        not_aliased;
        one_piece;
        pieces_odd;
        pieces_of_one;
        read_sizes;
        size_0;
        size_1;
        size_100mib;
        size_1mib;
        size_5mib;
        size_64kib;
        size_over_limit;
        size_parts;
    }
    put {
        begun_earlier;
        get;
        invisible;
        invisible_to_others;
        many_names;
        nothing_written;
        others_kept;
        overwrite;
        overwrite_longer;
        overwrite_random;
        overwrite_shorter;
        read_back;
        recreated;
        size_and_condition;
        size_large;
        size_too_large;
        size_too_small;
        sized;
        version;
    }
    stream {
        dropped;
        dropped_then_ok;
        ended_instance;
        given_up;
        given_up_keeps_old;
        given_up_large;
        given_up_open;
        in_lockstep;
        not_yet;
        ok_first;
        pause_reading;
        pause_writing;
        pauses;
        pipe_given_up;
        piped;
        read_in_lockstep;
        refused_closes;
        unread;
    }
    get {
        deleted;
        drop_many;
        drop_midway;
        drop_unread;
        end_beside;
        end_unread;
        expected;
        expected_absent;
        expected_other;
        info;
        latest;
        missing;
        near;
        ranges_of_one_state;
        while_changed;
        while_deleted;
        while_moved;
        while_overwritten;
        while_overwritten_large;
        while_overwritten_shorter;
    }
    range {
        absent;
        at_once;
        at_the_end;
        behind_the_end;
        empty_object;
        first_byte;
        info;
        large;
        last_byte;
        length_0;
        middle;
        past_the_end;
        random;
        to_the_end;
        u64;
        whole;
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
    cond {
        changed_meanwhile;
        changed_meanwhile_large;
        create;
        create_after_delete;
        failed_reads_nothing;
        holds;
        missing;
        other;
        overlap;
        progress;
        race_against_puts;
        race_chain;
        race_create_and_delete;
        race_one_creator;
        race_one_creator_large;
        race_one_winner;
        unsized_large;
    }
    delete {
        dropped;
        existing;
        large;
        many_all;
        many_bad_names;
        many_long;
        many_max;
        many_mixed;
        many_none;
        many_odd_names;
        many_one_too_many;
        many_partial;
        missing;
        others_kept;
    }
    copy {
        apart;
        chain;
        described;
        missing_source;
        odd_names;
        other_container;
        overwrite;
        same;
        sizes;
        slow_source;
        to_self;
        while_overwritten;
    }
    moves {
        basic;
        dropped;
        missing_source;
        never_gone;
        other_container;
        overwrite;
        to_self;
        two_names;
    }
    list {
        after_changes;
        all;
        argument_order;
        behind_many;
        changes_between;
        cursor_changed;
        cursor_garbage;
        cursor_other_handle;
        cursor_other_list;
        cursor_reused;
        cursors_many;
        delimiter;
        delimiter_edges;
        delimiter_in_prefix;
        delimiter_last_gone;
        delimiter_markers;
        delimiter_no_object;
        delimiter_others;
        delimiter_pages;
        delimiter_refused;
        empty;
        long_names;
        odd_names;
        order;
        page_full;
        page_huge;
        page_sizes;
        page_zero;
        prefix;
        prefix_bytes;
        prefix_longest;
        prefix_metacharacters;
        random;
        sizes_and_times;
        terminates;
        writers;
    }
    names {
        all;
        cancelled;
        dropped;
        many;
        order;
        pauses;
        read_ahead;
        refused;
    }
    session {
        every_function;
        handles;
        monotonic;
        read_your_deletes;
        read_your_writes;
    }
    visible {
        after_signal;
        functions;
    }
    race {
        never_absent;
        one_object;
        put_and_delete;
        readers;
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
