//! Notes are for their author, subjects for the members who took part, private facts for whoever
//! noted them.

use anyhow::{Context as _, Result};
use kith_domain::time::HOUR;
use kith_proto::kith::directory::v1::{AddFactRequest, Fact, GetPersonRequest, RemoveFactRequest};
use kith_proto::kith::event::v1::{FactKind, InteractionKind, Role};
use kith_tests::world::{BO, Client, EVA, Member, World, moment, personal, refused, request_id};

on_both_engines! {
    a_note_is_for_its_author_and_a_subject_for_those_who_took_part
    a_private_fact_is_for_its_author_alone
}

async fn a_note_is_for_its_author_and_a_subject_for_those_who_took_part(
    world: &World,
) -> Result<()> {
    let ours = &world.ours;
    let cleo = ours.member("Cleo Roux", "cleo@x.org").await?;
    let meeting = moment(InteractionKind::Meeting, world.ago(HOUR), &[EVA, BO.1]);
    let meeting = personal(meeting, "she seemed tired", "the new quay");
    let position = ours.ana.record(meeting).await?.position;
    let seen = async |member: &Member| -> Result<Vec<(String, String)>> {
        let all = member.interactions(&position).await?;
        Ok(all.into_iter().map(|i| (i.note, i.subject)).collect())
    };
    let both = ("she seemed tired".to_owned(), "the new quay".to_owned());
    let subject_alone = (String::new(), "the new quay".to_owned());
    assert_eq!(seen(&ours.ana).await?, [both]);
    assert_eq!(seen(&ours.bo).await?, [subject_alone]);
    assert!(seen(&cleo).await?.is_empty());
    // No role overrides it.
    let admin = ours.key(Role::Admin, &cleo.id).await?;
    let admin = Member {
        id: cleo.id.clone(),
        client: admin,
    };
    assert!(seen(&admin).await?.is_empty());
    Ok(())
}

async fn add(client: &Client, person_id: &str, text: &str, private: bool) -> Result<Fact> {
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: person_id.to_owned(),
        fact: Some(Fact {
            kind: FactKind::Interest.into(),
            text: text.to_owned(),
            private,
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let added = client.directory().add_fact(request).await?.into_inner();
    let read = GetPersonRequest {
        person: person_id.to_owned(),
        min_position: added.position,
    };
    client.directory().get_person(read).await?;
    added.fact.context("a fact is answered")
}

async fn a_private_fact_is_for_its_author_alone(world: &World) -> Result<()> {
    let ours = &world.ours;
    let eva = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let position = ours.ana.record(eva).await?.position;
    let eva = ours.ana.id_of(EVA, &position).await?;
    add(&ours.ana.client, &eva, "sails", false).await?;
    let private = add(&ours.ana.client, &eva, "looks for another job", true).await?;
    let facts = async |client: &Client| -> Result<Vec<String>> {
        let request = GetPersonRequest {
            person: eva.clone(),
            min_position: String::new(),
        };
        let known = client.directory().get_person(request).await?.into_inner();
        let mut texts: Vec<String> = known.facts.into_iter().map(|fact| fact.text).collect();
        texts.sort();
        Ok(texts)
    };
    assert_eq!(
        facts(&ours.ana.client).await?,
        ["looks for another job", "sails"]
    );
    assert_eq!(facts(&ours.bo.client).await?, ["sails"]);
    let removal = RemoveFactRequest {
        request_id: request_id(),
        fact_id: private.fact_id,
        min_position: String::new(),
    };
    // For Bo it does not exist; that it is somebody else's would say that it does.
    let answer = ours.bo.client.directory().remove_fact(removal).await;
    assert_eq!(refused(answer)?.reason, "NOT_FOUND");
    Ok(())
}
