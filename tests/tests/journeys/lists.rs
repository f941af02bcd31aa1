//! Lists page by page, and changes that meet each other.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use kith_domain::time::DAY;
use kith_proto::kith::directory::v1::{
    CreatePersonRequest, Person, UpdatePersonRequest, UpdatePersonResponse,
};
use kith_proto::kith::event::v1::InteractionKind;
use kith_proto::kith::interaction::v1::ListInteractionsRequest;
use kith_proto::kith::relationship::v1::{ListTiesRequest, Tie, TieOrder};
use kith_tests::world::{Client, Member, World, keyed, moment, refused, request_id};
use prost_types::FieldMask;
use tonic::{Code, Status};

on_both_engines! {
    the_timeline_is_paged_newest_first_without_skip_or_repeat
    ties_are_ordered_and_paged_without_skip_or_repeat_while_time_passes
    an_update_of_what_somebody_changed_meanwhile_is_refused
}

/// So many calls with each of nine people, the n-th of them n days apart.
async fn a_busy_year(world: &World, member: &Member) -> Result<String> {
    let calls = (1..=9).flat_map(|n| {
        let address = format!("p{n}@y.org");
        (0..5).map(move |k| {
            let at = world.ago((1 + n * (k + 1)) * DAY);
            let call = moment(InteractionKind::Call, at, &[address.as_str()]);
            keyed(call, format!("{n} {k}"))
        })
    });
    Ok(member.record_all(calls.collect()).await?.position)
}

async fn the_timeline_is_paged_newest_first_without_skip_or_repeat(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let min_position = a_busy_year(world, ana).await?;
    let mut request = ListInteractionsRequest {
        page_size: 7,
        min_position,
        ..ListInteractionsRequest::default()
    };
    let mut all = Vec::new();
    loop {
        let mut client = ana.client.interaction();
        let page = client
            .list_interactions(request.clone())
            .await?
            .into_inner();
        all.extend(page.interactions);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let ids: HashSet<&str> = all.iter().map(|i| i.interaction_id.as_str()).collect();
    assert_eq!((all.len(), ids.len()), (45, 45));
    let seconds = |i: usize| all[i].at.as_ref().map(|at| at.seconds);
    assert!((1..45).all(|i| seconds(i - 1) >= seconds(i)));

    // The token fits its own question alone.
    request.person_id = ana.id_of("p1@y.org", "").await?;
    let refusal = refused(ana.client.interaction().list_interactions(request).await)?;
    assert_eq!(refusal.reason, "PAGE_TOKEN_INVALID");
    Ok(())
}

/// All pages of an order; between two pages a day passes.
async fn pages(world: &World, client: &Client, order: TieOrder, after: &str) -> Result<Vec<Tie>> {
    let mut request = ListTiesRequest {
        order: order.into(),
        page_size: 4,
        min_position: after.to_owned(),
        ..ListTiesRequest::default()
    };
    let mut all = Vec::new();
    loop {
        let page = client
            .relationship()
            .list_ties(request.clone())
            .await?
            .into_inner();
        let total = page.total as usize;
        all.extend(page.ties);
        if page.next_page_token.is_empty() {
            assert_eq!(all.len(), total, "{order:?}");
            return Ok(all);
        }
        request.page_token = page.next_page_token;
        world.pass(DAY);
    }
}

async fn ties_are_ordered_and_paged_without_skip_or_repeat_while_time_passes(
    world: &World,
) -> Result<()> {
    let client = &world.ours.ana.client;
    let after = a_busy_year(world, &world.ours.ana).await?;
    let moment = |at: &Option<prost_types::Timestamp>| at.as_ref().map(|at| at.seconds);
    for order in [
        TieOrder::Alive,
        TieOrder::Depth,
        TieOrder::LastContact,
        TieOrder::Due,
        TieOrder::Fading,
    ] {
        let all = pages(world, client, order, &after).await?;
        let ids: HashSet<&str> = all.iter().map(|tie| tie.person_id.as_str()).collect();
        assert_eq!(ids.len(), all.len(), "{order:?} repeats");
        if !matches!(order, TieOrder::Due | TieOrder::Fading) {
            assert_eq!(all.len(), 9, "{order:?} skips");
        }
        let in_order = all.windows(2).all(|pair| match order {
            TieOrder::Alive => pair[0].alive >= pair[1].alive,
            TieOrder::Depth => pair[0].depth >= pair[1].depth,
            TieOrder::LastContact => moment(&pair[0].last_contact) >= moment(&pair[1].last_contact),
            TieOrder::Due => moment(&pair[0].due_at) <= moment(&pair[1].due_at),
            _ => true,
        });
        assert!(in_order, "{order:?}: {all:?}");
    }
    Ok(())
}

async fn update(
    client: &Client,
    seen: &Person,
    company: &str,
) -> Result<UpdatePersonResponse, Status> {
    let request = UpdatePersonRequest {
        request_id: request_id(),
        person: Some(Person {
            person_id: seen.person_id.clone(),
            company: company.to_owned(),
            ..Person::default()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["company".to_owned()],
        }),
        etag: seen.etag.clone(),
        min_position: String::new(),
        ..UpdatePersonRequest::default()
    };
    Ok(client
        .directory()
        .update_person(request)
        .await?
        .into_inner())
}

async fn an_update_of_what_somebody_changed_meanwhile_is_refused(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana.client, &world.ours.bo.client);
    let eva = Person {
        name: "Eva Moreau".to_owned(),
        ..Person::default()
    };
    let seen = world.ours.person(eva).await?;
    let changed = update(bo, &seen, "Harbour Ltd").await?;
    let changed = changed.person.context("a person is answered")?;
    assert_eq!(
        (changed.name.as_str(), changed.company.as_str()),
        ("Eva Moreau", "Harbour Ltd")
    );
    assert_ne!(changed.etag, seen.etag);
    // Refused by the log itself: nothing was waited for.
    let refusal = refused(update(ana, &seen, "Quay Ltd").await)?;
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::Aborted, "CHANGED_MEANWHILE")
    );
    let last = update(ana, &changed, "Quay Ltd").await?;
    assert_eq!(last.person.context("a person")?.company, "Quay Ltd");

    // The same name at another time is another person, the same request the same one.
    let request = CreatePersonRequest {
        request_id: request_id(),
        person: Some(Person {
            name: "Eva Moreau".to_owned(),
            ..Person::default()
        }),
        min_position: last.position,
        ..CreatePersonRequest::default()
    };
    let made = ana
        .directory()
        .create_person(request.clone())
        .await?
        .into_inner()
        .person;
    let again = ana
        .directory()
        .create_person(request)
        .await?
        .into_inner()
        .person;
    let (made, again) = (made.context("a person")?, again.context("a person")?);
    assert_ne!(made.person_id, seen.person_id);
    assert_eq!(again.person_id, made.person_id);
    Ok(())
}
