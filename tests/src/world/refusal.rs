//! What a refused call says, in the parts that a program acts on.

use std::fmt::Debug;

use anyhow::{Context as _, Result, bail};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The gRPC code.
    pub code: Code,
    /// `ErrorInfo.reason`.
    pub reason: String,
    /// `ErrorInfo.domain`.
    pub domain: String,
    /// The fields of `BadRequest`, in its order.
    pub fields: Vec<String>,
}

impl Refusal {
    /// Reads a status. An error if it carries no reason: every refusal must.
    pub fn of(status: &Status) -> Result<Self> {
        let details = status.get_error_details();
        let info = details
            .error_info()
            .with_context(|| format!("no reason in {status:?}"))?;
        let violations = details.bad_request().map(|bad| &bad.field_violations);
        Ok(Self {
            code: status.code(),
            reason: info.reason.clone(),
            domain: info.domain.clone(),
            fields: violations
                .into_iter()
                .flatten()
                .map(|violation| violation.field.clone())
                .collect(),
        })
    }
}

/// The refusal in an answer. An error if the call was not refused.
pub fn refused<T: Debug>(answer: Result<T, Status>) -> Result<Refusal> {
    match answer {
        Ok(answer) => bail!("answered instead of refused: {answer:?}"),
        Err(status) => Refusal::of(&status),
    }
}
