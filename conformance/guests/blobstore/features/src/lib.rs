//! Cases of `cloud:types/features` about bindings of containers.

conformance_kit::suite! {
    capability: "blobstore";
    features {
        agree;
        declared;
        denied;
        stable;
    }
    limits {
        bounds;
        floor;
        stated;
    }
}
