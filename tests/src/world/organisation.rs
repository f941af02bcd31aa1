//! An organisation with two members, and what members do all day.

use anyhow::{Context as _, Result};
use kith_proto::kith::admin::v1::{
    CreateApiKeyRequest, CreateMemberRequest, GetServerInfoRequest, ListApiKeysRequest,
};
use kith_proto::kith::directory::v1::{CreatePersonRequest, GetPersonRequest, Person};
use kith_proto::kith::event::v1::Role;
use kith_proto::kith::followup::v1::{FollowUp, FollowUpStatus, ListFollowUpsRequest};
use kith_proto::kith::interaction::v1::{
    Interaction, InteractionInput, ListInteractionsRequest, RecordInteractionRequest,
    RecordInteractionResponse, RecordInteractionsRequest, RecordInteractionsResponse,
};
use kith_proto::kith::relationship::v1::{GetTieRequest, GetTieResponse, Tie};
use tonic::Status;
use tonic::transport::Channel;

use super::{Client, request_id};

/// Name and address of the first member.
pub const ANA: (&str, &str) = ("Ana Silva", "ana@x.org");
/// Name and address of the second member.
pub const BO: (&str, &str) = ("Bo Lind", "bo@x.org");
/// The address of somebody outside.
pub const EVA: &str = "eva@y.org";

/// An organisation with two members.
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// Its first admin key.
    pub admin: Client,
    /// The first member.
    pub ana: Member,
    /// The second member.
    pub bo: Member,
}

/// A member with a key of that role.
#[derive(Clone)]
pub struct Member {
    /// Their id.
    pub id: String,
    /// What they call with.
    pub client: Client,
}

impl Organisation {
    pub(super) async fn open(admin: Client) -> Result<Self> {
        let id = admin.works().await?.organisation_id;
        let ana = Member::create(&admin, ANA).await?;
        let bo = Member::create(&admin, BO).await?;
        Ok(Self { id, admin, ana, bo })
    }

    /// The same keys on another connection.
    pub(super) fn moved_to(&self, channel: &Channel) -> Result<Self> {
        let member = |member: &Member| {
            Ok::<_, anyhow::Error>(Member {
                id: member.id.clone(),
                client: member.client.moved_to(channel)?,
            })
        };
        Ok(Self {
            id: self.id.clone(),
            admin: self.admin.moved_to(channel)?,
            ana: member(&self.ana)?,
            bo: member(&self.bo)?,
        })
    }

    /// Another member.
    pub async fn member(&self, name: &str, address: &str) -> Result<Member> {
        Member::create(&self.admin, (name, address)).await
    }

    /// A key of another role that speaks for a member, or for nobody.
    pub async fn key(&self, role: Role, member_id: &str) -> Result<Client> {
        key(&self.admin, role, member_id, "").await
    }

    /// Somebody in the directory; visible when this answers.
    pub async fn person(&self, person: Person) -> Result<Person> {
        let request = CreatePersonRequest {
            request_id: request_id(),
            person: Some(person),
            min_position: String::new(),
            ..CreatePersonRequest::default()
        };
        let made = self.admin.directory().create_person(request).await?;
        let made = made.into_inner();
        let person = made.person.context("a person is answered")?;
        let read = GetPersonRequest {
            person: person.person_id.clone(),
            min_position: made.position,
        };
        self.admin.directory().get_person(read).await?;
        Ok(person)
    }
}

async fn key(admin: &Client, role: Role, member_id: &str, after: &str) -> Result<Client> {
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: role.into(),
        member_id: member_id.to_owned(),
        min_position: after.to_owned(),
        ..CreateApiKeyRequest::default()
    };
    let made = admin.admin().create_api_key(request).await?.into_inner();
    let visible = ListApiKeysRequest {
        min_position: made.position,
        ..ListApiKeysRequest::default()
    };
    admin.admin().list_api_keys(visible).await?;
    let client = admin.with_key(&made.secret)?;
    client
        .admin()
        .get_server_info(GetServerInfoRequest {})
        .await?;
    Ok(client)
}

impl Member {
    async fn create(admin: &Client, (name, address): (&str, &str)) -> Result<Self> {
        let request = CreateMemberRequest {
            request_id: request_id(),
            name: name.to_owned(),
            address: address.to_owned(),
            ..CreateMemberRequest::default()
        };
        let made = admin.admin().create_member(request).await?.into_inner();
        let id = made.member.context("a member is answered")?.member_id;
        let client = key(admin, Role::Member, &id, &made.position).await?;
        Ok(Self { id, client })
    }

    /// Records a moment.
    pub async fn record(&self, input: InteractionInput) -> Result<RecordInteractionResponse> {
        let request = RecordInteractionRequest {
            request_id: request_id(),
            interaction: Some(input),
            ..RecordInteractionRequest::default()
        };
        let answer = self.client.interaction().record_interaction(request).await;
        Ok(answer?.into_inner())
    }

    /// Records many moments, in one stream.
    pub async fn record_all(
        &self,
        inputs: Vec<InteractionInput>,
    ) -> Result<RecordInteractionsResponse, Status> {
        let messages = inputs.into_iter().map(|input| RecordInteractionsRequest {
            interaction: Some(input),
            everyone_is_a_member: false,
            ..RecordInteractionsRequest::default()
        });
        let stream = tokio_stream::iter(messages.collect::<Vec<_>>());
        let answer = self.client.interaction().record_interactions(stream).await;
        Ok(answer?.into_inner())
    }

    /// The tie with somebody and its explanation, as of a position.
    pub async fn tie(&self, person: &str, after: &str) -> Result<(Tie, GetTieResponse)> {
        let request = GetTieRequest {
            person: person.to_owned(),
            min_position: after.to_owned(),
            ..GetTieRequest::default()
        };
        let answer = self.client.relationship().get_tie(request).await?;
        let answer = answer.into_inner();
        let tie = answer.tie.clone().context("a tie is answered")?;
        Ok((tie, answer))
    }

    /// The first page of the timeline.
    pub async fn interactions(&self, after: &str) -> Result<Vec<Interaction>> {
        let request = ListInteractionsRequest {
            min_position: after.to_owned(),
            ..ListInteractionsRequest::default()
        };
        let answer = self.client.interaction().list_interactions(request).await?;
        Ok(answer.into_inner().interactions)
    }

    /// Follow-ups of a status that are due within a week.
    pub async fn follow_ups(&self, status: FollowUpStatus, after: &str) -> Result<Vec<FollowUp>> {
        let request = ListFollowUpsRequest {
            status: status.into(),
            min_position: after.to_owned(),
            ..ListFollowUpsRequest::default()
        };
        let answer = self.client.followup().list_follow_ups(request).await?;
        Ok(answer.into_inner().follow_ups)
    }

    /// The id of somebody who is in the directory, as of a position.
    pub async fn id_of(&self, person: &str, after: &str) -> Result<String> {
        let request = GetPersonRequest {
            person: person.to_owned(),
            min_position: after.to_owned(),
        };
        let found = self.client.directory().get_person(request).await?;
        let person = found.into_inner().person;
        Ok(person.context("a person is answered")?.person_id)
    }
}
