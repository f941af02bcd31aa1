//! The demo's season, appended as if it had been recorded while it happened.

use kith_api::founding::{Founded, Founding};
use kith_domain::event::Event;
use kith_domain::followup::{self, Promise};
use kith_domain::gathering::{Change, Description, Details, Entry, Gathering, Session, Stay, To};
use kith_domain::id::{KeyId, PersonId};
use kith_domain::interaction::{self, Kind, Moment, Part, Participant, Recorded};
use kith_domain::person::{self, Profile};
use kith_domain::text::Text;
use kith_domain::time::{DAY, HOUR, SECOND, Timestamp};
use kith_domain::{fact, member};
use kith_eventlog::identity::{self, Handle, Line, OrganisationKeys};
use kith_eventlog::ledger::{Ledger, Request};

use crate::demo::{self, Meetup, Season, Somebody};

/// Moments per commit: those of a few days, recorded when the last of them happened.
const PER_COMMIT: usize = 100;
/// How long the organisation has had Kith. What was due before is nobody's business any more: the
/// years before are a past that its members brought along.
const HAS_KITH_SINCE: i64 = 60 * DAY;

struct Filler<'l> {
    ledger: &'l Ledger,
    keys: OrganisationKeys,
    founded: Founded,
    ids: Vec<PersonId>,
}

/// Makes the organisation and everything that happened in it. Its keys open nothing yet.
pub(super) async fn fill<'l>(ledger: &'l Ledger, season: &Season) -> anyhow::Result<Founding<'l>> {
    let now = season.now;
    let (filler, founding) = Filler::open(ledger, season).await?;
    filler.people(season, joined(season)).await?;
    for (number, moments) in season.moments.chunks(PER_COMMIT).enumerate() {
        let recorded_at = moments.last().map_or(now, |moment| moment.at);
        let events = moments.iter().map(|moment| filler.moment(moment)).collect();
        filler
            .append(&format!("moments {number}"), recorded_at, events)
            .await?;
    }
    let facts = season
        .facts
        .iter()
        .enumerate()
        .map(|(n, fact)| filler.fact(n, fact, now));
    filler.append("facts", now, facts.collect()).await?;
    let promises = season.promises.iter().enumerate();
    let promises =
        promises.map(|(n, promise)| filler.promise(&format!("promise {n}"), promise, now));
    filler.append("promises", now, promises.collect()).await?;
    for (number, meetup) in season.meetups.iter().enumerate() {
        filler.gathering(number, meetup, now).await?;
    }
    Ok(founding)
}

/// The promise that falls due shortly after the start, so that a watcher sees it arrive.
pub(super) async fn promise_soon(
    ledger: &Ledger,
    season: &Season,
    now: Timestamp,
) -> anyhow::Result<()> {
    let (filler, _) = Filler::open(ledger, season).await?;
    let promise = filler.promise("arrives soon", &season.arrives_soon, now);
    filler.append("arrives soon", now, vec![promise]).await
}

/// When the organisation was founded and its members joined.
fn joined(season: &Season) -> Timestamp {
    season.now.plus_micros(-HAS_KITH_SINCE)
}

fn profile(somebody: &Somebody) -> Profile {
    let text = |text: &String| Some(Text::from(text.as_str()));
    Profile {
        name: text(&somebody.name),
        addresses: vec![Text::from(somebody.address.as_str())],
        external_key: None,
        company: text(&somebody.company),
        title: text(&somebody.title),
        affiliations: vec![],
        tags: somebody
            .tags
            .iter()
            .map(|tag| Text::from(tag.as_str()))
            .collect(),
    }
}

impl<'l> Filler<'l> {
    /// Founds the organisation, or finds it: the founding commits are always the same.
    async fn open(ledger: &'l Ledger, season: &Season) -> anyhow::Result<(Self, Founding<'l>)> {
        let me = season.members.first().map(profile).unwrap_or_default();
        let founding = Founding::begin(ledger, &season.organisation, &me, joined(season)).await?;
        let founded = founding.so_far().clone();
        let keys = ledger.keys().organisation(founded.organisation).await?;
        let everybody = season.members.iter().chain(&season.people);
        let ids = everybody
            .map(|s| keys.person(Handle::Address(&s.address), 0))
            .collect();
        let filler = Self {
            ledger,
            keys,
            founded,
            ids,
        };
        Ok((filler, founding))
    }

    fn id(&self, index: usize) -> PersonId {
        self.ids.get(index).copied().unwrap_or_default()
    }

    /// The commit of a step: always the same one.
    fn request(&self, step: &str, at: Timestamp) -> Request {
        let commit = self.keys.commit(KeyId::default(), step, &[0; 16]);
        Request {
            organisation: self.founded.organisation,
            shard: self.founded.shard,
            key: None,
            member: None,
            commit,
            fingerprint: *commit.as_bytes(),
            received_at: at,
        }
    }

    async fn append(&self, step: &str, at: Timestamp, events: Vec<Event>) -> anyhow::Result<()> {
        let request = self.request(step, at);
        self.ledger.record(&request, events).await?;
        Ok(())
    }

    /// Everybody but the first member, whom the founding added.
    async fn people(&self, season: &Season, joined: Timestamp) -> anyhow::Result<()> {
        let everybody = season.members.iter().chain(&season.people).enumerate();
        let mut events: Vec<Event> = Vec::new();
        for (index, somebody) in everybody.skip(1) {
            let added = person::Event::Added {
                id: self.id(index),
                profile: profile(somebody),
                met: false,
                told_to: vec![],
                fingerprint: [0; 16],
            };
            events.push(added.into());
        }
        for index in 1..season.members.len() {
            events.push(member::Event::Added { id: self.id(index) }.into());
        }
        for (number, events) in events.chunks(PER_COMMIT).enumerate() {
            self.append(&format!("people {number}"), joined, events.to_vec())
                .await?;
        }
        Ok(())
    }

    fn moment(&self, moment: &demo::Moment) -> Event {
        let part = match moment.initiator {
            Some(_) => Part::Recipient,
            None => Part::Attendee,
        };
        let first = moment.initiator.map(|index| (index, Part::Initiator));
        let rest = moment.others.iter().map(|index| (*index, part));
        let participants = first
            .into_iter()
            .chain(rest)
            .map(|(index, part)| Participant {
                person: self.id(index),
                part,
            })
            .collect();
        let text = |text: &Option<String>| text.as_deref().map(Text::from);
        let kind: Kind = moment.kind;
        let source = self.keys.source(&moment.source_key);
        interaction::Event::Recorded(Recorded {
            id: self
                .keys
                .interaction(Some(self.id(moment.recorder)), source),
            source: Some(source),
            recorder: self.id(moment.recorder),
            moment: Moment {
                kind,
                at: moment.at,
                duration_s: moment.duration_s,
                participants,
                channel: None,
                note: text(&moment.note),
                subject: text(&moment.subject),
                found: false,
            },
            fingerprint: [0; 16],
        })
        .into()
    }

    fn fact(&self, number: usize, fact: &demo::Fact, now: Timestamp) -> Event {
        let commit = self
            .keys
            .commit(KeyId::default(), &format!("fact {number}"), &[0; 16]);
        fact::Event::Added(fact::Fact {
            id: identity::fact_of(commit),
            person: self.id(fact.person),
            kind: fact.kind,
            text: Text::from(fact.text.as_str()),
            source: Some(Text::from(fact.source.as_str())),
            question: None,
            private: false,
            author: self.id(fact.author),
            noted_at: now,
            fingerprint: [0; 16],
        })
        .into()
    }

    /// A gathering with its list, planned when it was announced.
    async fn gathering(
        &self,
        number: usize,
        meetup: &Meetup,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let step = |part: &str| format!("gathering {number} {part}");
        let plan = self.keys.commit(KeyId::default(), &step("plan"), &[0; 16]);
        let gathering = identity::gathering_of(plan);
        let texts = |all: &[String]| all.iter().map(|text| Text::from(text.as_str())).collect();
        let details = Details {
            name: meetup.name.as_str().into(),
            place: Some(meetup.place.as_str().into()),
            begins: meetup.begins,
            ends: meetup.ends,
            zone: "UTC".to_owned(),
            topics: texts(&meetup.topics),
            cancelled: false,
        };
        let listed: Vec<PersonId> = meetup
            .guests
            .iter()
            .map(|guest| {
                let line = match guest.address.as_str() {
                    "" => Line::Name(&guest.name, &guest.company),
                    address => Line::Address(address),
                };
                self.keys.listed(gathering, line)
            })
            .collect();
        let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Text::from);
        let guests = meetup.guests.iter().zip(&listed).map(|(guest, id)| {
            let description = Description {
                name: text(&guest.name),
                company: text(&guest.company),
                title: text(&guest.title),
                address: text(&guest.address),
                topics: texts(&guest.topics),
                ..Description::default()
            };
            Entry::Attendee(*id, Some(description))
        });
        let going = meetup.members.iter();
        let going = going.map(|member| Entry::Going(self.id(*member), Some(Stay::default())));
        let sessions = meetup.sessions.iter().enumerate().map(|(number, session)| {
            let talk = step(&format!("session {number}"));
            let commit = self.keys.commit(KeyId::default(), &talk, &[0; 16]);
            let content = Session {
                title: session.title.as_str().into(),
                room: text(&session.room),
                begins: session.begins,
                ends: session.begins.plus_micros(HOUR),
                topics: vec![],
                speakers: listed.get(session.speaker).copied().into_iter().collect(),
            };
            Entry::Session(identity::session_of(commit), Some(content))
        });
        let changes = [
            ("plan", To::Plan(details)),
            ("list", To::Set(guests.chain(going).collect())),
            ("sessions", To::Set(sessions.collect())),
        ];
        for (part, to) in changes {
            let request = self.request(&step(part), now);
            let command = Change { gathering, to };
            let name = gathering.to_string();
            let ledger = self.ledger;
            let done = ledger
                .execute::<Gathering>(&request, &name, command, vec![])
                .await;
            done.map_err(|error| anyhow::anyhow!("{} can not be planned: {error}", meetup.name))?;
        }
        Ok(())
    }

    fn promise(&self, step: &str, promise: &demo::Promise, now: Timestamp) -> Event {
        let commit = self.keys.commit(KeyId::default(), step, &[0; 16]);
        followup::Event::PromiseMade(Promise {
            id: identity::promise_of(commit),
            member: self.id(promise.member),
            person: self.id(promise.person),
            mine: promise.mine,
            text: Some(Text::from(promise.text.as_str())),
            due_at: now.plus_micros(i64::from(promise.due_in_s) * SECOND),
            made_at: now,
            fingerprint: [0; 16],
        })
        .into()
    }
}
