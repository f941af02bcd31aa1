//! What a command tells when it fails, and with which code it exits.

mod status;

use std::fmt;
use std::io::{self, Write as _};

pub(super) use status::{is_passing, reason};

/// The codes a command exits with. Documented in `--help`: scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Exit {
    /// Whoever reads the output has seen enough; nothing failed.
    Enough = 0,
    /// It failed.
    Failed = 1,
    /// The command was asked wrongly.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// The key may not do it.
    Refused = 4,
    /// The server can't be reached or isn't ready.
    Unreachable = 5,
}

/// A failed command: what went wrong, where, and what to do next.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    message: String,
    reason: Option<String>,
    details: Vec<String>,
    next: Option<String>,
}

impl Failure {
    /// A failure of one kind.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            reason: None,
            details: Vec::new(),
            next: None,
        }
    }

    /// It failed.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// The command was asked wrongly.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// There is no such thing.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, message)
    }

    /// One more line under the message.
    pub(super) fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// What to do next.
    pub(super) fn next(mut self, step: impl Into<String>) -> Self {
        self.next = Some(step.into());
        self
    }

    /// Adds which request and which server it was, where that helps.
    pub(super) fn of(self, server: &str, request_id: &str) -> Self {
        match (self.exit, self.reason.as_deref()) {
            (Exit::Unreachable, None) => self.detail(format!("server: {server}")),
            (_, Some("INTERNAL")) => self.detail(format!("request id: {request_id}")),
            _ => self,
        }
    }

    /// Whether the server gave this reason.
    pub(super) fn is(&self, reason: &str) -> bool {
        self.reason.as_deref() == Some(reason)
    }

    /// The code to exit with.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Tells it on standard error.
    pub(super) fn tell(&self) {
        if self.exit != Exit::Enough {
            // When even this can't be written there is nobody left to tell.
            let _ = write!(io::stderr(), "{self}");
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(reason) = &self.reason {
            write!(f, " [{reason}]")?;
        }
        writeln!(f)?;
        for line in &self.details {
            writeln!(f, "  {line}")?;
        }
        match &self.next {
            Some(step) => writeln!(f, "next: {step}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Enough, "");
        }
        Self::failed(format!("the output can not be written: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_seen_enough_is_no_failure() {
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed.exit(), Exit::Enough);
    }
}
