//! Companies: where people work, and who of the organisation knows somebody there.

use anyhow::Result;
use kith_domain::time::DAY;
use kith_proto::kith::admin::v1::SetOrganisationSharingRequest;
use kith_proto::kith::directory::v1::person_change::What;
use kith_proto::kith::directory::v1::{
    Affiliation, ListPersonChangesRequest, ListPersonsRequest, Person, UpdatePersonRequest,
};
use kith_proto::kith::event::v1::{InteractionKind, SharingLevel};
use kith_proto::kith::relationship::v1::{
    Band, Company, ListCompaniesRequest, ListTiesRequest, WhoKnowsRequest,
};
use kith_tests::world::{Client, Member, World, keyed, moment, refused, request_id};
use prost_types::FieldMask;

on_both_engines! {
    a_company_shows_who_knows_somebody_there_as_far_as_it_is_shared
    a_person_may_work_at_several_places_and_leaves_them
    a_company_that_follows_from_affiliations_overwrites_none_that_is_said_meanwhile
    affiliations_that_make_no_sense_are_refused_by_name
}

fn job(company: &str, title: &str, since: &str, until: &str) -> Affiliation {
    Affiliation {
        company: company.to_owned(),
        title: title.to_owned(),
        since: since.to_owned(),
        until: until.to_owned(),
    }
}

async fn person(world: &World, name: &str, jobs: Vec<Affiliation>) -> Result<Person> {
    let person = Person {
        name: name.to_owned(),
        addresses: vec![format!("{name}@outside.example")],
        affiliations: jobs,
        ..Person::default()
    };
    let made = world.ours.person(person).await?;
    world.settled().await?;
    Ok(made)
}

/// Eight weekly calls, the last one before this week began; or long ago.
async fn calls(world: &World, member: &Member, person: &str, ago: i64) -> Result<String> {
    let address = format!("{person}@outside.example");
    let calls = (1..9).map(|week| {
        let at = world.ago(ago + week * 7 * DAY);
        let call = moment(InteractionKind::Call, at, &[&address]);
        keyed(call, format!("{} {person} {week}", member.id))
    });
    Ok(member.record_all(calls.collect()).await?.position)
}

async fn shared_by_name(world: &World) -> Result<String> {
    let request = SetOrganisationSharingRequest {
        request_id: request_id(),
        level: SharingLevel::Named.into(),
        min_position: String::new(),
    };
    let mut admin = world.ours.admin.admin();
    let done = admin.set_organisation_sharing(request).await?;
    Ok(done.into_inner().position)
}

async fn companies(client: &Client, after: &str) -> Result<Vec<Company>> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        // One at a time, so that lists go on.
        let request = ListCompaniesRequest {
            page_size: 1,
            page_token,
            min_position: after.to_owned(),
            ..ListCompaniesRequest::default()
        };
        let page = client.relationship().list_companies(request).await?;
        let page = page.into_inner();
        all.extend(page.companies);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

async fn knows(client: &Client, company: &str, after: &str) -> Result<Vec<(String, String, Band)>> {
    let request = WhoKnowsRequest {
        company: company.to_owned(),
        min_position: after.to_owned(),
        ..WhoKnowsRequest::default()
    };
    let answer = client.relationship().who_knows(request).await?;
    let answer = answer.into_inner().acquaintances;
    Ok(answer
        .into_iter()
        .map(|a| (a.name.clone(), a.person_name.clone(), a.band()))
        .collect())
}

async fn a_company_shows_who_knows_somebody_there_as_far_as_it_is_shared(
    world: &World,
) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    for (name, company) in [
        ("eva", "Hafen Köln"),
        ("zoe", "HAFEN köln"),
        ("cem", "Wind"),
    ] {
        person(world, name, vec![job(company, "captain", "2019", "")]).await?;
    }
    person(world, "dan", vec![job("Hafen Köln", "", "", "2020-03")]).await?;
    calls(world, ana, "eva", 0).await?;
    calls(world, ana, "zoe", 900 * DAY).await?;
    let position = calls(world, bo, "eva", 0).await?;

    // Nobody is told by name unless the organisation or a member says so.
    let unnamed = companies(&bo.client, &position).await?;
    let hafen = &unnamed[0];
    assert_eq!((hafen.members, hafen.unnamed, hafen.ties), (1, 1, 3));
    let position = shared_by_name(world).await?;
    let seen = companies(&bo.client, &position).await?;
    let names: Vec<&str> = seen.iter().map(|company| company.name.as_str()).collect();
    assert_eq!(
        names,
        ["HAFEN köln", "Wind"],
        "by name, one for each however it is written"
    );
    let hafen = &seen[0];
    assert_eq!((hafen.people, hafen.members, hafen.unnamed), (2, 2, 0));
    assert_eq!((hafen.ties, hafen.fading), (3, 1), "Ana's with Zoë fades");
    assert_eq!(hafen.strongest(), hafen.own());
    assert!(hafen.strongest() != Band::Unknown);
    let wind = &seen[1];
    assert_eq!((wind.people, wind.members, wind.ties), (1, 0, 0));
    assert_eq!(wind.strongest(), Band::Unknown);

    let found = knows(&bo.client, "hafen koln", &position).await?;
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(m, p, _)| (m.as_str(), p.as_str()))
        .collect();
    assert_eq!(found, [("Ana Silva", "eva"), ("Ana Silva", "zoe")]);
    assert!(knows(&bo.client, "Wind", "").await?.is_empty());
    assert!(knows(&bo.client, "nowhere", "").await?.is_empty());

    let request = ListTiesRequest {
        company: "hafen KÖLN".to_owned(),
        min_position: position,
        ..ListTiesRequest::default()
    };
    let ties = ana.client.relationship().list_ties(request).await?;
    assert_eq!(ties.into_inner().ties.len(), 2);
    // The other organisation has none of it.
    assert!(companies(&world.theirs.ana.client, "").await?.is_empty());
    Ok(())
}

async fn changed(world: &World, person: Person, paths: &[&str]) -> Result<Person> {
    let request = UpdatePersonRequest {
        request_id: request_id(),
        person: Some(person),
        update_mask: Some(FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        ..UpdatePersonRequest::default()
    };
    let answer = world
        .ours
        .ana
        .client
        .directory()
        .update_person(request)
        .await?;
    Ok(answer.into_inner().person.unwrap_or_default())
}

async fn at(world: &World, company: &str) -> Result<usize> {
    let request = ListPersonsRequest {
        company: company.to_owned(),
        ..ListPersonsRequest::default()
    };
    let answer = world
        .ours
        .ana
        .client
        .directory()
        .list_persons(request)
        .await?;
    Ok(answer.into_inner().persons.len())
}

async fn a_person_may_work_at_several_places_and_leaves_them(world: &World) -> Result<()> {
    let jobs = vec![
        job("Harbour", "captain", "2019-03", ""),
        job("Wind", "chair", "", ""),
        job("School", "", "2001", "2009"),
        job("Moon", "", "2999", ""),
    ];
    let mut eva = person(world, "eva", jobs.clone()).await?;
    assert_eq!(eva.affiliations, jobs);
    assert_eq!(
        (eva.company.as_str(), eva.title.as_str()),
        ("Harbour", "captain")
    );
    for (company, people) in [("harbour", 1), ("wind", 1), ("school", 0), ("moon", 0)] {
        assert_eq!(at(world, company).await?, people, "{company}");
    }

    // What is said of other places leaves the company as it is, and a title there becomes theirs.
    eva.affiliations = vec![
        job("Wind", "chair", "", ""),
        job("Harbour", "pilot", "2019-03", ""),
    ];
    let eva = changed(world, eva, &["affiliations"]).await?;
    assert_eq!(
        (eva.company.as_str(), eva.title.as_str()),
        ("Harbour", "pilot")
    );

    // Whoever leaves is at the first that goes on.
    let mut left = eva.clone();
    "2024".clone_into(&mut left.affiliations[1].until);
    let left = changed(world, left, &["affiliations"]).await?;
    assert_eq!(
        (left.company.as_str(), left.title.as_str()),
        ("Wind", "chair")
    );
    assert_eq!(at(world, "harbour").await?, 0);
    let mut retired = left.clone();
    "2025-01-31".clone_into(&mut retired.affiliations[0].until);
    let retired = changed(world, retired, &["affiliations"]).await?;
    assert_eq!((retired.company.as_str(), retired.title.as_str()), ("", ""));
    assert!(companies(&world.ours.ana.client, "").await?.is_empty());

    // What became of it is told in words.
    let request = ListPersonChangesRequest {
        person: eva.person_id.clone(),
        min_position: String::new(),
    };
    let changes = world
        .ours
        .ana
        .client
        .directory()
        .list_person_changes(request)
        .await?;
    let changes = changes.into_inner().changes;
    let told = changes.iter().find_map(|change| match &change.what {
        Some(What::Field(field)) if field.field == "affiliations" => Some(field.after.clone()),
        _ => None,
    });
    let expected = "Wind, chair (until 2025-01-31)\nHarbour, pilot (2019-03 to 2024)";
    assert_eq!(told.as_deref(), Some(expected));
    Ok(())
}

/// Whichever comes first: a job that begins ends no other, of which nothing says that it ended.
async fn a_company_that_follows_from_affiliations_overwrites_none_that_is_said_meanwhile(
    world: &World,
) -> Result<()> {
    for round in 0..20 {
        let eva = person(world, &format!("eva{round}"), vec![]).await?;
        let (mut begins, mut works) = (eva.clone(), eva);
        begins.affiliations = vec![job("Wind", "", "2020", "")];
        "Harbour".clone_into(&mut works.company);
        // What nobody saw is no reason to refuse either.
        begins.etag.clear();
        works.etag.clear();
        let (begun, said) = tokio::join!(
            changed(world, begins, &["affiliations"]),
            changed(world, works, &["company"])
        );
        let (begun, said) = (begun?, said?);
        let latest = if begun.etag > said.etag { begun } else { said };
        assert_eq!(latest.company, "Harbour", "round {round}");
        assert_eq!(latest.affiliations.len(), 1, "round {round}");
    }
    Ok(())
}

async fn affiliations_that_make_no_sense_are_refused_by_name(world: &World) -> Result<()> {
    for (wrong, field) in [
        (job("", "captain", "", ""), "company"),
        (job("Harbour\tWind", "", "", ""), "company"),
        (job("Harbour", &"x".repeat(201), "", ""), "title"),
        (job("Harbour", "", "soon", ""), "since"),
        (job("Harbour", "", "", "2023-02-29"), "until"),
        (job("Harbour", "", "2024-05", "2024-04"), "until"),
    ] {
        let request = kith_proto::kith::directory::v1::CreatePersonRequest {
            request_id: request_id(),
            person: Some(Person {
                name: "Eva".to_owned(),
                affiliations: vec![job("Wind", "", "", ""), wrong],
                ..Person::default()
            }),
            ..Default::default()
        };
        let answer = world
            .ours
            .ana
            .client
            .directory()
            .create_person(request)
            .await;
        let refused = refused(answer)?;
        assert_eq!(refused.fields, [format!("person.affiliations[1].{field}")]);
    }
    let request = WhoKnowsRequest {
        company: "Wind".to_owned(),
        person: "eva@outside.example".to_owned(),
        ..WhoKnowsRequest::default()
    };
    let answer = world
        .ours
        .ana
        .client
        .relationship()
        .who_knows(request)
        .await;
    assert_eq!(refused(answer)?.fields, ["person"]);
    let mut many = vec![job("Wind", "", "", ""); 51];
    "Harbour".clone_into(&mut many[0].company);
    let refused = person(world, "eva", many).await;
    assert!(refused.is_err(), "51 are too many");
    Ok(())
}
