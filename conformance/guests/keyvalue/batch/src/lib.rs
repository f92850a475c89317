//! Cases of `cloud:keyvalue/batch`.

conformance_kit::suite! {
    capability: "keyvalue";
    get_many {
        order;
    }
    set_many {
        repeated_key;
    }
    refusal {
        all;
    }
}
