//! The first start of a directory: its founding, and a demo's season. Stopped half-way and started
//! again, it goes on where it was.

use std::path::Path;

use anyhow::{Context as _, bail};
use kith_api::founding::{Founded, Founding};
use kith_domain::person::Profile;
use kith_domain::time::Timestamp;
use kith_eventlog::ledger::Ledger;

use super::fill;
use crate::bootstrap;
use crate::demo::{self, Season};

/// The same demo for everybody.
const DEMO_SEED: u64 = 2026;

/// Holds the moment that a demo was begun for, until it is whole: its season must not become another
/// one half-way.
const UNFINISHED: &str = "demo-unfinished";

/// Whom a directory is founded for.
pub(super) enum First {
    /// Somebody of this name and address.
    Member(Profile),
    /// An invented organisation.
    Demo(Box<Season>),
}

impl First {
    /// Makes what the directory lacks. The keys are kept before they open anything, so that a
    /// founded directory has them.
    pub(super) async fn make(
        &self,
        ledger: &Ledger,
        directory: &Path,
        now: Timestamp,
    ) -> anyhow::Result<Founded> {
        let founding = match self {
            Self::Member(me) => Founding::begin(ledger, "My organisation", me, now).await?,
            Self::Demo(season) => fill::fill(ledger, season).await?,
        };
        bootstrap::keep_keys(directory, founding.so_far())?;
        let founded = founding.finish().await?;
        if let Self::Demo(_) = self {
            std::fs::remove_file(directory.join(UNFINISHED))?;
        }
        Ok(founded)
    }
}

/// The season that a directory is to be filled with: of a demo that was begun and is not whole, or
/// if `wanted` of one that begins now.
pub(super) fn season(
    directory: &Path,
    wanted: bool,
    now: Timestamp,
) -> anyhow::Result<Option<Season>> {
    let moment = match begun(directory)? {
        None if wanted => {
            std::fs::write(directory.join(UNFINISHED), now.micros().to_string())?;
            now
        }
        None => return Ok(None),
        Some(moment) => moment,
    };
    Ok(Some(demo::season(moment, DEMO_SEED)))
}

/// The moment of a demo that was begun and is not whole.
pub(super) fn begun(directory: &Path) -> anyhow::Result<Option<Timestamp>> {
    let file = directory.join(UNFINISHED);
    match std::fs::read_to_string(&file) {
        Ok(text) => {
            let micros = text.trim().parse();
            let micros = micros.with_context(|| format!("{} is damaged", file.display()))?;
            Ok(Some(Timestamp(micros)))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A demo never mixes with what somebody has.
pub(super) fn refuse_unless_empty(directory: &Path) -> anyhow::Result<()> {
    let is_empty = match std::fs::read_dir(directory) {
        Ok(mut files) => files.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error.into()),
    };
    if is_empty {
        return Ok(());
    }
    let shown = super::screen::quoted(directory);
    bail!(
        "the demo wants an empty directory and {shown} is not; go on with it by `kith up --data \
         {shown}`, or remove it first"
    )
}
