//! Cases of `cloud:blobstore/append`.

conformance_kit::suite! {
    capability: "blobstore";
    add {
        adds;
        at;
        creates;
        given_up;
        large;
        many;
        read_meanwhile;
    }
    race {
        all;
        at;
    }
    refusal {
        all;
    }
}
