//! People and facts.

use bytes::Bytes;
use kith_domain::id::{FactId, PersonId};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::{fact, identity, person};

use super::{DecodeError, Open, Scope, Seal, Slot, bytes, fingerprint, id, wire, word};
use crate::words::Word;
use wire::event::Body;

pub(super) fn encode_person(event: &person::Event, seal: &mut impl Seal) -> Body {
    match event {
        person::Event::Added {
            id,
            profile,
            met,
            told_to,
            fingerprint,
        } => {
            let own = Scope::Person(*id);
            Body::PersonAdded(wire::PersonAdded {
                person_id: bytes(id.as_bytes()),
                fingerprint: bytes(fingerprint),
                sealed_name: Slot::new(own, 3).seal(profile.name.as_ref(), seal),
                sealed_addresses: Slot::new(own, 4).seal_all(&profile.addresses, seal),
                sealed_external_key: Slot::new(own, 5).seal(profile.external_key.as_ref(), seal),
                met: *met,
                told_to: told_to.iter().map(|id| bytes(id.as_bytes())).collect(),
                sealed_own_company: Slot::new(own, 10).seal(profile.company.as_ref(), seal),
                sealed_own_title: Slot::new(own, 11).seal(profile.title.as_ref(), seal),
                sealed_own_tags: Slot::new(own, 12).seal_all(&profile.tags, seal),
                sealed_affiliations: Slot::new(own, 14).seal_all(&profile.affiliations, seal),
                ..wire::PersonAdded::default()
            })
        }
        person::Event::Changed {
            id,
            version,
            change,
        } => {
            let own = Scope::Person(*id);
            Body::PersonChanged(wire::PersonChanged {
                person_id: bytes(id.as_bytes()),
                version: *version,
                name: seal_change(change.name.as_ref(), &Slot::new(own, 3), seal),
                addresses: seal_list(change.addresses.as_ref(), &Slot::new(own, 4), seal),
                own_company: seal_change(change.company.as_ref(), &Slot::new(own, 8), seal),
                own_title: seal_change(change.title.as_ref(), &Slot::new(own, 9), seal),
                own_tags: seal_list(change.tags.as_ref(), &Slot::new(own, 10), seal),
                affiliations: seal_list(change.affiliations.as_ref(), &Slot::new(own, 11), seal),
                ..wire::PersonChanged::default()
            })
        }
        person::Event::TakenOut { id, version } => Body::PersonTakenOut(wire::PersonTakenOut {
            person_id: bytes(id.as_bytes()),
            version: *version,
        }),
        person::Event::Erased { id, also } => Body::PersonErased(wire::PersonErased {
            person_id: bytes(id.as_bytes()),
            also: also.iter().map(|id| bytes(id.as_bytes())).collect(),
        }),
    }
}

/// What was once sealed for the organisation is today sealed for the person: either of them is there.
fn either<T>(today: Option<T>, once: Option<T>) -> Option<T> {
    today.or(once)
}

fn seal_change(
    change: Option<&Option<Text>>,
    slot: &Slot<'_>,
    seal: &mut impl Seal,
) -> Option<wire::SealedChange> {
    change.map(|text| wire::SealedChange {
        sealed_text: slot.seal(text.as_ref(), seal),
    })
}

fn seal_list(
    change: Option<&Vec<Text>>,
    slot: &Slot<'_>,
    seal: &mut impl Seal,
) -> Option<wire::SealedList> {
    change.map(|texts| wire::SealedList {
        sealed_texts: slot.seal_all(texts, seal),
    })
}

pub(super) fn decode_added(
    body: &wire::PersonAdded,
    open: &mut impl Open,
) -> Result<person::Event, DecodeError> {
    let person = id(&body.person_id, "person_id", PersonId::from_slice)?;
    let own = Scope::Person(person);
    let organisation = Scope::Organisation;
    Ok(person::Event::Added {
        id: person,
        met: body.met,
        told_to: people(&body.told_to, "told_to")?,
        fingerprint: fingerprint(&body.fingerprint)?,
        profile: person::Profile {
            name: Slot::new(own, 3).open(&body.sealed_name, open)?,
            addresses: Slot::new(own, 4).open_all(&body.sealed_addresses, open)?,
            external_key: Slot::new(own, 5).open(&body.sealed_external_key, open)?,
            company: either(
                Slot::new(own, 10).open(&body.sealed_own_company, open)?,
                Slot::new(organisation, 6).open(&body.sealed_company, open)?,
            ),
            title: either(
                Slot::new(own, 11).open(&body.sealed_own_title, open)?,
                Slot::new(organisation, 7).open(&body.sealed_title, open)?,
            ),
            affiliations: Slot::new(own, 14).open_all(&body.sealed_affiliations, open)?,
            tags: [
                Slot::new(own, 12).open_all(&body.sealed_own_tags, open)?,
                Slot::new(organisation, 8).open_all(&body.sealed_tags, open)?,
            ]
            .concat(),
        },
    })
}

pub(super) fn decode_changed(
    body: &wire::PersonChanged,
    open: &mut impl Open,
) -> Result<person::Event, DecodeError> {
    let person = id(&body.person_id, "person_id", PersonId::from_slice)?;
    let own = Scope::Person(person);
    let organisation = Scope::Organisation;
    Ok(person::Event::Changed {
        id: person,
        version: body.version,
        change: person::Change {
            name: open_change(body.name.as_ref(), &Slot::new(own, 3), open)?,
            addresses: open_list(body.addresses.as_ref(), &Slot::new(own, 4), open)?,
            company: either(
                open_change(body.own_company.as_ref(), &Slot::new(own, 8), open)?,
                open_change(body.company.as_ref(), &Slot::new(organisation, 5), open)?,
            ),
            title: either(
                open_change(body.own_title.as_ref(), &Slot::new(own, 9), open)?,
                open_change(body.title.as_ref(), &Slot::new(organisation, 6), open)?,
            ),
            affiliations: open_list(body.affiliations.as_ref(), &Slot::new(own, 11), open)?,
            tags: either(
                open_list(body.own_tags.as_ref(), &Slot::new(own, 10), open)?,
                open_list(body.tags.as_ref(), &Slot::new(organisation, 7), open)?,
            ),
        },
    })
}

#[expect(
    clippy::option_option,
    reason = "left alone, cleared, or set: three answers"
)]
fn open_change(
    change: Option<&wire::SealedChange>,
    slot: &Slot<'_>,
    open: &mut impl Open,
) -> Result<Option<Option<Text>>, DecodeError> {
    change
        .map(|change| slot.open(&change.sealed_text, open))
        .transpose()
}

fn open_list(
    change: Option<&wire::SealedList>,
    slot: &Slot<'_>,
    open: &mut impl Open,
) -> Result<Option<Vec<Text>>, DecodeError> {
    change
        .map(|change| slot.open_all(&change.sealed_texts, open))
        .transpose()
}

pub(super) fn encode_identity(event: identity::Event) -> Body {
    match event {
        identity::Event::Merged { kept, gone } => Body::PersonsMerged(wire::PersonsMerged {
            kept_id: bytes(kept.as_bytes()),
            gone_id: bytes(gone.as_bytes()),
        }),
        identity::Event::Unmerged { gone } => Body::PersonUnmerged(wire::PersonUnmerged {
            gone_id: bytes(gone.as_bytes()),
        }),
    }
}

pub(super) fn decode_merged(body: &wire::PersonsMerged) -> Result<identity::Event, DecodeError> {
    Ok(identity::Event::Merged {
        kept: id(&body.kept_id, "kept_id", PersonId::from_slice)?,
        gone: id(&body.gone_id, "gone_id", PersonId::from_slice)?,
    })
}

pub(super) fn decode_unmerged(body: &wire::PersonUnmerged) -> Result<identity::Event, DecodeError> {
    Ok(identity::Event::Unmerged {
        gone: id(&body.gone_id, "gone_id", PersonId::from_slice)?,
    })
}

pub(super) fn encode_fact(event: &fact::Event, seal: &mut impl Seal) -> Body {
    match event {
        fact::Event::Added(fact) => {
            let own = Scope::Person(fact.person);
            Body::FactAdded(wire::FactAdded {
                fact_id: bytes(fact.id.as_bytes()),
                fingerprint: bytes(&fact.fingerprint),
                person_id: bytes(fact.person.as_bytes()),
                kind: fact.kind.to_wire(),
                sealed_text: Slot::new(own, 5).seal(Some(&fact.text), seal),
                sealed_source: Slot::new(own, 6).seal(fact.source.as_ref(), seal),
                sealed_question: Slot::new(own, 10).seal(fact.question.as_ref(), seal),
                private: fact.private,
                author_id: bytes(fact.author.as_bytes()),
                noted_at_us: fact.noted_at.micros(),
            })
        }
        fact::Event::Removed { id } => Body::FactRemoved(wire::FactRemoved {
            fact_id: bytes(id.as_bytes()),
        }),
        fact::Event::Restored { id } => Body::FactRestored(wire::FactRestored {
            fact_id: bytes(id.as_bytes()),
        }),
    }
}

pub(super) fn decode_fact(
    body: &wire::FactAdded,
    open: &mut impl Open,
) -> Result<fact::Event, DecodeError> {
    let person = id(&body.person_id, "person_id", PersonId::from_slice)?;
    let own = Scope::Person(person);
    let text = |sealed: &Bytes, number, open: &mut _| Slot::new(own, number).open(sealed, open);
    Ok(fact::Event::Added(fact::Fact {
        id: id(&body.fact_id, "fact_id", FactId::from_slice)?,
        person,
        kind: word(body.kind, "kind")?,
        text: text(&body.sealed_text, 5, open)?.unwrap_or(Text::Erased),
        source: text(&body.sealed_source, 6, open)?,
        question: text(&body.sealed_question, 10, open)?,
        private: body.private,
        author: id(&body.author_id, "author_id", PersonId::from_slice)?,
        noted_at: Timestamp(body.noted_at_us),
        fingerprint: fingerprint(&body.fingerprint)?,
    }))
}

pub(super) fn decode_fact_removed(body: &wire::FactRemoved) -> Result<fact::Event, DecodeError> {
    Ok(fact::Event::Removed {
        id: id(&body.fact_id, "fact_id", FactId::from_slice)?,
    })
}

pub(super) fn decode_fact_restored(body: &wire::FactRestored) -> Result<fact::Event, DecodeError> {
    Ok(fact::Event::Restored {
        id: id(&body.fact_id, "fact_id", FactId::from_slice)?,
    })
}

pub(super) fn decode_taken_out(body: &wire::PersonTakenOut) -> Result<person::Event, DecodeError> {
    Ok(person::Event::TakenOut {
        id: id(&body.person_id, "person_id", PersonId::from_slice)?,
        version: body.version,
    })
}

pub(super) fn decode_erased(body: &wire::PersonErased) -> Result<person::Event, DecodeError> {
    Ok(person::Event::Erased {
        id: id(&body.person_id, "person_id", PersonId::from_slice)?,
        also: people(&body.also, "also")?,
    })
}

pub(super) fn people(stored: &[Bytes], name: &'static str) -> Result<Vec<PersonId>, DecodeError> {
    let ids = stored.iter();
    ids.map(|stored| id(stored, name, PersonId::from_slice))
        .collect()
}
