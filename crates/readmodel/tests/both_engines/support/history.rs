//! Random history: the same for the same seed.

use std::collections::HashMap;

use anyhow::Result;
use kith_domain::access::{Exported, Role};
use kith_domain::event::Event;
use kith_domain::fact::{self, Fact};
use kith_domain::followup::{self, Promise};
use kith_domain::id::{
    FactId, FollowUpId, GatheringId, ImportId, InteractionId, KeyId, OrganisationId, PersonId,
    SourceId,
};
use kith_domain::interaction::{self, Kind, Moment};
use kith_domain::person::{self, Change};
use kith_domain::sharing::{self, Level, Target};
use kith_domain::time::{Clock, DAY, HOUR};
use kith_domain::undo::Undone;
use kith_domain::{care, comfort, exclusion, identity, import, pause};
use kith_domain::{key, member, organisation};

use kith_readmodel::query::followups::Passed;

use super::gathered;
use super::moments::{begun, encounter, meeting};
use super::organisation::{Organisation, profile, recorded, recorded_from};

/// Numbers that look random (`SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let index = self.roll(from.len().max(1) as u64) as usize;
        from.get(index).copied()
    }
}

const NAMES: [&str; 6] = ["Ana Silva", "Björn Ü", "Çem", "Ana Silva", "Zoë", "Łukasz"];

/// Writes the history of one organisation.
pub(crate) struct Historian<'w> {
    organisation: Organisation<'w>,
    people: Vec<PersonId>,
    members: Vec<PersonId>,
    versions: HashMap<PersonId, u32>,
    /// Those not retracted, with their last revision.
    interactions: Vec<(InteractionId, u32)>,
    promises: Vec<FollowUpId>,
    facts: Vec<FactId>,
    keys: Vec<KeyId>,
    imports: Vec<ImportId>,
    gatherings: Vec<GatheringId>,
    /// Those retracted, with their last revision.
    retracted: Vec<(InteractionId, u32)>,
    /// Commits of members, to be taken back.
    changes: Vec<(PersonId, u64)>,
}

impl<'w> Historian<'w> {
    /// Begins with two members and somebody else.
    pub(crate) async fn new(organisation: Organisation<'w>) -> Result<Self> {
        let ana = organisation.member("Ana Silva").await?;
        let ben = organisation.member("Ben").await?;
        let cem = organisation.person("Çem").await?;
        Ok(Self {
            organisation,
            people: vec![ana, ben, cem],
            members: vec![ana, ben],
            versions: HashMap::new(),
            interactions: Vec::new(),
            promises: Vec::new(),
            facts: Vec::new(),
            keys: Vec::new(),
            imports: Vec::new(),
            gatherings: Vec::new(),
            retracted: Vec::new(),
            changes: Vec::new(),
        })
    }

    /// One commit of a few events.
    pub(crate) async fn writes(&mut self, dice: &mut Dice) -> Result<u64> {
        let clock = &self.organisation.world.clock;
        clock.set(clock.now().plus_micros(dice.roll(30) as i64 * HOUR));
        let mut events: Vec<Event> = (0..=dice.roll(4))
            .filter_map(|_| self.event(dice))
            .collect();
        if events.is_empty() {
            let (key, at) = (KeyId::default(), clock.now());
            events.push(Exported { key, at }.into());
        }
        let member = dice.pick(&self.members).filter(|_| dice.roll(2) == 0);
        if let Some((own, change)) = dice.pick(&self.changes).filter(|_| dice.roll(8) == 0) {
            events.insert(0, Undone { change }.into());
            return self.organisation.commit_by(Some(own), events).await;
        }
        let position = self.organisation.commit_by(member, events).await?;
        self.changes.extend(member.map(|member| (member, position)));
        Ok(position)
    }

    /// Whether this is the history of that organisation.
    pub(crate) fn is_of(&self, organisation: OrganisationId) -> bool {
        self.organisation.id == organisation
    }

    /// The scheduler says that a due moment passed.
    pub(crate) async fn tells(&self, passed: &Passed) -> Result<FollowUpId> {
        self.organisation.tells(passed).await
    }

    fn event(&mut self, dice: &mut Dice) -> Option<Event> {
        Some(match dice.roll(100) {
            0..12 => self.people(dice)?,
            12..15 => {
                let id = dice.pick(&self.people)?;
                self.members.push(id);
                member::Event::Added { id }.into()
            }
            15..52 => {
                let id = InteractionId::from_bytes(self.organisation.id_bytes());
                self.interactions.push((id, 1));
                // One of few sources, so that several recordings share one.
                let source = SourceId::from_bytes([dice.roll(40) as u8; 16]);
                let source = Some(source).filter(|_| dice.roll(2) == 0);
                recorded_from(id, source, &self.moment(dice))
            }
            52..57 => {
                let (id, _) = dice.pick(&self.interactions)?;
                recorded(id, &self.moment(dice))
            }
            57..70 => self.correction(dice)?,
            70..84 => self.follow_up(dice)?,
            84..87 => self.fact(dice)?,
            87..91 => {
                let now = self.organisation.world.clock.now();
                if self.gatherings.is_empty() || dice.roll(8) == 0 {
                    let id = GatheringId::from_bytes(self.organisation.id_bytes());
                    self.gatherings.push(id);
                }
                let gathering = dice.pick(&self.gatherings)?;
                gathered::set(gathering, now, &self.people, &self.members, dice)?
            }
            91..94 => self.import(dice)?,
            _ => self.governance(dice)?,
        })
    }

    /// A part of an import, to which what is recorded in the same commit belongs; or one is taken back.
    fn import(&mut self, dice: &mut Dice) -> Option<Event> {
        if dice.roll(3) == 0 {
            let id = dice.pick(&self.imports)?;
            let restored = dice.roll(3) == 0;
            let event = if restored {
                import::Event::Restored { id }
            } else {
                import::Event::Undone { id }
            };
            return Some(event.into());
        }
        if self.imports.is_empty() || dice.roll(2) == 0 {
            self.imports
                .push(ImportId::from_bytes(self.organisation.id_bytes()));
        }
        let again = (0..dice.roll(4)).filter_map(|_| dice.pick(&self.interactions));
        let part = import::Event::Part {
            again: again.map(|(id, _)| id).collect(),
            id: dice.pick(&self.imports)?,
            member: dice.pick(&self.members),
            name: Some("all.mbox".into()),
        };
        Some(part.into())
    }

    /// New people, the same once more with another name, and changes.
    fn people(&mut self, dice: &mut Dice) -> Option<Event> {
        let name = dice.pick(&NAMES)?;
        let told = match dice.roll(3) {
            0 => None,
            count => Some((1..count).filter_map(|_| dice.pick(&self.people)).collect()),
        };
        let known = dice.pick(&self.people)?;
        let event = match dice.roll(5) {
            4 => {
                let version = self.versions.entry(known).or_default();
                *version += 1;
                person::Event::TakenOut {
                    id: known,
                    version: *version,
                }
            }
            0 | 1 => {
                let id = PersonId::from_bytes(self.organisation.id_bytes());
                self.people.push(id);
                added(id, name, told)
            }
            2 => added(known, name, told),
            _ => {
                let version = self.versions.entry(known).or_default();
                *version += 1;
                let change = Change {
                    name: Some(Some(name.into())),
                    addresses: Some(vec![
                        format!("version{version}@example.org").as_str().into(),
                    ]),
                    company: Some(Some(["Harbour", "Énergie"][self.people.len() % 2].into())),
                    affiliations: Some(vec![
                        format!("Wind {version}\tcaptain\t2019-03\t")
                            .as_str()
                            .into(),
                        "HARBOUR\t\t\t2021".into(),
                    ]),
                    tags: Some(vec!["VIP".into(), "Énergie".into()]),
                    ..Change::default()
                };
                person::Event::Changed {
                    id: known,
                    version: *version,
                    change,
                }
            }
        };
        Some(event.into())
    }

    fn moment(&self, dice: &mut Dice) -> Moment {
        let reach = [1, 40, 900][dice.roll(3) as usize];
        let days_ago = dice.roll(reach) as i64;
        let now = self.organisation.world.clock.now();
        let at = now.plus_micros(-days_ago * DAY - dice.roll(24) as i64 * HOUR);
        let mut people: Vec<PersonId> = Vec::new();
        for _ in 0..2 + dice.roll(4) {
            people.extend(dice.pick(&self.people).filter(|p| !people.contains(p)));
        }
        people.extend(self.members.iter().find(|m| !people.contains(m)));
        let moment = match Kind::ALL[dice.roll(8) as usize] {
            Kind::Meeting => meeting(at, &people),
            Kind::Encounter => encounter(at, &people),
            kind => begun(kind, at, people[0], &people[1..]),
        };
        Moment {
            subject: Some("turbines".into()),
            note: (dice.roll(2) == 0).then(|| "ask about the blades".into()),
            found: dice.roll(2) == 0,
            ..moment
        }
    }

    fn correction(&mut self, dice: &mut Dice) -> Option<Event> {
        let author = self.members[0];
        if !self.retracted.is_empty() && dice.roll(4) == 0 {
            let which = dice.roll(self.retracted.len() as u64) as usize;
            let (id, revision) = self.retracted.swap_remove(which);
            let revision = revision + 1;
            self.interactions.push((id, revision));
            let restored = interaction::Event::Restored {
                id,
                revision,
                author,
            };
            return Some(restored.into());
        }
        let which = dice.roll(self.interactions.len().max(1) as u64) as usize;
        let moment = self.moment(dice);
        let (id, revision) = self.interactions.get_mut(which)?;
        let id = *id;
        let event = if dice.roll(3) == 0 {
            let last = self.interactions.swap_remove(which);
            self.retracted.push(last);
            interaction::Event::Retracted { id, author }
        } else {
            *revision += 1;
            interaction::Event::Corrected {
                id,
                revision: *revision,
                author,
                moment,
            }
        };
        Some(event.into())
    }

    fn follow_up(&mut self, dice: &mut Dice) -> Option<Event> {
        let now = self.organisation.world.clock.now();
        let soon = now.plus_micros(dice.roll(20) as i64 * DAY);
        let known = dice.pick(&self.promises);
        let event = match (dice.roll(6), known) {
            (0, Some(id)) => followup::Event::Snoozed { id, until: soon },
            (1, Some(id)) => followup::Event::Completed { id, at: now },
            (2, Some(id)) => followup::Event::Dismissed { id, at: now },
            (3, Some(id)) => followup::Event::Reopened { id, at: now },
            (again, known) => {
                let fresh = || FollowUpId::from_bytes(self.organisation.id_bytes());
                let id = known.filter(|_| again == 4).unwrap_or_else(fresh);
                self.promises.push(id);
                followup::Event::PromiseMade(Promise {
                    id,
                    member: dice.pick(&self.members)?,
                    person: dice.pick(&self.people)?,
                    mine: dice.roll(2) == 0,
                    text: Some("the paper".into()),
                    due_at: soon,
                    made_at: now,
                    fingerprint: [again as u8; 16],
                })
            }
        };
        Some(event.into())
    }

    fn fact(&mut self, dice: &mut Dice) -> Option<Event> {
        let known = dice.pick(&self.facts);
        if let Some(id) = known.filter(|_| dice.roll(3) == 0) {
            let restored = dice.roll(3) == 0;
            let event = if restored {
                fact::Event::Restored { id }
            } else {
                fact::Event::Removed { id }
            };
            return Some(event.into());
        }
        let id = FactId::from_bytes(self.organisation.id_bytes());
        self.facts.push(id);
        let fact = Fact {
            id,
            person: dice.pick(&self.people)?,
            kind: fact::Kind::ALL[dice.roll(6) as usize],
            text: "grows roses".into(),
            source: None,
            question: None,
            private: dice.roll(2) == 0,
            author: dice.pick(&self.members)?,
            noted_at: self.organisation.world.clock.now(),
            fingerprint: [5; 16],
        };
        Some(fact::Event::Added(fact).into())
    }

    fn governance(&mut self, dice: &mut Dice) -> Option<Event> {
        let level = dice.pick(&Level::ALL)?;
        let key = dice.pick(&self.keys);
        Some(match (dice.roll(13), key) {
            (9..=11, _) => identity::Event::Merged {
                kept: dice.pick(&self.people)?,
                gone: dice.pick(&self.people)?,
            }
            .into(),
            (12, _) => identity::Event::Unmerged {
                gone: dice.pick(&self.people)?,
            }
            .into(),
            (8, _) => person::Event::Erased {
                id: dice.pick(&self.people)?,
                also: Vec::new(),
            }
            .into(),
            (6, _) => care::Event::Set {
                member: dice.pick(&self.members)?,
                person: dice.pick(&self.people)?,
                word: dice.pick(&care::Word::ALL)?,
                important: dice.roll(2) == 0,
            }
            .into(),
            (7, _) if dice.roll(3) == 0 => {
                let profile = comfort::Profile {
                    habits: comfort::Habits::default().to_string().as_str().into(),
                    own_words: (dice.roll(2) == 0).then(|| "I mend clocks.".into()),
                };
                comfort::Event::Set {
                    member: dice.pick(&self.members)?,
                    revision: 1,
                    profile: Some(profile).filter(|_| dice.roll(3) > 0),
                }
                .into()
            }
            (7, _) => {
                let ahead = dice.roll(9) as i64 * DAY;
                let until = self.organisation.world.clock.now().plus_micros(ahead);
                pause::Event::Set {
                    member: dice.pick(&self.members)?,
                    until: Some(until).filter(|_| dice.roll(3) > 0),
                }
                .into()
            }
            (0, Some(id)) => key::Event::Revoked { id }.into(),
            (2, _) => organisation::Event::SharingSet {
                id: self.organisation.id,
                level,
            }
            .into(),
            (3, _) => {
                let id = KeyId::from_bytes(self.organisation.id_bytes());
                self.keys.push(id);
                key::Event::Created {
                    id,
                    role: Role::Analyst,
                    member: dice.pick(&self.members),
                    secret_hash: [6; 32],
                    label: "laptop".into(),
                }
                .into()
            }
            (1, _) => exclusion::Event::Set {
                member: dice.pick(&self.members)?,
                target: self.target(dice)?,
                excluded: dice.roll(3) > 0,
            }
            .into(),
            _ => sharing::Event::Set {
                member: dice.pick(&self.members)?,
                target: self.target(dice)?,
                level: Some(level).filter(|_| dice.roll(4) > 0),
            }
            .into(),
        })
    }

    fn target(&self, dice: &mut Dice) -> Option<Target> {
        Some(match dice.roll(4) {
            0 => Target::Domain(dice.pick(&["Example.org", "wind.example"])?.into()),
            1 => Target::Address("someone@example.org".into()),
            _ => Target::Person(dice.pick(&self.people)?),
        })
    }
}

fn added(id: PersonId, name: &str, told_to: Option<Vec<PersonId>>) -> person::Event {
    person::Event::Added {
        id,
        profile: profile(name, "someone@Example.org"),
        met: told_to.is_some(),
        told_to: told_to.unwrap_or_default(),
        fingerprint: [2; 16],
    }
}
