//! Cases of `cloud:blobstore/history`.

mod states_of;

conformance_kit::suite! {
    capability: "blobstore";
    states {
        alike;
        deleted;
        names_refused;
        nothing_written;
        odd_names;
        order;
        order_of_all;
        other_container;
        overwritten;
        page_limit;
        pages;
        race;
        ranges;
        unknown;
    }
    functions {
        append;
        complete;
        copy_if;
        delete_if;
        rename;
        upload;
    }
    pages {
        argument_order;
        changes_between;
        cursor_garbage;
        cursor_other_handle;
        cursor_other_list;
        cursor_reused;
        error_text;
        sizes;
        sparse;
        zero;
    }
    reading {
        drop_handle;
        dropped;
        meanwhile;
        pauses;
    }
    removal {
        grown;
        of_deleted;
        one;
        present;
        renamed;
        shared;
    }
    refusal {
        all;
    }
}
