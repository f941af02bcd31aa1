//! What is wrong with the fields of a request, collected before any of it is told.

use std::fmt;

use super::Failure;

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field as the proto names it, such as `person.addresses[2]`.
    pub field: String,
    /// What it must be: "must …". It never quotes what was sent.
    pub description: String,
}

impl Violation {
    /// A violation of `field`.
    #[must_use]
    pub fn new(field: impl fmt::Display, description: impl Into<String>) -> Self {
        Self {
            field: field.to_string(),
            description: description.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.description)
    }
}

/// Collects what is wrong with a request.
///
/// The field parsers of [`requests`](crate::requests) answer a placeholder for a field that is
/// wrong: nothing may be done with their answers before [`finish`](Violations::finish) said `Ok`.
#[derive(Debug, Default)]
#[must_use = "violations are told by `finish`"]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn add(&mut self, field: impl fmt::Display, description: impl Into<String>) {
        self.0.push(Violation::new(field, description));
    }

    /// Adds one unless `holds`.
    pub fn check(&mut self, holds: bool, field: impl fmt::Display, description: &str) {
        if !holds {
            self.add(field, description);
        }
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells all of them.
    pub fn finish(self) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Failure::invalid(self.0))
    }
}
