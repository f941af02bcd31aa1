//! Organisations, members, keys, sharing, exclusions, imports, exports, changes taken back.

use bytes::Bytes;
use kith_domain::id::{ImportId, InteractionId, KeyId, OrganisationId, PersonId};
use kith_domain::sharing::{Level, Target};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::{access, exclusion, import, key, member, organisation, sharing, undo};

use super::{DecodeError, Open, Scope, Seal, Slot, bytes, id, optional_id, wire, word};
use crate::words::Word;
use wire::event::Body;
use wire::exclusion_set::Target as Excluded;
use wire::sharing_set::Target as WireTarget;

const NAME: Slot<'static> = slot(3);
const LABEL: Slot<'static> = slot(6);
const ADDRESS: Slot<'static> = slot(3);
const DOMAIN: Slot<'static> = slot(4);

const fn slot(number: u16) -> Slot<'static> {
    Slot {
        scope: Scope::Organisation,
        field: super::Field { number, index: 0 },
    }
}

pub(super) fn encode_organisation(event: &organisation::Event, seal: &mut impl Seal) -> Body {
    match event {
        organisation::Event::Created {
            id,
            shard,
            name,
            sharing,
        } => Body::OrganisationCreated(wire::OrganisationCreated {
            organisation_id: bytes(id.as_bytes()),
            shard: u32::from(*shard),
            sealed_name: NAME.seal(Some(name), seal),
            sharing: sharing.to_wire(),
        }),
        organisation::Event::SharingSet { id, level } => {
            Body::OrganisationSharingSet(wire::OrganisationSharingSet {
                organisation_id: bytes(id.as_bytes()),
                level: level.to_wire(),
            })
        }
        organisation::Event::Erased { id } => Body::OrganisationErased(wire::OrganisationErased {
            organisation_id: bytes(id.as_bytes()),
        }),
    }
}

pub(super) fn decode_organisation_erased(
    body: &wire::OrganisationErased,
) -> Result<organisation::Event, DecodeError> {
    Ok(organisation::Event::Erased {
        id: id(
            &body.organisation_id,
            "organisation_id",
            OrganisationId::from_slice,
        )?,
    })
}

pub(super) fn decode_created(
    body: &wire::OrganisationCreated,
    open: &mut impl Open,
) -> Result<organisation::Event, DecodeError> {
    Ok(organisation::Event::Created {
        id: id(
            &body.organisation_id,
            "organisation_id",
            OrganisationId::from_slice,
        )?,
        shard: u16::try_from(body.shard).map_err(|_| DecodeError::Field("shard"))?,
        name: NAME.open(&body.sealed_name, open)?.unwrap_or(Text::Erased),
        sharing: word::<Level>(body.sharing, "sharing")?,
    })
}

pub(super) fn decode_default_sharing(
    body: &wire::OrganisationSharingSet,
) -> Result<organisation::Event, DecodeError> {
    Ok(organisation::Event::SharingSet {
        id: id(
            &body.organisation_id,
            "organisation_id",
            OrganisationId::from_slice,
        )?,
        level: word(body.level, "level")?,
    })
}

pub(super) fn encode_member(event: &member::Event) -> Body {
    let member::Event::Added { id } = event;
    Body::MemberAdded(wire::MemberAdded {
        member_id: bytes(id.as_bytes()),
    })
}

pub(super) fn decode_member(body: &wire::MemberAdded) -> Result<member::Event, DecodeError> {
    Ok(member::Event::Added {
        id: id(&body.member_id, "member_id", PersonId::from_slice)?,
    })
}

pub(super) fn encode_key(event: &key::Event, seal: &mut impl Seal) -> Body {
    match event {
        key::Event::Created {
            id,
            role,
            member,
            secret_hash,
            label,
        } => Body::KeyCreated(wire::KeyCreated {
            key_id: bytes(id.as_bytes()),
            role: role.to_wire(),
            member_id: member.map_or_else(Default::default, |m| bytes(m.as_bytes())),
            secret_hash: bytes(secret_hash),
            label: String::new(),
            sealed_label: LABEL.seal(Some(label), seal),
        }),
        key::Event::Revoked { id } => Body::KeyRevoked(wire::KeyRevoked {
            key_id: bytes(id.as_bytes()),
        }),
    }
}

pub(super) fn decode_key(
    body: &wire::KeyCreated,
    open: &mut impl Open,
) -> Result<key::Event, DecodeError> {
    let secret_hash = body.secret_hash.as_ref().try_into();
    Ok(key::Event::Created {
        id: id(&body.key_id, "key_id", KeyId::from_slice)?,
        role: word(body.role, "role")?,
        member: optional_id(&body.member_id, "member_id", PersonId::from_slice)?,
        secret_hash: secret_hash.map_err(|_| DecodeError::Field("secret_hash"))?,
        // Labels were once stored clear.
        label: LABEL
            .open(&body.sealed_label, open)?
            .unwrap_or_else(|| Text::from(body.label.as_str())),
    })
}

pub(super) fn decode_revoked(body: &wire::KeyRevoked) -> Result<key::Event, DecodeError> {
    Ok(key::Event::Revoked {
        id: id(&body.key_id, "key_id", KeyId::from_slice)?,
    })
}

pub(super) fn encode_sharing(event: &sharing::Event, seal: &mut impl Seal) -> Body {
    let sharing::Event::Set {
        member,
        target,
        level,
    } = event;
    let target = match target {
        Target::Person(person) => WireTarget::PersonId(bytes(person.as_bytes())),
        Target::Address(address) => WireTarget::SealedAddress(ADDRESS.seal(Some(address), seal)),
        Target::Domain(domain) => WireTarget::SealedDomain(DOMAIN.seal(Some(domain), seal)),
    };
    Body::SharingSet(wire::SharingSet {
        member_id: bytes(member.as_bytes()),
        level: level.map_or(0, Word::to_wire),
        target: Some(target),
    })
}

pub(super) fn decode_sharing(
    body: &wire::SharingSet,
    open: &mut impl Open,
) -> Result<sharing::Event, DecodeError> {
    let target = match body.target.as_ref().ok_or(DecodeError::Field("target"))? {
        WireTarget::PersonId(person) => {
            Target::Person(id(person, "person_id", PersonId::from_slice)?)
        }
        WireTarget::SealedAddress(sealed) => {
            Target::Address(ADDRESS.open(sealed, open)?.unwrap_or(Text::Erased))
        }
        WireTarget::SealedDomain(sealed) => {
            Target::Domain(DOMAIN.open(sealed, open)?.unwrap_or(Text::Erased))
        }
    };
    let level = if body.level == 0 {
        None
    } else {
        Some(word(body.level, "level")?)
    };
    let member = id(&body.member_id, "member_id", PersonId::from_slice)?;
    Ok(sharing::Event::Set {
        member,
        target,
        level,
    })
}

pub(super) fn encode_exclusion(event: &exclusion::Event, seal: &mut impl Seal) -> Body {
    let exclusion::Event::Set {
        member,
        target,
        excluded,
    } = event;
    let target = match target {
        Target::Person(person) => Excluded::PersonId(bytes(person.as_bytes())),
        Target::Address(address) => Excluded::SealedAddress(ADDRESS.seal(Some(address), seal)),
        Target::Domain(domain) => Excluded::SealedDomain(DOMAIN.seal(Some(domain), seal)),
    };
    Body::ExclusionSet(wire::ExclusionSet {
        member_id: bytes(member.as_bytes()),
        target: Some(target),
        excluded: *excluded,
    })
}

pub(super) fn decode_exclusion(
    body: &wire::ExclusionSet,
    open: &mut impl Open,
) -> Result<exclusion::Event, DecodeError> {
    let target = match body.target.as_ref().ok_or(DecodeError::Field("target"))? {
        Excluded::PersonId(person) => {
            Target::Person(id(person, "person_id", PersonId::from_slice)?)
        }
        Excluded::SealedAddress(sealed) => {
            Target::Address(ADDRESS.open(sealed, open)?.unwrap_or(Text::Erased))
        }
        Excluded::SealedDomain(sealed) => {
            Target::Domain(DOMAIN.open(sealed, open)?.unwrap_or(Text::Erased))
        }
    };
    Ok(exclusion::Event::Set {
        member: id(&body.member_id, "member_id", PersonId::from_slice)?,
        target,
        excluded: body.excluded,
    })
}

pub(super) fn encode_import(event: &import::Event, seal: &mut impl Seal) -> Body {
    match event {
        import::Event::Part {
            id,
            member,
            name,
            again,
        } => Body::ImportPart(wire::ImportPart {
            import_id: bytes(id.as_bytes()),
            member_id: member.map_or_else(Bytes::new, |member| bytes(member.as_bytes())),
            sealed_name: NAME.seal(name.as_ref(), seal),
            again: again.iter().map(|id| bytes(id.as_bytes())).collect(),
        }),
        import::Event::Undone { id } => Body::ImportUndone(wire::ImportUndone {
            import_id: bytes(id.as_bytes()),
        }),
        import::Event::Restored { id } => Body::ImportRestored(wire::ImportRestored {
            import_id: bytes(id.as_bytes()),
        }),
    }
}

pub(super) fn decode_part(
    body: &wire::ImportPart,
    open: &mut impl Open,
) -> Result<import::Event, DecodeError> {
    let again = body.again.iter();
    let again = again.map(|stored| id(stored, "again", InteractionId::from_slice));
    Ok(import::Event::Part {
        id: id(&body.import_id, "import_id", ImportId::from_slice)?,
        member: optional_id(&body.member_id, "member_id", PersonId::from_slice)?,
        name: NAME.open(&body.sealed_name, open)?,
        again: again.collect::<Result<_, _>>()?,
    })
}

pub(super) fn decode_undone(body: &wire::ImportUndone) -> Result<import::Event, DecodeError> {
    Ok(import::Event::Undone {
        id: id(&body.import_id, "import_id", ImportId::from_slice)?,
    })
}

pub(super) fn decode_import_restored(
    body: &wire::ImportRestored,
) -> Result<import::Event, DecodeError> {
    Ok(import::Event::Restored {
        id: id(&body.import_id, "import_id", ImportId::from_slice)?,
    })
}

pub(super) fn encode_change_undone(event: undo::Undone) -> Body {
    Body::ChangeUndone(wire::ChangeUndone {
        change: event.change,
    })
}

pub(super) const fn decode_change_undone(body: wire::ChangeUndone) -> undo::Undone {
    undo::Undone {
        change: body.change,
    }
}

pub(super) fn encode_exported(event: &access::Exported) -> Body {
    Body::TiesExported(wire::TiesExported {
        key_id: bytes(event.key.as_bytes()),
        at_us: event.at.micros(),
    })
}

pub(super) fn decode_exported(body: &wire::TiesExported) -> Result<access::Exported, DecodeError> {
    Ok(access::Exported {
        key: id(&body.key_id, "key_id", KeyId::from_slice)?,
        at: Timestamp(body.at_us),
    })
}
