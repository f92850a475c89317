//! Cases of `cloud:blobstore/history`.

mod states_of;

conformance_kit::suite! {
    capability: "blobstore";
    states {
        alike;
        deleted;
        names_refused;
        odd_names;
        order;
        order_of_all;
        overwritten;
        page_limit;
        pages;
        ranges;
        unknown;
    }
    functions {
        append;
        complete;
        copy_if;
        delete_if;
        rename;
    }
    pages {
        argument_order;
        changes_between;
        cursor_garbage;
        cursor_other_handle;
        cursor_other_list;
        cursor_reused;
        sizes;
        zero;
    }
    reading {
        drop_handle;
        dropped;
        meanwhile;
        pauses;
    }
    removal {
        of_deleted;
        one;
        present;
    }
    refusal {
        all;
    }
}
