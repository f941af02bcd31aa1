//! Briefings as messages.

use kith_domain::briefing::known::Source as Rests;
use kith_domain::briefing::{Briefing, Group, Page, Step};
use kith_domain::id::{GatheringId, PersonId};
use kith_domain::pitch;
use kith_proto::kith::gathering::v1 as wire;

use super::load::Loaded;

pub(super) fn briefing(id: GatheringId, loaded: &Loaded, of: &Briefing) -> wire::Briefing {
    wire::Briefing {
        gathering_id: id.to_string(),
        name: of.occasion.name.clone(),
        place: of.occasion.place.clone().unwrap_or_default(),
        begins_at: Some(kith_proto::words::timestamp(loaded.begins)),
        days: days(of),
        pages: of.pages.iter().map(page).collect(),
        others: of.others as u32,
    }
}

pub(super) fn days(of: &Briefing) -> Vec<wire::BriefingDay> {
    let days = of.days.iter().map(|day| {
        let steps = day.steps.iter().map(|step| wire::BriefingStep {
            attendee_id: match step {
                Step::Meet(number) => of.pages[*number].listed.to_string(),
                Step::Break => String::new(),
            },
        });
        wire::BriefingDay {
            date: day.day.to_string(),
            steps: steps.collect(),
        }
    });
    days.collect()
}

pub(super) fn page(of: &Page) -> wire::BriefingPage {
    let group = match of.group {
        Group::Deepen => wire::MeetingGroup::Deepen,
        Group::Renew => wire::MeetingGroup::Renew,
        Group::New => wire::MeetingGroup::New,
    };
    let questions = of.questions.iter().map(|question| wire::Question {
        question_id: question.id.clone(),
        text: question.text.clone(),
        about: question.about.to_owned(),
    });
    wire::BriefingPage {
        attendee_id: of.listed.to_string(),
        person_id: of.person.map(|id| id.to_string()).unwrap_or_default(),
        name: of.name.clone(),
        role: of.role.clone().unwrap_or_default(),
        group: group.into(),
        reasons: of.reasons.iter().map(|one| sentence(&one.told)).collect(),
        talks: of.talks.iter().map(sentence).collect(),
        known_by: of.known_by.iter().map(sentence).collect(),
        last_talk: of.last_talk.as_ref().map(sentence),
        promises: of.promises.iter().map(sentence).collect(),
        common: of.common.iter().map(|one| sentence(&one.told)).collect(),
        notes: of.notes.iter().map(sentence).collect(),
        introduction: of.introduction.as_ref().map(sentence),
        questions: questions.collect(),
        pitch: of.pitch.sentences().iter().map(sentence).collect(),
        message: of.message.as_ref().map(sentence),
        nothing_known: of.is_unknown,
    }
}

pub(crate) fn sentence(of: &pitch::Sentence<Rests>) -> wire::Sentence {
    wire::Sentence {
        text: of.text.clone(),
        sources: of
            .sources
            .iter()
            .map(|source| self::source(*source))
            .collect(),
    }
}

fn source(of: Rests) -> wire::Source {
    use wire::SourceKind as Kind;
    let (kind, id) = match of {
        Rests::Fact(id) => (Kind::Fact, id.to_string()),
        Rests::Interaction(id) => (Kind::Interaction, id.to_string()),
        Rests::FollowUp(id) => (Kind::FollowUp, id.to_string()),
        Rests::Attendee(id) => (Kind::Attendee, id.to_string()),
        Rests::Session(id) => (Kind::Session, id.to_string()),
        Rests::Gathering(id) => (Kind::Gathering, id.to_string()),
        Rests::Entry(id) => (Kind::Entry, id.to_string()),
        Rests::Tie(_, id) => (Kind::Tie, PersonId::to_string(&id)),
        Rests::OwnWords => (Kind::OwnWords, String::new()),
    };
    wire::Source {
        kind: kind.into(),
        id,
    }
}
