//! What is refused before it runs.

mod support;

use reference_host::{Digest, HostError};
use support::{alone, encode, host, small};

#[test]
fn what_is_no_component_is_refused() {
    let host = host(&small());
    let whole = alone("(i32.const 7)");
    let cut = whole.len() - 1;
    let core_module = encode("(module)");
    for bytes in [
        &b""[..],
        b"not wasm",
        b"\0asm",
        &whole[..cut],
        &whole[..cut / 2],
        &core_module,
    ] {
        let error = host.load(bytes).unwrap_err();
        assert!(matches!(error, HostError::InvalidComponent(_)), "{error}");
    }
}

/// Whatever one byte is changed to, loading ends, and without a panic.
#[test]
fn damaged_components_do_no_harm() {
    let host = host(&small());
    let whole = alone("(i32.const 7)");
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        drop(host.load(&damaged));
    }
}

#[test]
fn an_import_that_nobody_provides_is_named() {
    let host = host(&small());
    let text = r#"(component (import "acme:extra/thing@1.0.0" (instance
        (export "call" (func (result u32))))))"#;
    let error = host.load(&encode(text)).unwrap_err();
    assert!(matches!(error, HostError::Link(_)), "{error}");
    assert!(
        error.to_string().contains("acme:extra/thing@1.0.0"),
        "{error}"
    );
}

#[test]
fn an_import_of_another_type_is_named() {
    let host = host(&small());
    let text = r#"(component (import "cloud:types/features@0.1.0" (instance
        (export "describe" (func (result u32))))))"#;
    let error = host.load(&encode(text)).unwrap_err();
    assert!(matches!(error, HostError::Link(_)), "{error}");
    assert!(error.to_string().contains("describe"), "{error}");
}

#[test]
fn a_wrong_digest_names_both() {
    let digest = Digest::of(b"abc");
    let right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    digest.expect(right).unwrap();
    digest.expect(&right.to_uppercase()).unwrap();
    let wrong = right.replace('b', "c");
    let error = digest.expect(&wrong).unwrap_err();
    assert!(matches!(error, HostError::WrongDigest { .. }));
    let text = error.to_string();
    assert!(text.contains(right) && text.contains(&wrong), "{text}");
}
