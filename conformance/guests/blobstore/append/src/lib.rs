//! Cases of `cloud:blobstore/append`.

mod growth;

conformance_kit::suite! {
    capability: "blobstore";
    add {
        adds;
        at;
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
