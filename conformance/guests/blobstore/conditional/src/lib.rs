//! Cases of `cloud:blobstore/conditional-delete`, `conditional-copy` and `atomic-move`.

mod support;

conformance_kit::suite! {
    capability: "blobstore";
    delete_if {
        absent;
        dropped;
        holds;
        names_refused;
        odd_names;
        other;
        others_kept;
        race;
        refused;
    }
    copy_if {
        argument_order;
        missing;
        modified;
        names_refused;
        odd_names;
        plain;
        race;
        refused;
        source_other;
        source_state;
        target;
        to_self;
    }
    rename {
        argument_order;
        basic;
        expected;
        missing;
        modified;
        names_refused;
        odd_names;
        one_step;
        overlapped;
        overwrite;
        race;
        refused;
        to_self;
    }
}
