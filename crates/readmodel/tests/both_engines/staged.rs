//! Whoever came along with a moment: in whose directory they stand, and from when on.

use anyhow::Result;
use kith_domain::access::Principal;
use kith_domain::id::{InteractionId, PersonId, SourceId};
use kith_domain::interaction::Moment;
use kith_domain::person::Profile;
use kith_domain::sharing::Level::{Named, Private};
use kith_domain::sharing::Target;
use kith_readmodel::query::listing::{self, Filter};
use kith_readmodel::query::people;
use kith_readmodel::query::ties;
use kith_readmodel::store::Store;

use crate::support::World;
use crate::support::moments::{day, mail, meeting};
use crate::support::organisation::{Organisation, recorded_from};

fn found(moment: Moment) -> Moment {
    Moment {
        found: true,
        ..moment
    }
}

/// The names that a list and a look at a person agree on.
async fn directory(
    store: &Store,
    principal: &Principal,
    everybody: &[PersonId],
) -> Result<Vec<String>> {
    let database = store.live().reading;
    let rows = listing::list(&database, principal, &Filter::default(), None, 99).await?;
    let mut single = 0;
    for id in everybody {
        single += usize::from(people::see(&database, principal, *id).await?.is_some());
        let by_id = people::resolve(&database, principal, &id.to_string()).await?;
        let is_listed = rows.iter().any(|row| row.id == id.as_bytes());
        assert_eq!(by_id.is_some(), is_listed);
        for row in &rows {
            let by_address = people::resolve(&database, principal, &row.addresses).await?;
            assert_eq!(by_address.map(|found| found.id), Some(row.id.clone()));
        }
    }
    assert_eq!(single, rows.len(), "lists and single answers agree");
    Ok(rows.iter().map(people::called).collect())
}

async fn ties_of(store: &Store, organisation: &Organisation<'_>, me: PersonId) -> Result<usize> {
    let database = store.live().reading;
    Ok(ties::of_member(&database, organisation.id, me).await?.len())
}

#[tokio::test]
async fn who_only_wrote_is_staged_until_an_answer_and_again_when_it_is_taken_back() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let zoe = organisation
        .meets(&[ana], "Zoë", "zoe@wind.example")
        .await?;
    let everybody = [ana, zoe];
    let expect = async |names: &[&str], ties: usize| -> Result<()> {
        for store in world.caught_up().await? {
            let asks = organisation.asks(ana);
            assert_eq!(directory(store, &asks, &everybody).await?, names);
            assert_eq!(ties_of(store, &organisation, ana).await?, ties);
            let database = store.live().reading;
            let tie = ties::find(&database, organisation.id, ana, zoe).await?;
            assert_eq!(tie.is_some(), ties == 1);
            let as_of = ties::find_as_of(&database, organisation.id, ana, zoe, day(9)).await?;
            assert_eq!(as_of.is_some(), ties == 1);
        }
        Ok(())
    };
    organisation.sees(&found(mail(day(1), zoe, &[ana]))).await?;
    expect(&["Ana"], 0).await?;
    let answer = found(mail(day(2), ana, &[zoe]));
    let answer = organisation.sees(&answer).await?;
    expect(&["Ana", "Zoë"], 1).await?;
    organisation.retracts(answer, ana).await?;
    expect(&["Ana"], 0).await?;
    let met = organisation.sees(&meeting(day(3), &[ana, zoe])).await?;
    expect(&["Ana", "Zoë"], 1).await?;
    organisation.retracts(met, ana).await?;
    // What a member tells of counts, although nobody answered.
    let told = organisation.sees(&mail(day(4), zoe, &[ana])).await?;
    expect(&["Ana", "Zoë"], 1).await?;
    let as_found = found(mail(day(4), zoe, &[ana]));
    organisation.corrects(told, 2, as_found).await?;
    expect(&["Ana"], 0).await
}

#[tokio::test]
async fn a_private_tie_leads_nobody_else_to_a_person() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation
        .meets(&[ben], "Zoë", "zoe@wind.example")
        .await?;
    organisation.sees(&mail(day(1), ben, &[zoe])).await?;
    let everybody = [ana, ben, zoe];
    for (said, others_see) in [(None, true), (Some(Private), false), (Some(Named), true)] {
        let domain = Target::Domain("wind.example".into());
        organisation.shares(ben, domain, said).await?;
        for store in world.caught_up().await? {
            for (asks, sees) in [
                (organisation.asks(ben), true),
                (organisation.asks(ana), others_see),
                (organisation.outsider(), others_see),
            ] {
                let names = directory(store, &asks, &everybody).await?;
                assert_eq!(names.contains(&"Zoë".to_owned()), sees, "{said:?} {asks:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_entry_on_purpose_comes_before_what_came_along_in_either_order() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let entry = |name: &str, tag: &str| Profile {
        name: Some(name.into()),
        addresses: vec!["zoe@wind.example".into(), "zoe@home.example".into()],
        tags: vec![tag.into()],
        ..Profile::default()
    };
    let late = organisation
        .meets(&[ana], "zoe at work", "zoe@wind.example")
        .await?;
    organisation
        .enters(late, &entry("Zoë", "first"), None)
        .await?;
    organisation
        .enters(late, &entry("Zoë II", "second"), None)
        .await?;
    let early = PersonId::from_bytes([77; 16]);
    organisation
        .enters(early, &entry("Yve", "first"), None)
        .await?;
    organisation
        .enters(early, &entry("yve at work", "met"), Some(&[ana]))
        .await?;
    for store in world.caught_up().await? {
        let names = directory_of(store, &organisation.asks(ana)).await?;
        assert_eq!(names, ["Ana", "Yve", "Zoë"]);
        for (tag, count) in [("first", 2), ("second", 0), ("met", 0)] {
            let filter = Filter {
                tag: Some(tag.to_owned()),
                address: Some("zoe@home.example".to_owned()),
                ..Filter::default()
            };
            let database = store.live().reading;
            let asks = organisation.asks(ana);
            let found = listing::list(&database, &asks, &filter, None, 9).await?;
            assert_eq!(found.len(), count, "{tag}");
        }
    }
    Ok(())
}

async fn directory_of(store: &Store, principal: &Principal) -> Result<Vec<String>> {
    let database = store.live().reading;
    let rows = listing::list(&database, principal, &Filter::default(), None, 99).await?;
    Ok(rows.iter().map(people::called).collect())
}

#[tokio::test]
async fn whoever_becomes_a_member_stands_in_everybodys_directory() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let zoe = organisation
        .meets(&[ana], "Zoë", "zoe@wind.example")
        .await?;
    organisation.becomes_member(zoe).await?;
    for store in world.caught_up().await? {
        let names = directory_of(store, &organisation.asks(ana)).await?;
        // The name is still whose moment gave it.
        assert_eq!(names, ["Ana", "zoe@wind.example"]);
    }
    Ok(())
}

#[tokio::test]
async fn pages_are_full_although_most_people_are_hidden() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    organisation
        .shares(ben, Target::Domain("x.example".into()), Some(Private))
        .await?;
    for number in 0..30 {
        let by = if number % 7 == 0 { ana } else { ben };
        let name = format!("person {number:02}");
        let own = organisation
            .meets(&[by], &name, &format!("{number}@x.example"))
            .await?;
        organisation.sees(&mail(day(1), by, &[own])).await?;
    }
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let asks = organisation.asks(ana);
        let mut pages = Vec::new();
        let mut after: Option<(String, PersonId)> = None;
        loop {
            let page =
                listing::list(&database, &asks, &Filter::default(), after.as_ref(), 3).await?;
            pages.push(page.len());
            let Some(last) = page.last() else { break };
            after = PersonId::from_slice(&last.id).map(|id| (last.sort_name.clone(), id));
        }
        // Ana, Ben, and five whom Ana wrote to.
        assert_eq!(pages, [3, 3, 1, 0]);
    }
    Ok(())
}

/// What each of them calls a person, in lists and in single answers.
async fn names_of(
    store: &Store,
    asking: &[Principal],
    person: PersonId,
) -> Result<Vec<Option<String>>> {
    let database = store.live().reading;
    let mut names = Vec::new();
    for asks in asking {
        let single = people::see(&database, asks, person).await?;
        let single = single.as_ref().map(people::called);
        let listed = listing::list(&database, asks, &Filter::default(), None, 99).await?;
        let listed = listed.iter().find(|row| row.id == person.as_bytes());
        assert_eq!(listed.map(people::called), single);
        let named = people::named(&database, asks, &[person]).await?;
        if single.is_some() {
            assert_eq!(named.get(&person).map(people::called), single);
        }
        for part in ["sister", "zöe w", "zoe@wind"] {
            let filter = Filter {
                name: Some(part.to_owned()),
                ..Filter::default()
            };
            let found = listing::list(&database, asks, &filter, None, 9).await?;
            let is_meant = single.as_ref().is_some_and(|name| {
                kith_domain::text::folded(name).contains(&kith_domain::text::folded(part))
            });
            assert_eq!(found.len(), usize::from(is_meant), "{part} of {single:?}");
        }
        names.push(single);
    }
    Ok(names)
}

#[tokio::test]
async fn a_name_is_known_to_whom_it_was_told_and_to_those_whom_their_tie_leads_there() -> Result<()>
{
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation
        .meets(&[ana], "my sister", "zoe@wind.example")
        .await?;
    organisation.sees(&meeting(day(1), &[ana, zoe])).await?;
    let about = || Target::Address("zoe@wind.example".into());
    organisation.shares(ana, about(), Some(Private)).await?;
    let asking = [
        organisation.asks(ana),
        organisation.asks(ben),
        organisation.outsider(),
    ];
    let expect = async |names: [Option<&str>; 3]| -> Result<()> {
        for store in world.caught_up().await? {
            let names = names.map(|name| name.map(ToOwned::to_owned));
            assert_eq!(names_of(store, &asking, zoe).await?, names);
        }
        Ok(())
    };
    expect([Some("my sister"), None, None]).await?;
    // A meeting of Ben's, of which nobody said a name.
    organisation.sees(&meeting(day(2), &[ben, zoe])).await?;
    organisation.shares(ben, about(), Some(Private)).await?;
    expect([Some("my sister"), Some("zoe@wind.example"), None]).await?;
    let known = Profile {
        name: Some("Zöe W.".into()),
        addresses: vec!["zoe@wind.example".into()],
        ..Profile::default()
    };
    organisation.enters(zoe, &known, Some(&[ben])).await?;
    organisation.enters(zoe, &known, Some(&[ana, ben])).await?;
    expect([Some("my sister"), Some("Zöe W."), None]).await?;
    organisation.shares(ben, about(), Some(Named)).await?;
    expect([Some("my sister"), Some("Zöe W."), Some("Zöe W.")]).await?;
    // Ana's moment came first.
    organisation.shares(ana, about(), None).await?;
    expect([Some("my sister"), Some("Zöe W."), Some("my sister")]).await?;
    // Entered on purpose, and by mistake.
    let typed = Profile {
        name: Some("Zoë Wind".into()),
        company: Some("Wind".into()),
        ..known
    };
    organisation.enters(zoe, &typed, None).await?;
    expect([Some("Zoë Wind"); 3]).await?;
    let taken_out = kith_domain::person::Event::TakenOut {
        id: zoe,
        version: 1,
    };
    organisation.commit(vec![taken_out.into()]).await?;
    expect([Some("my sister"), Some("Zöe W."), Some("my sister")]).await?;
    for store in world.caught_up().await? {
        let found = people::see(&store.live().reading, &asking[0], zoe).await?;
        assert_eq!(found.and_then(|row| row.company), None);
    }
    Ok(())
}

#[tokio::test]
async fn a_mail_that_was_told_stays_so_although_somebody_found_it_too() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let zoe = organisation
        .meets(&[ana], "Zoë", "zoe@wind.example")
        .await?;
    let told = mail(day(4), zoe, &[ana]);
    let source = Some(SourceId::from_bytes([5; 16]));
    let first = InteractionId::from_bytes([5; 16]);
    let tell = recorded_from(first, source, &told);
    world.clock.set(day(5));
    organisation.commit(vec![tell]).await?;
    let mut before = Vec::new();
    for store in world.caught_up().await? {
        let database = store.live().reading;
        before.push(ties::find(&database, organisation.id, ana, zoe).await?);
    }
    assert!(before.iter().flatten().all(|own| own.is_answered));
    assert_eq!(before.iter().flatten().count(), before.len());
    // Later, under an id that comes before the other or behind it.
    world.clock.set(day(9));
    for id in [[4; 16], [6; 16]] {
        let again = recorded_from(InteractionId::from_bytes(id), source, &found(told.clone()));
        organisation.commit(vec![again]).await?;
        for (store, before) in world.caught_up().await?.iter().zip(&before) {
            let database = store.live().reading;
            let now = ties::find(&database, organisation.id, ana, zoe).await?;
            assert_eq!(format!("{now:?}"), format!("{before:?}"));
            let history = ties::history(&database, organisation.id, ana, zoe).await?;
            assert_eq!(history.len(), 1, "each source counts once");
        }
    }
    Ok(())
}
