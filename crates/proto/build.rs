//! Compiles the contract under `proto/` with protox: no protoc, no generated code checked in.

use std::path::{Path, PathBuf};

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new("../../proto");
    let areas = [
        "admin",
        "directory",
        "error",
        "event",
        "followup",
        "gathering",
        "history",
        "interaction",
        "relationship",
    ];
    let mut files: Vec<PathBuf> = Vec::new();
    for area in areas {
        for file in std::fs::read_dir(root.join(format!("kith/{area}/v1")))? {
            files.push(file?.path());
        }
    }
    files.sort();
    println!("cargo:rerun-if-changed={}", root.display());

    let descriptors = protox::compile(&files, [root])?;
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script its folder so"
    )]
    let out_dir = std::env::var_os("OUT_DIR");
    let out = PathBuf::from(out_dir.ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("kith.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .bytes(".kith.event.v1")
        .compile_fds(descriptors)?;
    Ok(())
}
