//! What the command line takes from the machine it runs on, in one place: the time, the zone, a
//! request id, the environment.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kith_domain::time::Clock;
use kith_servicekit::clock::System;

/// The present moment.
pub(super) fn now() -> kith_domain::time::Timestamp {
    System.now()
}

/// The present moment in the zone of the person at the keyboard.
pub(super) fn here() -> jiff::Zoned {
    let now = Timestamp::from_microsecond(now().micros()).unwrap_or(Timestamp::UNIX_EPOCH);
    now.to_zoned(TimeZone::system())
}

/// A fresh id for one command's change.
pub(super) fn request_id() -> uuid::Uuid {
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line is where a request begins, so its id begins here"
    )]
    uuid::Uuid::new_v4()
}

/// The folder of a user's settings: `$XDG_CONFIG_HOME`, else `~/.config`.
pub(super) fn config_home() -> Option<PathBuf> {
    // The XDG specification says to ignore a relative path.
    let given = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    given
        .filter(|path| path.is_absolute())
        .or_else(|| Some(std::env::home_dir()?.join(".config")))
}

/// Whether the user asked for output without colours (<https://no-color.org>).
pub(super) fn no_colour() -> bool {
    variable("NO_COLOR").is_some()
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "conventions of every command line, not settings of Kith"
    )]
    std::env::var_os(name).filter(|value| !value.is_empty())
}
