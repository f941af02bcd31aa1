//! What both worlds know, and what one of them knows beside.

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::CreateApiKeyRequest;
use kith_proto::kith::directory::v1::{AddFactRequest, Fact, Person};
use kith_proto::kith::event::v1::{Care, FactKind, InteractionKind, Role, SharingLevel};
use kith_proto::kith::followup::v1::CreateFollowUpRequest;
use kith_proto::kith::interaction::v1::RecordInteractionsRequest;
use kith_proto::kith::relationship::v1::{
    SetCareRequest, SetExclusionRequest, SetSharingRequest, set_exclusion_request,
    set_sharing_request,
};
use kith_tests::world::{Member, World, keyed, moment, named, personal, request_id};
use prost_reflect::MethodDescriptor;

/// Where those are whom Ana keeps private, and whom she leaves out.
pub(super) const PRIVATE: &str = "private.example";
pub(super) const LEFT_OUT: &str = "left.example";

/// Whoever asks.
pub(super) struct Callers {
    keys: Vec<(&'static str, String)>,
    /// Ids of people that everybody may know.
    pub(super) names: Vec<String>,
    /// The id of a key that may be revoked: nobody asks with it.
    pub(super) spare: String,
}

impl Callers {
    /// Who may ask, each as often as it is worth.
    pub(super) fn weighed(
        &self,
        method: &MethodDescriptor,
    ) -> impl Iterator<Item = (&'static str, &String)> {
        let rpc = method.name().to_owned();
        let service = method.parent_service().name().to_owned();
        let weight = move |by: &str| match (service.as_str(), rpc.as_str(), by) {
            // The whole installation's rows are counted and hashed for who runs it.
            ("OperationsService", "VerifyReadModels" | "RebuildReadModels", "the operator") => 0,
            ("AdminService", "CreateOrganisation", "the operator") => 20,
            ("AdminService", _, "an admin")
            | (_, "ErasePerson", "an admin")
            | (_, "ExportTies", "an analyst") => 10,
            (_, _, "Bo") => 6,
            (_, _, "Cleo") => 3,
            _ => 1,
        };
        let callers = self.keys.iter();
        callers.flat_map(move |(by, key)| std::iter::repeat_n((*by, key), weight(by)))
    }
}

/// What is in one of the worlds alone.
pub(super) struct Hidden {
    /// Ids of people, moments, facts, follow-ups and imports.
    pub(super) names: Vec<String>,
    /// The id under which the import was asked for.
    pub(super) import_request: String,
}

fn at(number: usize) -> String {
    format!("p{number}@public.example")
}

/// People, moments, facts and promises of everybody, and what Ana says of whom she keeps private.
pub(super) async fn prepare(world: &World) -> Result<Callers> {
    let ours = &world.ours;
    let cleo = ours.member("Cleo Roux", "cleo@x.org").await?;
    let private = SetSharingRequest {
        request_id: request_id(),
        target: Some(set_sharing_request::Target::Domain(PRIVATE.to_owned())),
        level: SharingLevel::Private.into(),
        min_position: String::new(),
    };
    ours.ana.client.relationship().set_sharing(private).await?;
    let mut names = vec![ours.ana.id.clone(), ours.bo.id.clone(), cleo.id.clone()];
    for number in 0..5 {
        let person = Person {
            name: format!("Person {number}"),
            addresses: vec![at(number)],
            company: "Harbour".to_owned(),
            tags: vec!["vip".to_owned()],
            ..Person::default()
        };
        names.push(ours.person(person).await?.person_id);
    }
    for (number, member) in [&ours.ana, &ours.bo, &cleo].into_iter().enumerate() {
        let mut moments = Vec::new();
        for week in 1..9 {
            for other in 0..4 {
                let kind = [InteractionKind::Call, InteractionKind::Meeting][week % 2];
                let when = world.ago(week as i64 * 7 * DAY + HOUR);
                let with = at(number * 2 + other);
                let told = named(
                    moment(kind, when, &[&with]),
                    &format!("{number} knows {other}"),
                );
                moments.push(keyed(told, format!("of {number}: {week} {other}")));
            }
        }
        member.record_all(moments).await?;
        let position = noted(member, &names[3], number).await?;
        names.push(member.id_of(&at(number * 2), &position).await?);
    }
    let mut keys = vec![
        ("Bo", ours.bo.client.key.clone()),
        ("Cleo", cleo.client.key.clone()),
        ("a stranger", world.theirs.ana.client.key.clone()),
        ("the operator", world.operator.key.clone()),
    ];
    for (by, role, member) in [
        ("an admin", Role::Admin, ""),
        ("Cleo as an admin", Role::Admin, cleo.id.as_str()),
        ("an analyst", Role::Analyst, ""),
        ("a program", Role::Service, ""),
    ] {
        keys.push((by, ours.key(role, member).await?.key));
    }
    let spare = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Service.into(),
        ..CreateApiKeyRequest::default()
    };
    let spare = ours.admin.admin().create_api_key(spare).await?.into_inner();
    let spare = spare.key.context("a key is answered")?.key_id;
    Ok(Callers { keys, names, spare })
}

/// A fact, and a promise, of somebody whom everybody knows.
async fn noted(member: &Member, person: &str, number: usize) -> Result<String> {
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        fact: Some(Fact {
            kind: FactKind::Interest.into(),
            text: format!("sails, says {number}"),
            private: number == 1,
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let added = member.client.directory().add_fact(request).await?;
    Ok(added.into_inner().position)
}

/// What Ana does in one of the worlds: nothing of it is anybody else's business.
pub(super) async fn secret(world: &World) -> Result<Hidden> {
    let ana = &world.ours.ana;
    let mut names = Vec::new();
    for (who, number) in [(PRIVATE, 0), (PRIVATE, 1), (LEFT_OUT, 0)] {
        let letter = if who == PRIVATE { 'x' } else { 'y' };
        let address = format!("{letter}{number}@{who}");
        if who == LEFT_OUT {
            leave_out(ana, &address).await?;
        }
        let calls = (0..10).map(|week| {
            let call = moment(
                InteractionKind::Call,
                world.ago(week * 7 * DAY + HOUR),
                &[&address],
            );
            let call = personal(named(call, "secret name"), "secret note", "secret subject");
            keyed(call, format!("key {}", week + 10 * number))
        });
        let position = ana.record_all(calls.collect()).await?.position;
        if who == PRIVATE {
            let person = ana.id_of(&address, &position).await?;
            names.extend(words_about(world, &person).await?);
            names.push(person);
        }
        let moments = ana.interactions(&position).await?;
        names.extend(moments.into_iter().map(|moment| moment.interaction_id));
    }
    let import_request = request_id();
    let messages = (20..30).map(|number| {
        let call = moment(
            InteractionKind::Mail,
            world.ago(number * DAY),
            &["x0@private.example"],
        );
        RecordInteractionsRequest {
            interaction: Some(keyed(call, format!("key {number}"))),
            import_id: import_request.clone(),
            import_name: "secret.mbox".to_owned(),
            ..RecordInteractionsRequest::default()
        }
    });
    let stream = tokio_stream::iter(messages.collect::<Vec<_>>());
    let import = ana.client.interaction().record_interactions(stream).await?;
    names.push(import.into_inner().import_id);
    Ok(Hidden {
        names,
        import_request,
    })
}

async fn leave_out(ana: &Member, address: &str) -> Result<()> {
    let request = SetExclusionRequest {
        request_id: request_id(),
        target: Some(set_exclusion_request::Target::Address(address.to_owned())),
        excluded: true,
        min_position: String::new(),
    };
    ana.client.relationship().set_exclusion(request).await?;
    Ok(())
}

/// Facts, a promise, a decision. Answers their ids.
async fn words_about(world: &World, person: &str) -> Result<Vec<String>> {
    let ana = &world.ours.ana.client;
    // One that she does not keep to herself is everybody's who sees that person one day.
    let fact = AddFactRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        fact: Some(Fact {
            kind: FactKind::Need.into(),
            text: "secret need".to_owned(),
            private: true,
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let added = ana.directory().add_fact(fact).await?.into_inner();
    let mut ids = vec![added.fact.context("a fact is answered")?.fact_id];
    let promise = CreateFollowUpRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        mine: true,
        text: "secret promise".to_owned(),
        due_at: world.ahead(DAY),
        min_position: String::new(),
    };
    let promised = ana.followup().create_follow_up(promise).await?.into_inner();
    ids.push(promised.follow_up_id);
    let care = SetCareRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        care: Care::Tend.into(),
        ..SetCareRequest::default()
    };
    ana.relationship().set_care(care).await?;
    Ok(ids)
}
