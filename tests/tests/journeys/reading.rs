//! Who was shown what others wrote of a person, for whoever has to answer them.

use anyhow::Result;
use kith_domain::date::day_of;
use kith_domain::time::{Clock as _, HOUR};
use kith_proto::kith::directory::v1::{
    Access, AddFactRequest, Content, ErasePersonRequest, Fact, GetPersonRequest,
    ListAccessesRequest, ListPersonChangesRequest, Person, SearchRequest,
};
use kith_proto::kith::event::v1::{FactKind, InteractionKind, SharingLevel};
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_tests::world::{Client, Member, World, moment, personal, refused, request_id};
use tonic::Code;

on_both_engines! {
    who_reads_what_is_written_of_somebody_is_told_by_the_day
    of_somebody_whom_private_ties_alone_lead_to_no_reader_is_told
    who_was_erased_leaves_no_word_of_their_readers
}

async fn readers(world: &World, person: &str) -> Result<Vec<(String, Content)>> {
    let request = ListAccessesRequest {
        person: person.to_owned(),
        min_position: String::new(),
    };
    let answer = world.ours.admin.directory().list_accesses(request).await?;
    let accesses: Vec<Access> = answer.into_inner().accesses;
    let today = day_of(world.clock.now()).to_string();
    for access in &accesses {
        assert!(
            access.day <= today && !access.key_id.is_empty(),
            "{access:?}"
        );
    }
    let read = accesses.into_iter();
    Ok(read.map(|a| (a.member_name.clone(), a.content())).collect())
}

async fn reads(client: &Client, person: &str) -> Result<()> {
    let request = GetPersonRequest {
        person: person.to_owned(),
        min_position: String::new(),
    };
    client.directory().get_person(request).await?;
    Ok(())
}

/// Ana knows something of somebody, for all who see them.
async fn sails(world: &World, person: &str) -> Result<()> {
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        fact: Some(Fact {
            kind: FactKind::Interest.into(),
            text: "sails".to_owned(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let ana = &world.ours.ana.client;
    ana.directory().add_fact(request).await?;
    world.settled().await
}

/// Somebody with a fact, and with a note of a call.
async fn zoe(world: &World) -> Result<String> {
    let ana = &world.ours.ana;
    let person = Person {
        name: "Zoë".to_owned(),
        addresses: vec!["zoe@out.example".to_owned()],
        ..Person::default()
    };
    let zoe = world.ours.person(person).await?.person_id;
    let call = moment(InteractionKind::Call, world.ago(HOUR), &["zoe@out.example"]);
    ana.record(personal(call, "a note", "a subject")).await?;
    sails(world, &zoe).await?;
    Ok(zoe)
}

async fn of_somebody_whom_private_ties_alone_lead_to_no_reader_is_told(
    world: &World,
) -> Result<()> {
    const KIM: &str = "kim@out.example";
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let shares = async |member: &Member, level: SharingLevel| {
        let request = SetSharingRequest {
            request_id: request_id(),
            target: Some(Target::Address(KIM.to_owned())),
            level: level.into(),
            min_position: String::new(),
        };
        member.client.relationship().set_sharing(request).await
    };
    for member in [ana, bo] {
        shares(member, SharingLevel::Private).await?;
        let call = moment(InteractionKind::Call, world.ago(HOUR), &[KIM]);
        member.record(call).await?;
    }
    world.settled().await?;
    let kim = ana.id_of(KIM, "").await?;
    sails(world, &kim).await?;
    reads(&bo.client, &kim).await?;
    assert_eq!(
        world.accesses(&kim).await?,
        0,
        "it would tell that Bo knows Kim"
    );
    shares(ana, SharingLevel::Unspecified).await?;
    world.settled().await?;
    reads(&bo.client, &kim).await?;
    assert_eq!(
        world.accesses(&kim).await?,
        1,
        "everybody sees Kim by Ana's tie"
    );
    Ok(())
}

async fn who_reads_what_is_written_of_somebody_is_told_by_the_day(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let zoe = zoe(world).await?;
    assert!(
        readers(world, &zoe).await?.is_empty(),
        "who writes does not read"
    );
    for _ in 0..3 {
        reads(&bo.client, &zoe).await?;
    }
    let bos = ("Bo Lind".to_owned(), Content::Facts);
    assert_eq!(
        readers(world, &zoe).await?.as_slice(),
        std::slice::from_ref(&bos),
        "once a day"
    );
    // Who reads their own moments, or what they wrote themselves, is nobody's business.
    ana.interactions("").await?;
    reads(&ana.client, &zoe).await?;
    let request = ListPersonChangesRequest {
        person: zoe.clone(),
        min_position: String::new(),
    };
    bo.client.directory().list_person_changes(request).await?;
    for (client, text) in [
        (&ana.client, "sails note"),
        (&ana.client, "sails"),
        (&bo.client, "sails"),
    ] {
        let request = SearchRequest {
            text: text.to_owned(),
            ..SearchRequest::default()
        };
        client.directory().search(request).await?;
    }
    let mut all = readers(world, &zoe).await?;
    all.sort_by_key(|(name, content)| (name.clone(), *content as i32));
    let expected = [bos, ("Bo Lind".to_owned(), Content::Changes)];
    assert_eq!(all, expected);

    world.clock.advance(std::time::Duration::from_secs(86_400));
    reads(&bo.client, &zoe).await?;
    assert_eq!(
        readers(world, &zoe).await?.len(),
        3,
        "a day later once more"
    );

    // An admin answers for it, nobody else; and each organisation for its own.
    let request = ListAccessesRequest {
        person: zoe.clone(),
        min_position: String::new(),
    };
    let answer = ana.client.directory().list_accesses(request.clone()).await;
    assert_eq!(refused(answer)?.reason, "ROLE_MISSING");
    let answer = world
        .theirs
        .ana
        .client
        .directory()
        .list_accesses(request)
        .await;
    assert!(refused(answer).is_ok());
    Ok(())
}

async fn who_was_erased_leaves_no_word_of_their_readers(world: &World) -> Result<()> {
    let zoe = zoe(world).await?;
    reads(&world.ours.bo.client, &zoe).await?;
    assert_eq!(world.accesses(&zoe).await?, 1);
    let request = ErasePersonRequest {
        request_id: request_id(),
        person: zoe.clone(),
        min_position: String::new(),
    };
    world.ours.admin.directory().erase_person(request).await?;
    assert_eq!(world.accesses(&zoe).await?, 0);
    let request = ListAccessesRequest {
        person: zoe,
        min_position: String::new(),
    };
    let answer = world.ours.admin.directory().list_accesses(request).await;
    assert_eq!(refused(answer)?.code, Code::NotFound);
    Ok(())
}
