//! Gatherings: planned, changed and cancelled; and who comes, found in the directory of whoever asks.

mod apart;
pub(crate) mod asked;

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::directory::v1::{ErasePersonRequest, Person};
use kith_proto::kith::event::v1::{InteractionKind, SharingLevel};
use kith_proto::kith::gathering::v1::resolve_attendee_request::Answer;
use kith_proto::kith::gathering::v1::{
    AttendeeFilter, Gathering, ListGatheringsRequest, RemoveAttendeeRequest, ResolutionGround,
    SetGoingRequest,
};
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_tests::world::{EVA, World, keyed, moment, refused, request_id};
use tonic::Code;

use asked::{
    add, answer, attendee, attendees, get, listing, person, planned, send, spring, update,
};

on_both_engines! {
    a_gathering_is_planned_changed_and_cancelled
    gatherings_ahead_come_before_those_past_page_by_page
    a_list_is_resolved_and_what_is_doubtful_is_asked
    who_an_attendee_is_depends_on_what_the_reader_sees
    whoever_was_erased_leaves_every_list_and_comes_back_on_none
    what_makes_no_sense_of_a_gathering_is_refused_by_name
}

async fn a_gathering_is_planned_changed_and_cancelled(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let (made, position) = planned(ana, spring(world, 30 * DAY)).await?;
    assert_eq!(made.topics, ["wind", "grids"]);
    let id = made.gathering_id.as_str();
    let seen = get(bo, id, &position).await?;
    assert_eq!(seen, made, "it is everybody's");
    let theirs = get(&world.theirs.ana, id, "").await;
    assert_eq!(refused(theirs)?.code, Code::NotFound);

    let going = SetGoingRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        going: true,
        from: world.ahead(31 * DAY),
        ..SetGoingRequest::default()
    };
    let position = bo
        .client
        .gathering()
        .set_going(going)
        .await?
        .into_inner()
        .position;
    let who = get(ana, id, &position).await?.going;
    assert_eq!((who.len(), who[0].member_id.as_str()), (1, bo.id.as_str()));
    assert_eq!(
        (&who[0].from, &who[0].until),
        (&world.ahead(31 * DAY), &made.ends_at)
    );

    let moved = Gathering {
        gathering_id: id.to_owned(),
        place: "Lisbon".to_owned(),
        ..Gathering::default()
    };
    let moved = update(bo, moved, &made.etag, &[]).await?;
    assert_eq!(
        (moved.place.as_str(), moved.name.as_str()),
        ("Lisbon", "Spring meeting")
    );
    let late = Gathering {
        place: "Faro".to_owned(),
        ..made.clone()
    };
    let refusal = update(ana, late.clone(), &made.etag, &["place"]).await;
    assert_eq!(refused(refusal)?.reason, "CHANGED_MEANWHILE");
    assert_eq!(update(ana, late, "", &["place"]).await?.place, "Faro");
    let backwards = Gathering {
        ends_at: world.ahead(DAY),
        ..made.clone()
    };
    let refusal = update(ana, backwards, "", &["ends_at"]).await;
    assert_eq!(refused(refusal)?.fields, ["gathering.ends_at"]);

    let off = Gathering {
        cancelled: true,
        ..made.clone()
    };
    assert!(update(ana, off, "", &["cancelled"]).await?.cancelled);
    let refusal = add(ana, id, vec![attendee("Kim Park", "", "")]).await;
    assert_eq!(refused(refusal)?.reason, "STATE");
    assert!(
        !update(ana, made.clone(), "", &["cancelled"])
            .await?
            .cancelled
    );
    add(ana, id, vec![attendee("Kim Park", "", "")]).await?;
    Ok(())
}

async fn gatherings_ahead_come_before_those_past_page_by_page(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let mut last = String::new();
    for from in [-40, 10, -20, 5, 15] {
        last = planned(ana, spring(world, from * DAY)).await?.1;
    }
    for (past, expected) in [(false, vec![5, 10, 15]), (true, vec![-20, -40])] {
        let (mut found, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListGatheringsRequest {
                past,
                page_size: 1,
                page_token,
                min_position: last.clone(),
            };
            let page = ana
                .client
                .gathering()
                .list_gatherings(request)
                .await?
                .into_inner();
            found.extend(page.gatherings.into_iter().map(|one| one.begins_at));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let expected: Vec<_> = expected
            .into_iter()
            .map(|from| world.ahead(from * DAY))
            .collect();
        assert_eq!(found, expected, "past: {past}");
    }
    Ok(())
}

async fn a_list_is_resolved_and_what_is_doubtful_is_asked(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let james = person(world, "James Armstrong", "Turner").await?;
    let moved = person(world, "Mia Lund", "Windfarm").await?;
    world.settled().await?;
    let (gathering, _) = planned(ana, spring(world, 30 * DAY)).await?;
    let id = gathering.gathering_id.as_str();
    let list = vec![
        attendee("Dr. JIM ARMSTRONG", "Turner Ltd.", ""),
        attendee("Lund, Mia", "Gridworks", ""),
        attendee("Noor Haddad", "Gridworks", "noor@gridworks.example"),
    ];
    let added = add(ana, id, list.clone()).await?;
    assert_eq!((added.listed, added.known, added.erased), (3, 0, 0));
    let all = attendees(ana, id, AttendeeFilter::Unspecified, &added.position).await?;
    let names: Vec<_> = all
        .iter()
        .filter_map(|one| one.listed.as_ref())
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["Dr. JIM ARMSTRONG", "Lund, Mia", "Noor Haddad"]);
    assert_eq!(
        (all[0].person_id.as_str(), all[0].person_name.as_str()),
        (james.as_str(), "James Armstrong")
    );
    assert_eq!(all[0].ground(), ResolutionGround::LikeNameAndCompany);
    assert!(all[0].confidence >= 90, "{:?}", all[0]);
    let [candidate] = all[1].candidates.as_slice() else {
        anyhow::bail!("one candidate: {:?}", all[1]);
    };
    assert_eq!(
        (candidate.person_id.as_str(), candidate.ground()),
        (moved.as_str(), ResolutionGround::OtherCompany)
    );
    assert_eq!(
        (all[2].person_id.as_str(), all[2].candidates.len()),
        ("", 0)
    );
    for (number, filter) in [
        AttendeeFilter::Resolved,
        AttendeeFilter::Doubtful,
        AttendeeFilter::Unknown,
    ]
    .iter()
    .enumerate()
    {
        let some = attendees(ana, id, *filter, "").await?;
        assert_eq!(some, [all[number].clone()], "{filter:?}");
    }

    let position = answer(
        ana,
        id,
        &all[1].attendee_id,
        Some(Answer::PersonId(moved.clone())),
    )
    .await?;
    let told = attendees(&world.ours.bo, id, AttendeeFilter::Resolved, &position).await?;
    let mia = told
        .iter()
        .find(|one| one.person_id == moved)
        .context("Mia")?;
    assert_eq!(
        (mia.confidence, mia.said_by.as_str(), mia.ground),
        (100, ana.id.as_str(), 0)
    );
    let position = answer(ana, id, &all[1].attendee_id, None).await?;
    let asked = attendees(ana, id, AttendeeFilter::Doubtful, &position).await?;
    assert_eq!(asked, [all[1].clone()], "nobody says so any more");

    // The same list once more, with a word about one of them and somebody new.
    let mut list = list;
    "builds storage".clone_into(&mut list[2].bio);
    list.push(attendee("Leo Berg", "", ""));
    let again = add(ana, id, list).await?;
    assert_eq!((again.listed, again.known), (2, 2));
    let instead = RemoveAttendeeRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        attendee_id: all[0].attendee_id.clone(),
        instead: Some(attendee("Ada Moor", "Turner", "")),
        min_position: String::new(),
    };
    let position = ana
        .client
        .gathering()
        .remove_attendee(instead)
        .await?
        .into_inner()
        .position;
    assert_eq!(get(ana, id, &position).await?.attendees, 4);
    let gone = answer(ana, id, &all[0].attendee_id, Some(Answer::PersonId(james))).await;
    assert_eq!(refused(gone)?.reason, "NOT_FOUND");
    Ok(())
}

async fn who_an_attendee_is_depends_on_what_the_reader_sees(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let (gathering, _) = planned(bo, spring(world, 30 * DAY)).await?;
    let id = gathering.gathering_id.as_str();
    let list = vec![
        attendee("Eva Moreau", "", EVA),
        attendee("E. Moreau", "", ""),
    ];
    let listed = add(bo, id, list).await?;
    let before = attendees(bo, id, AttendeeFilter::Unspecified, &listed.position).await?;
    assert!(
        before
            .iter()
            .all(|one| one.person_id.is_empty() && one.candidates.is_empty())
    );

    // Whom Ana alone knows, and keeps private.
    let share = SetSharingRequest {
        request_id: request_id(),
        target: Some(Target::Address(EVA.to_owned())),
        level: SharingLevel::Private.into(),
        min_position: String::new(),
    };
    ana.client.relationship().set_sharing(share).await?;
    let call = keyed(
        moment(InteractionKind::Call, world.ago(HOUR), &[EVA]),
        "call".to_owned(),
    );
    let position = ana.record(call).await?.position;
    let eva = ana.id_of(EVA, &position).await?;
    let own = attendees(ana, id, AttendeeFilter::Resolved, &position).await?;
    assert_eq!(
        own.iter()
            .map(|one| one.person_id.as_str())
            .collect::<Vec<_>>(),
        [eva.as_str()]
    );
    let other = before
        .iter()
        .find(|one| one.attendee_id != own[0].attendee_id)
        .context("the other")?;
    let position = answer(
        ana,
        id,
        &other.attendee_id,
        Some(Answer::PersonId(eva.clone())),
    )
    .await?;
    assert_eq!(
        attendees(ana, id, AttendeeFilter::Resolved, &position)
            .await?
            .len(),
        2
    );
    let after = attendees(bo, id, AttendeeFilter::Unspecified, &position).await?;
    assert_eq!(after, before, "for Bo, Ana knows nobody and said nothing");
    let said = answer(bo, id, &other.attendee_id, Some(Answer::PersonId(eva))).await;
    assert_eq!(refused(said)?.reason, "NOT_FOUND");
    Ok(())
}

async fn whoever_was_erased_leaves_every_list_and_comes_back_on_none(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let (gathering, _) = planned(ana, spring(world, 30 * DAY)).await?;
    let id = gathering.gathering_id.as_str();
    let eva = world
        .ours
        .person(Person {
            addresses: vec![EVA.to_owned()],
            ..Person::default()
        })
        .await?
        .person_id;
    let list = vec![
        attendee("Eva Moreau", "", EVA),
        attendee("Eva M.", "", ""),
        attendee("Kim Park", "", ""),
    ];
    let request = listing(id, list.clone());
    let listed = send(ana, request.clone()).await?;
    let again = send(ana, request.clone()).await?;
    assert_eq!((again.listed, again.known), (3, 0), "sent again");
    let all = attendees(ana, id, AttendeeFilter::Unspecified, &listed.position).await?;
    let short = all
        .iter()
        .find(|one| one.listed.as_ref().is_some_and(|of| of.name == "Eva M."))
        .context("her")?;
    answer(
        ana,
        id,
        &short.attendee_id,
        Some(Answer::PersonId(eva.clone())),
    )
    .await?;
    let erase = ErasePersonRequest {
        request_id: request_id(),
        person: eva,
        min_position: String::new(),
    };
    let erased = world
        .ours
        .admin
        .directory()
        .erase_person(erase)
        .await?
        .into_inner();
    let left = attendees(ana, id, AttendeeFilter::Unspecified, &erased.position).await?;
    let names: Vec<_> = left
        .iter()
        .filter_map(|one| one.listed.clone())
        .map(|of| of.name)
        .collect();
    assert_eq!(names, ["Kim Park"]);
    let late = send(ana, request).await?;
    assert_eq!((late.listed, late.known), (3, 0), "sent once more");
    let again = add(ana, id, list).await?;
    assert_eq!((again.erased, again.known), (2, 1), "{again:?}");
    assert_eq!(get(ana, id, &again.position).await?.attendees, 1);
    Ok(())
}

async fn what_makes_no_sense_of_a_gathering_is_refused_by_name(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    for (wrong, field) in [
        (
            Gathering {
                name: String::new(),
                ..spring(world, DAY)
            },
            "gathering.name",
        ),
        (
            Gathering {
                zone: "Porto/Time".to_owned(),
                ..spring(world, DAY)
            },
            "gathering.zone",
        ),
        (
            Gathering {
                ends_at: world.ahead(0),
                ..spring(world, DAY)
            },
            "gathering.ends_at",
        ),
        (
            Gathering {
                ends_at: world.ahead(90 * DAY),
                ..spring(world, DAY)
            },
            "gathering.ends_at",
        ),
        (
            Gathering {
                topics: vec!["x".repeat(101)],
                ..spring(world, DAY)
            },
            "gathering.topics",
        ),
    ] {
        let refusal = planned(ana, wrong).await;
        assert_eq!(refused(refusal)?.fields, [field]);
    }
    let (gathering, _) = planned(ana, spring(world, DAY)).await?;
    let id = gathering.gathering_id.as_str();
    for (wrong, field) in [
        (vec![], "attendees"),
        (vec![attendee("", "Windfarm", "")], "attendees[0].name"),
        (
            vec![attendee("Kim", "", ""), attendee("Leo", "", "leo")],
            "attendees[1].address",
        ),
        (vec![attendee("Kim\u{202e}", "", "")], "attendees[0].name"),
        (vec![attendee("Kim", "", ""); 501], "attendees"),
    ] {
        let refusal = add(ana, id, wrong).await;
        assert_eq!(refused(refusal)?.fields, [field]);
    }
    Ok(())
}
