//! `with-postgres COMMAND [ARG...]`: runs a command with a Postgres of its own in
//! `KITH_TEST_POSTGRES`, and exits as the command does. `tests/run` runs all tests under it.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use kith_testkit::postgres::{Postgres, SHARED_SERVER};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let mut words = std::env::args_os().skip(1);
    let program = words
        .next()
        .context("usage: with-postgres COMMAND [ARG...]")?;

    let server = Postgres::start().await?;
    let status = Command::new(program)
        .args(words)
        .env(SHARED_SERVER, server.url())
        .status()?;
    // A command that a signal ended has no code of its own.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}
