//! Before a gathering: be prepared, have a short summary, ask questions.

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::{ComfortProfile, Pace, UpdateMemberRequest};
use kith_proto::kith::directory::v1::{AddFactRequest, Fact};
use kith_proto::kith::event::v1::{FactKind, InteractionKind, SharingLevel};
use kith_proto::kith::gathering::v1::{
    Briefing, BriefingFormat, BriefingPage, GetBriefingPageRequest, GetBriefingPageResponse,
    GetBriefingRequest, GetBriefingResponse, GetPitchRequest, MeetingGroup, Sentence, Session,
    SetGoingRequest, SetSessionRequest, SourceKind,
};
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_tests::world::{EVA, Member, World, moment, named, noted, personal, refused, request_id};
use tonic::Status;

use crate::gatherings::asked::{add, attendee, planned, spring, update};
use crate::watching::promise;

mod kept;
mod rehearsing;

on_both_engines! {
    be_prepared
    a_short_summary
    ask_questions
    a_briefing_is_within_what_its_reader_is_comfortable_with
    what_others_keep_to_themselves_is_in_no_briefing
    a_briefing_that_makes_no_sense_is_refused
}

/// Who is there: Eva, whom Ana knows, a woman whom Bo knows, and a stranger.
struct Room {
    gathering: String,
    position: String,
}

const KIM: &str = "kim@windfarm.example";

async fn note(member: &Member, person: &str, kind: FactKind, text: &str) -> Result<String> {
    fact(member, person, kind, text, false, "").await
}

async fn fact(
    member: &Member,
    person: &str,
    kind: FactKind,
    text: &str,
    private: bool,
    question: &str,
) -> Result<String> {
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        fact: Some(Fact {
            kind: kind.into(),
            text: text.to_owned(),
            private,
            question_id: question.to_owned(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let answer = member.client.directory().add_fact(request).await?;
    Ok(answer.into_inner().position)
}

async fn room(world: &World) -> Result<Room> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let met = named(
        moment(InteractionKind::Meeting, world.ago(300 * DAY), &[EVA]),
        "Eva Nowak",
    );
    ana.record(personal(met, "asked about tide mills", "The quay"))
        .await?;
    for days in [310, 320, 330, 340] {
        ana.record(moment(
            InteractionKind::Meeting,
            world.ago(days * DAY),
            &[EVA],
        ))
        .await?;
    }
    let kim = moment(InteractionKind::Meeting, world.ago(30 * DAY), &[KIM]);
    let position = bo.record(named(kim, "Kim Park")).await?.position;
    bo.id_of(KIM, &position).await?;
    let (gathering, _) = planned(ana, spring(world, 30 * DAY)).await?;
    let id = gathering.gathering_id;
    let going = SetGoingRequest {
        request_id: request_id(),
        gathering_id: id.clone(),
        going: true,
        ..SetGoingRequest::default()
    };
    ana.client.gathering().set_going(going.clone()).await?;
    let going = SetGoingRequest {
        request_id: request_id(),
        ..going
    };
    bo.client.gathering().set_going(going).await?;
    let listed = vec![
        attendee("Eva Nowak", "", EVA),
        attendee("Kim Park", "Windfarm", KIM),
        attendee("Greta Lindmark", "Nobody Ltd", ""),
    ];
    let position = add(ana, &id, listed).await?.position;
    Ok(Room {
        gathering: id,
        position,
    })
}

async fn briefing_of(
    member: &Member,
    gathering: &str,
    format: BriefingFormat,
    after: &str,
) -> Result<GetBriefingResponse, Status> {
    let request = GetBriefingRequest {
        gathering_id: gathering.to_owned(),
        format: format.into(),
        min_position: after.to_owned(),
    };
    Ok(member
        .client
        .briefing()
        .get_briefing(request)
        .await?
        .into_inner())
}

async fn briefing(world: &World, member: &Member, room: &Room) -> Result<Briefing> {
    world.settled().await?;
    let format = BriefingFormat::Unspecified;
    let answer = briefing_of(member, &room.gathering, format, &room.position).await?;
    answer.briefing.context("a briefing")
}

fn page<'b>(briefing: &'b Briefing, name: &str) -> Result<&'b BriefingPage> {
    let page = briefing.pages.iter().find(|page| page.name == name);
    page.with_context(|| format!("a page of {name} in {briefing:?}"))
}

fn texts(sentences: &[Sentence]) -> Vec<&str> {
    sentences.iter().map(|one| one.text.as_str()).collect()
}

async fn be_prepared(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let room = room(world).await?;
    let eva = ana.id_of(EVA, &room.position).await?;
    note(ana, &eva, FactKind::Need, "Needs a year of tide data.").await?;
    note(
        ana,
        &ana.id,
        FactKind::Offer,
        "Shares ten years of tide data.",
    )
    .await?;
    promise(world, ana, "the permit checklist", 5 * DAY).await?;
    let before = briefing(world, ana, &room).await?;
    let page = page(&before, "Eva Nowak")?;
    assert_eq!(page.group(), MeetingGroup::Renew);
    assert_eq!(page.person_id, eva);
    let reasons = texts(&page.reasons);
    assert!(
        reasons[0].starts_with("You promised them something: “the permit checklist”, due on "),
        "{reasons:?}"
    );
    assert_eq!(
        reasons[1],
        "“Needs a year of tide data.” You offer: “Shares ten years of tide data.”"
    );
    let sources: Vec<SourceKind> = page.reasons[1]
        .sources
        .iter()
        .map(kith_proto::kith::gathering::v1::Source::kind)
        .collect();
    assert_eq!(sources, [SourceKind::Fact, SourceKind::Fact]);
    let last = page.last_talk.as_ref().context("a last talk")?;
    assert!(
        last.text
            .contains("“The quay”. You noted: “asked about tide mills”"),
        "{}",
        last.text
    );
    let stranger = self::page(&before, "Greta Lindmark")?;
    assert!(stranger.nothing_known && stranger.reasons.is_empty());
    assert_eq!(stranger.questions.len(), 3);
    assert_eq!(
        before.days.len(),
        3,
        "three days of the gathering where it is"
    );
    for (format, begins) in [
        (BriefingFormat::Text, "Spring meeting\n====="),
        (BriefingFormat::Markdown, "# Spring meeting\n"),
        (BriefingFormat::Html, "<!DOCTYPE html>"),
    ] {
        let written = briefing_of(ana, &room.gathering, format, "")
            .await?
            .rendered;
        assert!(written.starts_with(begins), "{written}");
        assert!(written.contains("Eva Nowak") && written.contains("the permit checklist"));
    }
    // What a session says of who speaks, and when.
    let eva_listed = page.attendee_id.clone();
    let session = SetSessionRequest {
        request_id: request_id(),
        gathering_id: room.gathering.clone(),
        session: Some(Session {
            title: "Tide mills".to_owned(),
            room: "Rope hall".to_owned(),
            begins_at: world.ahead(31 * DAY),
            ends_at: world.ahead(31 * DAY + HOUR),
            speaker_ids: vec![eva_listed],
            ..Session::default()
        }),
        min_position: String::new(),
    };
    ana.client.gathering().set_session(session).await?;
    let after = briefing(world, ana, &room).await?;
    let talks = texts(&self::page(&after, "Eva Nowak")?.talks).join(" ");
    assert!(
        talks.starts_with("Speaks: “Tide mills”, ") && talks.ends_with(", Rope hall."),
        "{talks}"
    );
    Ok(())
}

async fn a_short_summary(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let room = room(world).await?;
    let eva = ana.id_of(EVA, &room.position).await?;
    note(
        ana,
        &ana.id,
        FactKind::Expertise,
        "Runs repair evenings to which three hundred people come.",
    )
    .await?;
    note(
        ana,
        &ana.id,
        FactKind::Interest,
        "Follows tide mills on the coast.",
    )
    .await?;
    fact(
        ana,
        &ana.id,
        FactKind::Expertise,
        "Keeps a secret.",
        true,
        "",
    )
    .await?;
    note(
        ana,
        &eva,
        FactKind::Interest,
        "Draws tide mills on the coast.",
    )
    .await?;
    let before = briefing(world, ana, &room).await?;
    let said = texts(&page(&before, "Eva Nowak")?.pitch).join(" ");
    assert_eq!(said, "We both care about tide mills on the coast.");
    let to_strangers = texts(&page(&before, "Greta Lindmark")?.pitch).join(" ");
    assert_eq!(
        to_strangers,
        "I run repair evenings to which three hundred people come. I follow tide mills on the coast."
    );
    let request = GetPitchRequest::default();
    let own = ana
        .client
        .briefing()
        .get_pitch(request)
        .await?
        .into_inner()
        .sentences;
    assert_eq!(
        texts(&own),
        ["I run repair evenings to which three hundred people come."]
    );
    assert_eq!(own[0].sources[0].kind(), SourceKind::Fact);
    let ours = of_the_organisation(&world.ours.bo).await?;
    assert!(ours.contains(" we run repair evenings"), "{ours}");
    let own_words = UpdateMemberRequest {
        request_id: request_id(),
        comfort: Some(ComfortProfile {
            own_words: "I plan grids.".to_owned(),
            ..ComfortProfile::default()
        }),
        ..UpdateMemberRequest::default()
    };
    ana.client.admin().update_member(own_words).await?;
    let own = ana
        .client
        .briefing()
        .get_pitch(GetPitchRequest::default())
        .await?;
    let own = own.into_inner().sentences;
    assert_eq!(
        (texts(&own), own[0].sources[0].kind()),
        (vec!["I plan grids."], SourceKind::OwnWords)
    );
    // To rehearse with somebody: the page, and how to leave.
    let listed = page(&before, "Eva Nowak")?.attendee_id.clone();
    let rehearsed = of_page(ana, &room, &listed).await?;
    let said = texts(&rehearsed.page.unwrap_or_default().pitch).join(" ");
    assert_eq!(said, "We both care about tide mills on the coast.");
    assert!(rehearsed.leave.contains("Eva"), "{}", rehearsed.leave);
    let stranger = page(&before, "Greta Lindmark")?.attendee_id.clone();
    let rehearsed = of_page(ana, &room, &stranger).await?;
    assert_eq!(
        texts(&rehearsed.page.unwrap_or_default().pitch),
        ["I plan grids."]
    );
    Ok(())
}

async fn of_the_organisation(member: &Member) -> Result<String> {
    let request = GetPitchRequest {
        about_organisation: true,
        ..GetPitchRequest::default()
    };
    let pitch = member.client.briefing().get_pitch(request).await?;
    Ok(texts(&pitch.into_inner().sentences).join(" "))
}

async fn of_page(
    member: &Member,
    room: &Room,
    listed: &str,
) -> Result<GetBriefingPageResponse, Status> {
    let request = GetBriefingPageRequest {
        gathering_id: room.gathering.clone(),
        attendee_id: listed.to_owned(),
        min_position: String::new(),
    };
    Ok(member
        .client
        .briefing()
        .get_briefing_page(request)
        .await?
        .into_inner())
}

async fn ask_questions(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let room = room(world).await?;
    let eva = ana.id_of(EVA, &room.position).await?;
    note(ana, &eva, FactKind::Interest, "Builds wind turbines.").await?;
    let before = briefing(world, ana, &room).await?;
    let asked = page(&before, "Eva Nowak")?.questions.clone();
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .any(|one| one.question_id.starts_with("energy.")),
        "{asked:?}"
    );
    // An answer becomes a fact, and is not asked for again.
    for one in &asked {
        fact(
            ana,
            &eva,
            FactKind::Preference,
            "Told me.",
            false,
            &one.question_id,
        )
        .await?;
    }
    let after = briefing(world, ana, &room).await?;
    for one in &page(&after, "Eva Nowak")?.questions {
        assert!(!asked.contains(one), "{one:?} is asked again");
    }
    let refusal = fact(ana, &eva, FactKind::Need, "x", false, "energy.opening.999").await;
    let status = refusal.err().context("refused")?;
    let status = status.downcast::<Status>()?;
    assert_eq!(
        kith_tests::world::Refusal::of(&status)?.fields,
        ["fact.question_id"]
    );
    Ok(())
}

async fn a_briefing_is_within_what_its_reader_is_comfortable_with(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let room = room(world).await?;
    let strangers = (0..30).map(|n| attendee(&format!("Nobody Number{n}"), "Elsewhere", ""));
    add(ana, &room.gathering, strangers.collect()).await?;
    let reserved = UpdateMemberRequest {
        request_id: request_id(),
        comfort: Some(ComfortProfile {
            pace: Pace::Reserved.into(),
            ..ComfortProfile::default()
        }),
        ..UpdateMemberRequest::default()
    };
    ana.client.admin().update_member(reserved).await?;
    let reserved = briefing(world, ana, &room).await?;
    let open = briefing(world, &world.ours.bo, &room).await?;
    assert!(reserved.pages.len() < open.pages.len());
    for day in &reserved.days {
        let new = day.steps.iter().filter(|step| {
            let page = reserved
                .pages
                .iter()
                .find(|page| page.attendee_id == step.attendee_id);
            page.is_some_and(|page| page.group() == MeetingGroup::New)
        });
        assert!(new.count() <= 3);
    }
    let breaks = reserved.days.iter().flat_map(|day| &day.steps);
    assert!(breaks.filter(|step| step.attendee_id.is_empty()).count() > 0);
    let message = page(&reserved, "Eva Nowak")?
        .message
        .as_ref()
        .context("a message")?;
    assert!(message.text.starts_with("Dear Eva,\n"), "{}", message.text);
    Ok(())
}

async fn what_others_keep_to_themselves_is_in_no_briefing(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let room = room(world).await?;
    let kim = bo.id_of(KIM, &room.position).await?;
    fact(
        bo,
        &kim,
        FactKind::Need,
        "Needs a secret boathouse.",
        true,
        "",
    )
    .await?;
    let before = briefing(world, ana, &room).await?;
    assert!(!format!("{before:?}").contains("secret boathouse"));
    let of_kim = page(&before, "Kim Park")?;
    assert_eq!(
        texts(&of_kim.known_by),
        ["A colleague has got to know them lately."]
    );
    assert!(of_kim.introduction.is_none(), "Bo did not say who they are");
    let theirs = briefing(world, bo, &room).await?;
    assert!(format!("{theirs:?}").contains("secret boathouse"));

    let share = |level: SharingLevel| SetSharingRequest {
        request_id: request_id(),
        level: level.into(),
        target: Some(Target::PersonId(kim.clone())),
        min_position: String::new(),
    };
    bo.client
        .relationship()
        .set_sharing(share(SharingLevel::Private))
        .await?;
    let hidden = briefing(world, ana, &room).await?;
    let of_kim = page(&hidden, "Kim Park")?;
    assert!(
        of_kim.known_by.is_empty() && of_kim.person_id.is_empty(),
        "{of_kim:?}"
    );
    let foreign = briefing_of(&world.theirs.ana, &room.gathering, BriefingFormat::Text, "").await;
    assert_eq!(refused(foreign)?.reason, "NOT_FOUND");
    Ok(())
}

async fn a_briefing_that_makes_no_sense_is_refused(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let room = room(world).await?;
    let wrong = briefing_of(ana, "?", BriefingFormat::Text, "").await;
    assert_eq!(refused(wrong)?.fields, ["gathering_id"]);
    let nobody = of_page(ana, &room, &ana.id).await;
    assert_eq!(refused(nobody)?.reason, "NOT_FOUND");
    let request = GetBriefingRequest {
        gathering_id: room.gathering.clone(),
        format: 9,
        ..GetBriefingRequest::default()
    };
    let wrong = ana.client.briefing().get_briefing(request).await;
    assert_eq!(refused(wrong)?.fields, ["format"]);
    let spring = crate::gatherings::asked::get(ana, &room.gathering, "").await?;
    let off = kith_proto::kith::gathering::v1::Gathering {
        cancelled: true,
        ..spring
    };
    update(ana, off, "", &["cancelled"]).await?;
    let off = briefing_of(ana, &room.gathering, BriefingFormat::Text, "").await;
    assert_eq!(refused(off)?.reason, "STATE");
    let noted = noted(moment(InteractionKind::Call, world.ago(DAY), &[EVA]), "x");
    ana.record(noted).await?;
    Ok(())
}
