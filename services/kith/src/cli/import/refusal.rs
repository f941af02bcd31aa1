//! Moments that the server refused: left out, so that one of them does not stop a whole file. Pure.

use std::collections::BTreeSet;

use tonic::Status;
use tonic_types::StatusExt as _;

/// The most moments of one file that may be refused; more mean that the file is not what it seems.
const MOST: usize = 100;

/// Which moments of a file the server refused, by their place among its moments.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused {
    places: BTreeSet<u64>,
}

impl Refused {
    /// Whether the moment at this place is left out.
    pub(super) fn contains(&self, place: u64) -> bool {
        self.places.contains(&place)
    }

    /// Notes what a failed stream says of its moments. `false` when it says nothing of any, or too
    /// many were refused by now: then trying again does not help.
    pub(super) fn learn(&mut self, status: &Status) -> bool {
        let named = named(status);
        let before = self.places.clone();
        for index in &named {
            self.places.insert(place(*index, &before));
        }
        !named.is_empty() && self.places.len() <= MOST
    }
}

/// The moments that a refusal names: `interaction[7].at` is the eighth of the stream.
fn named(status: &Status) -> BTreeSet<u64> {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|b| b.field_violations.as_slice());
    let index = |field: &str| {
        let (index, _) = field.strip_prefix("interaction[")?.split_once(']')?;
        index.parse().ok()
    };
    let violations = violations.unwrap_or_default().iter();
    violations.filter_map(|v| index(&v.field)).collect()
}

/// The place in the file of the moment that was sent as number `index`, without those left out.
fn place(index: u64, left_out: &BTreeSet<u64>) -> u64 {
    left_out.iter().fold(
        index,
        |place, out| if *out <= place { place + 1 } else { place },
    )
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
    fn a_refused_moment_keeps_its_place_while_others_are_left_out() {
        let mut refused = Refused::default();
        assert!(refused.learn(&refusal(&[
            "interaction[2].at",
            "interaction[4].participants"
        ])));
        // Without the third and the fifth, the fifth of the stream is the seventh of the file.
        assert!(refused.learn(&refusal(&["interaction[4].note", "interaction[0].note"])));
        assert_eq!(refused.places, BTreeSet::from([0, 2, 4, 6]));
        assert!(refused.contains(6) && !refused.contains(5));
    }

    #[test]
    fn a_refusal_of_the_whole_stream_or_of_very_many_moments_ends_the_import() {
        let mut refused = Refused::default();
        assert!(!refused.learn(&refusal(&["everyone_is_a_member"])));
        let many: Vec<String> = (0..=MOST).map(|n| format!("interaction[{n}].at")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(!refused.learn(&refusal(&many)));
    }
}
