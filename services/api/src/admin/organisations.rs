//! Organisations, their members, and what runs here.

use kith_domain::access::Role;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::member::{self, Member as Membership};
use kith_domain::organisation::{self, Organisation};
use kith_domain::sharing::Level;
use kith_domain::text::Text;
use kith_domain::{access, person};
use kith_eventlog::identity::{self, Handle};
use kith_proto::kith::admin::v1::{
    CreateMemberRequest, CreateMemberResponse, CreateOrganisationRequest,
    CreateOrganisationResponse, GetServerInfoRequest, GetServerInfoResponse, ListMembersRequest,
    ListMembersResponse, Member, SetOrganisationSharingRequest, SetOrganisationSharingResponse,
};
use kith_proto::words::{self, Word};
use kith_readmodel::entity::person as row;
use kith_readmodel::query::{listing, people};
use kith_servicekit::failure::{Failure, Violations};

use super::keys;
use crate::Api;
use crate::caller::Caller;
use crate::directory::erasure::must_not_be_erased;
use crate::directory::persons::{completed, must_exist};
use crate::token::{cut, place};
use crate::views::id_text;

const MAX_NAME: usize = 200;

pub(super) async fn create(
    api: &Api,
    caller: &Caller,
    body: CreateOrganisationRequest,
) -> Result<CreateOrganisationResponse, Failure> {
    caller.must_be(&[Role::Operator])?;
    let mut change = api.change(caller, "CreateOrganisation", &body.request_id, &body);
    let name = change.fields.required_text("name", &body.name, MAX_NAME);
    let sharing = match body.sharing {
        0 => Some(Level::Anonymous),
        given => change.fields.word("sharing", given),
    };
    change.fields.finish()?;
    let id = identity::organisation_of(change.request.commit);
    // Spread evenly: ids are hashes. Recorded in the event, and looked up from there ever after.
    let shards = api.ledger().log().description().shards;
    let shard = u16::from_be_bytes([id.as_bytes()[0], id.as_bytes()[1]]) % shards;
    let command = organisation::Command::Create {
        id,
        shard,
        name,
        sharing: sharing.unwrap_or(Level::Anonymous),
    };
    let done = api
        .ledger()
        .execute::<Organisation>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, |r| Failure::state(r.to_string())))?;
    let admin_key = keys::first_of(api, &change.request, id, shard).await?;
    // An operator's position is in shard 0; the caller of a new organisation starts there.
    let position = api.position_token(caller, done.position);
    Ok(CreateOrganisationResponse {
        organisation_id: id.to_string(),
        admin_key,
        position,
    })
}

pub(super) async fn set_sharing(
    api: &Api,
    caller: &Caller,
    body: SetOrganisationSharingRequest,
) -> Result<SetOrganisationSharingResponse, Failure> {
    caller.must_be(&[Role::Admin])?;
    let mut change = api.change(caller, "SetOrganisationSharing", &body.request_id, &body);
    let level = change.fields.word("level", body.level);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let id = caller.principal.organisation;
    let level = level.unwrap_or(Level::Private);
    // The organisation's own events live in the system organisation's shard.
    let in_system = kith_eventlog::ledger::Request {
        organisation: OrganisationId::SYSTEM,
        shard: 0,
        ..change.request
    };
    let command = organisation::Command::SetSharing { id, level };
    let done = api
        .ledger()
        .execute::<Organisation>(&in_system, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, |r| Failure::state(r.to_string())))?;
    if caller.shard == done.position.shard {
        return Ok(SetOrganisationSharingResponse {
            position: api.position_token(caller, done.position),
        });
    }
    // The caller waits on its own shard; what it asked for is visible when this answers.
    api.projected(done.position).await?;
    Ok(SetOrganisationSharingResponse {
        position: String::new(),
    })
}

/// How a request names somebody who is to become a member.
struct Named {
    id: PersonId,
    profile: person::Profile,
}

pub(super) async fn create_member(
    api: &Api,
    caller: &Caller,
    body: CreateMemberRequest,
) -> Result<CreateMemberResponse, Failure> {
    caller.must_be(&[Role::Admin])?;
    let mut change = api.change(caller, "CreateMember", &body.request_id, &body);
    let named = named(caller, &mut change.fields, &body);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let mut id = named.id;
    if let Some(address) = named.profile.addresses.first().and_then(Text::as_clear) {
        let other = people::by_address(&live.reading, organisation, address).await;
        id = other.map_err(Failure::unavailable)?.unwrap_or(id);
    }
    let profile = &named.profile;
    let key = profile.external_key.as_ref();
    must_not_be_erased(api, caller, id, &profile.addresses, key).await?;
    let known = if body.person_id.is_empty() {
        let known = people::find(&live.reading, organisation, id).await;
        known.map_err(Failure::unavailable)?
    } else {
        Some(must_exist(api, caller, id).await?)
    };
    // One of several entries means whose it is.
    let id = known
        .as_ref()
        .and_then(|row| PersonId::from_slice(&row.id))
        .unwrap_or(id);
    // Whoever only came along with moments so far is entered by this.
    let is_new = known.as_ref().is_none_or(|row| row.met);
    let seen = people::see(&live.reading, &caller.principal, id).await;
    let profile = match seen.map_err(Failure::unavailable)? {
        Some(seen) => completed(named.profile, &seen),
        None => named.profile,
    };
    let (name, address) = (text(profile.name.as_ref()), text(profile.addresses.first()));
    let entry = person::Event::Added {
        id,
        profile,
        met: false,
        told_to: vec![],
        fingerprint: change.request.fingerprint,
    };
    let beside = is_new.then(|| entry.into()).into_iter().collect();
    let done = api
        .ledger()
        .execute::<Membership>(&change.request, &id.to_string(), member::Add { id }, beside)
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, |never| match never {}))?;
    let member = known.as_ref().filter(|_| !is_new).map_or_else(
        || Member {
            member_id: id.to_string(),
            name,
            address,
        },
        member_view,
    );
    let position = api.position_token(caller, done.position);
    Ok(CreateMemberResponse {
        member: Some(member),
        position,
    })
}

fn text(text: Option<&Text>) -> String {
    text.and_then(Text::as_clear).unwrap_or_default().to_owned()
}

fn named(caller: &Caller, fields: &mut Violations, body: &CreateMemberRequest) -> Named {
    let name = fields
        .optional_text("name", &body.name, MAX_NAME)
        .map(Text::Clear);
    let given = [&body.address, &body.external_key, &body.person_id];
    if given.iter().filter(|text| !text.is_empty()).count() != 1 {
        fields.add(
            "address",
            "exactly one of address, external_key and person_id must be given",
        );
    }
    let mut profile = person::Profile {
        name,
        ..person::Profile::default()
    };
    let id = if !body.person_id.is_empty() {
        fields.id("person_id", &body.person_id)
    } else if !body.external_key.is_empty() {
        let key = fields.required_text("external_key", &body.external_key, MAX_NAME);
        let id = caller.keys.person(Handle::ExternalKey(&key), 0);
        profile.external_key = Some(Text::Clear(key));
        id
    } else {
        let address = fields.address("address", &body.address);
        let id = caller.keys.person(Handle::Address(&address), 0);
        profile.addresses = vec![Text::Clear(address)];
        id
    };
    Named { id, profile }
}

pub(crate) fn member_view(row: &row::Model) -> Member {
    Member {
        member_id: id_text(&row.id),
        name: row.name.clone().unwrap_or_default(),
        address: row.addresses.lines().next().unwrap_or_default().to_owned(),
    }
}

pub(super) async fn list_members(
    api: &Api,
    caller: &Caller,
    body: ListMembersRequest,
) -> Result<ListMembersResponse, Failure> {
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let after = place(caller, "members", &body.page_token, |mut fields| {
        let id = PersonId::from_bytes(fields.id()?);
        Some((fields.text()?.to_owned(), id))
    })?;
    let filter = listing::Filter {
        members_only: true,
        ..listing::Filter::default()
    };
    let live = api.live();
    let limit = size as u64 + 1;
    let rows = listing::list(
        &live.reading,
        &caller.principal,
        &filter,
        after.as_ref(),
        limit,
    )
    .await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let next_page_token = cut(caller, "members", &mut rows, size, |last| {
        [&last.id, last.sort_name.as_bytes()].concat()
    });
    Ok(ListMembersResponse {
        members: rows.iter().map(member_view).collect(),
        next_page_token,
    })
}

pub(super) async fn server_info(
    api: &Api,
    caller: &Caller,
    _: GetServerInfoRequest,
) -> Result<GetServerInfoResponse, Failure> {
    let description = api.ledger().log().description();
    let tail = api.ledger().log().tail(caller.shard).await?;
    let access::Principal {
        organisation,
        role,
        member,
        ..
    } = caller.principal;
    let me = match member {
        Some(id) => {
            let row = people::find(&api.live().reading, organisation, id).await;
            row.map_err(Failure::unavailable)?.as_ref().map(member_view)
        }
        None => None,
    };
    Ok(GetServerInfoResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        log_engine: description.engine.to_owned(),
        model_engine: api.parts.store.engine().to_owned(),
        durability: description.durability.to_owned(),
        shards: u32::from(description.shards),
        lag: tail.saturating_sub(api.progress().reached(caller.shard)),
        organisation_id: organisation.to_string(),
        organisation_name: caller.organisation_name.clone(),
        me,
        role: role.to_wire(),
        now: Some(words::timestamp(api.now())),
    })
}
