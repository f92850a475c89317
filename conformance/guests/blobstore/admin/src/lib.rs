//! Cases of `cloud:blobstore/admin`.
//!
//! What a guest may create is the granted name that has no container; of what there is it
//! may remove the second container and those of awkward names, which all begin empty.

conformance_kit::suite! {
    capability: "blobstore";
    again {
        history;
        versions;
    }
    create {
        denied;
        existing;
        instances;
        new;
        race;
        usable;
    }
    delete {
        all_names;
        denied;
        empty;
        full;
        instances;
        missing;
        old_handle;
        open_put;
        others_kept;
        upload;
    }
    refusal {
        all;
    }
}
