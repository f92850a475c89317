//! Cases of `cloud:types/features`.

conformance_kit::suite! {
    capability: "keyvalue";
    describe {
        absent;
        alike;
        declared;
        denied;
        granted;
        instances;
        stable;
        unknown_capability;
    }
    features {
        agree;
        once;
        restricted;
    }
    limits {
        bounds;
        expiry_floor;
        stated;
        true_floor;
    }
}
