//! Arbitrary bytes as a WIT package or component, also behind the head that every one
//! has, so that the decoder is reached.
#![no_main]

use conformance_spec::{Context, Wit, diff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: {
    // The loaders catch the panics of the tools below. What is not caught still ends the
    // process.
    std::panic::set_hook(Box::new(|_| {}));
}, |data: &[u8]| {
    let with_head = [b"\0asm\x0d\0\x01\0".as_slice(), data].concat();
    for bytes in [data, with_head.as_slice()] {
        if let Ok(wit) = Wit::from_wasm(bytes) {
            assert!(diff(&wit, &wit, Context::default()).is_empty());
        }
    }
});
