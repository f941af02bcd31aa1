//! One example of every event, in every shape that is stored differently.

use kith_domain::access::{Exported, Role};
use kith_domain::event::Event;
use kith_domain::fact::{self, Fact};
use kith_domain::followup::{self, Due, Promise, Reason};
use kith_domain::id::{
    FactId, FollowUpId, ImportId, InteractionId, KeyId, OrganisationId, PersonId, SourceId,
};
use kith_domain::interaction::{self, Kind, Moment, Part, Participant, Recorded};
use kith_domain::person::{self, Change, Profile};
use kith_domain::sharing::{self, Level, Target};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::undo::Undone;
use kith_domain::{care, comfort, exclusion, identity, import, pause};
use kith_domain::{key, member, organisation};

use super::Case;
use super::gatherings::gatherings;

const ORGANISATION: OrganisationId = OrganisationId::from_bytes([0x11; 16]);
pub(super) const ANA: PersonId = PersonId::from_bytes([0x21; 16]);
pub(super) const BEN: PersonId = PersonId::from_bytes([0x22; 16]);
const KEY: KeyId = KeyId::from_bytes([0x31; 16]);
const FACT: FactId = FactId::from_bytes([0x41; 16]);
const INTERACTION: InteractionId = InteractionId::from_bytes([0x51; 16]);
const IMPORT: ImportId = ImportId::from_bytes([0x91; 16]);
const FOLLOW_UP: FollowUpId = FollowUpId::from_bytes([0x61; 16]);
const FINGERPRINT: [u8; 16] = [0x71; 16];
const SECRET_HASH: [u8; 32] = [0x81; 32];

pub(super) const THEN: Timestamp = Timestamp(1_714_564_800_000_001);
pub(super) const LATER: Timestamp = Timestamp(1_717_243_200_000_002);
const BEFORE_1970: Timestamp = Timestamp(-1_500_000);

/// What this version writes.
#[must_use]
pub fn today() -> Vec<Case> {
    [
        governance(),
        people(),
        facts(),
        jobs(),
        moments(),
        follow_ups(),
        caring(),
        gatherings(),
    ]
    .concat()
    .into_iter()
    .map(|(name, event)| Case { name, event })
    .collect()
}

/// What earlier versions wrote and this one still reads: the file, and what it means today.
#[must_use]
pub fn former() -> Vec<Case> {
    // Labels of keys and channels were stored clear, and what is said of people was sealed for the organisation.
    let once = [
        ("key_created.sealed_label", "key_created"),
        ("person_added.own_words", "person_added"),
        ("person_changed.own_words", "person_changed"),
        ("person_changed.cleared_own_words", "person_changed.cleared"),
        (
            "key_created.without_member_sealed_label",
            "key_created.without_member",
        ),
        (
            "interaction_recorded.sealed_channel",
            "interaction_recorded",
        ),
        (
            "interaction_corrected.sealed_channel",
            "interaction_corrected",
        ),
    ];
    let former = |case: Case| {
        let (_, name) = once.iter().find(|(today, _)| *today == case.name)?;
        Some(Case { name, ..case })
    };
    today().into_iter().filter_map(former).collect()
}

type Named = (&'static str, Event);

fn governance() -> Vec<Named> {
    let key = |member| key::Event::Created {
        id: KEY,
        role: if member { Role::Member } else { Role::Service },
        member: member.then_some(ANA),
        secret_hash: SECRET_HASH,
        label: "laptop".into(),
    };
    let shared = |target, level| sharing::Event::Set {
        member: ANA,
        target,
        level,
    };
    let excluded = |target, excluded| exclusion::Event::Set {
        member: ANA,
        target,
        excluded,
    };
    let created = organisation::Event::Created {
        id: ORGANISATION,
        shard: 7,
        name: "Harbour Guild".into(),
        sharing: Level::Anonymous,
    };
    let level = organisation::Event::SharingSet {
        id: ORGANISATION,
        level: Level::Named,
    };
    let erased = organisation::Event::Erased { id: ORGANISATION };
    let address = Target::Address("ben@mill.example".into());
    let domain = Target::Domain("mill.example".into());
    vec![
        ("organisation_created", created.into()),
        ("organisation_sharing_set", level.into()),
        ("organisation_erased", erased.into()),
        ("member_added", member::Event::Added { id: ANA }.into()),
        ("key_created.sealed_label", key(true).into()),
        ("key_created.without_member_sealed_label", key(false).into()),
        ("key_revoked", key::Event::Revoked { id: KEY }.into()),
        (
            "sharing_set.person",
            shared(Target::Person(BEN), Some(Level::Private)).into(),
        ),
        (
            "sharing_set.address",
            shared(address.clone(), Some(Level::Anonymous)).into(),
        ),
        (
            "sharing_set.domain",
            shared(domain.clone(), Some(Level::Named)).into(),
        ),
        (
            "sharing_set.taken_back",
            shared(Target::Person(BEN), None).into(),
        ),
        (
            "import_part",
            import::Event::Part {
                id: IMPORT,
                member: Some(ANA),
                name: Some("all.mbox".into()),
                again: vec![INTERACTION],
            }
            .into(),
        ),
        (
            "import_part.bare",
            import::Event::Part {
                id: IMPORT,
                member: None,
                name: None,
                again: Vec::new(),
            }
            .into(),
        ),
        ("import_undone", import::Event::Undone { id: IMPORT }.into()),
        (
            "import_restored",
            import::Event::Restored { id: IMPORT }.into(),
        ),
        ("change_undone", Undone { change: 70_000 }.into()),
        (
            "exclusion_set.person",
            excluded(Target::Person(BEN), true).into(),
        ),
        ("exclusion_set.address", excluded(address, true).into()),
        ("exclusion_set.taken_back", excluded(domain, false).into()),
        ("ties_exported", Exported { key: KEY, at: THEN }.into()),
    ]
}

/// Jobs, with dates of every exactness.
fn jobs() -> Vec<Named> {
    let affiliations: Vec<Text> = vec![
        "Mill & Sons\tMiller\t2019-03\t".into(),
        "Bakery\t\t2010\t2018-12-31".into(),
    ];
    let added = person::Event::Added {
        id: BEN,
        profile: Profile {
            affiliations: affiliations.clone(),
            ..Profile::default()
        },
        met: false,
        told_to: vec![],
        fingerprint: FINGERPRINT,
    };
    let changed = person::Event::Changed {
        id: BEN,
        version: 3,
        change: Change {
            affiliations: Some(affiliations),
            ..Change::default()
        },
    };
    vec![
        ("person_added.affiliated", added.into()),
        ("person_changed.affiliated", changed.into()),
    ]
}

fn people() -> Vec<Named> {
    let entry = |profile, met, told_to: &[PersonId]| person::Event::Added {
        id: BEN,
        profile,
        met,
        told_to: told_to.to_vec(),
        fingerprint: FINGERPRINT,
    };
    let changed = |version, change| person::Event::Changed {
        id: BEN,
        version,
        change,
    };
    let whole = Profile {
        name: Some("Ben Ångström".into()),
        addresses: vec!["ben@mill.example".into(), "b.a@home.example".into()],
        external_key: Some("crm-17".into()),
        company: Some("Mill & Sons".into()),
        title: Some("Miller".into()),
        affiliations: vec![],
        tags: vec!["spring fair".into(), "flour".into()],
    };
    let by_address = Profile {
        addresses: vec!["ben@mill.example".into()],
        ..Profile::default()
    };
    let everything = Change {
        name: Some(Some("Ben Angstrom".into())),
        addresses: Some(vec!["ben@new.example".into()]),
        company: Some(Some("New Mill".into())),
        title: Some(Some("Owner".into())),
        affiliations: None,
        tags: Some(vec!["owner".into()]),
    };
    let cleared = Change {
        addresses: Some(vec![]),
        company: Some(None),
        tags: Some(vec![]),
        ..Change::default()
    };
    vec![
        (
            "person_added.own_words",
            entry(whole.clone(), false, &[]).into(),
        ),
        (
            "person_added.by_address_alone",
            entry(by_address.clone(), false, &[]).into(),
        ),
        ("person_added.met", entry(by_address, true, &[]).into()),
        ("person_added.told", entry(whole, true, &[ANA]).into()),
        ("person_changed.own_words", changed(1, everything).into()),
        (
            "person_changed.cleared_own_words",
            changed(2, cleared).into(),
        ),
        (
            "persons_merged",
            identity::Event::Merged {
                kept: ANA,
                gone: BEN,
            }
            .into(),
        ),
        (
            "person_unmerged",
            identity::Event::Unmerged { gone: BEN }.into(),
        ),
        (
            "person_erased",
            person::Event::Erased {
                id: ANA,
                also: vec![BEN],
            }
            .into(),
        ),
        (
            "person_taken_out",
            person::Event::TakenOut {
                id: ANA,
                version: 3,
            }
            .into(),
        ),
    ]
}

fn facts() -> Vec<Named> {
    let fact = Fact {
        id: FACT,
        person: BEN,
        kind: fact::Kind::LifeEvent,
        text: "took over the mill".into(),
        source: Some("told me at the spring fair".into()),
        question: None,
        private: true,
        author: ANA,
        noted_at: THEN,
        fingerprint: FINGERPRINT,
    };
    let answer = Fact {
        question: Some("craft.opening.2".into()),
        ..fact.clone()
    };
    vec![
        ("fact_added", fact::Event::Added(fact).into()),
        ("fact_added.answer", fact::Event::Added(answer).into()),
        ("fact_removed", fact::Event::Removed { id: FACT }.into()),
        ("fact_restored", fact::Event::Restored { id: FACT }.into()),
    ]
}

fn moments() -> Vec<Named> {
    // Not in the order of their ids: a text's owners are, the participants stay as they were.
    let participants = vec![
        Participant {
            person: BEN,
            part: Part::Initiator,
        },
        Participant {
            person: ANA,
            part: Part::Recipient,
        },
    ];
    let bare = Moment {
        kind: Kind::Encounter,
        at: BEFORE_1970,
        duration_s: 0,
        participants: participants.clone(),
        channel: None,
        note: None,
        subject: None,
        found: false,
    };
    let found = Moment {
        found: true,
        ..bare.clone()
    };
    let full = Moment {
        kind: Kind::Other,
        at: THEN,
        duration_s: 1_800,
        participants,
        channel: Some("review".into()),
        note: Some("asked for the old plans".into()),
        subject: Some("the mill's roof".into()),
        found: false,
    };
    let recorded_from = |source, moment| {
        interaction::Event::Recorded(Recorded {
            id: INTERACTION,
            source,
            recorder: ANA,
            moment,
            fingerprint: FINGERPRINT,
        })
    };
    let recorded = |moment| recorded_from(None, moment);
    let corrected = interaction::Event::Corrected {
        id: INTERACTION,
        revision: 2,
        author: ANA,
        moment: full.clone(),
    };
    let retracted = interaction::Event::Retracted {
        id: INTERACTION,
        author: ANA,
    };
    let restored = interaction::Event::Restored {
        id: INTERACTION,
        revision: 3,
        author: ANA,
    };
    vec![
        ("interaction_recorded.sealed_channel", recorded(full).into()),
        (
            "interaction_recorded.from_a_source",
            recorded_from(Some(SourceId::from_bytes([6; 16])), bare.clone()).into(),
        ),
        ("interaction_recorded.bare", recorded(bare).into()),
        ("interaction_recorded.found", recorded(found).into()),
        ("interaction_corrected.sealed_channel", corrected.into()),
        ("interaction_retracted", retracted.into()),
        ("interaction_restored", restored.into()),
    ]
}

fn follow_ups() -> Vec<Named> {
    use followup::Event::{Completed, Dismissed, FellDue, PromiseMade, Reopened, Snoozed};
    let promise = |mine, text| {
        PromiseMade(Promise {
            id: FOLLOW_UP,
            member: ANA,
            person: BEN,
            mine,
            text,
            due_at: LATER,
            made_at: THEN,
            fingerprint: FINGERPRINT,
        })
    };
    let due = |reason, basis| {
        FellDue(Due {
            id: FOLLOW_UP,
            member: ANA,
            person: BEN,
            reason,
            basis,
            due_at: LATER,
        })
    };
    let (id, at) = (FOLLOW_UP, LATER);
    vec![
        (
            "promise_made",
            promise(true, Some("send the plans".into())).into(),
        ),
        ("promise_made.without_text", promise(false, None).into()),
        ("follow_up_fell_due", due(Reason::Fading, 19_844).into()),
        (
            "follow_up_fell_due.before_1970",
            due(Reason::Ladder, -5).into(),
        ),
        ("follow_up_completed", Completed { id, at }.into()),
        ("follow_up_snoozed", Snoozed { id, until: at }.into()),
        ("follow_up_dismissed", Dismissed { id, at }.into()),
        ("follow_up_reopened", Reopened { id, at }.into()),
    ]
}

fn caring() -> Vec<Named> {
    let set = |word, important| care::Event::Set {
        member: ANA,
        person: BEN,
        word,
        important,
    };
    let pause = |until| pause::Event::Set { member: ANA, until };
    let comfort = |profile| comfort::Event::Set {
        member: ANA,
        revision: 2,
        profile,
    };
    let own_words = comfort::Profile {
        habits: "3 1 1111100 mail,call Europe/Lisbon".into(),
        own_words: Some("I plan grids that survive storms.".into()),
    };
    vec![
        ("care_set", set(care::Word::Tend, true).into()),
        (
            "care_set.undecided",
            set(care::Word::Undecided, false).into(),
        ),
        ("pause_set", pause(Some(LATER)).into()),
        ("pause_set.ended", pause(None).into()),
        ("comfort_set", comfort(Some(own_words)).into()),
        ("comfort_set.nothing_said", comfort(None).into()),
    ]
}
