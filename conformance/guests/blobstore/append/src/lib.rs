//! Cases of `cloud:blobstore/append`.

mod growth;
mod meanwhile;

conformance_kit::suite! {
    capability: "blobstore";
    add {
        adds;
        at;
        changed_meanwhile;
        changed_meanwhile_large;
        completed;
        copied;
        copied_if;
        creates;
        described;
        drop_handle;
        ended_instance;
        given_up;
        large;
        many;
        modified;
        not_yet;
        ok_first;
        pauses;
        read_meanwhile;
        refused_closes;
        renamed;
        replaced;
        stalled;
        versions;
    }
    name {
        odd;
        refused;
    }
    race {
        all;
        at;
    }
    refusal {
        all;
    }
}
