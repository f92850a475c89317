//! Has the crate built again when a file of the specification changes: cargo
//! does not see the files behind `include_dir!`.

fn main() {
    for path in [
        "wit",
        "conformance/components/cases.json",
        "conformance/features",
        "proposals",
    ] {
        println!("cargo:rerun-if-changed=../../{path}");
    }
}
