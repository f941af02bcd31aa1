//! The sources of the workspace, as files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kith_testkit::tools::workspace_root;

/// A Rust source file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path below the workspace's root.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// The text of a file, by its path below the workspace's root.
pub fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(workspace_root().join(path)).with_context(|| format!("reading {path}"))
}

/// Every Rust source of the workspace; what is built (`target`) and what is hidden is left out.
pub fn sources() -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![workspace_root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if !is_left_out(&path) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path)
                    .with_context(|| format!("reading {}", path.display()))?;
                let path = path.strip_prefix(workspace_root())?.to_path_buf();
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn is_left_out(folder: &Path) -> bool {
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    name == "target" || name.starts_with('.')
}
