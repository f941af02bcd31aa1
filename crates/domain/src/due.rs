//! The due policy: when a tie asks for attention, and why.
//!
//! Two rules propose a moment: the tie's own rhythm ([`tie::due_at`], from the pinned, uncalibrated
//! `v1`) and, in the first weeks of a tie that became one face to face, the ladder. Each is told
//! once, the earlier one first. Zone, quiet hours, working days and caps are applied when a moment
//! is claimed; they are never stored.
//!
//! **What is recorded today makes nothing due that has passed.** A moment counts only if it lies
//! after the one at which the tie learnt what it rests on: its last contact, or the contacts of its
//! ladder. So twenty years of imported mail wake nobody, an archive that comes half a year later
//! wakes nobody, and neither does the past of a new member or a moment that is moved to another
//! person. This is stricter than "after the tie was first recorded", and implies it.
//!
//! **The member has the last word.** A tie that is left alone asks for nothing. One that its member
//! decided to [tend](Word::Tend) asks at the moment of that decision if its own rhythm had asked
//! before: that is how what faded unnoticed comes back.

use crate::care::{Care, Word};
use crate::followup::Reason;
use crate::tie::{self, Contact, Direction, Slots, State, V1};
use crate::time::{DAY, Timestamp};

/// A contact, and since when its tie knows of it: since it was recorded, since the tie's member
/// joined, or since the correction that made it what it is, whichever came last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The contact.
    pub contact: Contact,
    /// Since when.
    pub since: Timestamp,
    /// Whether it was found in a mailbox: see [`Moment::found`](crate::interaction::Moment::found).
    pub found: bool,
}

impl Known {
    /// Whether the member took part of their own accord: wrote, met, or told of it. A tie made of
    /// nothing else than mail that arrived is *staged*: anybody can write to anybody.
    #[must_use]
    pub const fn answers(&self) -> bool {
        !self.found || !matches!(self.contact.direction, Direction::In)
    }
}

/// Longest time from a tie's first contact to its first encounter, meeting or introduction, for the
/// ladder to apply. Mails that arrange a meeting go back days or weeks; those who have been writing
/// for longer know each other, and need nobody to tell them to write again within two days.
const ARRANGING: i64 = 30 * DAY;

/// Longest time from there to the last contact at which the ladder can still matter: three steps,
/// each as late as its interval is long, end within it.
const CLIMBING: i64 = 120 * DAY;

/// All that is kept of a tie's past. The default is the past of a tie without any contact.
///
/// Merging is commutative and associative, and but for the state's counters idempotent: the order
/// and the grouping in which contacts arrive move no due moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The folded state.
    pub state: State,
    /// Since when the last contact is known. Of contacts at the same time the first known counts.
    pub known: Timestamp,
    /// The first encounter, meeting or introduction.
    pub ladder_from: Option<Timestamp>,
    /// Whether a contact [answers](Known::answers). A tie without asks for no attention.
    pub answered: bool,
}

impl Past {
    /// The past of nothing but one contact.
    #[must_use]
    pub fn of(known: &Known, slots: Slots) -> Self {
        let Known { contact, since, .. } = known;
        Self {
            state: State::of(contact, slots),
            known: *since,
            ladder_from: contact.kind.starts_ladder().then_some(contact.at),
            answered: known.answers(),
        }
    }

    /// Folds in another part of the same tie's past, made of other interactions.
    pub fn merge(&mut self, other: &Self) {
        self.known = match self.state.last().cmp(&other.state.last()) {
            std::cmp::Ordering::Less => other.known,
            std::cmp::Ordering::Equal => self.known.min(other.known),
            std::cmp::Ordering::Greater => self.known,
        };
        self.state.merge(&other.state);
        self.ladder_from = match (self.ladder_from, other.ladder_from) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.answered |= other.answered;
    }

    /// Whether the ladder can have a say: the tie was new when its two ends first met, and still
    /// is. Only then are its single contacts needed.
    #[must_use]
    pub fn may_climb(&self) -> bool {
        let ends = self.state.first.zip(self.state.last());
        ends.zip(self.ladder_from)
            .is_some_and(|((first, last), met)| {
                met.micros_since(first) <= ARRANGING && last.micros_since(met) <= CLIMBING
            })
    }

    /// Whether no contact that is still to be folded can make it climb.
    fn is_beyond_the_ladder(&self) -> bool {
        let ends = self.state.first.zip(self.state.last());
        ends.is_some_and(|(first, last)| last.micros_since(first) > ARRANGING + CLIMBING)
    }
}

/// A tie folded from all its contacts, in any order, by somebody who has no row of it.
#[derive(Debug, Clone, Default)]
pub struct Fold {
    past: Past,
    /// Empty once the ladder is out of the question: long ties cost no more than their state.
    contacts: Vec<Known>,
}

impl Fold {
    /// Folds one contact in.
    pub fn record(&mut self, known: &Known, slots: Slots) {
        self.past.merge(&Past::of(known, slots));
        if self.past.is_beyond_the_ladder() {
            self.contacts = Vec::new();
        } else {
            self.contacts.push(*known);
        }
    }

    /// The folded state.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.past.state
    }

    /// Whether a contact [answers](Known::answers).
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.past.answered
    }

    /// When the tie next asks for attention, seen from `at`. Asked of folds in days only.
    #[must_use]
    pub fn next(&self, care: Care, at: Timestamp) -> Option<Moment> {
        let moments = moments(&self.past, &self.contacts, care);
        next(&moments, |moment| moment.at <= at)
    }
}

/// A moment at which a tie asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// What it rests on, for the follow-up's id: the anchor slot of a fading tie; slot of the first
    /// encounter, meeting or introduction × 4 + step on the ladder.
    pub basis: i64,
    /// Since when that is known.
    pub known: Timestamp,
}

impl Moment {
    /// Whether it lay ahead when what it rests on became known. Others are never told.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.at > self.known
    }
}

/// The moments at which a tie asks for attention, at most one for each reason, in their order.
///
/// `contacts` are all contacts, in any order, needed when [`Past::may_climb`]; else empty.
#[must_use]
pub fn moments(past: &Past, contacts: &[Known], care: Care) -> Vec<Moment> {
    if !past.answered || matches!(care.word, Word::Quiet | Word::Never) {
        return Vec::new();
    }
    // Whoever decided to keep a tie alive is reminded of it however late its contacts came to be known.
    let not_before = if care.word == Word::Tend {
        care.since.max(past.known.plus_micros(1))
    } else {
        Timestamp(i64::MIN)
    };
    let fading = tie::due_at(&past.state, &V1).map(|at| Moment {
        at: at.max(not_before),
        reason: Reason::Fading,
        basis: i64::from(past.state.anchor),
        known: past.known,
    });
    let ladder = past.may_climb().then(|| rung(contacts)).flatten();
    let mut moments: Vec<Moment> = [fading, ladder].into_iter().flatten().collect();
    moments.sort_by_key(|moment| moment.at);
    moments
}

/// The next step of the ladder.
fn rung(contacts: &[Known]) -> Option<Moment> {
    let all: Vec<Contact> = contacts.iter().map(|known| known.contact).collect();
    let meetings = all.iter().filter(|contact| contact.kind.starts_ladder());
    let first = meetings.min_by_key(|contact| contact.at)?;
    let rung = tie::ladder(first, &all)?;
    let climbed = first.at..=rung.after;
    let rests_on = contacts.iter().filter(|k| climbed.contains(&k.contact.at));
    Some(Moment {
        at: rung.due,
        reason: Reason::Ladder,
        basis: i64::from(Slots::Day.slot_of(first.at)) * 4 + rung.step.index() as i64,
        known: rests_on.map(|known| known.since).max()?,
    })
}

/// The moment that a tie comes to next: the first that counts and is not over, else the last one
/// that counted. What is over, the caller knows: what was told, or what lies in the past.
#[must_use]
pub fn next(moments: &[Moment], is_over: impl Fn(&Moment) -> bool) -> Option<Moment> {
    let counting = || moments.iter().filter(|moment| moment.counts());
    counting()
        .find(|moment| !is_over(moment))
        .or_else(|| counting().next_back())
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::time::HOUR;

    const MET: Timestamp = Timestamp(1_000 * DAY);

    fn days(number: i64) -> Timestamp {
        MET.plus_micros(number * DAY)
    }

    /// A contact that is known as it happens.
    fn contact(at: Timestamp, kind: Kind) -> Known {
        let contact = Contact {
            at,
            direction: Direction::Mutual,
            kind,
        };
        Known {
            contact,
            since: at,
            found: false,
        }
    }

    fn fold(contacts: &[Known]) -> Fold {
        let mut fold = Fold::default();
        for known in contacts {
            fold.record(known, Slots::Day);
        }
        fold
    }

    /// What the tie comes to right after its last contact.
    fn next_of(contacts: &[Known]) -> Option<Moment> {
        let last = contacts.iter().map(|known| known.contact.at).max()?;
        fold(contacts).next(Care::default(), last)
    }

    fn reason_and_time(contacts: &[Known]) -> Option<(Reason, Timestamp)> {
        next_of(contacts).map(|next| (next.reason, next.at))
    }

    fn weekly(weeks: std::ops::Range<i64>, kind: Kind) -> Vec<Known> {
        weeks.map(|week| contact(days(7 * week), kind)).collect()
    }

    #[test]
    fn a_first_encounter_asks_for_a_second_contact_within_48_hours() {
        let within_48_hours = MET.plus_micros(48 * HOUR);
        assert_eq!(
            reason_and_time(&[contact(MET, Kind::Encounter)]),
            Some((Reason::Ladder, within_48_hours))
        );
    }

    #[test]
    fn mails_that_arranged_a_meeting_do_not_keep_it_off_the_ladder() {
        let arranged = [
            contact(days(-30), Kind::Mail),
            contact(days(-3), Kind::Mail),
            contact(MET, Kind::Meeting),
        ];
        assert_eq!(reason_and_time(&arranged), Some((Reason::Ladder, days(2))));
    }

    #[test]
    fn those_who_wrote_for_longer_than_a_month_need_no_ladder_when_they_meet() {
        let mut colleagues = weekly(-200..0, Kind::Mail);
        colleagues.push(contact(MET, Kind::Meeting));
        let (reason, _) = reason_and_time(&colleagues).expect("a due moment");
        assert_eq!(reason, Reason::Fading);
        let long_ago = [contact(days(-31), Kind::Mail), contact(MET, Kind::Meeting)];
        assert!(
            fold(&long_ago)
                .next(Care::default(), MET)
                .is_none_or(|next| next.reason == Reason::Fading)
        );
    }

    #[test]
    fn of_a_mail_and_a_meeting_at_the_same_time_the_meeting_starts_the_ladder() {
        let at_once = [contact(MET, Kind::Mail), contact(MET, Kind::Meeting)];
        assert_eq!(reason_and_time(&at_once), Some((Reason::Ladder, days(2))));
    }

    #[test]
    fn mail_alone_never_climbs() {
        assert_eq!(next_of(&[contact(MET, Kind::Mail)]), None);
    }

    #[test]
    fn a_moment_that_had_passed_when_its_contact_became_known_never_falls_due() {
        let encounter = contact(MET, Kind::Encounter);
        for (known, falls_due) in [(days(1), true), (days(2), false), (days(900), false)] {
            let late = Known {
                since: known,
                ..encounter
            };
            assert_eq!(next_of(&[late]).is_some(), falls_due, "{known:?}");
        }
    }

    #[test]
    fn an_archive_that_comes_later_makes_nothing_due_that_has_passed() {
        let mut contacts = weekly(0..1, Kind::Call);
        for imported in weekly(1..17, Kind::Mail) {
            let since = days(170);
            contacts.push(Known { since, ..imported });
        }
        assert_eq!(next_of(&contacts), None);
    }

    #[test]
    fn an_encounter_recorded_late_makes_no_step_due_that_has_passed() {
        let encounter = Known {
            since: days(40),
            ..contact(MET, Kind::Encounter)
        };
        assert_eq!(next_of(&[encounter, contact(days(1), Kind::Mail)]), None);
    }

    #[test]
    fn mail_that_was_found_and_never_answered_asks_for_nothing() {
        let arrived = |week: i64| {
            let mut mail = contact(days(7 * week), Kind::Mail);
            mail.contact.direction = Direction::In;
            mail.found = true;
            mail
        };
        let mut mails: Vec<Known> = (0..30).map(arrived).collect();
        assert_eq!(next_of(&mails), None);
        mails[7].contact.direction = Direction::Out;
        assert!(next_of(&mails).is_some(), "one answer is enough");
        mails[7] = Known {
            found: false,
            ..arrived(7)
        };
        assert!(next_of(&mails).is_some(), "so is one that was told");
    }

    #[test]
    fn a_tie_that_is_left_alone_asks_for_nothing() {
        let calls = weekly(0..30, Kind::Call);
        let last = days(7 * 29);
        for (word, asks) in [
            (Word::Undecided, true),
            (Word::Tend, true),
            (Word::Quiet, false),
            (Word::Never, false),
        ] {
            let care = Care { word, since: MET };
            assert_eq!(fold(&calls).next(care, last).is_some(), asks, "{word:?}");
        }
    }

    #[test]
    fn one_that_faded_unnoticed_asks_when_its_member_decides_to_tend_it() {
        let since = days(900);
        let imported = |known: Known| Known { since, ..known };
        let calls: Vec<Known> = weekly(0..30, Kind::Call)
            .into_iter()
            .map(imported)
            .collect();
        assert_eq!(fold(&calls).next(Care::default(), since), None);
        let tended = |since| Care {
            word: Word::Tend,
            since,
        };
        let next = fold(&calls).next(tended(days(901)), since);
        assert_eq!(
            next.map(|next| (next.reason, next.at)),
            Some((Reason::Fading, days(901)))
        );
        // A later archive takes no reminder away from a tie that was to be kept alive.
        let before_the_import = fold(&calls).next(tended(days(899)), since);
        assert_eq!(
            before_the_import.map(|next| (next.reason, next.at)),
            Some((Reason::Fading, since.plus_micros(1)))
        );
    }

    #[test]
    fn a_decision_to_tend_moves_no_moment_that_lies_ahead() {
        let calls = weekly(0..30, Kind::Call);
        let last = days(7 * 29);
        let tended = Care {
            word: Word::Tend,
            since: last,
        };
        let next = |care| fold(&calls).next(care, last);
        assert_eq!(next(tended), next(Care::default()));
    }

    #[test]
    fn what_is_known_does_not_depend_on_order_or_on_grouping() {
        let known = |at, since| {
            Past::of(
                &Known {
                    since: days(since),
                    ..contact(days(at), Kind::Call)
                },
                Slots::Day,
            )
        };
        let parts = [known(1, 9), known(5, 8), known(5, 6), known(3, 2)];
        let merged = |order: [usize; 4], grouped: bool| {
            let mut past = Past::default();
            let mut rest = Past::default();
            for (place, part) in order.into_iter().enumerate() {
                let to = if grouped && place > 1 {
                    &mut rest
                } else {
                    &mut past
                };
                to.merge(&parts[part]);
            }
            past.merge(&rest);
            past
        };
        let expected = merged([0, 1, 2, 3], false);
        assert_eq!(expected.known, days(6), "the last contact, as first known");
        for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            assert_eq!(merged(order, false), expected);
            assert_eq!(merged(order, true), expected);
        }
    }

    #[test]
    fn after_the_ladder_was_told_the_rhythm_is_next_and_the_last_one_stays() {
        let contacts = weekly(0..3, Kind::Meeting);
        let moments = moments(&fold(&contacts).past, &contacts, Care::default());
        let [first, second] = moments.as_slice() else {
            panic!("two moments: {moments:?}");
        };
        assert_eq!(next(&moments, |_| false), Some(*first));
        assert_eq!(next(&moments, |moment| moment == first), Some(*second));
        assert_eq!(next(&moments, |_| true), Some(*second));
    }

    #[test]
    fn a_long_tie_keeps_no_single_contacts() {
        assert!(fold(&weekly(0..30, Kind::Meeting)).contacts.is_empty());
        assert_eq!(fold(&weekly(0..20, Kind::Meeting)).contacts.len(), 20);
    }

    #[test]
    fn the_id_of_a_due_moment_changes_with_real_contact() {
        let calls = weekly(0..30, Kind::Call);
        let before = next_of(&calls[..29]).expect("a due moment");
        let after = next_of(&calls).expect("a due moment");
        assert_eq!(before.reason, Reason::Fading);
        assert!(after.at > before.at && after.basis > before.basis);
    }
}
