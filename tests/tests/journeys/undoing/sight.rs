//! Everything that a member is answered.

use anyhow::Result;
use kith_proto::kith::admin::v1::{GetMemberRequest, GetMemberResponse};
use kith_proto::kith::directory::v1::{GetPersonRequest, GetPersonResponse, Person};
use kith_proto::kith::followup::v1::{FollowUp, FollowUpStatus, ListFollowUpsRequest};
use kith_proto::kith::interaction::v1::Interaction;
use kith_proto::kith::relationship::v1::{
    ListExclusionsRequest, ListExclusionsResponse, ListSharingRequest, ListSharingResponse,
    ListTiesRequest, ListTiesResponse,
};
use kith_tests::world::{EVA, Member};

use super::changing::ZOE;
use super::gathered;

/// Everything that a member is answered, but for counters of changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sight {
    eva: Option<GetPersonResponse>,
    zoe: Option<Person>,
    ties: ListTiesResponse,
    interactions: Vec<Interaction>,
    follow_ups: Vec<FollowUp>,
    is_paused: bool,
    sharing: ListSharingResponse,
    exclusions: ListExclusionsResponse,
    gathered: gathered::Sight,
    comfort: GetMemberResponse,
}

pub(super) async fn sight(member: &Member, after: &str) -> Result<Sight> {
    let person = async |who: &str| {
        let request = GetPersonRequest {
            person: who.to_owned(),
            min_position: after.to_owned(),
        };
        let answer = member.client.directory().get_person(request).await;
        let mut answer = answer.ok().map(tonic::Response::into_inner)?;
        answer.person.as_mut()?.etag.clear();
        Some(answer)
    };
    let ties = ListTiesRequest {
        min_position: after.to_owned(),
        ..ListTiesRequest::default()
    };
    let mut ties = member
        .client
        .relationship()
        .list_ties(ties)
        .await?
        .into_inner();
    for tie in &mut ties.ties {
        // Changes take a millisecond each, in which a tie fades by a billionth.
        tie.alive = tie.alive.map(|alive| (alive * 1e6).round() / 1e6);
    }
    let mut interactions = member.interactions(after).await?;
    for interaction in &mut interactions {
        interaction.revision = 0;
    }
    let (mut follow_ups, mut is_paused) = (Vec::new(), false);
    for status in [FollowUpStatus::Open, FollowUpStatus::Done] {
        let request = ListFollowUpsRequest {
            status: status.into(),
            due_before: None,
            min_position: after.to_owned(),
            ..ListFollowUpsRequest::default()
        };
        let answer = member.client.followup().list_follow_ups(request).await?;
        let answer = answer.into_inner();
        follow_ups.extend(answer.follow_ups);
        is_paused |= answer.paused_until.is_some();
    }
    let mut relationships = member.client.relationship();
    let sharing = ListSharingRequest {
        min_position: after.to_owned(),
    };
    let exclusions = ListExclusionsRequest {
        min_position: after.to_owned(),
    };
    let comfort = GetMemberRequest {
        min_position: after.to_owned(),
    };
    Ok(Sight {
        comfort: member
            .client
            .admin()
            .get_member(comfort)
            .await?
            .into_inner(),
        eva: person(EVA).await,
        zoe: person(ZOE).await.and_then(|answer| answer.person),
        ties,
        interactions,
        follow_ups,
        is_paused,
        sharing: relationships.list_sharing(sharing).await?.into_inner(),
        gathered: gathered::sight(member, after).await?,
        exclusions: relationships
            .list_exclusions(exclusions)
            .await?
            .into_inner(),
    })
}
