//! Has the crate built again when a file of the specification changes: cargo
//! does not see the files behind `include_dir!`.

fn main() {
    for folder in ["wit", "conformance/features", "proposals"] {
        println!("cargo:rerun-if-changed=../../{folder}");
    }
}
