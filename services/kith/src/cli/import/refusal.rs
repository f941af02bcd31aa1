//! Moments that the server refuses: left out, so that one of them does not stop a whole file. Pure.

use std::collections::BTreeSet;

use tonic::Status;
use tonic_types::StatusExt as _;

/// The most moments of one file that may be refused; more mean that the file is not what it seems.
const MOST: usize = 100;

/// Which moments of a file the server refuses, by their place among its moments.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused {
    places: BTreeSet<u64>,
}

impl Refused {
    /// Whether the moment at this place is left out.
    pub(super) fn contains(&self, place: u64) -> bool {
        self.places.contains(&place)
    }

    /// Leaves a moment out from now on. `false` when too many are left out by now.
    pub(super) fn leave_out(&mut self, place: u64) -> bool {
        self.places.insert(place);
        self.places.len() <= MOST
    }

    /// The moments that a failed stream complains of, by their place in the file:
    /// `interaction[7].at` is the eighth of the stream, which had none of those left out.
    pub(super) fn suspects(&self, status: &Status) -> BTreeSet<u64> {
        let details = status.get_error_details();
        let violations = details.bad_request().map(|b| b.field_violations.as_slice());
        let index = |field: &str| {
            let (index, _) = field.strip_prefix("interaction[")?.split_once(']')?;
            index.parse().ok()
        };
        let violations = violations.unwrap_or_default().iter();
        let indices = violations.filter_map(|violation| index(&violation.field));
        indices.map(|index| self.place(index)).collect()
    }

    fn place(&self, index: u64) -> u64 {
        let mut place = index;
        for left_out in &self.places {
            if *left_out <= place {
                place += 1;
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::ErrorDetails;

    use super::*;

    fn refusal(fields: &[&str]) -> Status {
        let mut details = ErrorDetails::with_error_info("FIELDS_INVALID", "kith", []);
        for field in fields {
            details.add_bad_request_violation(*field, "must name each person once");
        }
        Status::with_error_details(Code::InvalidArgument, "wrong", details)
    }

    #[test]
    fn a_moment_keeps_its_place_while_others_are_left_out() {
        let mut refused = Refused::default();
        let first = refused.suspects(&refusal(&["interaction[2].at", "interaction[4].note"]));
        assert_eq!(first, BTreeSet::from([2, 4]));
        for place in first {
            assert!(refused.leave_out(place));
        }
        // Without the third and the fifth, the fifth of the stream is the seventh of the file.
        let second = refused.suspects(&refusal(&["interaction[4].note", "interaction[0].at"]));
        assert_eq!(second, BTreeSet::from([0, 6]));
    }

    #[test]
    fn a_refusal_of_the_whole_stream_suspects_no_moment() {
        let refused = Refused::default();
        let suspects = refused.suspects(&refusal(&["everyone_is_a_member", "interaction[x]"]));
        assert!(suspects.is_empty());
    }

    #[test]
    fn only_so_many_moments_may_be_refused() {
        let mut refused = Refused::default();
        let within = (0..MOST as u64).all(|place| refused.leave_out(place));
        assert!(within && !refused.leave_out(MOST as u64));
    }
}
