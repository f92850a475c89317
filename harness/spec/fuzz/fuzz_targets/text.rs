//! Arbitrary text as WIT: loaded, compared with itself and with its beginning. A panic
//! is a fault of ours, whatever the tools below do.
#![no_main]

use conformance_spec::{Context, Wit, diff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: {
    // The loaders catch the panics of the tools below. What is not caught still ends the
    // process.
    std::panic::set_hook(Box::new(|_| {}));
}, |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(wit) = Wit::from_text([("fuzz.wit", text)]) else {
        return;
    };
    assert!(diff(&wit, &wit, Context::default()).is_empty());
    let half = text.get(..text.len() / 2).unwrap_or(text);
    if let Ok(half) = Wit::from_text([("fuzz.wit", half)]) {
        let _ = diff(&half, &wit, Context::default());
    }
});
