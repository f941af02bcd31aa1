//! One commit of a talk: the moment, what was learnt, what was promised.

use kith_domain::access::Role;
use kith_domain::date::Date;
use kith_domain::event::Event;
use kith_domain::fact::{self, Kind as FactKind};
use kith_domain::followup::{self, Promise};
use kith_domain::heard;
use kith_domain::id::{FactId, GatheringId, PersonId};
use kith_domain::interaction::{self, Kind, Moment, Part, Participant, Recorded};
use kith_domain::person;
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_eventlog::identity;
use kith_eventlog::ledger::Request;
use kith_proto::kith::directory::v1::Fact;
use kith_proto::kith::followup::v1::{FollowUp, FollowUpStatus};
use kith_proto::kith::gathering::v1::record_encounter_request::Who;
use kith_proto::kith::gathering::v1::{RecordEncounterRequest, RecordEncounterResponse};
use kith_proto::words::{self, Word as _};
use kith_readmodel::entity::gathering;
use kith_servicekit::failure::{Failure, Violations};

use super::ask;
use super::who::{self, Meant};
use crate::Api;
use crate::admin::comfort;
use crate::caller::Caller;
use crate::directory::facts::question;
use crate::directory::persons;
use crate::followup::changes::MAX_AHEAD;
use crate::zone;

/// The longest sentence, in characters.
const MAX_SENTENCE: usize = 1_000;
/// The longest name or badge, in characters.
const MAX_NAMED: usize = 254;
/// Facts and promises of one sentence.
const MOST_PARTS: usize = 20;
/// The hour of a day at which a promise of that day falls due.
const DUE_HOUR: i8 = 17;

/// What a request tells, checked.
struct Told {
    sentence: Option<String>,
    promise: Option<(bool, String, Timestamp)>,
    at: Timestamp,
    is_private: bool,
    question: Option<Text>,
}

fn read(fields: &mut Violations, body: &RecordEncounterRequest, received: Timestamp) -> Told {
    let at = fields.optional_timestamp("at", body.at.as_ref());
    let at = at.unwrap_or(received);
    if let Err(invalid) = interaction::check_date(at, received) {
        fields.add("at", invalid.to_string());
    }
    let promise = body.promise.as_ref().map(|promise| {
        let text = fields.required_text("promise.text", &promise.text, 1_000);
        let due = fields.timestamp("promise.due_at", promise.due_at.as_ref());
        let near = due <= received.plus_micros(MAX_AHEAD);
        fields.check(near, "promise.due_at", "must be at most ten years from now");
        (promise.mine, text, due)
    });
    Told {
        sentence: fields.optional_lines("sentence", &body.sentence, MAX_SENTENCE),
        promise,
        at,
        is_private: body.private,
        question: question(fields, "question_id", &body.question_id),
    }
}

pub(super) async fn record(
    api: &Api,
    caller: &Caller,
    body: RecordEncounterRequest,
) -> Result<RecordEncounterResponse, Failure> {
    let me = caller.member()?;
    caller.must_be(&[Role::Member, Role::Admin])?;
    let mut change = api.change(caller, "RecordEncounter", &body.request_id, &body);
    let fields = &mut change.fields;
    let told = read(fields, &body, change.request.received_at);
    let gathering: Option<GatheringId> = fields.optional_id("gathering_id", &body.gathering_id);
    let named = match &body.who {
        Some(Who::PersonId(id)) => Err(fields.id("person_id", id)),
        Some(Who::Named(text)) => Ok(fields.required_text("named", text, MAX_NAMED)),
        None => {
            fields.add("named", "must be given, or else person_id");
            Ok(String::new())
        }
    };
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    if let Some(again) = ask::recorded(api, caller, &change.request).await? {
        return Ok(again);
    }
    let at_gathering = match gathering {
        Some(id) => Some(crate::gathering::must_exist(api, caller, id).await?),
        None => who::gathering_now(api, caller).await?,
    };
    let gathering = at_gathering
        .as_ref()
        .and_then(|row| GatheringId::from_slice(&row.id));
    let meant = match named {
        Err(id) => {
            let row = persons::must_exist(api, caller, id).await?;
            Meant::Known(PersonId::from_slice(&row.id).unwrap_or(id))
        }
        Ok(named) => who::meant(api, caller, &change.request, &named, gathering).await?,
    };
    let (person, entered) = match meant {
        Meant::Several(candidates) => {
            return Ok(RecordEncounterResponse {
                candidates,
                ..RecordEncounterResponse::default()
            });
        }
        Meant::Known(id) => (id, None),
        Meant::New(id, profile) => (id, Some(profile)),
    };
    if person == me {
        return Err(Failure::invalid_field("named", "must be somebody else"));
    }
    let habits = comfort::said(api, caller).await?.unwrap_or_default().habits;
    let encounter = Encounter {
        request: &change.request,
        me,
        person,
        told: &told,
        gathering: at_gathering.as_ref(),
        zone: habits.zone,
    };
    let mut events: Vec<Event> = Vec::new();
    events.extend(entered.clone().map(|profile| {
        let added = person::Event::Added {
            id: person,
            profile,
            met: true,
            told_to: vec![me],
            fingerprint: change.request.fingerprint,
        };
        added.into()
    }));
    let parts = encounter.parts();
    events.push(encounter.moment().into());
    events.extend(
        parts
            .facts
            .iter()
            .cloned()
            .map(|fact| fact::Event::Added(fact).into()),
    );
    let promised = parts.promises.iter().cloned();
    events.extend(promised.map(|promise| followup::Event::PromiseMade(promise).into()));
    let appended = api.ledger().record(&change.request, events).await?;
    let mut answer = ask::answer(api, caller, &encounter.learnt(&parts)).await?;
    answer.is_new = entered.is_some();
    if let Some(name) =
        entered.and_then(|profile| profile.name.or(profile.addresses.into_iter().next()))
    {
        answer.name = name.into_clear().unwrap_or_default();
    }
    answer.gathering_id = gathering.map(|id| id.to_string()).unwrap_or_default();
    answer.position = api.position_token(caller, appended.position);
    Ok(answer)
}

/// What is recorded.
struct Encounter<'a> {
    request: &'a Request,
    me: PersonId,
    person: PersonId,
    told: &'a Told,
    gathering: Option<&'a gathering::Model>,
    zone: String,
}

/// What a sentence becomes.
#[derive(Default)]
struct Parts {
    facts: Vec<fact::Fact>,
    promises: Vec<Promise>,
}

impl Encounter<'_> {
    fn moment(&self) -> interaction::Event {
        let participants = [self.me, self.person].map(|person| Participant {
            person,
            part: Part::Attendee,
        });
        let text = |text: &String| Text::Clear(text.clone());
        interaction::Event::Recorded(Recorded {
            id: identity::interaction_of(self.request.commit),
            source: None,
            recorder: self.me,
            moment: Moment {
                kind: Kind::Encounter,
                at: self.told.at,
                duration_s: 0,
                participants: participants.to_vec(),
                channel: None,
                note: self.told.sentence.as_ref().map(text),
                subject: self.gathering.map(|row| Text::Clear(row.name.clone())),
                found: false,
            },
            fingerprint: self.request.fingerprint,
        })
    }

    /// Facts and promises, in the order of the sentence.
    fn parts(&self) -> Parts {
        let heard = heard::understood(self.told.sentence.as_deref().unwrap_or_default());
        let (today, due_at) = self.days();
        let mut promises: Vec<(bool, String, Timestamp)> = Vec::new();
        match &self.told.promise {
            // Said field by field, it is not heard from the sentence too.
            Some(promise) => promises.push(promise.clone()),
            None => promises.extend(heard.promises.iter().map(|promise| {
                (
                    promise.is_mine,
                    promise.text.clone(),
                    due_at(promise.due(today)),
                )
            })),
        }
        let source = self.gathering.map(|row| Text::Clear(row.name.clone()));
        let numbered = |number: usize| identity::part_of(self.request.commit, number as u64);
        let facts = heard.facts.into_iter().take(MOST_PARTS).enumerate();
        let facts = facts.map(|(number, (kind, text))| fact::Fact {
            id: identity::fact_of(numbered(number)),
            person: self.person,
            kind,
            text: Text::Clear(text),
            source: source.clone(),
            question: self.told.question.clone().filter(|_| number == 0),
            private: self.told.is_private,
            author: self.me,
            noted_at: self.request.received_at,
            fingerprint: self.request.fingerprint,
        });
        let promises = promises.into_iter().take(MOST_PARTS).enumerate();
        let promises = promises.map(|(number, (mine, text, due_at))| Promise {
            id: identity::promise_of(numbered(number)),
            member: self.me,
            person: self.person,
            mine,
            text: Some(Text::Clear(text)),
            due_at,
            made_at: self.request.received_at,
            fingerprint: self.request.fingerprint,
        });
        Parts {
            facts: facts.collect(),
            promises: promises.collect(),
        }
    }

    /// The day of the talk where the member is, and when something falls due on a day.
    fn days(&self) -> (Date, impl Fn(Date) -> Timestamp + use<>) {
        let zone = zone::of(&self.zone);
        let today = zone::day(&zone, self.told.at);
        (today, move |day| zone::at(&zone, day, DUE_HOUR))
    }

    fn learnt(&self, parts: &Parts) -> ask::Learnt {
        let facts = parts.facts.iter().map(|fact| Fact {
            fact_id: FactId::to_string(&fact.id),
            kind: FactKind::to_wire(fact.kind),
            text: fact.text.as_clear().unwrap_or_default().to_owned(),
            source: fact
                .source
                .as_ref()
                .and_then(Text::as_clear)
                .unwrap_or_default()
                .to_owned(),
            private: fact.private,
            author_id: self.me.to_string(),
            noted_at: Some(words::timestamp(fact.noted_at)),
            question_id: fact
                .question
                .as_ref()
                .and_then(Text::as_clear)
                .unwrap_or_default()
                .to_owned(),
        });
        let promises = parts.promises.iter().map(|promise| FollowUp {
            follow_up_id: promise.id.to_string(),
            person_id: self.person.to_string(),
            reason: followup::Reason::Promise.to_wire(),
            due_at: Some(words::timestamp(promise.due_at)),
            status: FollowUpStatus::Open.into(),
            text: promise
                .text
                .as_ref()
                .and_then(Text::as_clear)
                .unwrap_or_default()
                .to_owned(),
            mine: promise.mine,
            ..FollowUp::default()
        });
        ask::Learnt {
            interaction: identity::interaction_of(self.request.commit),
            person: self.person,
            gathering: self.gathering.map(|row| row.name.clone()),
            sentence: self.told.sentence.clone().unwrap_or_default(),
            facts: facts.collect(),
            promises: promises.collect(),
        }
    }
}
