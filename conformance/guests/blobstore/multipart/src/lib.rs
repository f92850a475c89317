//! Cases of `cloud:blobstore/multipart`.

mod sending;

conformance_kit::suite! {
    capability: "blobstore";
    complete {
        again_later;
        again_others;
        basic;
        copied;
        dropped;
        edges;
        expected;
        expected_foreign;
        left_out;
        modified;
        one_step;
        out_of_order;
        race;
        ranges;
        read_meanwhile;
        refused;
        renamed;
        replaces;
        slow;
        twice;
        versions;
        visible;
        wrong_parts;
    }
    part {
        at_once;
        drop_handle;
        ended_instance;
        given_up;
        given_up_open;
        in_lockstep;
        large;
        not_yet;
        numbers;
        ok_first;
        overlap;
        pauses;
        race;
        refused_closes;
        resend;
        size;
        stalled;
        upload_ended;
    }
    upload {
        abort;
        abort_twice;
        alike;
        argument_order;
        begin_refused;
        described;
        error_text;
        ids;
        invisible;
        many_parts;
        names_refused;
        odd_names;
        overwritten;
        parts;
        resume;
        two;
        two_described;
        two_names;
        unknown;
    }
    refusal {
        all;
    }
}
