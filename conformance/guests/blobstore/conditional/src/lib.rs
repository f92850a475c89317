//! Cases of `cloud:blobstore/conditional-delete`, `conditional-copy` and `atomic-move`.

mod meanwhile;
mod support;
mod whole;

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
        read_meanwhile;
        refused;
        visible;
    }
    copy_if {
        argument_order;
        described;
        dropped;
        missing;
        modified;
        names_refused;
        odd_names;
        plain;
        race;
        read_meanwhile;
        read_whole;
        refused;
        slow_source;
        slow_target;
        source_other;
        source_state;
        source_undeclared;
        target;
        to_self;
        two_names;
        visible;
    }
    rename {
        argument_order;
        basic;
        crossed;
        described;
        dropped;
        expected;
        missing;
        modified;
        names_refused;
        odd_names;
        one_step;
        over_present;
        overlapped;
        overwrite;
        race;
        race_source;
        read_meanwhile;
        refused;
        to_self;
        visible;
    }
}
