//! Cases of `cloud:keyvalue/store`.

conformance_kit::suite! {
    capability: "keyvalue";
    get {
        missing;
    }
}
