//! Failed calls: what the server said, and what to do about it.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{Exit, Failure};

/// The documented reason of a failed call; `None` when no server gave one, because the connection
/// broke or what answered was not Kith.
pub(in crate::cli) fn reason(status: &Status) -> Option<String> {
    let details = status.get_error_details();
    let info = details.error_info()?;
    (info.domain == kith_servicekit::failure::DOMAIN).then(|| info.reason.clone())
}

/// Whether the connection broke, or the server asks to be tried again: nothing is known of the
/// call, and the same call may be made once more.
pub(in crate::cli) fn is_passing(status: &Status) -> bool {
    match reason(status) {
        Some(reason) => matches!(reason.as_str(), "UNAVAILABLE" | "NOT_YET_VISIBLE"),
        None => matches!(
            status.code(),
            Code::Unavailable | Code::Unknown | Code::Internal | Code::Cancelled
        ),
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let reason = reason(&status);
        let Some(reason) = reason else {
            return unreasoned(&status);
        };
        let mut failure = Self::new(exit(status.code(), &reason), status.message());
        let details = status.get_error_details();
        if let Some(bad_request) = details.bad_request() {
            for violation in &bad_request.field_violations {
                let line = format!("{}: {}", violation.field, violation.description);
                failure.details.push(line);
            }
        }
        failure.next = advice(&reason).map(ToOwned::to_owned);
        failure.reason = Some(reason);
        failure
    }
}

/// A failure that no Kith server explained.
fn unreasoned(status: &Status) -> Failure {
    let cause = match std::error::Error::source(status) {
        Some(source) => kith_servicekit::failure::chain(source),
        None => status.message().to_owned(),
    };
    if is_passing(status) || status.code() == Code::DeadlineExceeded {
        return Failure::new(Exit::Unreachable, "the server does not answer")
            .detail(cause)
            .next("start a server with 'kith up', or check --server");
    }
    let message = format!("the server answered {:?}: {cause}", status.code());
    Failure::failed(message).next("check that --server is a Kith server of this version")
}

fn exit(code: Code, reason: &str) -> Exit {
    match (code, reason) {
        // Waiting helps nobody: an operator must look first.
        (_, "PROJECTION_PARKED") => Exit::Failed,
        (Code::InvalidArgument, _) => Exit::Usage,
        (Code::NotFound, _) => Exit::NotFound,
        (Code::Unauthenticated | Code::PermissionDenied, _) => Exit::Refused,
        (Code::Unavailable | Code::DeadlineExceeded, _) => Exit::Unreachable,
        _ => Exit::Failed,
    }
}

/// What to do about a documented reason.
fn advice(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "FIELDS_INVALID" => "mend what is named above and run the command again",
        "KEY_INVALID" => {
            "give a key that is in force with --key-file; an admin makes one with 'kith key create'"
        }
        "ROLE_MISSING" => {
            "use a key of the role that is named above; an admin makes one with 'kith key create'"
        }
        "MEMBER_MISSING" => {
            "use a member's own key; an admin makes one with 'kith key create --role member --member PERSON --out FILE'"
        }
        "NOT_FOUND" => {
            "see who and what is there with 'kith person find', 'kith ties' and 'kith due'"
        }
        "CHANGED_MEANWHILE" | "REQUEST_ID_REUSED" | "PAGE_TOKEN_INVALID" => "run the command again",
        "POSITION_INVALID" | "LOG_EPOCH" => "run the command again without --min-position",
        "PROJECTION_PARKED" => {
            "ask the operator to look: 'kith parked list' says where it stopped and why"
        }
        "UNAVAILABLE" => "run the command again in a moment",
        "NOT_YET_VISIBLE" => "run the command again in a moment, or with a longer --timeout",
        "LIMIT" => "ask for less at once",
        "UNKNOWN_CALL" => "use a command line of the server's own version: 'kith info' says which",
        "INTERNAL" => "this is a defect of Kith: please report it with the request id",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    fn refused(code: Code, reason: &str) -> Status {
        let mut details = ErrorDetails::with_error_info(reason, "kith", []);
        details.add_bad_request_violation("interaction.at", "lies before 1970");
        Status::with_error_details(code, "fields are wrong", details)
    }

    #[test]
    fn a_refusal_tells_message_reason_every_field_and_the_next_step() {
        let failure = Failure::from(refused(Code::InvalidArgument, "FIELDS_INVALID"));
        assert_eq!(
            failure.to_string(),
            "error: fields are wrong [FIELDS_INVALID]\n  interaction.at: lies before 1970\n\
             next: mend what is named above and run the command again\n"
        );
        assert_eq!(failure.exit(), Exit::Usage);
    }

    #[test]
    fn every_documented_reason_but_those_that_speak_for_themselves_has_a_next_step() {
        use kith_proto::kith::error::v1::ErrorReason;
        let silent = ["UNSPECIFIED", "NOT_YOURS", "ALREADY_EXISTS", "STATE"];
        for value in 0..=19 {
            let reason = ErrorReason::try_from(value).expect("a reason");
            let name = kith_proto::words::reason_name(reason);
            assert_eq!(advice(name).is_none(), silent.contains(&name), "{name}");
        }
    }

    #[test]
    fn a_broken_connection_is_tried_again_and_a_refusal_is_not() {
        assert!(is_passing(&Status::unknown("transport error")));
        assert!(is_passing(&refused(Code::Unavailable, "UNAVAILABLE")));
        assert!(!is_passing(&refused(
            Code::Unavailable,
            "PROJECTION_PARKED"
        )));
        assert!(!is_passing(&refused(Code::Internal, "INTERNAL")));
        let unreachable = Failure::from(Status::unavailable("tcp connect error"));
        assert_eq!(unreachable.exit(), Exit::Unreachable);
    }
}
