//! Arbitrary events and commands. Ids come from a handful, so that commands meet events of the same
//! thing.

use std::fmt::Debug;

use kith_domain::access::Role;
use kith_domain::care;
use kith_domain::exclusion;
use kith_domain::fact::{self, Fact};
use kith_domain::followup::{self, Due, Promise, Reason, To};
use kith_domain::id::{
    FactId, FollowUpId, ImportId, InteractionId, KeyId, OrganisationId, PersonId,
};
use kith_domain::identity;
use kith_domain::import;
use kith_domain::interaction::{self, Kind, Moment, Part, Participant, Recorded};
use kith_domain::key;
use kith_domain::organisation;
use kith_domain::person::{self, Change, Profile};
use kith_domain::sharing::{self, Level, Target};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::{comfort, pause};
use proptest::prelude::*;

pub(crate) fn id<T: Debug>(from: fn([u8; 16]) -> T) -> impl Strategy<Value = T> + Clone {
    (1..4_u8).prop_map(move |n| from([n; 16]))
}

pub(crate) fn person() -> impl Strategy<Value = PersonId> + Clone {
    id(PersonId::from_bytes)
}

pub(crate) fn one_of<T: Clone + Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = T> + Clone {
    prop::sample::select(all)
}

pub(crate) fn moment_of_time() -> impl Strategy<Value = Timestamp> + Clone {
    prop_oneof![4 => -2..20_i64, 1 => any::<i64>()].prop_map(Timestamp)
}

pub(crate) fn text() -> impl Strategy<Value = Text> + Clone {
    prop_oneof![3 => "[ab]{0,2}".prop_map(Text::Clear), 1 => Just(Text::Erased)]
}

pub(crate) fn past<E: Debug>(event: impl Strategy<Value = E>) -> impl Strategy<Value = Vec<E>> {
    prop::collection::vec(event, 0..8)
}

pub(crate) fn organisation_event() -> impl Strategy<Value = organisation::Event> {
    let id = id(OrganisationId::from_bytes);
    let level = one_of(&Level::ALL);
    let created = (id.clone(), any::<u16>(), text(), level.clone());
    prop_oneof![
        created.prop_map(|(id, shard, name, sharing)| organisation::Event::Created {
            id,
            shard,
            name,
            sharing,
        }),
        (id.clone(), level).prop_map(|(id, level)| organisation::Event::SharingSet { id, level }),
        id.prop_map(|id| organisation::Event::Erased { id }),
    ]
}

pub(crate) fn organisation_command() -> impl Strategy<Value = organisation::Command> {
    let id = id(OrganisationId::from_bytes);
    let level = one_of(&Level::ALL);
    let create = (id.clone(), any::<u16>(), "[ab]{0,2}", level.clone());
    prop_oneof![
        create.prop_map(|(id, shard, name, sharing)| organisation::Command::Create {
            id,
            shard,
            name,
            sharing,
        }),
        (id.clone(), level).prop_map(|(id, level)| organisation::Command::SetSharing { id, level }),
        id.prop_map(|id| organisation::Command::Erase { id }),
    ]
}

pub(crate) fn key_event() -> impl Strategy<Value = key::Event> {
    let key = id(KeyId::from_bytes);
    let made = (key.clone(), one_of(&Role::ALL), prop::option::of(person()));
    prop_oneof![
        made.prop_map(|(id, role, member)| key::Event::Created {
            id,
            role,
            member,
            secret_hash: [0; 32],
            label: "".into(),
        }),
        key.prop_map(|id| key::Event::Revoked { id }),
    ]
}

pub(crate) fn key_command() -> impl Strategy<Value = key::Command> {
    let key = id(KeyId::from_bytes);
    let make = (key.clone(), one_of(&Role::ALL), prop::option::of(person()));
    prop_oneof![
        make.prop_map(|(id, role, member)| key::Command::Create {
            id,
            role,
            member,
            secret_hash: [0; 32],
            label: "".into(),
        }),
        key.prop_map(|id| key::Command::Revoke { id }),
    ]
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    let single = || prop::option::of(prop::option::of(text()));
    let list = || prop::option::of(prop::collection::vec(text(), 0..person::MAX_LIST + 2));
    let singles = (single(), single(), single());
    let lists = (list(), list(), list());
    (singles, lists).prop_map(
        |((name, company, title), (addresses, affiliations, tags))| Change {
            name,
            addresses,
            company,
            title,
            affiliations,
            tags,
        },
    )
}

pub(crate) fn person_event() -> impl Strategy<Value = person::Event> {
    let version = prop_oneof![3 => 0..4_u32, 1 => Just(u32::MAX)];
    prop_oneof![
        person().prop_map(|id| person::Event::Added {
            id,
            profile: Profile::default(),
            met: false,
            told_to: vec![],
            fingerprint: [0; 16],
        }),
        (person(), version.clone(), change()).prop_map(|(id, version, change)| {
            person::Event::Changed {
                id,
                version,
                change,
            }
        }),
        (person(), version).prop_map(|(id, version)| person::Event::TakenOut { id, version }),
        person().prop_map(|id| person::Event::Erased { id, also: vec![] }),
    ]
}

pub(crate) fn fact_event() -> impl Strategy<Value = fact::Event> {
    let fact = id(FactId::from_bytes);
    let added = (fact.clone(), person(), text(), any::<bool>());
    prop_oneof![
        added.prop_map(|(id, author, text, private)| fact::Event::Added(Fact {
            id,
            person: author,
            kind: fact::Kind::Need,
            text,
            source: None,
            question: None,
            private,
            author,
            noted_at: Timestamp(0),
            fingerprint: [0; 16],
        })),
        fact.clone().prop_map(|id| fact::Event::Removed { id }),
        fact.prop_map(|id| fact::Event::Restored { id }),
    ]
}

prop_compose! {
    pub(crate) fn moment()(
        kind in one_of(&Kind::ALL),
        at in moment_of_time(),
        parts in prop::collection::vec((person(), one_of(&Part::ALL)), 0..4),
        note in prop::option::of(text()),
    ) -> Moment {
        let one = |(person, part)| Participant { person, part };
        Moment {
            kind,
            at,
            duration_s: 0,
            participants: parts.into_iter().map(one).collect(),
            channel: None,
            note,
            subject: None,
            found: false,
        }
    }
}

pub(crate) fn interaction_event() -> impl Strategy<Value = interaction::Event> {
    let ids = (id(InteractionId::from_bytes), person());
    prop_oneof![
        (ids.clone(), moment()).prop_map(|((id, recorder), moment)| {
            interaction::Event::Recorded(Recorded {
                id,
                source: None,
                recorder,
                moment,
                fingerprint: [0; 16],
            })
        }),
        (ids.clone(), any::<u32>(), moment()).prop_map(|((id, author), revision, moment)| {
            interaction::Event::Corrected {
                id,
                revision,
                author,
                moment,
            }
        }),
        ids.clone()
            .prop_map(|(id, author)| interaction::Event::Retracted { id, author }),
        (ids, 1..5_u32).prop_map(|((id, author), revision)| interaction::Event::Restored {
            id,
            revision,
            author,
        }),
    ]
}

pub(crate) fn follow_up_event() -> impl Strategy<Value = followup::Event> {
    let ids = (id(FollowUpId::from_bytes), person(), person());
    (ids, moment_of_time(), 0..6).prop_map(|((id, member, person), at, which)| match which {
        0 => followup::Event::PromiseMade(Promise {
            id,
            member,
            person,
            mine: true,
            text: None,
            due_at: at,
            made_at: at,
            fingerprint: [0; 16],
        }),
        1 => followup::Event::FellDue(Due {
            id,
            member,
            person,
            reason: Reason::Fading,
            basis: at.micros(),
            due_at: at,
        }),
        2 => followup::Event::Completed { id, at },
        3 => followup::Event::Snoozed { id, until: at },
        4 => followup::Event::Dismissed { id, at },
        _ => followup::Event::Reopened { id, at },
    })
}

pub(crate) fn follow_up_change() -> impl Strategy<Value = followup::Change> {
    let to = prop_oneof![
        Just(To::Complete),
        moment_of_time().prop_map(To::Snooze),
        moment_of_time().prop_map(To::Wake),
        Just(To::Dismiss),
        Just(To::Reopen),
    ];
    (id(FollowUpId::from_bytes), to, moment_of_time()).prop_map(|(id, to, at)| followup::Change {
        id,
        to,
        at,
    })
}

pub(crate) fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        person().prop_map(Target::Person),
        text().prop_map(Target::Address),
        text().prop_map(Target::Domain),
    ]
}

pub(crate) fn word() -> impl Strategy<Value = sharing::Set> {
    let level = prop::option::of(one_of(&Level::ALL));
    (person(), target(), level).prop_map(|(member, target, level)| sharing::Set {
        member,
        target,
        level,
    })
}

pub(crate) fn sharing_event() -> impl Strategy<Value = sharing::Event> {
    word().prop_map(|word| sharing::Event::Set {
        member: word.member,
        target: word.target,
        level: word.level,
    })
}

pub(crate) fn exclusion() -> impl Strategy<Value = exclusion::Set> {
    (person(), target(), any::<bool>()).prop_map(|(member, target, excluded)| exclusion::Set {
        member,
        target,
        excluded,
    })
}

pub(crate) fn exclusion_event() -> impl Strategy<Value = exclusion::Event> {
    exclusion().prop_map(|set| exclusion::Event::Set {
        member: set.member,
        target: set.target,
        excluded: set.excluded,
    })
}

pub(crate) fn import_undo() -> impl Strategy<Value = import::Undo> {
    let whose = || prop::option::of(person());
    (id(ImportId::from_bytes), whose(), whose(), any::<bool>()).prop_map(
        |(id, by, owner, undone)| import::Undo {
            id,
            by,
            owner,
            undone,
        },
    )
}

pub(crate) fn import_event() -> impl Strategy<Value = import::Event> {
    (id(ImportId::from_bytes), any::<bool>()).prop_map(|(id, undone)| {
        if undone {
            import::Event::Undone { id }
        } else {
            import::Event::Restored { id }
        }
    })
}

/// An entry of the directory: of more than a handful, so that merges make trees.
pub(crate) fn entry() -> impl Strategy<Value = PersonId> + Clone {
    (1..8_u8).prop_map(|n| PersonId::from_bytes([n; 16]))
}

pub(crate) fn identity_command() -> impl Strategy<Value = identity::Command> {
    let merge = (entry(), entry());
    prop_oneof![
        2 => merge.prop_map(|(kept, gone)| identity::Command::Merge { kept, gone }),
        1 => entry().prop_map(|gone| identity::Command::Unmerge { gone }),
    ]
}

pub(crate) fn identity_event() -> impl Strategy<Value = identity::Event> {
    identity_command().prop_map(|command| match command {
        identity::Command::Merge { kept, gone } => identity::Event::Merged { kept, gone },
        identity::Command::Unmerge { gone } => identity::Event::Unmerged { gone },
    })
}

pub(crate) fn care() -> impl Strategy<Value = care::Set> {
    let word = prop::option::of(one_of(&care::Word::ALL));
    let important = prop::option::of(any::<bool>());
    (person(), person(), word, important).prop_map(|(member, person, word, important)| care::Set {
        member,
        person,
        word,
        important,
    })
}

pub(crate) fn care_event() -> impl Strategy<Value = care::Event> {
    care().prop_map(|set| care::Event::Set {
        member: set.member,
        person: set.person,
        word: set.word.unwrap_or_default(),
        important: set.important.unwrap_or_default(),
    })
}

pub(crate) fn pause() -> impl Strategy<Value = pause::Set> {
    let until = prop::option::of(moment_of_time());
    (person(), until, moment_of_time()).prop_map(|(member, until, at)| pause::Set {
        member,
        until,
        at,
    })
}

pub(crate) fn pause_event() -> impl Strategy<Value = pause::Event> {
    pause().prop_map(|set| pause::Event::Set {
        member: set.member,
        until: set.until,
    })
}

pub(crate) fn comfort() -> impl Strategy<Value = comfort::Change> {
    let to = prop_oneof![
        profile().prop_map(comfort::To::Profile),
        (0_u32..5).prop_map(|revision| comfort::To::TakeBack { revision }),
    ];
    (person(), to).prop_map(|(member, to)| comfort::Change { member, to })
}

fn profile() -> impl Strategy<Value = comfort::Profile> {
    (text(), prop::option::of(text()))
        .prop_map(|(habits, own_words)| comfort::Profile { habits, own_words })
}

pub(crate) fn comfort_event() -> impl Strategy<Value = comfort::Event> {
    let set = (person(), any::<u32>(), prop::option::of(profile()));
    set.prop_map(|(member, revision, profile)| comfort::Event::Set {
        member,
        revision,
        profile,
    })
}
