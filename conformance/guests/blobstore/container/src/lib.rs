//! Cases of `cloud:blobstore/container`.

mod meanwhile;
mod pattern;
mod slices;
mod states;
mod support;

conformance_kit::suite! {
    capability: "blobstore";
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
        pipe_given_up;
        piped;
        read_in_lockstep;
        refused_closes;
        unread;
    }
    get {
        deleted;
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
        while_deleted;
        while_moved;
        while_overwritten;
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
}
