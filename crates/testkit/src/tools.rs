//! Where the programs and settings of the tests are found. The tests' only look at the environment.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

/// The environment variable `name`, if it is set and not empty.
#[must_use]
pub fn setting(name: &str) -> Option<OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where tests read the environment"
    )]
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The names of the variables of Kith in the environment of whoever runs the tests: a server they
/// talk to, settings they try.
pub(crate) fn variables_of_kith() -> impl Iterator<Item = OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where tests read the environment"
    )]
    let all = std::env::vars_os();
    all.map(|(name, _)| name)
        .filter(|name| name.as_encoded_bytes().starts_with(b"KITH_"))
}

/// How many seeds a seeded test runs: `KITH_SEEDS`, else `default`.
#[must_use]
pub fn seeds(default: u64) -> u64 {
    setting("KITH_SEEDS")
        .and_then(|value| value.to_str()?.parse().ok())
        .unwrap_or(default)
}

/// The root of the workspace.
#[must_use]
pub fn workspace_root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The nats-server binary: `KITH_NATS_SERVER`, else `target/tools/nats-server`, else the `PATH`.
pub fn nats_server() -> Result<PathBuf> {
    if let Some(chosen) = setting("KITH_NATS_SERVER") {
        return Ok(chosen.into());
    }
    let fetched = workspace_root().join("target/tools/nats-server");
    is_program(&fetched)
        .then_some(fetched)
        .or_else(|| on_path("nats-server"))
        .ok_or_else(|| {
            anyhow!(
                "no nats-server here: run `tests/tools fetch` (or `tests/run`, which does it), \
                 or name one in KITH_NATS_SERVER"
            )
        })
}

/// A program of the Postgres installation: `initdb`, `postgres`, `createdb`, `psql`, ...
///
/// All of them come from the folder where `initdb` really lies. Debian's `/usr/bin/psql` is a
/// wrapper that chooses a version by itself, and there is no such wrapper for `initdb`.
pub fn postgres_program(name: &str) -> Result<PathBuf> {
    on_path("initdb")
        .or_else(|| newest_in_usual_places("initdb"))
        .and_then(|initdb| fs::canonicalize(initdb).ok())
        .map(|initdb| initdb.with_file_name(name))
        .filter(|program| is_program(program))
        .ok_or_else(|| {
            anyhow!(
                "no `{name}` of Postgres here: run `tests/tools fetch` (or `tests/run`, which does \
                 it), or install Postgres 15 or later with its client programs"
            )
        })
}

/// The Python of the tests, with the packages that a foreign client needs.
pub fn python() -> Result<PathBuf> {
    let fetched = workspace_root().join("target/tools/venv/bin/python");
    is_program(&fetched).then_some(fetched).ok_or_else(|| {
        anyhow!("no Python for the tests here: run `tests/tools fetch` (or `tests/run`)")
    })
}

/// A binary of this workspace, built for the same profile as the running test.
///
/// Cargo builds it with `cargo build --workspace --all-targets` (as `tests/run` does), not with
/// the tests of another package alone.
pub fn workspace_binary(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    test.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|candidate| is_program(candidate))
        .ok_or_else(|| anyhow!("`{name}` is not built: run `cargo build --bin {name}` first"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = setting("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| is_program(candidate))
}

/// Debian, Red Hat and Homebrew keep Postgres off the `PATH`, one folder per major version.
fn newest_in_usual_places(name: &str) -> Option<PathBuf> {
    [
        "/usr/lib/postgresql",
        "/usr",
        "/opt/homebrew/opt",
        "/usr/local/opt",
    ]
    .iter()
    .filter_map(|parent| fs::read_dir(parent).ok())
    .flatten()
    .filter_map(|entry| {
        let folder = entry.ok()?.path();
        let version = version_in(folder.file_name()?.to_str()?)?;
        let program = folder.join("bin").join(name);
        is_program(&program).then_some((version, program))
    })
    .max()
    .map(|(_, program)| program)
}

/// The major version in a folder name such as `17`, `pgsql-17` or `postgresql@17`.
fn version_in(folder: &str) -> Option<u32> {
    folder
        .trim_start_matches("postgresql@")
        .trim_start_matches("pgsql-")
        .parse()
        .ok()
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_root_is_the_folder_with_the_lock_file() {
        assert!(workspace_root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_version_is_read_from_the_folder_names_of_all_usual_systems() {
        for name in ["17", "pgsql-17", "postgresql@17"] {
            assert_eq!(version_in(name), Some(17), "{name}");
        }
        assert_eq!(version_in("share"), None);
    }
}
