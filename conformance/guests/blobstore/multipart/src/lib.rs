//! Cases of `cloud:blobstore/multipart`.

mod sending;

conformance_kit::suite! {
    capability: "blobstore";
    complete {
        basic;
        edges;
        expected;
        left_out;
        out_of_order;
        race;
        refused;
        replaces;
        twice;
        wrong_parts;
    }
    part {
        at_once;
        given_up;
        numbers;
        resend;
        size;
    }
    upload {
        abort;
        abort_twice;
        begin_refused;
        described;
        invisible;
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
