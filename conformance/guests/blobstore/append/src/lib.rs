//! Cases of `cloud:blobstore/append`.

mod giving_up;
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
        dropped;
        ended_instance;
        given_up;
        given_up_large;
        in_lockstep;
        large;
        many;
        modified;
        not_yet;
        ok_first;
        overwritten_large;
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
        readers;
        visible;
        writers;
    }
    refusal {
        all;
    }
}
