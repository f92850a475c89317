//! Cases of `cloud:blobstore/conditional-delete`, `conditional-copy` and `atomic-move`.

mod meanwhile;
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
        described;
        missing;
        modified;
        names_refused;
        odd_names;
        plain;
        race;
        read_meanwhile;
        refused;
        source_other;
        source_state;
        source_undeclared;
        target;
        to_self;
    }
    rename {
        argument_order;
        basic;
        described;
        expected;
        missing;
        modified;
        names_refused;
        odd_names;
        one_step;
        overlapped;
        overwrite;
        race;
        read_meanwhile;
        refused;
        to_self;
    }
}
