//! Why a call failed, in the words that the caller gets: the one place where an error becomes a
//! `tonic::Status`.
//!
//! A [`Failure`] has one of the documented reasons of `kith.error.v1.ErrorReason`. Its message says
//! what the caller can do: lower case, no full stop, nothing personal. Where an error of the inside
//! caused it, that is logged here and never sent.

mod conversion;
mod status;
mod violations;

use std::error::Error;
use std::fmt;

use kith_domain::access::Role;
use kith_proto::kith::error::v1::ErrorReason;

pub use status::DOMAIN;
pub use violations::{Violation, Violations};

/// An error of the inside.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a call failed.
#[derive(Debug)]
pub struct Failure {
    reason: ErrorReason,
    message: String,
    violations: Vec<Violation>,
    cause: Option<Cause>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as _)
    }
}

/// An error and all its sources, by what they display: `Debug` may quote a row.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |&error| error.source());
    let mut told: Vec<String> = sources.map(ToString::to_string).collect();
    // A transparent error tells the same as its source.
    told.dedup();
    told.join(": ")
}

impl Failure {
    /// A failure with a message of its own; prefer the constructors below.
    #[must_use]
    pub fn new(reason: ErrorReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            violations: Vec::new(),
            cause: None,
        }
    }

    fn with_violation(mut self, field: &str, description: &str) -> Self {
        self.violations.push(Violation::new(field, description));
        self
    }

    fn caused_by(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Which of the documented reasons.
    #[must_use]
    pub fn reason(&self) -> ErrorReason {
        self.reason
    }

    /// The fields that are wrong.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Fields are wrong.
    #[must_use]
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let message = match violations.as_slice() {
            [] => "the request is not valid".to_owned(),
            [only] => only.to_string(),
            [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
        };
        Self {
            violations,
            ..Self::new(ErrorReason::FieldsInvalid, message)
        }
    }

    /// One field is wrong.
    #[must_use]
    pub fn invalid_field(field: &str, description: &str) -> Self {
        Self::invalid(vec![Violation::new(field, description)])
    }

    /// The request id was used before with another body.
    #[must_use]
    pub fn request_id_reused() -> Self {
        let message = "the request id was used before with another body; use a new one";
        Self::new(ErrorReason::RequestIdReused, message)
            .with_violation("request_id", "must be new for every new request")
    }

    /// The page token does not belong to this query.
    #[must_use]
    pub fn page_token_invalid() -> Self {
        let message = "the page token does not belong to this query; start from the first page";
        Self::new(ErrorReason::PageTokenInvalid, message).with_violation(
            "page_token",
            "must come from the page before, of the same query",
        )
    }

    /// The position token in `field` is not one of this server's.
    #[must_use]
    pub fn position_invalid(field: &str) -> Self {
        let message = "the position is not one of this server's";
        Self::new(ErrorReason::PositionInvalid, message)
            .with_violation(field, "must be a position that this server answered")
    }

    /// No key, an unknown key or a revoked one.
    #[must_use]
    pub fn key_invalid() -> Self {
        let message = "the key is missing, unknown or revoked";
        Self::new(ErrorReason::KeyInvalid, message)
    }

    /// The call needs one of these roles.
    #[must_use]
    pub fn role_missing(needed: &[Role]) -> Self {
        let needed: Vec<&str> = needed.iter().map(|role| role.as_str()).collect();
        let message = format!("this call needs a key of the role {}", needed.join(" or "));
        Self::new(ErrorReason::RoleMissing, message)
    }

    /// The key speaks for no member.
    #[must_use]
    pub fn member_missing() -> Self {
        let message = "this call needs a key that speaks for a member";
        Self::new(ErrorReason::MemberMissing, message)
    }

    /// It is somebody else's; `what` is a noun such as "follow-up".
    #[must_use]
    pub fn not_yours(what: &str) -> Self {
        Self::new(
            ErrorReason::NotYours,
            format!("the {what} is somebody else's"),
        )
    }

    /// There is no such thing that the caller may see; `what` is a noun such as "person".
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let message = format!("there is no such {what} that you may see");
        Self::new(ErrorReason::NotFound, message)
    }

    /// It exists already; `what` is a noun such as "member".
    #[must_use]
    pub fn already_exists(what: &str) -> Self {
        Self::new(
            ErrorReason::AlreadyExists,
            format!("the {what} exists already"),
        )
    }

    /// Somebody else changed it first.
    #[must_use]
    pub fn changed_meanwhile() -> Self {
        let message = "somebody else changed it first; read it again and repeat";
        Self::new(ErrorReason::ChangedMeanwhile, message)
    }

    /// The state does not allow it; `message` says why.
    #[must_use]
    pub fn state(message: impl Into<String>) -> Self {
        Self::new(ErrorReason::State, message)
    }

    /// The position is from before the log was restored.
    #[must_use]
    pub fn log_epoch() -> Self {
        let message = "the position is from before the log was restored; read again without it";
        Self::new(ErrorReason::LogEpoch, message)
    }

    /// The organisation's read model stopped at an event.
    #[must_use]
    pub fn projection_parked() -> Self {
        let message = "the organisation's read model stopped at an event; its operator must look";
        Self::new(ErrorReason::ProjectionParked, message)
    }

    /// The log or the database can't be reached.
    #[must_use]
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        let message = "the log or the database can not be reached; retry with the same request id";
        Self::new(ErrorReason::Unavailable, message).caused_by(cause)
    }

    /// The read model did not reach `min_position` in time.
    #[must_use]
    pub fn not_yet_visible() -> Self {
        let message = "the position is not visible yet; retry";
        Self::new(ErrorReason::NotYetVisible, message)
    }

    /// The read model lags behind the log and may not know the caller's key yet.
    #[must_use]
    pub fn key_not_yet_visible() -> Self {
        let message = "the key is unknown so far, and newer keys are on their way; retry";
        Self::new(ErrorReason::NotYetVisible, message)
    }

    /// A size, page or stream limit; `message` says which and how to stay under it.
    #[must_use]
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorReason::Limit, message)
    }

    /// There is no such call.
    #[must_use]
    pub fn unknown_call() -> Self {
        Self::new(ErrorReason::UnknownCall, "there is no such call")
    }

    /// The request is compressed.
    #[must_use]
    pub fn unknown_encoding() -> Self {
        let message = "there is no such call for compressed messages; send them as they are";
        Self::new(ErrorReason::UnknownCall, message)
    }

    /// A defect.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        let message = "the server met a defect of its own; report the request id";
        Self::new(ErrorReason::Internal, message).caused_by(cause)
    }
}
