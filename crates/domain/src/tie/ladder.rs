//! The ladder of a new acquaintance: second contact within two days, third two weeks after the
//! second, fourth a month after the third.
//!
//! New contacts are forgotten in a month; the first weeks decide. The intervals are a rule of
//! practice: no public data covers "met at a conference, followed up later". What the rule means
//! for the person who follows it:
//!
//! - It starts with an encounter, a meeting or an introduction, never with mail alone; the mails that
//!   arranged it don't count. Once started, contact of any kind climbs it, whoever began it: a mail
//!   *from* them is contact too.
//! - Nobody is prompted right after a contact. One that comes in the second half of an interval
//!   climbs the next step; one in the first half belongs to the conversation of the step before, and
//!   neither climbs nor delays. So a thread of five mails in one evening is one step, not three,
//!   and whenever a third or fourth step falls due, the last contact is at least half of that
//!   step's interval away.
//! - The second step is the one exception, because a follow-up is meant to come early: any mail,
//!   message, call or favour climbs it, be it an hour later. Running into each other again on the
//!   same day (an encounter, meeting or introduction within 24 hours) is still the first occasion.
//! - Steps are counted from when the one before really happened. Who is late is not chased with
//!   three steps at once, and nothing here counts a missed step.
//!
//! Which ties are new enough for it, and which due moments are told, is the due policy's
//! ([`crate::due`]) to say; a contact imported long after it happened never becomes due by itself.

use super::contact::Contact;
use crate::time::{DAY, HOUR, Timestamp};

/// A step of the ladder, named by the contact that it proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Within 48 hours of the first contact.
    Second,
    /// 14 days after the second contact.
    Third,
    /// 30 days after the third contact.
    Fourth,
}

impl Step {
    /// Every step, from the foot of the ladder.
    pub const ALL: [Self; 3] = [Self::Second, Self::Third, Self::Fourth];

    /// 1 to 3; enters the ids of follow-ups, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize + 1
    }

    /// The word, lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Third => "third",
            Self::Fourth => "fourth",
        }
    }

    /// From the contact before to the due moment, in microseconds.
    #[must_use]
    pub const fn interval(self) -> i64 {
        match self {
            Self::Second => 48 * HOUR,
            Self::Third => 14 * DAY,
            Self::Fourth => 30 * DAY,
        }
    }

    /// Whether `contact` is the contact that this step proposes, after one at `before`.
    fn is_climbed_by(self, contact: &Contact, before: Timestamp) -> bool {
        let same_occasion = contact.at.micros_since(before) < self.interval() / 2;
        let follow_up = self == Self::Second && !contact.kind.starts_ladder();
        follow_up || !same_occasion
    }
}

/// Where somebody stands on the ladder: the step to take next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rung {
    /// The step.
    pub step: Step,
    /// The contact that it is counted from.
    pub after: Timestamp,
    /// When it falls due.
    pub due: Timestamp,
}

/// The next step after `first` and the contacts that followed, in any order; those not after
/// `first` are ignored. `None` if `first` starts no ladder, or if it has been climbed.
///
/// `first` is the tie's first encounter, meeting or introduction; mail before it climbs nothing.
#[must_use]
pub fn ladder(first: &Contact, later: &[Contact]) -> Option<Rung> {
    if !first.kind.starts_ladder() {
        return None;
    }
    let mut later: Vec<&Contact> = later.iter().filter(|c| c.at > first.at).collect();
    later.sort_by_key(|contact| contact.at);
    let mut later = later.into_iter();
    let mut before = first.at;
    for step in Step::ALL {
        match later.find(|contact| step.is_climbed_by(contact, before)) {
            Some(contact) => before = contact.at,
            None => {
                return Some(Rung {
                    step,
                    after: before,
                    due: before.plus_micros(step.interval()),
                });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::Direction;

    fn contact(kind: Kind, at: i64) -> Contact {
        Contact {
            at: Timestamp(at),
            direction: Direction::In,
            kind,
        }
    }

    fn after_an_encounter(later: &[(Kind, i64)]) -> Option<(Step, i64)> {
        let later: Vec<_> = later.iter().map(|(kind, at)| contact(*kind, *at)).collect();
        let rung = ladder(&contact(Kind::Encounter, 0), &later)?;
        Some((rung.step, rung.due.micros()))
    }

    #[test]
    fn an_encounter_proposes_a_second_contact_within_48_hours() {
        assert_eq!(after_an_encounter(&[]), Some((Step::Second, 48 * HOUR)));
    }

    #[test]
    fn mail_alone_starts_no_ladder() {
        assert_eq!(ladder(&contact(Kind::Mail, 0), &[]), None);
    }

    #[test]
    fn a_mail_in_the_same_evening_is_the_second_contact() {
        let rung = after_an_encounter(&[(Kind::Mail, 5 * HOUR)]);
        assert_eq!(rung, Some((Step::Third, 5 * HOUR + 14 * DAY)));
    }

    #[test]
    fn meeting_again_at_the_same_gathering_day_is_not_the_second_contact() {
        let rung = after_an_encounter(&[(Kind::Encounter, 5 * HOUR)]);
        assert_eq!(rung, Some((Step::Second, 48 * HOUR)));
        let rung = after_an_encounter(&[(Kind::Encounter, 25 * HOUR)]);
        assert_eq!(rung, Some((Step::Third, 25 * HOUR + 14 * DAY)));
    }

    #[test]
    fn a_thread_of_mails_is_one_step() {
        let thread = [1, 2, 3, 50].map(|hour| (Kind::Mail, hour * HOUR));
        assert_eq!(
            after_an_encounter(&thread),
            Some((Step::Third, HOUR + 14 * DAY))
        );
    }

    #[test]
    fn a_contact_shortly_before_a_step_takes_it() {
        let rung = after_an_encounter(&[(Kind::Mail, DAY), (Kind::Call, 12 * DAY)]);
        assert_eq!(rung, Some((Step::Fourth, 42 * DAY)));
    }

    #[test]
    fn a_late_second_contact_moves_the_third_with_it() {
        let rung = after_an_encounter(&[(Kind::Call, 100 * DAY)]);
        assert_eq!(rung, Some((Step::Third, 114 * DAY)));
    }

    #[test]
    fn after_the_fourth_contact_the_ladder_is_climbed() {
        let days = [1, 15, 45].map(|day| (Kind::Message, day * DAY));
        assert_eq!(after_an_encounter(&days), None);
    }

    #[test]
    fn the_order_of_delivery_does_not_matter() {
        let mut contacts = [
            (Kind::Call, 12 * DAY),
            (Kind::Mail, -DAY),
            (Kind::Mail, DAY),
        ];
        let rung = after_an_encounter(&contacts);
        contacts.reverse();
        assert_eq!(after_an_encounter(&contacts), rung);
    }
}
