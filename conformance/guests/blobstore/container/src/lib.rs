//! Cases of `cloud:blobstore/container`.

mod listing;
mod objects;

conformance_kit::suite! {
    capability: "blobstore";
    put {
        get;
        overwrite;
    }
    get {
        missing;
    }
    cond {
        changed_meanwhile;
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
        missing_source;
        odd_names;
        other_container;
        overwrite;
        same;
        sizes;
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
    }
    list {
        after_changes;
        all;
        argument_order;
        changes_between;
        cursor_changed;
        cursor_garbage;
        cursor_other_handle;
        cursor_other_list;
        cursor_reused;
        delimiter;
        delimiter_in_prefix;
        delimiter_last_gone;
        delimiter_markers;
        delimiter_others;
        delimiter_pages;
        delimiter_refused;
        empty;
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
        read_ahead;
        refused;
    }
}
