//! Golden events: bytes that were stored once and must be readable for ever.
//!
//! Each [`Case`] is a file of `tests/golden/events` and the event that it means today. A file is
//! written once and never again. When the stored form of an event changes, its case moves from
//! [`today`](cases::today) to [`former`](cases::former), file and all, and the new form gets a case
//! with a new file.

mod cases;
mod gatherings;
mod seal;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use bytes::Bytes;
use kith_domain::event::{Commit, Event};
use kith_domain::followup;
use kith_domain::id::{CommitId, KeyId, OrganisationId, PersonId};
use kith_domain::time::Timestamp;
use kith_proto::event::{DecodeError, Stored};
use kith_testkit::tools::{setting, workspace_root};

pub use cases::{former, today};
use seal::InItsPlace;

/// One golden file and what it means.
#[derive(Debug)]
pub struct Case {
    /// Its name without `.pb`: the event's field in the contract, and after a dot which shape of it.
    pub name: &'static str,
    /// The event that it holds.
    pub event: Event,
}

impl Case {
    /// The commit that the file holds: this event alone, under a fixed header.
    #[must_use]
    pub fn commit(&self) -> Commit {
        // Found by the scheduler: nobody asked.
        let asked = !matches!(self.event, Event::FollowUp(followup::Event::FellDue(_)));
        Commit {
            id: CommitId::from_bytes([0xc0; 16]),
            fingerprint: [0xf0; 16],
            organisation: OrganisationId::from_bytes([0x09; 16]),
            key: asked.then_some(KeyId::from_bytes([0x0a; 16])),
            member: asked.then_some(PersonId::from_bytes([0x0b; 16])),
            recorded_at: Timestamp(1_767_225_600_123_456),
            events: vec![self.event.clone()],
        }
    }

    /// The bytes that today's version writes.
    #[must_use]
    pub fn encoded(&self) -> Bytes {
        Stored::seal(&self.commit(), &mut InItsPlace::default()).encode()
    }
}

/// What today's version reads in stored bytes.
pub fn decoded(bytes: &[u8]) -> Result<Commit, DecodeError> {
    Stored::decode(bytes)?.open(&mut InItsPlace::default())
}

/// Every golden file, by its name without `.pb`.
///
/// With `UPDATE_GOLDEN` set, cases of today that have no file get one first. A file that is there
/// is never written.
pub fn files() -> Result<BTreeMap<String, Vec<u8>>> {
    let folder = folder();
    if setting("UPDATE_GOLDEN").is_some() {
        for case in today() {
            write_new(&case)?;
        }
    }
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name
            .strip_suffix(".pb")
            .context("a golden file ends with .pb")?;
        files.insert(name.to_owned(), std::fs::read(&path)?);
    }
    Ok(files)
}

fn folder() -> PathBuf {
    workspace_root().join("tests/golden/events")
}

fn write_new(case: &Case) -> Result<()> {
    let path = folder().join(format!("{}.pb", case.name));
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path);
    match file {
        Ok(mut file) => Ok(file.write_all(&case.encoded())?),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("writing {}", path.display())),
    }
}
