//! Cases of `cloud:keyvalue/counters`.

conformance_kit::suite! {
    capability: "keyvalue";
    increment {
        create;
    }
    race {
        sum;
    }
    refusal {
        all;
    }
}
