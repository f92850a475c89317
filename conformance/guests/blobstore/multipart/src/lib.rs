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
        not_yet;
        numbers;
        ok_first;
        pauses;
        refused_closes;
        resend;
        size;
    }
    upload {
        abort;
        abort_twice;
        argument_order;
        begin_refused;
        described;
        invisible;
        many_parts;
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
