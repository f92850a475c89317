//! Cases of `cloud:blobstore/links`. What a link does is shown elsewhere: a guest of
//! the suite cannot send its request.

conformance_kit::suite! {
    capability: "blobstore";
    sign {
        argument_order;
        error_text;
        form;
        lifetimes;
        names;
    }
    refusal {
        all;
    }
}
