//! Arbitrary commits: every event, with every field free.

use std::fmt::Debug;

use kith_domain::access::{Exported, Role};
use kith_domain::event::{Commit, Event};
use kith_domain::fact::{self, Fact};
use kith_domain::followup::{self, Due, Promise, Reason};
use kith_domain::id::{
    CommitId, FactId, FollowUpId, ImportId, InteractionId, KeyId, OrganisationId, PersonId,
    SourceId,
};
use kith_domain::interaction::{self, Kind, Moment, Part, Participant, Recorded};
use kith_domain::person::{self, Change, Profile};
use kith_domain::sharing::{self, Level, Target};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::undo::Undone;
use kith_domain::{care, comfort, exclusion, identity, import, pause};
use kith_domain::{key, member, organisation};
use proptest::prelude::*;

use super::gatherings::gatherings;

/// Readable texts, the empty one included.
pub(crate) fn clear() -> BoxedStrategy<Text> {
    "\\PC{0,12}".prop_map(Text::Clear).boxed()
}

/// Texts of which some were erased.
pub(crate) fn perhaps_erased() -> BoxedStrategy<Text> {
    prop_oneof![2 => clear(), 1 => Just(Text::Erased)].boxed()
}

/// Commits of up to six events whose texts are these.
pub(crate) fn commits(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Commit> {
    let events = prop::collection::vec(events(texts), 0..6);
    let asker = (
        prop::option::of(id(KeyId::from_bytes)),
        prop::option::of(person()),
    );
    let commit = id(CommitId::from_bytes);
    (
        commit,
        fingerprint(),
        id(OrganisationId::from_bytes),
        asker,
        moment(),
        events,
    )
        .prop_map(
            |(id, fingerprint, organisation, (key, member), recorded_at, events)| Commit {
                id,
                fingerprint,
                organisation,
                key,
                member,
                recorded_at,
                events,
            },
        )
}

pub(crate) fn id<T: Debug>(from: fn([u8; 16]) -> T) -> impl Strategy<Value = T> + Clone {
    any::<[u8; 16]>().prop_map(from)
}

pub(crate) fn person() -> impl Strategy<Value = PersonId> + Clone {
    id(PersonId::from_bytes)
}

fn fingerprint() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

pub(crate) fn moment() -> impl Strategy<Value = Timestamp> + Clone {
    any::<i64>().prop_map(Timestamp)
}

fn one_of<T: Clone + Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

fn events(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    prop_oneof![
        organisations(texts.clone()),
        id(PersonId::from_bytes).prop_map(|id| member::Event::Added { id }.into()),
        keys(),
        people(texts.clone()),
        facts(texts.clone()),
        interactions(&texts),
        promises(texts.clone()),
        due_moments(),
        later_lives(),
        sharing(texts.clone()),
        exclusions(texts.clone()),
        imports(texts.clone()),
        gatherings(texts.clone()),
        caring(texts),
        restorations(),
        (id(KeyId::from_bytes), moment()).prop_map(|(key, at)| Exported { key, at }.into()),
    ]
}

fn organisations(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let organisation = id(OrganisationId::from_bytes);
    let created = (
        organisation.clone(),
        any::<u16>(),
        texts,
        one_of(&Level::ALL),
    );
    prop_oneof![
        created.prop_map(|(id, shard, name, sharing)| organisation::Event::Created {
            id,
            shard,
            name,
            sharing
        }),
        (organisation.clone(), one_of(&Level::ALL))
            .prop_map(|(id, level)| organisation::Event::SharingSet { id, level }),
        organisation.prop_map(|id| organisation::Event::Erased { id }),
    ]
    .prop_map(Event::from)
}

fn keys() -> impl Strategy<Value = Event> {
    let key = id(KeyId::from_bytes);
    let member = prop::option::of(person());
    let created = (
        key.clone(),
        one_of(&Role::ALL),
        member,
        any::<[u8; 32]>(),
        any::<String>().prop_map(Text::Clear),
    );
    prop_oneof![
        created.prop_map(
            |(id, role, member, secret_hash, label)| key::Event::Created {
                id,
                role,
                member,
                secret_hash,
                label
            }
        ),
        key.prop_map(|id| key::Event::Revoked { id }),
    ]
    .prop_map(Event::from)
}

fn people(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let optional = prop::option::of(texts.clone());
    let list = prop::collection::vec(texts, 0..4);
    let single = [(); 4].map(|()| optional.clone());
    let lists = [(); 3].map(|()| list.clone());
    let profile = (single, lists).prop_map(
        |([name, external_key, company, title], [addresses, affiliations, tags])| Profile {
            name,
            addresses,
            external_key,
            company,
            title,
            affiliations,
            tags,
        },
    );
    let single = [(); 3].map(|()| prop::option::of(optional.clone()));
    let lists = [(); 3].map(|()| prop::option::of(list.clone()));
    let change = (single, lists).prop_map(
        |([name, company, title], [addresses, affiliations, tags])| Change {
            name,
            addresses,
            company,
            title,
            affiliations,
            tags,
        },
    );
    prop_oneof![
        (
            person(),
            profile,
            any::<bool>(),
            prop::collection::vec(person(), 0..3),
            fingerprint()
        )
            .prop_map(|(id, profile, met, told_to, fingerprint)| {
                person::Event::Added {
                    id,
                    profile,
                    met,
                    told_to,
                    fingerprint,
                }
            }),
        (person(), any::<u32>(), change).prop_map(|(id, version, change)| person::Event::Changed {
            id,
            version,
            change
        }),
    ]
    .prop_map(Event::from)
}

fn facts(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let ids = (id(FactId::from_bytes), person(), person());
    let words = (
        texts.clone(),
        prop::option::of(texts.clone()),
        prop::option::of(texts),
        any::<bool>(),
    );
    let added = (
        ids,
        one_of(&fact::Kind::ALL),
        words,
        moment(),
        fingerprint(),
    )
        .prop_map(
            |(
                (id, person, author),
                kind,
                (text, source, question, private),
                noted_at,
                fingerprint,
            )| {
                fact::Event::Added(Fact {
                    id,
                    person,
                    kind,
                    text,
                    source,
                    question,
                    private,
                    author,
                    noted_at,
                    fingerprint,
                })
            },
        );
    let removed = id(FactId::from_bytes).prop_map(|id| fact::Event::Removed { id });
    prop_oneof![added, removed].prop_map(Event::from)
}

fn moments(texts: &BoxedStrategy<Text>) -> impl Strategy<Value = Moment> + use<> {
    let participant = (person(), one_of(&Part::ALL));
    let participant = participant.prop_map(|(person, part)| Participant { person, part });
    let participants = prop::collection::vec(participant, 0..5);
    let text = || prop::option::of(texts.clone());
    let words = (text(), text(), text());
    (
        one_of(&Kind::ALL),
        moment(),
        any::<u32>(),
        participants,
        words,
        any::<bool>(),
    )
        .prop_map(
            |(kind, at, duration_s, participants, (channel, note, subject), found)| Moment {
                kind,
                at,
                duration_s,
                participants,
                channel,
                note,
                subject,
                found,
            },
        )
}

fn interactions(texts: &BoxedStrategy<Text>) -> impl Strategy<Value = Event> + use<> {
    let ids = (id(InteractionId::from_bytes), person());
    prop_oneof![
        (
            ids.clone(),
            prop::option::of(id(SourceId::from_bytes)),
            moments(texts),
            fingerprint()
        )
            .prop_map(|((id, recorder), source, moment, fingerprint)| {
                interaction::Event::Recorded(Recorded {
                    id,
                    source,
                    recorder,
                    moment,
                    fingerprint,
                })
            }),
        (ids.clone(), any::<u32>(), moments(texts)).prop_map(|((id, author), revision, moment)| {
            interaction::Event::Corrected {
                id,
                revision,
                author,
                moment,
            }
        }),
        ids.prop_map(|(id, author)| interaction::Event::Retracted { id, author }),
    ]
    .prop_map(Event::from)
}

fn follow_up() -> impl Strategy<Value = FollowUpId> + Clone {
    id(FollowUpId::from_bytes)
}

fn promises(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let ids = (follow_up(), person(), person());
    (
        ids,
        any::<bool>(),
        prop::option::of(texts),
        moment(),
        moment(),
        fingerprint(),
    )
        .prop_map(
            |((id, member, person), mine, text, due_at, made_at, fingerprint)| {
                followup::Event::PromiseMade(Promise {
                    id,
                    member,
                    person,
                    mine,
                    text,
                    due_at,
                    made_at,
                    fingerprint,
                })
                .into()
            },
        )
}

fn due_moments() -> impl Strategy<Value = Event> {
    let ids = (follow_up(), person(), person());
    (ids, one_of(&Reason::ALL), any::<i64>(), moment()).prop_map(
        |((id, member, person), reason, basis, due_at)| {
            followup::Event::FellDue(Due {
                id,
                member,
                person,
                reason,
                basis,
                due_at,
            })
            .into()
        },
    )
}

fn later_lives() -> impl Strategy<Value = Event> {
    use followup::Event::{Completed, Dismissed, Reopened, Snoozed};
    (follow_up(), moment(), 0..4).prop_map(|(id, at, which)| {
        let event = match which {
            0 => Completed { id, at },
            1 => Snoozed { id, until: at },
            2 => Dismissed { id, at },
            _ => Reopened { id, at },
        };
        event.into()
    })
}

fn targets(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Target> {
    prop_oneof![
        person().prop_map(Target::Person),
        texts.clone().prop_map(Target::Address),
        texts.prop_map(Target::Domain),
    ]
}

fn imports(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let again = prop::collection::vec(id(InteractionId::from_bytes), 0..3);
    let import = || id(ImportId::from_bytes);
    let member = prop::option::of(person());
    prop_oneof![
        (import(), member, prop::option::of(texts), again).prop_map(|(id, member, name, again)| {
            import::Event::Part {
                id,
                member,
                name,
                again,
            }
        }),
        import().prop_map(|id| import::Event::Undone { id }),
    ]
    .prop_map(Event::from)
}

fn exclusions(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    (person(), targets(texts), any::<bool>()).prop_map(|(member, target, excluded)| {
        exclusion::Event::Set {
            member,
            target,
            excluded,
        }
        .into()
    })
}

fn sharing(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let level = prop::option::of(one_of(&Level::ALL));
    (person(), targets(texts), level).prop_map(|(member, target, level)| {
        sharing::Event::Set {
            member,
            target,
            level,
        }
        .into()
    })
}

fn caring(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    let decided = (person(), person(), one_of(&care::Word::ALL), any::<bool>());
    let pause = (person(), prop::option::of(moment()));
    let profile = (texts.clone(), prop::option::of(texts));
    let profile = profile.prop_map(|(habits, own_words)| comfort::Profile { habits, own_words });
    let comfort = (person(), any::<u32>(), prop::option::of(profile));
    prop_oneof![
        comfort.prop_map(|(member, revision, profile)| {
            comfort::Event::Set {
                member,
                revision,
                profile,
            }
            .into()
        }),
        decided.prop_map(|(member, person, word, important)| {
            care::Event::Set {
                member,
                person,
                word,
                important,
            }
            .into()
        }),
        pause.prop_map(|(member, until)| pause::Event::Set { member, until }.into()),
    ]
}

/// What takes something back, and says so.
fn restorations() -> impl Strategy<Value = Event> {
    let interaction = (id(InteractionId::from_bytes), any::<u32>(), person());
    prop_oneof![
        interaction.prop_map(|(id, revision, author)| {
            interaction::Event::Restored {
                id,
                revision,
                author,
            }
            .into()
        }),
        id(FactId::from_bytes).prop_map(|id| fact::Event::Restored { id }.into()),
        (person(), any::<u32>())
            .prop_map(|(id, version)| person::Event::TakenOut { id, version }.into()),
        id(ImportId::from_bytes).prop_map(|id| import::Event::Restored { id }.into()),
        (person(), prop::collection::vec(person(), 0..3))
            .prop_map(|(id, also)| person::Event::Erased { id, also }.into()),
        (person(), person()).prop_map(|(kept, gone)| identity::Event::Merged { kept, gone }.into()),
        person().prop_map(|gone| identity::Event::Unmerged { gone }.into()),
        any::<u64>().prop_map(|change| Undone { change }.into()),
    ]
}
