//! What the caller lets others see.

use kith_domain::id::PersonId;
use kith_domain::sharing::{self, Level, Sharing, Target};
use kith_domain::text::{Text, normalised_address};
use kith_proto::kith::relationship::v1::set_sharing_request::Target as WireTarget;
use kith_proto::kith::relationship::v1::sharing_rule::Target as RuleTarget;
use kith_proto::kith::relationship::v1::{
    ListSharingRequest, ListSharingResponse, SetSharingRequest, SetSharingResponse, SharingRule,
};
use kith_proto::words::Word;
use kith_readmodel::entity::sharing_rule;
use kith_readmodel::query::keys;
use kith_readmodel::query::sharing::rules;
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::must_be_known;
use crate::views::{id_text, word};

pub(super) async fn set(
    api: &Api,
    caller: &Caller,
    body: SetSharingRequest,
) -> Result<SetSharingResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "SetSharing", &body.request_id, &body);
    let fields = &mut change.fields;
    let given = body.target.as_ref().map(|target| match target {
        WireTarget::PersonId(id) => Given::Person(id),
        WireTarget::Address(address) => Given::Address(address),
        WireTarget::Domain(domain) => Given::Domain(domain),
    });
    let target = checked(fields, given);
    let level = if body.level == 0 {
        None
    } else {
        fields.word("level", body.level)
    };
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    if let Target::Person(person) = target
        && level.is_some()
    {
        must_be_known(api, caller, person).await?;
    }
    let command = sharing::Set {
        member,
        target,
        level,
    };
    let done = api
        .ledger()
        .execute::<Sharing>(&change.request, &member.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, |r| Failure::limit(r.to_string())))?;
    Ok(SetSharingResponse {
        position: api.position_token(caller, done.position),
    })
}

/// Whom a member's word is about, as requests name them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'r> {
    Person(&'r str),
    Address(&'r str),
    Domain(&'r str),
}

/// The target that a request names, with what is wrong with it among the violations.
pub(super) fn checked(fields: &mut Violations, given: Option<Given<'_>>) -> Target {
    match given {
        Some(Given::Person(id)) => Target::Person(fields.id("person_id", id)),
        Some(Given::Address(address)) => {
            let address = fields.address("address", address);
            Target::Address(Text::Clear(normalised_address(&address)))
        }
        Some(Given::Domain(domain)) => {
            let domain = fields.required_text("domain", domain, 253);
            fields.check(
                !domain.contains('@'),
                "domain",
                "must be what follows the @",
            );
            Target::Domain(Text::Clear(normalised_address(&domain)))
        }
        None => {
            fields.add(
                "target",
                "one of person_id, address and domain must be given",
            );
            Target::Person(PersonId::default())
        }
    }
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListSharingRequest,
) -> Result<ListSharingResponse, Failure> {
    let member = caller.member()?;
    api.visible(caller, &body.min_position).await?;
    let rows = rules(&api.live().reading, caller.principal.organisation, member).await;
    let rules = rows
        .map_err(Failure::unavailable)?
        .iter()
        .map(view)
        .collect();
    Ok(ListSharingResponse {
        rules,
        default_level: shared_by_default(api, caller).await?.to_wire(),
    })
}

/// What members share unless they say otherwise: as of what the caller waited for, so it is no part
/// of what is remembered of a key.
pub(crate) async fn shared_by_default(api: &Api, caller: &Caller) -> Result<Level, Failure> {
    let id = caller.principal.organisation;
    let found = keys::organisation(&api.live().reading, id).await;
    let found = found.map_err(Failure::unavailable)?;
    Ok(found.map_or(Level::Private, |organisation| organisation.sharing))
}

fn view(row: &sharing_rule::Model) -> SharingRule {
    let text = || String::from_utf8_lossy(&row.target).into_owned();
    let target = match row.kind {
        0 => RuleTarget::PersonId(id_text(&row.target)),
        1 => RuleTarget::Address(text()),
        _ => RuleTarget::Domain(text()),
    };
    SharingRule {
        target: Some(target),
        level: word(row.level),
    }
}
