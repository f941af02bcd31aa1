//! What was imported, merged and taken back, in any order, leaves the figures of what remains.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use kith_domain::aggregate::Aggregate as _;
use kith_domain::id::{ImportId, InteractionId, PersonId, SourceId};
use kith_domain::identity::{self, Identity};
use kith_domain::import;
use kith_domain::interaction::Moment;
use kith_domain::person::Profile;
use kith_domain::sharing::Target;
use kith_readmodel::query::{imports, interactions, people, ties};
use kith_readmodel::store::Store;
use kith_testkit::tools::seeds;

use crate::support::World;
use crate::support::history::Dice;
use crate::support::moments::{call, day, mail, meeting};
use crate::support::organisation::{Organisation, recorded, recorded_from};

const MEMBERS: [u8; 2] = [1, 2];
const PEOPLE: std::ops::Range<u8> = 3..8;
/// When everything is recorded: what differs is what is, not when it came to be known.
const TODAY: i64 = 400;

fn somebody(organisation: &Organisation<'_>, number: u8) -> PersonId {
    let mut bytes = [0; 16];
    bytes[0] = organisation.id.as_bytes()[0];
    bytes[1] = number;
    PersonId::from_bytes(bytes)
}

fn interaction(organisation: &Organisation<'_>, number: usize) -> InteractionId {
    let mut bytes = [9; 16];
    bytes[0] = organisation.id.as_bytes()[0];
    bytes[1] = number as u8;
    InteractionId::from_bytes(bytes)
}

/// Every third moment is told by two, each in a recording of their own.
fn recordings(organisation: &Organisation<'_>, number: usize) -> Vec<InteractionId> {
    let first = interaction(organisation, number);
    let mut second = *first.as_bytes();
    second[2] += 1;
    let second = number
        .is_multiple_of(3)
        .then(|| InteractionId::from_bytes(second));
    std::iter::once(first).chain(second).collect()
}

/// Who was merged into whom.
type Merged = BTreeMap<u8, u8>;

fn person_of(entry: u8, merged: &Merged) -> u8 {
    merged
        .get(&entry)
        .map_or(entry, |kept| person_of(*kept, merged))
}

/// Members and people, all of whom came along with moments: as if whoever was merged had been one from the
/// start.
async fn found(organisation: &Organisation<'_>, merged: &Merged) -> Result<()> {
    let all = || MEMBERS.into_iter().chain(PEOPLE);
    for number in all().filter(|number| !merged.contains_key(number)) {
        let own = all().filter(|entry| person_of(*entry, merged) == number);
        let address = |entry| format!("{entry}@x{entry}.example").as_str().into();
        let profile = Profile {
            addresses: own.map(address).collect(),
            ..Profile::default()
        };
        let id = somebody(organisation, number);
        organisation.enters(id, &profile, Some(&[])).await?;
        if MEMBERS.contains(&number) {
            organisation.becomes_member(id).await?;
        }
    }
    Ok(())
}

/// A moment of a member's, the same in every organisation.
fn moment(organisation: &Organisation<'_>, number: usize, merged: &Merged) -> Moment {
    let mut dice = Dice(number as u64);
    let member = somebody(organisation, MEMBERS[dice.roll(2) as usize]);
    let person = somebody(organisation, PEOPLE.start + dice.roll(5) as u8);
    let at = day(TODAY - dice.roll(300) as i64);
    let moment = match dice.roll(4) {
        0 => mail(at, member, &[person]),
        1 => meeting(at, &[member, person, somebody(organisation, 7)]),
        2 => call(at, person, member),
        _ => mail(at, person, &[member]),
    };
    Moment {
        found: true,
        participants: {
            let mut all = moment.participants;
            for participant in &mut all {
                let entry = participant.person.as_bytes()[1];
                participant.person = somebody(organisation, person_of(entry, merged));
            }
            // Whoever took part twice did so in the first part.
            all.sort_by_key(|participant| participant.part.index());
            let mut seen = BTreeSet::new();
            all.retain(|participant| seen.insert(participant.person));
            all
        },
        ..moment
    }
}

/// What happens to an organisation's imports, as its server has it said in the log.
struct Importer<'w> {
    organisation: Organisation<'w>,
    recorded: BTreeSet<usize>,
    retracted: BTreeSet<usize>,
    imports: Vec<(ImportId, BTreeSet<usize>, bool)>,
    excluded: BTreeSet<(u8, u8)>,
    identities: identity::State,
    merged: Merged,
    /// Who is one person in what is recorded already.
    one: Merged,
}

impl<'w> Importer<'w> {
    async fn new(organisation: Organisation<'w>, one: Merged) -> Result<Self> {
        found(&organisation, &one).await?;
        Ok(Self {
            organisation,
            recorded: BTreeSet::new(),
            retracted: BTreeSet::new(),
            imports: Vec::new(),
            excluded: BTreeSet::new(),
            identities: identity::State::default(),
            merged: Merged::new(),
            one,
        })
    }

    async fn imports(&mut self, file: &BTreeSet<usize>) -> Result<()> {
        let id = ImportId::from_bytes(self.organisation.id_bytes());
        let part = |again: Vec<usize>| {
            let again = again.into_iter();
            import::Event::Part {
                id,
                member: Some(somebody(&self.organisation, MEMBERS[0])),
                name: Some("all.mbox".into()),
                again: again
                    .flat_map(|n| recordings(&self.organisation, n))
                    .collect(),
            }
        };
        let (again, new): (Vec<usize>, Vec<usize>) = file
            .iter()
            .partition(|number| self.recorded.contains(number));
        let mut events = vec![part(Vec::new()).into()];
        for number in new {
            let moment = moment(&self.organisation, number, &self.one);
            let source = SourceId::from_bytes([number as u8; 16]);
            let told = recordings(&self.organisation, number).into_iter();
            events.extend(told.map(|id| recorded_from(id, Some(source), &moment)));
        }
        self.organisation.commit(events).await?;
        if !again.is_empty() {
            self.organisation.commit(vec![part(again).into()]).await?;
        }
        self.recorded.extend(file);
        self.imports.push((id, file.clone(), true));
        Ok(())
    }

    async fn undoes(&mut self, place: usize) -> Result<()> {
        let Some((id, _, stands)) = self.imports.get_mut(place) else {
            return Ok(());
        };
        if std::mem::replace(stands, false) {
            let undone = import::Event::Undone { id: *id };
            self.organisation.commit(vec![undone.into()]).await?;
        }
        Ok(())
    }

    async fn retracts(&mut self, number: usize) -> Result<()> {
        if self.recorded.contains(&number) && self.retracted.insert(number) {
            let author = moment(&self.organisation, number, &self.one).participants[0].person;
            for id in recordings(&self.organisation, number) {
                self.organisation.retracts(id, author).await?;
            }
        }
        Ok(())
    }

    async fn excludes(&mut self, member: u8, person: u8, excluded: bool) -> Result<()> {
        let pair = (member, person);
        if excluded {
            self.excluded.insert(pair);
        } else {
            self.excluded.remove(&pair);
        }
        let domain = format!("x{person}.example");
        let target = if person.is_multiple_of(2) {
            Target::Domain(domain.as_str().into())
        } else {
            let person = person_of(person, &self.one);
            Target::Person(somebody(&self.organisation, person))
        };
        let member = somebody(&self.organisation, member);
        let said = self.organisation.leaves_out(member, target, excluded);
        said.await.map(drop)
    }

    /// As far as the aggregate lets them: what it refuses is not said.
    async fn identifies(&mut self, kept: Option<u8>, gone: u8) -> Result<()> {
        let id = |number| somebody(&self.organisation, number);
        let command = match kept {
            Some(kept) => identity::Command::Merge {
                kept: id(kept),
                gone: id(gone),
            },
            None => identity::Command::Unmerge { gone: id(gone) },
        };
        let decided = Identity::decide(&self.identities, command).unwrap_or_default();
        for event in decided {
            self.identities = Identity::evolve(std::mem::take(&mut self.identities), &event);
            self.organisation.commit(vec![event.into()]).await?;
            match kept {
                Some(kept) => self.merged.insert(gone, kept),
                None => self.merged.remove(&gone),
            };
        }
        Ok(())
    }

    /// The moments that some import still holds and nobody retracted.
    fn remaining(&self) -> BTreeSet<usize> {
        let standing = self.imports.iter().filter(|(_, _, stands)| *stands);
        let moments = standing.flat_map(|(_, moments, _)| moments.iter().copied());
        moments
            .filter(|number| !self.retracted.contains(number))
            .collect()
    }
}

/// Everything that members see, by the numbers of people and moments.
async fn figures(
    store: &Store,
    organisation: &Organisation<'_>,
    merged: &Merged,
) -> Result<Vec<String>> {
    let database = store.live().reading;
    let mut figures = Vec::new();
    for member in MEMBERS {
        let me = somebody(organisation, member);
        let asks = organisation.asks(me);
        for person in PEOPLE.filter(|person| !merged.contains_key(person)) {
            let other = somebody(organisation, person);
            let tie = ties::find(&database, organisation.id, me, other).await?;
            let tie = tie.map(|own| (own.state, own.due));
            let seen = people::see(&database, &asks, other).await?;
            let seen = seen.map(|row| {
                let addresses = row.addresses.lines().map(ToOwned::to_owned);
                addresses.collect::<BTreeSet<String>>()
            });
            figures.push(format!("{member} {person}: {tie:?} {seen:?}"));
        }
        let timeline = interactions::list(
            &database,
            &asks,
            me,
            &interactions::Filter::default(),
            None,
            999,
        )
        .await?;
        let mut numbers: Vec<u8> = timeline.iter().map(|seen| seen.row.id[1]).collect();
        numbers.dedup();
        figures.push(format!("{member}: {numbers:?}"));
    }
    Ok(figures)
}

#[tokio::test]
async fn imported_undone_retracted_excluded_merged_and_unmerged_in_any_order_leaves_what_remains()
-> Result<()> {
    for seed in 0..seeds(4) {
        println!("seed {seed}");
        let world = World::new().await?;
        world.clock.set(day(TODAY));
        let mut dice = Dice(1_000 + seed);
        let mut ours = Importer::new(world.organisation(1).await?, Merged::new()).await?;
        for _ in 0..35 {
            match dice.roll(12) {
                0..3 => {
                    let size = 1 + dice.roll(25);
                    let file: BTreeSet<usize> = (0..size).map(|_| dice.roll(60) as usize).collect();
                    ours.imports(&file).await?;
                }
                3 | 4 => {
                    let place = dice.roll(ours.imports.len().max(1) as u64) as usize;
                    ours.undoes(place).await?;
                }
                5 => ours.retracts(dice.roll(60) as usize).await?,
                8 | 9 => {
                    // A member may be who is kept.
                    let kept = 2 + dice.roll(6) as u8;
                    let gone = PEOPLE.start + dice.roll(5) as u8;
                    ours.identifies(Some(kept), gone).await?;
                }
                10 | 11 => {
                    let merged: Vec<u8> = ours.merged.keys().copied().collect();
                    let which = dice.roll(merged.len().max(1) as u64) as usize;
                    if let Some(gone) = merged.get(which) {
                        ours.identifies(None, *gone).await?;
                    }
                }
                _ => {
                    let member = MEMBERS[dice.roll(2) as usize];
                    let person = PEOPLE.start + dice.roll(5) as u8;
                    ours.excludes(member, person, dice.roll(2) == 0).await?;
                }
            }
            // Neither engine takes it in one gulp.
            if dice.roll(3) == 0 {
                world.caught_up().await?;
            }
        }
        let merged = &ours.merged;
        let mut plain = Importer::new(world.organisation(2).await?, merged.clone()).await?;
        plain.imports(&ours.remaining()).await?;
        for (member, person) in ours.excluded.clone() {
            plain.excludes(member, person, true).await?;
        }
        for store in world.caught_up().await? {
            let (ours, plain) = (&ours.organisation, &plain.organisation);
            let expected = figures(store, plain, merged).await?;
            assert_eq!(
                figures(store, ours, merged).await?,
                expected,
                "on {}",
                store.engine()
            );
        }
        world.expect_replay_to_agree().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_large_import_is_taken_back_whole_and_brought_back() -> Result<()> {
    let world = World::new().await?;
    world.clock.set(day(TODAY));
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let import = ImportId::from_bytes([7; 16]);
    let part = |again| import::Event::Part {
        id: import,
        member: Some(ana),
        name: None,
        again,
    };
    let mut everybody = Vec::new();
    // More ties than are folded one by one.
    for frame in 0..7 {
        let mut events = vec![part(Vec::new()).into()];
        for number in 0..100 {
            let id = PersonId::from_bytes(organisation.id_bytes());
            let moment = InteractionId::from_bytes(organisation.id_bytes());
            let at = day(frame * 10 + number % 10);
            events.push(recorded(moment, &call(at, ana, id)));
            everybody.push(moment);
        }
        organisation.commit(events).await?;
    }
    let ties_of_ana = async || -> Result<Vec<usize>> {
        let mut counts = Vec::new();
        for store in world.caught_up().await? {
            let database = store.live().reading;
            let own = ties::of_member(&database, organisation.id, ana).await?;
            counts.push(own.len());
        }
        Ok(counts)
    };
    assert_eq!(ties_of_ana().await?, [700, 700]);
    let undone = import::Event::Undone { id: import };
    organisation.commit(vec![undone.into()]).await?;
    assert_eq!(ties_of_ana().await?, [0, 0]);
    for store in world.stores() {
        let database = store.live().reading;
        let all = imports::list(&database, organisation.id, Some(ana), None, 9).await?;
        assert_eq!(
            (all[0].moments, all[0].alone, all[0].row.undone),
            (700, 0, true)
        );
        let same = imports::same(&database, organisation.id, Some(ana), &everybody).await?;
        assert_eq!(
            same, None,
            "what was taken back is nothing to be the same as"
        );
    }
    let again = import::Event::Part {
        id: ImportId::from_bytes([8; 16]),
        member: Some(ana),
        name: None,
        again: everybody.clone(),
    };
    organisation.commit(vec![again.into()]).await?;
    assert_eq!(ties_of_ana().await?, [700, 700]);
    for store in world.stores() {
        let database = store.live().reading;
        let all = imports::list(&database, organisation.id, Some(ana), None, 9).await?;
        let counts: Vec<(u64, u64)> = all.iter().map(|one| (one.moments, one.alone)).collect();
        assert!(counts.contains(&(700, 700)), "{counts:?}");
    }
    world.expect_replay_to_agree().await.map(drop)
}
