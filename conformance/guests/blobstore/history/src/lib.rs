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
        overwritten;
        page_limit;
        pages;
        unknown;
    }
    removal {
        one;
        present;
    }
    refusal {
        all;
    }
}
