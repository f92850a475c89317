//! Cases of `cloud:blobstore/links`. The requests of links are sent by the harness, as by
//! somebody who was given them.

conformance_kit::suite! {
    capability: "blobstore";
    sign {
        argument_order;
        error_text;
        form;
        lifetimes;
        names;
    }
    follow {
        absent;
        ends;
        kept;
        large;
        lasts;
        other_method;
        other_object;
        replaces;
        works;
    }
    refusal {
        all;
    }
}
