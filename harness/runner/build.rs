//! Has the crate built again when a component changes: cargo does not see the
//! files behind `include_dir!`.

fn main() {
    println!("cargo:rerun-if-changed=../../conformance/components");
}
