//! Cases of `cloud:blobstore/multipart`.

mod sending;

conformance_kit::suite! {
    capability: "blobstore";
    complete {
        basic;
        edges;
        expected;
        left_out;
        modified;
        out_of_order;
        race;
        refused;
        replaces;
        twice;
        wrong_parts;
    }
    part {
        at_once;
        drop_handle;
        ended_instance;
        given_up;
        numbers;
        refused_closes;
        resend;
        size;
    }
    upload {
        abort;
        abort_twice;
        begin_refused;
        described;
        invisible;
        names_refused;
        odd_names;
        overwritten;
        parts;
        resume;
        two;
        unknown;
    }
    refusal {
        all;
    }
}
