//! Cases of `cloud:blobstore/container`.

conformance_kit::suite! {
    capability: "blobstore";
    put {
        get;
        overwrite;
    }
    get {
        missing;
    }
}
