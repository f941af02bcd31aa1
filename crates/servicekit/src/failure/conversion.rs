//! What errors of the log, the ledger and the vault mean to a caller.

use std::error::Error;

use kith_eventlog::ledger::{ExecuteError, LedgerError};
use kith_eventlog::log::{AppendError, MAX_COMMIT_BYTES, ReadError};
use kith_eventlog::vault::VaultError;

use super::Failure;

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict => Self::changed_meanwhile(),
            AppendError::IdReused => Self::request_id_reused(),
            AppendError::TooLarge => Self::limit(format!(
                "the request makes more than {} KiB of events; split it",
                MAX_COMMIT_BYTES / 1024
            )),
            AppendError::Unavailable(_) => Self::unavailable(error),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(_) => Self::unavailable(error),
            ReadError::NoSuchShard(_) => Self::internal(error),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(_) => Self::unavailable(error),
            VaultError::WrongMasterKey | VaultError::KeyLost { .. } => Self::internal(error),
            VaultError::OrganisationErased => Self::state("the organisation was erased"),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Append(error) => error.into(),
            LedgerError::Read(error) => error.into(),
            LedgerError::Vault(error) => error.into(),
        }
    }
}

impl Failure {
    /// What an error of `execute` means; `refused` says what a refusal of the aggregate means.
    pub fn from_execute<E: Error + 'static>(
        error: ExecuteError<E>,
        refused: impl FnOnce(E) -> Self,
    ) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refused(refusal),
            ExecuteError::Contended | ExecuteError::Moved => Self::changed_meanwhile(),
            ExecuteError::Ledger(error) => error.into(),
            ExecuteError::Unreadable(error) => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_proto::kith::error::v1::ErrorReason;

    use super::*;

    fn reason(error: impl Into<LedgerError>) -> ErrorReason {
        Failure::from(error.into()).reason()
    }

    #[test]
    fn an_error_of_the_log_tells_whether_to_repeat_to_split_or_to_use_a_new_id() {
        let lost = || "connection lost".into();
        assert_eq!(reason(AppendError::Conflict), ErrorReason::ChangedMeanwhile);
        assert_eq!(reason(AppendError::IdReused), ErrorReason::RequestIdReused);
        assert_eq!(reason(AppendError::TooLarge), ErrorReason::Limit);
        assert_eq!(
            reason(AppendError::Unavailable(lost())),
            ErrorReason::Unavailable
        );
        assert_eq!(
            reason(ReadError::Unavailable(lost())),
            ErrorReason::Unavailable
        );
        assert_eq!(
            reason(VaultError::Unavailable(lost())),
            ErrorReason::Unavailable
        );
        assert_eq!(reason(VaultError::WrongMasterKey), ErrorReason::Internal);
    }

    #[test]
    fn a_refusal_of_an_aggregate_is_told_in_the_words_of_its_service() {
        let refused: ExecuteError<std::fmt::Error> = ExecuteError::Refused(std::fmt::Error);
        let failure = Failure::from_execute(refused, |_| Failure::state("it is done already"));
        assert_eq!(failure.to_string(), "it is done already");
        let contended: ExecuteError<std::fmt::Error> = ExecuteError::Contended;
        let failure = Failure::from_execute(contended, |_| unreachable!());
        assert_eq!(failure.reason(), ErrorReason::ChangedMeanwhile);
    }
}
