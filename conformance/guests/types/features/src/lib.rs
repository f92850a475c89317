//! Cases of `cloud:types/features`.

conformance_kit::suite! {
    capability: "keyvalue";
    describe {
        denied;
        granted;
    }
}
