//! Which ties an interaction touches.

use super::{Kind, Part, Participant, has_initiator};
use crate::id::PersonId;
use crate::tie::Direction;

/// One tie that an interaction touches: member → person, and which way the contact went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Touch {
    /// The member whose tie it is.
    pub member: PersonId,
    /// The other end.
    pub person: PersonId,
    /// Which way the contact went, seen from the member.
    pub direction: Direction,
}

/// What an interaction ties.
///
/// - Meeting, call, encounter: all pairs.
/// - Mail, message, favour, introduction: the initiator (sender, giver, connector) with each other
///   participant, never the others among each other. Without an initiator nobody.
/// - Anything else: as the latter with an initiator, as the former without.
///
/// Only pairs whose first end is a member make a tie; two members make two ties.
pub fn touches(
    kind: Kind,
    participants: &[Participant],
    is_member: impl Fn(PersonId) -> bool,
) -> Vec<Touch> {
    let all_pairs = match kind {
        Kind::Meeting | Kind::Call | Kind::Encounter => true,
        Kind::Other => !has_initiator(participants),
        Kind::Mail | Kind::Message | Kind::Favour | Kind::Introduction => false,
    };
    let mut touches = Vec::new();
    for near in participants.iter().filter(|p| is_member(p.person)) {
        for far in participants.iter().filter(|p| p.person != near.person) {
            let direction = match (near.part, far.part) {
                (Part::Initiator, Part::Initiator) => Direction::Mutual,
                (Part::Initiator, _) => Direction::Out,
                (_, Part::Initiator) => Direction::In,
                _ if all_pairs => Direction::Mutual,
                _ => continue,
            };
            touches.push(Touch {
                member: near.person,
                person: far.person,
                direction,
            });
        }
    }
    touches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone(n: u8, part: Part) -> Participant {
        Participant {
            person: PersonId::from_bytes([n; 16]),
            part,
        }
    }

    fn ends(touches: &[Touch]) -> Vec<(u8, u8, Direction)> {
        touches
            .iter()
            .map(|t| (t.member.as_bytes()[0], t.person.as_bytes()[0], t.direction))
            .collect()
    }

    #[test]
    fn a_mail_ties_its_sender_with_each_recipient_and_never_recipients_with_each_other() {
        let mail = [
            someone(1, Part::Initiator),
            someone(2, Part::Recipient),
            someone(3, Part::Copied),
        ];
        assert_eq!(
            ends(&touches(Kind::Mail, &mail, |_| true)),
            [
                (1, 2, Direction::Out),
                (1, 3, Direction::Out),
                (2, 1, Direction::In),
                (3, 1, Direction::In)
            ]
        );
    }

    #[test]
    fn a_meeting_ties_all_pairs_that_include_a_member() {
        let meeting = [
            someone(1, Part::Attendee),
            someone(2, Part::Attendee),
            someone(3, Part::Attendee),
        ];
        let only_one = |p: PersonId| p.as_bytes()[0] == 1;
        assert_eq!(
            ends(&touches(Kind::Meeting, &meeting, only_one)),
            [(1, 2, Direction::Mutual), (1, 3, Direction::Mutual)]
        );
    }

    #[test]
    fn an_introduction_ties_both_introduced_with_the_connector_alone() {
        let introduction = [
            someone(9, Part::Initiator),
            someone(1, Part::Recipient),
            someone(2, Part::Recipient),
        ];
        let members = |p: PersonId| p.as_bytes()[0] != 2;
        assert_eq!(
            ends(&touches(Kind::Introduction, &introduction, members)),
            [
                (9, 1, Direction::Out),
                (9, 2, Direction::Out),
                (1, 9, Direction::In)
            ]
        );
    }

    #[test]
    fn a_call_with_a_caller_still_ties_everyone_on_the_line() {
        let call = [
            someone(1, Part::Initiator),
            someone(2, Part::Recipient),
            someone(3, Part::Recipient),
        ];
        assert_eq!(touches(Kind::Call, &call, |_| true).len(), 6);
    }

    #[test]
    fn what_comes_from_nobody_ties_nobody_and_whoever_was_together_is_tied_all_the_same() {
        let unstarted = [Part::Recipient, Part::Copied, Part::Attendee];
        let people = [1, 2, 3].map(|n| someone(n, unstarted[usize::from(n) - 1]));
        for kind in Kind::ALL {
            let tied = touches(kind, &people, |_| true).len();
            assert_eq!(tied, if kind.needs_initiator() { 0 } else { 6 }, "{kind:?}");
        }
    }

    #[test]
    fn something_else_ties_all_pairs_only_if_nobody_started_it() {
        let begun = [
            someone(1, Part::Initiator),
            someone(2, Part::Attendee),
            someone(3, Part::Attendee),
        ];
        let only_two = |p: PersonId| p.as_bytes()[0] == 2;
        assert_eq!(
            ends(&touches(Kind::Other, &begun, only_two)),
            [(2, 1, Direction::In)]
        );
    }
}
