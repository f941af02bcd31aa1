//! From a failure to what goes over the wire, and the log.

use std::collections::HashMap;

use kith_proto::kith::error::v1::ErrorReason;
use kith_proto::words::reason_name;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use super::{Failure, chain};

/// The domain of every reason.
pub const DOMAIN: &str = "kith";

/// A status travels in a header, and clients take 8 KiB of headers: with base64 and the rest of
/// the status, this many bytes of violations fit. Those that don't are counted in the message.
const MAX_VIOLATION_BYTES: usize = 4 * 1024;

/// The gRPC code of a reason, as documented in `error.proto`.
fn code(reason: ErrorReason) -> Code {
    match reason {
        ErrorReason::FieldsInvalid
        | ErrorReason::RequestIdReused
        | ErrorReason::PageTokenInvalid
        | ErrorReason::PositionInvalid => Code::InvalidArgument,
        ErrorReason::KeyInvalid => Code::Unauthenticated,
        ErrorReason::RoleMissing | ErrorReason::MemberMissing | ErrorReason::NotYours => {
            Code::PermissionDenied
        }
        ErrorReason::NotFound => Code::NotFound,
        ErrorReason::AlreadyExists => Code::AlreadyExists,
        ErrorReason::ChangedMeanwhile => Code::Aborted,
        ErrorReason::State | ErrorReason::LogEpoch | ErrorReason::Erased => {
            Code::FailedPrecondition
        }
        ErrorReason::ProjectionParked | ErrorReason::Unavailable => Code::Unavailable,
        ErrorReason::NotYetVisible => Code::DeadlineExceeded,
        ErrorReason::Limit => Code::ResourceExhausted,
        ErrorReason::UnknownCall => Code::Unimplemented,
        ErrorReason::Internal | ErrorReason::Unspecified => Code::Internal,
    }
}

impl Failure {
    /// The status that the caller gets. Logs the cause of what the caller can't help.
    #[must_use]
    pub fn into_status(self) -> Status {
        let reason = reason_name(self.reason);
        let code = code(self.reason);
        let cause = || {
            self.cause
                .as_ref()
                .map_or(String::new(), |cause| chain(&**cause))
        };
        match code {
            Code::Internal => tracing::error!(reason, cause = cause(), "a call met a defect"),
            Code::Unavailable => tracing::warn!(reason, cause = cause(), "a call was turned away"),
            _ => tracing::debug!(reason, "a call was refused"),
        }

        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
        let mut room = MAX_VIOLATION_BYTES;
        let told = self.violations.into_iter().map_while(|violation| {
            room = room.checked_sub(violation.field.len() + violation.description.len())?;
            Some(FieldViolation::new(violation.field, violation.description))
        });
        let told: Vec<FieldViolation> = told.collect();
        if !told.is_empty() {
            details.set_bad_request(told);
        }
        Status::with_error_details(code, self.message, details)
    }

    /// What a refusal of tonic's own means, made before any code of ours saw the request or while it
    /// read a stream; `None` if the status has a reason already or needs none.
    #[must_use]
    pub fn of_transport(status: &Status) -> Option<Self> {
        if !status.details().is_empty() {
            return None;
        }
        let failure = match status.code() {
            // tonic says `Internal` of a message that it can't decode; no code of ours says so
            // without a reason.
            Code::Internal | Code::InvalidArgument => Self::new(
                ErrorReason::FieldsInvalid,
                "the request is not a well-formed message of this call",
            ),
            Code::OutOfRange | Code::ResourceExhausted => {
                Self::limit("the message is larger than this call takes; split it")
            }
            Code::Unimplemented => Self::unknown_call(),
            Code::NotFound => Self::not_found("thing"),
            _ => return None,
        };
        Some(failure)
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        failure.into_status()
    }
}

#[cfg(test)]
mod tests {
    use kith_domain::access::Role;

    use super::*;
    use crate::failure::Violations;

    #[test]
    fn every_reason_has_the_code_that_the_contract_documents() {
        let contract = include_str!("../../../../proto/kith/error/v1/error.proto");
        let mut documented = None;
        let mut reasons = 0;
        for line in contract.lines().map(str::trim) {
            if let Some(comment) = line.strip_prefix("// ") {
                documented = documented.or_else(|| comment.split_once(": ").map(|(code, _)| code));
            } else if let Some((name, _)) = line.split_once(" = ") {
                let Some(documented) = documented.take() else {
                    continue;
                };
                let reason = ErrorReason::from_str_name(name).unwrap();
                let code = format!("{:?}", code(reason)).to_uppercase();
                assert_eq!(code, documented.replace('_', ""), "{name}");
                reasons += 1;
            }
        }
        assert_eq!(reasons, 20);
    }

    #[test]
    fn a_status_carries_reason_domain_and_all_violations() {
        let mut violations = Violations::new();
        violations.check(false, "person.name", "must not be empty");
        violations.check(true, "person.tags", "must be fewer than 100");
        violations.add("request_id", "must be a UUID");
        let status = violations.finish().unwrap_err().into_status();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(
            status.message(),
            "person.name must not be empty (and 1 more)"
        );
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("FIELDS_INVALID", "kith")
        );
        let fields: Vec<_> = details
            .bad_request()
            .unwrap()
            .field_violations
            .iter()
            .collect();
        assert_eq!(fields[0].field, "person.name");
        assert_eq!(fields[1].description, "must be a UUID");
        assert_eq!(fields.len(), 2);
    }

    #[test]
    fn ten_thousand_violations_fit_into_the_headers_that_clients_take() {
        let mut violations = Violations::new();
        for n in 0..10_000 {
            violations.add(
                format!("interactions[{n}].kind"),
                "must be a documented kind",
            );
        }
        let status = violations.finish().unwrap_err().into_status();
        assert!(status.message().ends_with("(and 9999 more)"));
        let header = status.into_http::<()>().headers()["grpc-status-details-bin"].len();
        assert!((4_000..7_500).contains(&header), "{header} bytes");
    }

    #[test]
    fn what_happened_inside_is_never_sent() {
        for failure in [
            Failure::internal("password of Ana"),
            Failure::unavailable("Ana's host"),
        ] {
            let status = failure.into_status();
            let sent = format!("{status:?} {}", String::from_utf8_lossy(status.details()));
            assert!(!sent.contains("Ana"), "{sent}");
            assert!(status.get_details_error_info().is_some());
        }
    }

    #[test]
    fn messages_are_lower_case_without_a_full_stop() {
        for failure in [
            Failure::invalid(Vec::new()),
            Failure::request_id_reused(),
            Failure::page_token_invalid(),
            Failure::position_invalid("min_position"),
            Failure::key_invalid(),
            Failure::role_missing(&[Role::Admin, Role::Operator]),
            Failure::member_missing(),
            Failure::not_yours("follow-up"),
            Failure::not_found("person"),
            Failure::already_exists("member"),
            Failure::changed_meanwhile(),
            Failure::log_epoch(),
            Failure::projection_parked(),
            Failure::unavailable("x"),
            Failure::not_yet_visible(),
            Failure::unknown_call(),
            Failure::internal("x"),
        ] {
            let message = failure.to_string();
            assert!(
                message.starts_with(char::is_lowercase) && !message.ends_with('.'),
                "{message}"
            );
        }
    }
}
