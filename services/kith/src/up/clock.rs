//! The clock of a directory: the machine's, or the demo's, which runs from another moment.

use std::path::Path;

use anyhow::Context as _;
use kith_domain::time::{Clock, Timestamp};
use kith_servicekit::clock::System;

/// Beside the data, so that a demo that is started again goes on in its own time.
const FILE: &str = "demo-clock";

/// The machine's clock, shifted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shifted {
    micros: i64,
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        System.now().plus_micros(self.micros)
    }
}

/// The clock of this directory; `demo_now` sets it once.
pub(super) fn of(directory: &Path, demo_now: Option<Timestamp>) -> anyhow::Result<Shifted> {
    let file = directory.join(FILE);
    if let Some(demo_now) = demo_now {
        let micros = demo_now.micros_since(System.now());
        std::fs::write(&file, micros.to_string())?;
        return Ok(Shifted { micros });
    }
    let micros = match std::fs::read_to_string(&file) {
        Ok(text) => text
            .trim()
            .parse()
            .with_context(|| format!("{} is damaged", file.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    Ok(Shifted { micros })
}
