//! Cases of `cloud:keyvalue/expiry`.

conformance_kit::suite! {
    capability: "keyvalue";
    ttl {
        ends;
    }
    refusal {
        all;
    }
}
