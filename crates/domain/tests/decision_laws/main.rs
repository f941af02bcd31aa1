//! Laws of decisions, for pasts and commands that nobody thought of: `evolve` takes any event in any
//! order, and deciding twice changes nothing.

mod arbitrary;
mod gatherings;

use arbitrary::{
    care, care_event, change, comfort, comfort_event, entry, exclusion, exclusion_event,
    fact_event, follow_up_change, follow_up_event, id, identity_command, identity_event,
    import_event, import_undo, interaction_event, key_command, key_event, moment, moment_of_time,
    organisation_command, organisation_event, past, pause, pause_event, person, person_event,
    sharing_event, word,
};
use kith_domain::aggregate::{Aggregate, fold};
use kith_domain::care::Tending;
use kith_domain::comfort::Comfort;
use kith_domain::exclusion::Exclusion;
use kith_domain::fact::{self, Life};
use kith_domain::followup::FollowUp;
use kith_domain::gathering::Gathering;
use kith_domain::id::{FactId, InteractionId};
use kith_domain::identity::Identity;
use kith_domain::import::Import;
use kith_domain::interaction::{self, Interaction};
use kith_domain::key::{self, Key};
use kith_domain::member::{self, Member};
use kith_domain::organisation::{self, Organisation};
use kith_domain::pause::Pause;
use kith_domain::person::{self, Person, Profile, Update};
use kith_domain::sharing::Sharing;
use proptest::prelude::*;

/// What a command came to.
type Outcome<A> = Result<Vec<<A as Aggregate>::Event>, <A as Aggregate>::Error>;

/// What `command` comes to on this past, and then once more on top of what it decided.
fn twice<A: Aggregate>(history: &[A::Event], command: &A::Command) -> [Outcome<A>; 2] {
    let state = fold::<A>(history);
    let first = A::decide(&state, command.clone());
    let decided = first.as_deref().unwrap_or_default();
    let after = decided.iter().fold(state, A::evolve);
    [first, A::decide(&after, command.clone())]
}

/// Whether the second time the command was accepted and changed nothing, if it was the first time.
fn changes_nothing<E, R>([first, second]: [Result<Vec<E>, R>; 2]) -> bool {
    first.is_err() || second.is_ok_and(|events| events.is_empty())
}

proptest! {
    #[test]
    fn an_organisation_is_created_once_and_its_default_set_once(
        history in past(organisation_event()), command in organisation_command(),
    ) {
        let outcomes = twice::<Organisation>(&history, &command);
        let is_erased = |event: &organisation::Event| matches!(event, organisation::Event::Erased { .. });
        if history.iter().any(is_erased) {
            // Nothing happens any more to what was erased.
            let first = outcomes[0].as_ref();
            prop_assert!(first.is_ok_and(Vec::is_empty) || first.is_err());
        }
        if matches!(command, organisation::Command::Create { .. }) {
            prop_assert_eq!(&outcomes[1], &Err(organisation::Error::Exists));
        } else {
            prop_assert!(changes_nothing(outcomes));
        }
    }

    #[test]
    fn a_member_is_added_once(
        history in past(person().prop_map(|id| member::Event::Added { id })), id in person(),
    ) {
        let add = member::Add { id };
        prop_assert!(changes_nothing(twice::<Member>(&history, &add)));
    }

    #[test]
    fn a_key_is_made_once_and_revoked_once(
        history in past(key_event()), command in key_command(),
    ) {
        let outcomes = twice::<Key>(&history, &command);
        if matches!(command, key::Command::Create { .. }) {
            prop_assert!(outcomes[1].is_err());
        } else {
            prop_assert!(changes_nothing(outcomes));
        }
    }

    #[test]
    fn a_change_that_is_repeated_leaves_the_entry_as_it_is_under_its_next_version(
        history in past(person_event()), id in person(),
        seen in prop::option::of(0..4_u32), change in change(),
    ) {
        let update = Update { id, seen, to: person::To::Changed(change.clone()) };
        let [first, second] = twice::<Person>(&history, &update);
        let entry = change.applied_to(Profile::default());
        prop_assert_eq!(change.applied_to(entry.clone()), entry);
        match (first, second) {
            (Err(first), second) => prop_assert_eq!(second, Err(first)),
            (Ok(first), second) if first.is_empty() => prop_assert_eq!(second, Ok(first)),
            (Ok(_), Err(refused)) => {
                prop_assert_eq!((refused, seen.is_some()), (person::Error::Changed, true));
            }
            (Ok(_), Ok(more)) => {
                let version = fold::<Person>(&history).version.saturating_add(2);
                prop_assert_eq!(more, [person::Event::Changed { id, version, change }]);
            }
        }
    }

    #[test]
    fn a_fact_is_removed_or_restored_once(
        history in past(fact_event()),
        id in id(FactId::from_bytes), by in person(), author in person(), removed in any::<bool>(),
    ) {
        let remove = fact::Remove { id, by, author, removed };
        prop_assert!(changes_nothing(twice::<Life>(&history, &remove)));
    }

    #[test]
    fn a_correction_that_is_repeated_says_the_same_in_its_next_revision(
        history in past(interaction_event()), id in id(InteractionId::from_bytes),
        author in person(), recorder in person(), moment in moment(), received in moment_of_time(),
    ) {
        let revision = fold::<Interaction>(&history).corrections + 3;
        let again = interaction::Event::Corrected { id, revision, author, moment: moment.clone() };
        let correct = interaction::Command::Correct { id, author, recorder: Some(recorder), moment, received };
        match twice::<Interaction>(&history, &correct) {
            [Ok(_), second] => prop_assert_eq!(second, Ok(vec![again])),
            [first, second] => prop_assert_eq!(first, second),
        }
    }

    #[test]
    fn an_interaction_is_retracted_once(
        history in past(interaction_event()),
        id in id(InteractionId::from_bytes), author in person(), recorder in person(),
    ) {
        let retract = interaction::Command::Retract { id, author, recorder: Some(recorder) };
        prop_assert!(changes_nothing(twice::<Interaction>(&history, &retract)));
    }

    #[test]
    fn an_interaction_is_restored_once(
        history in past(interaction_event()),
        id in id(InteractionId::from_bytes), author in person(), recorder in person(),
    ) {
        let restore = interaction::Command::Restore { id, author, recorder: Some(recorder) };
        prop_assert!(changes_nothing(twice::<Interaction>(&history, &restore)));
    }

    #[test]
    fn a_person_is_taken_out_as_they_were_seen(
        history in past(person_event()), id in person(), seen in 0..4_u32,
    ) {
        let take_out = Update { id, seen: Some(seen), to: person::To::TakenOut };
        let [first, second] = twice::<Person>(&history, &take_out);
        prop_assert!(first.is_err() || second == Err(person::Error::Changed));
    }

    #[test]
    fn a_person_is_erased_once(
        history in past(person_event()), id in person(),
    ) {
        let erase = Update { id, seen: None, to: person::To::Erased(vec![]) };
        prop_assert!(changes_nothing(twice::<Person>(&history, &erase)));
    }

    #[test]
    fn entries_are_merged_or_unmerged_once(
        history in past(identity_event()), command in identity_command(),
    ) {
        prop_assert!(changes_nothing(twice::<Identity>(&history, &command)));
    }

    #[test]
    fn whatever_is_merged_no_circle_closes_and_everybody_is_somebody(
        commands in prop::collection::vec(identity_command(), 0..40),
        racing in past(identity_event()), entry in entry(),
    ) {
        // Decided one after another, and events that nobody decided.
        let mut state = fold::<Identity>(&racing);
        for command in commands {
            let decided = Identity::decide(&state, command).unwrap_or_default();
            state = decided.iter().fold(state, Identity::evolve);
        }
        let person = state.person_of(entry);
        prop_assert!(!state.is_gone(person));
        prop_assert!(state.entries_with(entry).contains(&entry));
        prop_assert_eq!(state.entries_with(person), state.entries_with(entry));
    }

    #[test]
    fn an_import_is_taken_back_or_restored_once(
        history in past(import_event()), undo in import_undo(),
    ) {
        prop_assert!(changes_nothing(twice::<Import>(&history, &undo)));
    }

    #[test]
    fn a_tie_is_cared_for_once(
        history in past(care_event()), set in care(),
    ) {
        prop_assert!(changes_nothing(twice::<Tending>(&history, &set)));
    }

    #[test]
    fn a_comfort_profile_is_set_once(
        history in past(comfort_event()), change in comfort(),
    ) {
        prop_assert!(changes_nothing(twice::<Comfort>(&history, &change)));
    }

    #[test]
    fn a_pause_is_set_once(
        history in past(pause_event()), set in pause(),
    ) {
        prop_assert!(changes_nothing(twice::<Pause>(&history, &set)));
    }

    #[test]
    fn a_gathering_changes_once(
        history in past(gatherings::event()), change in gatherings::change(),
    ) {
        prop_assert!(changes_nothing(twice::<Gathering>(&history, &change)));
    }

    #[test]
    fn a_follow_up_changes_once(
        history in past(follow_up_event()), change in follow_up_change(),
    ) {
        prop_assert!(changes_nothing(twice::<FollowUp>(&history, &change)));
    }

    #[test]
    fn somebody_is_left_out_once(
        history in past(exclusion_event()), set in exclusion(),
    ) {
        prop_assert!(changes_nothing(twice::<Exclusion>(&history, &set)));
    }

    #[test]
    fn a_word_about_sharing_is_said_once(
        history in past(sharing_event()), word in word(),
    ) {
        prop_assert!(changes_nothing(twice::<Sharing>(&history, &word)));
    }
}
