//! Cases of `cloud:keyvalue/store`.

conformance_kit::suite! {
    capability: "keyvalue";
    get {
        missing;
    }
    set {
        overwrite_shorter;
        read_back;
    }
    delete {
        twice;
    }
    key {
        letter_case;
    }
    list {
        pages;
    }
    keys {
        all;
    }
    calls {
        dropped;
        in_flight;
    }
    race {
        not_torn;
    }
}
