//! Cases of `cloud:keyvalue/expiry`.

conformance_kit::suite! {
    capability: "keyvalue";
    ttl {
        ends;
        in_order;
        long;
        longest;
        not_early;
        not_rounded;
        not_sliding;
        out_of_range;
        shortest;
        zero;
    }
    ended {
        around_the_end;
        between_pages;
        everywhere;
        large_set;
        other_instances;
        others_stay;
        recreated;
        stays;
        unusual_keys;
    }
    life {
        deleted;
        lengthens;
        replaces;
        restarts;
        set_clears;
        shortens;
    }
    remaining {
        absent;
        counts_down;
        permanent;
        precise;
    }
    limits {
        keys;
        order;
        value;
    }
    session {
        alternating;
    }
    race {
        crowd;
        dropped;
        in_flight;
        several_instances;
        value_and_lifetime;
    }
    refusal {
        all;
        text;
    }
}
