//! Briefings for programs, with the sources of every sentence.

use kith_proto::kith::gathering::v1::{Briefing, BriefingPage, MeetingGroup, Sentence, SourceKind};
use serde_json::{Value, json};

fn written(value: &Value) -> String {
    format!("{value:#}\n")
}

pub(super) fn briefing(of: &Briefing) -> String {
    let days = of.days.iter().map(|day| {
        let steps = day
            .steps
            .iter()
            .map(|step| match step.attendee_id.as_str() {
                "" => json!({ "break": true }),
                id => json!({ "attendee_id": id }),
            });
        json!({ "date": day.date, "steps": steps.collect::<Vec<_>>() })
    });
    written(&json!({
        "gathering_id": of.gathering_id,
        "name": of.name,
        "place": of.place,
        "days": days.collect::<Vec<_>>(),
        "pages": of.pages.iter().map(of_page).collect::<Vec<_>>(),
        "others": of.others,
    }))
}

pub(super) fn page(of: &BriefingPage, leave: &str) -> String {
    let mut value = of_page(of);
    value["leave"] = leave.into();
    written(&value)
}

pub(super) fn sentences(all: &[Sentence]) -> String {
    written(&list(all))
}

fn of_page(of: &BriefingPage) -> Value {
    let one = |sentence: &Option<Sentence>| sentence.as_ref().map_or(Value::Null, value);
    let group = match of.group() {
        MeetingGroup::Unspecified => "",
        MeetingGroup::Deepen => "deepen",
        MeetingGroup::Renew => "renew",
        MeetingGroup::New => "new",
    };
    let questions = of.questions.iter().map(|question| {
        json!({
            "question_id": question.question_id,
            "text": question.text,
            "about": question.about,
        })
    });
    json!({
        "attendee_id": of.attendee_id,
        "person_id": of.person_id,
        "name": of.name,
        "role": of.role,
        "group": group,
        "reasons": list(&of.reasons),
        "talks": list(&of.talks),
        "known_by": list(&of.known_by),
        "last_talk": one(&of.last_talk),
        "promises": list(&of.promises),
        "common": list(&of.common),
        "notes": list(&of.notes),
        "introduction": one(&of.introduction),
        "questions": questions.collect::<Vec<_>>(),
        "pitch": list(&of.pitch),
        "message": one(&of.message),
        "nothing_known": of.nothing_known,
    })
}

fn list(all: &[Sentence]) -> Value {
    all.iter().map(value).collect()
}

fn value(sentence: &Sentence) -> Value {
    let sources = sentence.sources.iter().map(|source| {
        let name = source.kind().as_str_name();
        let kind = name
            .strip_prefix("SOURCE_KIND_")
            .unwrap_or(SourceKind::Unspecified.as_str_name());
        json!({ "kind": kind.to_lowercase(), "id": source.id })
    });
    json!({ "text": sentence.text, "sources": sources.collect::<Vec<_>>() })
}
