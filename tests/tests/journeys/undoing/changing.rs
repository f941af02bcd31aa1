//! A member who can change everything there is to change.

use anyhow::{Context as _, Result, bail};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::{ComfortProfile, Pace, UpdateMemberRequest};
use kith_proto::kith::directory::v1::{
    AddFactRequest, Affiliation, CreatePersonRequest, Fact, MergePersonsRequest, Person,
    RemoveFactRequest, UnmergePersonRequest, UpdatePersonRequest,
};
use kith_proto::kith::event::v1::{Care, FactKind, InteractionKind, SharingLevel};
use kith_proto::kith::followup::v1::{
    CompleteFollowUpRequest, CreateFollowUpRequest, DismissFollowUpRequest, ReopenFollowUpRequest,
    SetPauseRequest, SnoozeFollowUpRequest,
};
use kith_proto::kith::gathering::v1::RecordEncounterRequest;
use kith_proto::kith::gathering::v1::record_encounter_request::Who;
use kith_proto::kith::history::v1::ChangeKind;
use kith_proto::kith::interaction::v1::{
    CorrectInteractionRequest, RecordInteractionsRequest, RetractInteractionRequest,
    UndoImportRequest,
};
use kith_proto::kith::relationship::v1::{
    SetCareRequest, SetExclusionRequest, SetSharingRequest, set_exclusion_request,
    set_sharing_request,
};
use kith_tests::world::{EVA, Member, World, keyed, moment, noted, request_id};

use super::gathered::{self, Gathered};

/// Nobody met them.
pub(super) const ZOE: &str = "zoe@z.org";
/// Eva, as she writes from home.
const AT_HOME: &str = "eva@home.org";
/// Eva, as she wrote from school: merged into her entry.
const AT_SCHOOL: &str = "eva@school.org";

/// What a member can change, one after the other.
pub(super) struct Changing<'w> {
    world: &'w World,
    member: &'w Member,
    eva: String,
    interaction: String,
    fact: String,
    open: String,
    done: String,
    import: String,
    gathering: Gathered,
}

impl<'w> Changing<'w> {
    /// A member with something of everything, and where in the log all of it is.
    pub(super) async fn new(world: &'w World, member: &'w Member) -> Result<(Self, String)> {
        let weeks = (0..4).map(|week| {
            let at = world.ago(week * 7 * DAY + HOUR);
            keyed(
                moment(InteractionKind::Call, at, &[EVA]),
                format!("call {week}"),
            )
        });
        let also = [AT_HOME, AT_SCHOOL].map(|address| {
            let call = moment(InteractionKind::Call, world.ago(9 * DAY), &[address]);
            keyed(call, address.to_owned())
        });
        let eva = Person {
            addresses: vec![EVA.to_owned()],
            ..Person::default()
        };
        world.ours.person(eva).await?;
        let all = weeks.chain(also).collect();
        let position = member.record_all(all).await?.position;
        let eva = member.id_of(EVA, &position).await?;
        let interaction = member.interactions(&position).await?[1]
            .interaction_id
            .clone();
        let mut changing = Self {
            world,
            member,
            eva,
            interaction,
            fact: String::new(),
            open: String::new(),
            done: String::new(),
            import: String::new(),
            gathering: gathered::new(world, member).await?,
        };
        changing.merges(AT_SCHOOL).await?;
        changing.fact = changing.adds_a_fact().await?.0;
        changing.open = changing.promises("the paper").await?.0;
        changing.done = changing.promises("the book").await?.0;
        changing.import = changing.imports(5).await?.0;
        let done = changing.done.clone();
        let position = changing.completes(&done).await?;
        // What is made next has a time of its own.
        world.pass(1_000);
        Ok((changing, position))
    }

    async fn adds_a_fact(&self) -> Result<(String, String)> {
        let request = AddFactRequest {
            request_id: request_id(),
            person_id: self.eva.clone(),
            fact: Some(Fact {
                kind: FactKind::Interest.into(),
                text: "old wooden boats".to_owned(),
                ..Fact::default()
            }),
            min_position: String::new(),
        };
        let answer = self.member.client.directory().add_fact(request).await?;
        let answer = answer.into_inner();
        Ok((answer.fact.context("a fact")?.fact_id, answer.position))
    }

    async fn merges(&self, address: &str) -> Result<String> {
        let request = MergePersonsRequest {
            request_id: request_id(),
            kept: EVA.to_owned(),
            duplicate: address.to_owned(),
            min_position: String::new(),
        };
        let mut service = self.member.client.directory();
        let answer = service.merge_persons(request).await?;
        Ok(answer.into_inner().position)
    }

    async fn unmerges(&self, address: &str) -> Result<String> {
        let request = UnmergePersonRequest {
            request_id: request_id(),
            entry: address.to_owned(),
            min_position: String::new(),
        };
        let mut service = self.member.client.directory();
        let answer = service.unmerge_person(request).await?;
        Ok(answer.into_inner().position)
    }

    async fn promises(&self, text: &str) -> Result<(String, String)> {
        let request = CreateFollowUpRequest {
            request_id: request_id(),
            person_id: self.eva.clone(),
            mine: true,
            text: text.to_owned(),
            due_at: self.world.ahead(2 * DAY),
            min_position: String::new(),
        };
        let answer = self
            .member
            .client
            .followup()
            .create_follow_up(request)
            .await?;
        let answer = answer.into_inner();
        Ok((answer.follow_up_id, answer.position))
    }

    async fn completes(&self, follow_up: &str) -> Result<String> {
        let request = CompleteFollowUpRequest {
            request_id: request_id(),
            follow_up_id: follow_up.to_owned(),
            min_position: String::new(),
        };
        let answer = self
            .member
            .client
            .followup()
            .complete_follow_up(request)
            .await?;
        Ok(answer.into_inner().position)
    }

    async fn imports(&self, months: i64) -> Result<(String, String)> {
        let id = request_id();
        let messages = (0..months).map(|month| {
            let at = self.world.ago((month + 1) * 31 * DAY);
            let mail = keyed(
                moment(InteractionKind::Mail, at, &[EVA]),
                format!("{id} {month}"),
            );
            RecordInteractionsRequest {
                interaction: Some(mail),
                import_id: id.clone(),
                import_name: "all.mbox".to_owned(),
                ..RecordInteractionsRequest::default()
            }
        });
        let stream = tokio_stream::iter(messages.collect::<Vec<_>>());
        let mut service = self.member.client.interaction();
        let answer = service.record_interactions(stream).await?.into_inner();
        Ok((answer.import_id, answer.position))
    }

    /// Makes a change of this kind, and answers its position.
    pub(super) async fn make(&self, kind: ChangeKind) -> Result<String> {
        use ChangeKind as Kind;
        match kind {
            Kind::Unspecified => bail!("a kind that is not said"),
            Kind::PersonEntered | Kind::PersonChanged | Kind::FactAdded | Kind::FactRemoved => {
                self.make_of_entry(kind).await
            }
            Kind::Recorded
            | Kind::Corrected
            | Kind::Retracted
            | Kind::Imported
            | Kind::ImportUndone => self.make_of_moment(kind).await,
            Kind::Promised | Kind::Completed | Kind::Snoozed | Kind::Dismissed | Kind::Reopened => {
                self.make_of_follow_up(kind).await
            }
            Kind::Merged => self.merges(AT_HOME).await,
            Kind::Unmerged => self.unmerges(AT_SCHOOL).await,
            Kind::Shared | Kind::Excluded | Kind::Cared | Kind::Paused | Kind::ComfortSet => {
                self.make_of_word(kind).await
            }
            Kind::Encountered => {
                let request = RecordEncounterRequest {
                    request_id: request_id(),
                    who: Some(Who::Named(EVA.to_owned())),
                    sentence: "runs a wind farm; promised the paper by friday".to_owned(),
                    ..RecordEncounterRequest::default()
                };
                let mut service = self.member.client.encounter();
                let answer = service.record_encounter(request).await?;
                Ok(answer.into_inner().position)
            }
            Kind::Gathered | Kind::Scheduled | Kind::Going | Kind::Listed | Kind::Answered => {
                gathered::change(self.world, self.member, &self.gathering, kind).await
            }
        }
    }

    async fn make_of_entry(&self, kind: ChangeKind) -> Result<String> {
        let client = &self.member.client;
        let (request_id, min_position) = (request_id(), String::new());
        Ok(match kind {
            ChangeKind::PersonEntered => {
                let request = CreatePersonRequest {
                    request_id,
                    person: Some(Person {
                        name: "Zoë".to_owned(),
                        addresses: vec![ZOE.to_owned()],
                        ..Person::default()
                    }),
                    min_position,
                    ..CreatePersonRequest::default()
                };
                client
                    .directory()
                    .create_person(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::PersonChanged => {
                let request = UpdatePersonRequest {
                    request_id,
                    person: Some(Person {
                        person_id: self.eva.clone(),
                        name: "Eva Berg".to_owned(),
                        company: "Harbour".to_owned(),
                        tags: vec!["vip".to_owned(), "sailing".to_owned()],
                        affiliations: vec![Affiliation {
                            company: "Wind".to_owned(),
                            since: "2021".to_owned(),
                            ..Affiliation::default()
                        }],
                        ..Person::default()
                    }),
                    min_position,
                    ..UpdatePersonRequest::default()
                };
                client
                    .directory()
                    .update_person(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::FactAdded => self.adds_a_fact().await?.1,
            ChangeKind::FactRemoved => {
                let request = RemoveFactRequest {
                    request_id,
                    fact_id: self.fact.clone(),
                    min_position,
                };
                client
                    .directory()
                    .remove_fact(request)
                    .await?
                    .into_inner()
                    .position
            }
            other => bail!("{other:?} is made elsewhere"),
        })
    }

    async fn make_of_moment(&self, kind: ChangeKind) -> Result<String> {
        let client = &self.member.client;
        let (request_id, min_position) = (request_id(), String::new());
        Ok(match kind {
            ChangeKind::Recorded => {
                let call = moment(InteractionKind::Call, self.world.ago(HOUR / 2), &[EVA, ZOE]);
                self.member
                    .record(noted(call, "about boats"))
                    .await?
                    .position
            }
            ChangeKind::Corrected => {
                let at = self.world.ago(3 * DAY);
                let request = CorrectInteractionRequest {
                    request_id,
                    interaction_id: self.interaction.clone(),
                    interaction: Some(moment(InteractionKind::Meeting, at, &[EVA])),
                    min_position,
                };
                client
                    .interaction()
                    .correct_interaction(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Retracted => {
                let request = RetractInteractionRequest {
                    request_id,
                    interaction_id: self.interaction.clone(),
                    min_position,
                };
                client
                    .interaction()
                    .retract_interaction(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Imported => self.imports(3).await?.1,
            ChangeKind::ImportUndone => {
                let request = UndoImportRequest {
                    request_id,
                    import_id: self.import.clone(),
                    min_position,
                };
                client
                    .interaction()
                    .undo_import(request)
                    .await?
                    .into_inner()
                    .position
            }
            other => bail!("{other:?} is made elsewhere"),
        })
    }

    async fn make_of_follow_up(&self, kind: ChangeKind) -> Result<String> {
        let client = &self.member.client;
        let (request_id, min_position) = (request_id(), String::new());
        Ok(match kind {
            ChangeKind::Promised => self.promises("a coffee").await?.1,
            ChangeKind::Completed => self.completes(&self.open).await?,
            ChangeKind::Snoozed => {
                let request = SnoozeFollowUpRequest {
                    request_id,
                    follow_up_id: self.open.clone(),
                    until: self.world.ahead(5 * DAY),
                    min_position,
                };
                client
                    .followup()
                    .snooze_follow_up(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Dismissed => {
                let request = DismissFollowUpRequest {
                    request_id,
                    follow_up_id: self.open.clone(),
                    min_position,
                };
                client
                    .followup()
                    .dismiss_follow_up(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Reopened => {
                let request = ReopenFollowUpRequest {
                    request_id,
                    follow_up_id: self.done.clone(),
                    min_position,
                };
                client
                    .followup()
                    .reopen_follow_up(request)
                    .await?
                    .into_inner()
                    .position
            }
            other => bail!("{other:?} is made elsewhere"),
        })
    }

    async fn make_of_word(&self, kind: ChangeKind) -> Result<String> {
        let client = &self.member.client;
        let (request_id, min_position) = (request_id(), String::new());
        Ok(match kind {
            ChangeKind::Shared => {
                let request = SetSharingRequest {
                    request_id,
                    target: Some(set_sharing_request::Target::PersonId(self.eva.clone())),
                    level: SharingLevel::Private.into(),
                    min_position,
                };
                client
                    .relationship()
                    .set_sharing(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Excluded => {
                let request = SetExclusionRequest {
                    request_id,
                    target: Some(set_exclusion_request::Target::Domain("y.org".to_owned())),
                    excluded: true,
                    min_position,
                };
                client
                    .relationship()
                    .set_exclusion(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Cared => {
                let request = SetCareRequest {
                    request_id,
                    person_id: self.eva.clone(),
                    care: Care::Quiet.into(),
                    important: Some(true),
                    min_position,
                };
                client
                    .relationship()
                    .set_care(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::Paused => {
                let request = SetPauseRequest {
                    request_id,
                    until: self.world.ahead(9 * DAY),
                    min_position,
                };
                client
                    .followup()
                    .set_pause(request)
                    .await?
                    .into_inner()
                    .position
            }
            ChangeKind::ComfortSet => {
                let request = UpdateMemberRequest {
                    request_id,
                    comfort: Some(ComfortProfile {
                        pace: Pace::Reserved.into(),
                        own_words: "I mend clocks.".to_owned(),
                        ..ComfortProfile::default()
                    }),
                    update_mask: None,
                    min_position,
                };
                let answer = client.admin().update_member(request).await?;
                answer.into_inner().position
            }
            other => bail!("{other:?} is made elsewhere"),
        })
    }
}
