//! API keys.

use kith_domain::access::Role;
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::key::{self, Key};
use kith_eventlog::identity::{self, secret_hash};
use kith_eventlog::ledger::Request;
use kith_proto::kith::admin::v1::{
    ApiKey, CreateApiKeyRequest, CreateApiKeyResponse, ListApiKeysRequest, ListApiKeysResponse,
    RevokeApiKeyRequest, RevokeApiKeyResponse,
};
use kith_proto::words::Word;
use kith_readmodel::entity::api_key;
use kith_readmodel::query::keys;
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::caller::{self, Caller};
use crate::token::{cut, place};
use crate::views::{id_text, moment, word};

const MAX_LABEL: usize = 100;

#[expect(
    clippy::needless_pass_by_value,
    reason = "`from_execute` hands refusals over"
)]
fn refused(error: key::Error) -> Failure {
    match error {
        key::Error::Exists => Failure::already_exists("key"),
        key::Error::Missing => Failure::not_found("key"),
        key::Error::MemberNeeded => Failure::invalid_field("member_id", &error.to_string()),
    }
}

/// The first admin key of a new organisation, made by the request that makes the organisation.
pub(super) async fn first_of(
    api: &Api,
    creation: &Request,
    organisation: OrganisationId,
    shard: u16,
) -> Result<String, Failure> {
    let keys = api.ledger().keys().organisation(organisation).await?;
    let id = identity::key_of(creation.commit);
    let secret = keys.api_secret(creation.commit);
    let command = key::Command::Create {
        id,
        role: Role::Admin,
        member: None,
        secret_hash: secret_hash(&secret),
        label: "first admin key".into(),
    };
    // A commit of its own: both may lie in one shard, where a commit's id occurs once.
    let creator = creation.key.unwrap_or_default();
    let commit = keys.commit(creator, "first key", creation.commit.as_bytes());
    let request = Request {
        organisation,
        shard,
        commit,
        ..*creation
    };
    let done = api
        .ledger()
        .execute::<Key>(&request, &id.to_string(), command, vec![])
        .await;
    done.map_err(|e| Failure::from_execute(e, refused))?;
    Ok(caller::ApiKey {
        organisation,
        id,
        secret,
    }
    .to_string())
}

pub(super) async fn create(
    api: &Api,
    caller: &Caller,
    body: CreateApiKeyRequest,
) -> Result<CreateApiKeyResponse, Failure> {
    caller.must_be(&[Role::Admin, Role::Operator])?;
    let mut change = api.change(caller, "CreateApiKey", &body.request_id, &body);
    let role = change.fields.word::<Role>("role", body.role);
    let operators = caller.principal.role == Role::Operator;
    if role.is_some_and(|role| (role == Role::Operator) != operators) {
        change
            .fields
            .add("role", "operators make operator keys, admins all others");
    }
    let member: Option<PersonId> = change.fields.optional_id("member_id", &body.member_id);
    if role == Some(Role::Member) && member.is_none() {
        change
            .fields
            .add("member_id", "must be given for a key of the role member");
    }
    if role == Some(Role::Service) && member.is_some() {
        // It would read what is the member's alone.
        change
            .fields
            .add("member_id", "must be empty for a key of the role service");
    }
    let label = change
        .fields
        .optional_text("label", &body.label, MAX_LABEL)
        .unwrap_or_default();
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let organisation = caller.principal.organisation;
    if let Some(member) = member {
        let exists = keys::is_member(&api.live().reading, organisation, member).await;
        if !exists.map_err(Failure::unavailable)? {
            return Err(Failure::not_found("member"));
        }
    }
    let role = role.unwrap_or(Role::Service);
    let id = identity::key_of(change.request.commit);
    let secret = caller.keys.api_secret(change.request.commit);
    let command = key::Command::Create {
        id,
        role,
        member,
        secret_hash: secret_hash(&secret),
        label: label.as_str().into(),
    };
    let done = api
        .ledger()
        .execute::<Key>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, refused))?;
    // A key that is answered opens: here at once, elsewhere within a second.
    api.projected(done.position).await?;
    let key = ApiKey {
        key_id: id.to_string(),
        role: role.to_wire(),
        member_id: member.map(|member| member.to_string()).unwrap_or_default(),
        label,
        revoked: false,
        created_at: Some(kith_proto::words::timestamp(change.request.received_at)),
    };
    Ok(CreateApiKeyResponse {
        key: Some(key),
        secret: caller::ApiKey {
            organisation,
            id,
            secret,
        }
        .to_string(),
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListApiKeysRequest,
) -> Result<ListApiKeysResponse, Failure> {
    caller.must_be(&[Role::Admin, Role::Operator])?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let after = place(caller, "keys", &body.page_token, |mut fields| fields.id())?;
    let after = after.map(KeyId::from_bytes);
    let organisation = caller.principal.organisation;
    let rows = keys::list(&api.live().reading, organisation, after, size as u64 + 1).await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let next_page_token = cut(caller, "keys", &mut rows, size, |last| last.id.clone());
    Ok(ListApiKeysResponse {
        keys: rows.iter().map(view).collect(),
        next_page_token,
    })
}

fn view(row: &api_key::Model) -> ApiKey {
    ApiKey {
        key_id: id_text(&row.id),
        role: word(row.role),
        member_id: row.member.as_deref().map(id_text).unwrap_or_default(),
        label: row.label.clone(),
        revoked: row.revoked,
        created_at: Some(moment(row.created_us)),
    }
}

/// Answers once this server refuses the key: its replica has the revocation in its rows.
pub(super) async fn revoke(
    api: &Api,
    caller: &Caller,
    body: RevokeApiKeyRequest,
) -> Result<RevokeApiKeyResponse, Failure> {
    caller.must_be(&[Role::Admin, Role::Operator])?;
    let mut change = api.change(caller, "RevokeApiKey", &body.request_id, &body);
    let id: KeyId = change.fields.id("key_id", &body.key_id);
    change.fields.finish()?;
    let command = key::Command::Revoke { id };
    let done = api
        .ledger()
        .execute::<Key>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, refused))?;
    api.projected(done.position).await?;
    let position = api.position_token(caller, done.position);
    api.parts.callers.forget(id);
    Ok(RevokeApiKeyResponse { position })
}
