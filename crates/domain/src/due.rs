//! The due policy: when a tie next asks for attention, and why.
//!
//! Two rules propose a moment: the tie's own rhythm ([`tie::due_at`], from the pinned, uncalibrated
//! `v1`) and, in the first weeks of a tie that began face to face, the ladder. The earlier one
//! counts. Zone, quiet hours, working days and caps are applied when a moment is claimed; they are
//! never stored.

use crate::followup::Reason;
use crate::tie::{self, Contact, Slots, State, V1};
use crate::time::Timestamp;

/// A due moment that lies ahead of a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// What it rests on, for the follow-up's id: the anchor slot of a fading tie; slot of the first
    /// contact × 4 + step on the ladder.
    pub basis: i64,
}

/// Longest time from first to last contact, in days, at which the ladder can still matter: three
/// steps, each as late as its interval is long, end within it.
const LADDER_DAYS: i32 = 120;

/// Whether the ladder can have a say in a tie: it began face to face (`ladder_from` is its first
/// contact that starts a ladder) and is young. Only then are its single contacts needed.
#[must_use]
pub fn may_climb(state: &State, ladder_from: Option<Timestamp>) -> bool {
    let Some(first) = state.first else {
        return false;
    };
    let age = state.anchor.saturating_sub(Slots::Day.slot_of(first));
    ladder_from == Some(first) && age <= LADDER_DAYS
}

/// When the tie next asks for attention.
///
/// `contacts` are all contacts in the order of time, needed when [`may_climb`]; else empty.
/// `recorded` is when the tie was first recorded: a moment that had passed by then never falls
/// due, so twenty years of imported mail wake nobody.
#[must_use]
pub fn next(state: &State, contacts: &[Contact], recorded: Timestamp) -> Option<Next> {
    let fading = tie::due_at(state, &V1).map(|at| Next {
        at,
        reason: Reason::Fading,
        basis: i64::from(state.anchor),
    });
    let rung = contacts
        .split_first()
        .and_then(|(first, later)| tie::ladder(first, later));
    let ladder = rung.map(|rung| Next {
        at: rung.due,
        reason: Reason::Ladder,
        basis: i64::from(Slots::Day.slot_of(contacts[0].at)) * 4 + rung.step.index() as i64,
    });
    let ahead = [fading, ladder]
        .into_iter()
        .flatten()
        .filter(|next| next.at > recorded);
    ahead.min_by_key(|next| next.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::Direction;
    use crate::time::{DAY, HOUR};

    const MET: Timestamp = Timestamp(1_000 * DAY);

    fn contact(at: Timestamp, kind: Kind) -> Contact {
        Contact {
            at,
            direction: Direction::Mutual,
            kind,
        }
    }

    fn fold(contacts: &[Contact]) -> State {
        let mut state = State::default();
        for contact in contacts {
            state.record(contact, Slots::Day);
        }
        state
    }

    #[test]
    fn a_first_encounter_asks_for_a_second_contact_within_48_hours() {
        let contacts = [contact(MET, Kind::Encounter)];
        let next = next(&fold(&contacts), &contacts, MET).expect("a due moment");
        assert_eq!(next.reason, Reason::Ladder);
        assert_eq!(next.at, MET.plus_micros(48 * HOUR));
    }

    #[test]
    fn a_moment_that_passed_before_the_tie_was_recorded_never_falls_due() {
        let contacts = [contact(MET, Kind::Encounter)];
        let years_later = MET.plus_micros(1_000 * DAY);
        assert_eq!(next(&fold(&contacts), &contacts, years_later), None);
    }

    #[test]
    fn mail_alone_never_climbs() {
        let contacts = [contact(MET, Kind::Mail)];
        assert!(!may_climb(&fold(&contacts), None));
    }

    #[test]
    fn the_id_of_a_due_moment_changes_with_real_contact() {
        let weekly: Vec<Contact> = (0..30)
            .map(|week| contact(MET.plus_micros(week * 7 * DAY), Kind::Call))
            .collect();
        let before = next(&fold(&weekly[..29]), &[], MET).expect("a due moment");
        let after = next(&fold(&weekly), &[], MET).expect("a due moment");
        assert_eq!(before.reason, Reason::Fading);
        assert!(after.at > before.at && after.basis > before.basis);
    }
}
