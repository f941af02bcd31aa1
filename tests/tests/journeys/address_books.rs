//! What an address book made of the directory is taken back together, but for what somebody changed since.

use anyhow::Result;
use kith_domain::time::DAY;
use kith_proto::kith::directory::v1::{
    AddFactRequest, CreatePersonRequest, Fact, GetPersonRequest, ListPersonsRequest, Person,
    UpdatePersonRequest,
};
use kith_proto::kith::event::v1::{FactKind, InteractionKind};
use kith_proto::kith::history::v1::{
    ChangeKind, ListOwnChangesRequest, OwnChange, UndoChangeRequest,
};
use kith_proto::kith::interaction::v1::{
    Import, ListImportsRequest, UndoImportRequest, UndoImportResponse,
};
use kith_tests::world::{EVA, Member, World, moment, refused, request_id};

on_both_engines! {
    an_address_book_is_taken_back_as_it_came
    what_somebody_changed_since_stays_and_the_rest_goes
    an_address_book_is_one_change_of_its_member
}

fn person(name: &str, address: &str) -> Person {
    Person {
        name: name.to_owned(),
        addresses: vec![address.to_owned()],
        company: "Harbour".to_owned(),
        tags: vec!["book".to_owned()],
        ..Person::default()
    }
}

async fn enters(member: &Member, import: &str, person: Person) -> Result<(Person, String)> {
    let request = CreatePersonRequest {
        request_id: request_id(),
        person: Some(person),
        import_id: import.to_owned(),
        import_name: "book.vcf".to_owned(),
        ..CreatePersonRequest::default()
    };
    let answer = member
        .client
        .directory()
        .create_person(request)
        .await?
        .into_inner();
    Ok((answer.person.unwrap_or_default(), answer.position))
}

async fn changes(member: &Member, import: &str, person: Person) -> Result<Person> {
    let request = UpdatePersonRequest {
        request_id: request_id(),
        person: Some(person),
        import_id: import.to_owned(),
        ..UpdatePersonRequest::default()
    };
    let answer = member.client.directory().update_person(request).await?;
    Ok(answer.into_inner().person.unwrap_or_default())
}

async fn imports(world: &World) -> Result<Vec<Import>> {
    world.settled().await?;
    let mut service = world.ours.ana.client.interaction();
    let answer = service.list_imports(ListImportsRequest::default()).await?;
    Ok(answer.into_inner().imports)
}

async fn undo(world: &World, request_id: &str, import: &Import) -> Result<UndoImportResponse> {
    let request = UndoImportRequest {
        request_id: request_id.to_owned(),
        import_id: import.import_id.clone(),
        min_position: String::new(),
    };
    let mut service = world.ours.ana.client.interaction();
    let answer = service.undo_import(request).await?.into_inner();
    world.settled().await?;
    Ok(answer)
}

/// Everybody of the directory, but for the etags: what was taken back is a change, too.
async fn everybody(world: &World) -> Result<Vec<Person>> {
    world.settled().await?;
    let mut service = world.ours.ana.client.directory();
    let answer = service.list_persons(ListPersonsRequest::default()).await?;
    let people = answer.into_inner().persons.into_iter();
    Ok(people
        .map(|person| Person {
            etag: String::new(),
            ..person
        })
        .collect())
}

/// Somebody entered by hand, somebody met, and a book with both of them and two new people.
async fn book(world: &World) -> Result<(Vec<Person>, Import)> {
    let ana = &world.ours.ana;
    let known = Person {
        company: String::new(),
        tags: vec!["old".to_owned()],
        ..person("Zoë", "zoe@out.example")
    };
    let zoe = world.ours.person(known).await?;
    let call = moment(InteractionKind::Call, world.ago(DAY), &[EVA]);
    let position = ana.record(call).await?.position;
    let eva = ana.id_of(EVA, &position).await?;
    let before = everybody(world).await?;
    let id = request_id();
    enters(ana, &id, person("Cem", "cem@out.example")).await?;
    let (dan, _) = enters(ana, &id, person("Dan", "dan@out.example")).await?;
    world.settled().await?;
    // One of a book may be in it twice.
    let again = Person {
        person_id: dan.person_id,
        title: "pilot".to_owned(),
        ..Person::default()
    };
    changes(ana, &id, again).await?;
    for (number, (id_of, name, address)) in [
        (&zoe.person_id, "Zoë Wind", "zoe@out.example"),
        (&eva, "Eva Book", EVA),
    ]
    .into_iter()
    .enumerate()
    {
        let filled = Person {
            person_id: id_of.clone(),
            name: name.to_owned(),
            company: "Harbour".to_owned(),
            // An address that a book adds goes with it.
            addresses: vec![address.to_owned(), format!("{number}@home.example")],
            tags: vec!["old".to_owned(), "book".to_owned()],
            ..Person::default()
        };
        changes(ana, &id, filled).await?;
    }
    let all = imports(world).await?;
    assert_eq!(all.len(), 1);
    let import = all[0].clone();
    assert_eq!(
        (import.name.as_str(), import.entries, import.moments),
        ("book.vcf", 4, 0)
    );
    Ok((before, import))
}

async fn an_address_book_is_taken_back_as_it_came(world: &World) -> Result<()> {
    let (before, import) = book(world).await?;
    assert_eq!(everybody(world).await?.len(), before.len() + 2);
    let request = request_id();
    let done = undo(world, &request, &import).await?;
    assert_eq!(done.kept_entries, 0);
    assert_eq!(everybody(world).await?, before);
    assert!(imports(world).await?[0].undone);
    // Sent again it is the same, and asked for anew there is nothing left to do.
    let again = undo(world, &request, &import).await?;
    assert_eq!(again.kept_entries, 0);
    undo(world, &request_id(), &import).await?;
    assert_eq!(everybody(world).await?, before);

    // Another book brings one back, and the first has no say in that any more.
    let cem = person("Cem", "cem@out.example");
    enters(&world.ours.ana, &request_id(), cem).await?;
    undo(world, &request_id(), &import).await?;
    assert_eq!(everybody(world).await?.len(), before.len() + 1);
    Ok(())
}

async fn what_somebody_changed_since_stays_and_the_rest_goes(world: &World) -> Result<()> {
    let (before, import) = book(world).await?;
    let request = GetPersonRequest {
        person: "cem@out.example".to_owned(),
        min_position: String::new(),
    };
    let mut directory = world.ours.bo.client.directory();
    let cem = directory.get_person(request).await?.into_inner().person;
    let renamed = Person {
        person_id: cem.unwrap_or_default().person_id,
        name: "Çem".to_owned(),
        ..Person::default()
    };
    changes(&world.ours.bo, "", renamed).await?;
    // Of Dan somebody else wrote something that all may read.
    let request = GetPersonRequest {
        person: "dan@out.example".to_owned(),
        min_position: String::new(),
    };
    let dan = directory.get_person(request).await?.into_inner().person;
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: dan.unwrap_or_default().person_id,
        fact: Some(Fact {
            kind: FactKind::Interest.into(),
            text: "sails".to_owned(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    directory.add_fact(request).await?;
    let done = undo(world, &request_id(), &import).await?;
    assert_eq!(done.kept_entries, 2);
    let after = everybody(world).await?;
    let mut others = after.clone();
    others.retain(|person| !["Çem", "Dan"].contains(&person.name.as_str()));
    assert_eq!((others, after.len()), (before.clone(), before.len() + 2));
    Ok(())
}

async fn an_address_book_is_one_change_of_its_member(world: &World) -> Result<()> {
    let (before, _) = book(world).await?;
    let ana = &world.ours.ana;
    let changes = async || -> Result<Vec<OwnChange>> {
        world.settled().await?;
        let mut history = ana.client.history();
        let answer = history
            .list_own_changes(ListOwnChangesRequest::default())
            .await?;
        Ok(answer.into_inner().changes)
    };
    let all = changes().await?;
    let kinds: Vec<ChangeKind> = all.iter().map(OwnChange::kind).collect();
    // Before the book there were a call, and somebody who was entered by hand.
    let expected = [
        ChangeKind::Imported,
        ChangeKind::Recorded,
        ChangeKind::PersonEntered,
    ];
    assert_eq!(kinds, expected);
    let request = UndoChangeRequest {
        request_id: request_id(),
        change_id: all[0].change_id.clone(),
        min_position: String::new(),
    };
    ana.client.history().undo_change(request).await?;
    assert_eq!(everybody(world).await?, before);
    assert_eq!(changes().await?.len(), all.len() - 1);

    // Under the id of one that was taken back nothing more comes.
    let id = request_id();
    let (_, position) = enters(ana, &id, person("Ina", "ina@out.example")).await?;
    let mut standing = imports(world).await?;
    standing.retain(|import| !import.undone);
    undo(world, &request_id(), &standing[0]).await?;
    let request = CreatePersonRequest {
        request_id: request_id(),
        person: Some(person("Ugo", "ugo@out.example")),
        import_id: id,
        min_position: position,
        ..CreatePersonRequest::default()
    };
    let answer = ana.client.directory().create_person(request).await;
    assert_eq!(refused(answer)?.reason, "STATE");
    Ok(())
}
