//! Cases of `cloud:keyvalue/cas`.

conformance_kit::suite! {
    capability: "keyvalue";
    swap {
        create;
    }
    race {
        one_creator;
    }
    refusal {
        all;
    }
}
