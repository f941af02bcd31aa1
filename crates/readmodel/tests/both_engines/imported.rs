//! What was imported and taken back, in any order, leaves the figures of what remains.

use std::collections::BTreeSet;

use anyhow::Result;
use kith_domain::id::{ImportId, InteractionId, PersonId};
use kith_domain::interaction::Moment;
use kith_domain::person::Profile;
use kith_domain::sharing::Target;
use kith_domain::{exclusion, import};
use kith_readmodel::query::{imports, interactions, people, ties};
use kith_readmodel::store::Store;
use kith_testkit::tools::seeds;

use crate::support::World;
use crate::support::history::Dice;
use crate::support::moments::{call, day, mail, meeting};
use crate::support::organisation::{Organisation, recorded};

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

/// Members and people, all of whom came along with moments.
async fn found(organisation: &Organisation<'_>) -> Result<()> {
    for number in MEMBERS.into_iter().chain(PEOPLE) {
        let profile = Profile {
            addresses: vec![format!("{number}@x{number}.example").as_str().into()],
            ..Profile::default()
        };
        let id = somebody(organisation, number);
        organisation.enters(id, &profile, true).await?;
        if MEMBERS.contains(&number) {
            organisation.becomes_member(id).await?;
        }
    }
    Ok(())
}

/// A moment of a member's, the same in every organisation.
fn moment(organisation: &Organisation<'_>, number: usize) -> Moment {
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
}

impl<'w> Importer<'w> {
    async fn new(organisation: Organisation<'w>) -> Result<Self> {
        found(&organisation).await?;
        Ok(Self {
            organisation,
            recorded: BTreeSet::new(),
            retracted: BTreeSet::new(),
            imports: Vec::new(),
            excluded: BTreeSet::new(),
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
                again: again.map(|n| interaction(&self.organisation, n)).collect(),
            }
        };
        let (again, new): (Vec<usize>, Vec<usize>) = file
            .iter()
            .partition(|number| self.recorded.contains(number));
        let mut events = vec![part(Vec::new()).into()];
        for number in new {
            let moment = moment(&self.organisation, number);
            events.push(recorded(interaction(&self.organisation, number), &moment));
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
            let author = moment(&self.organisation, number).participants[0].person;
            let id = interaction(&self.organisation, number);
            self.organisation.retracts(id, author).await?;
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
        let set = exclusion::Event::Set {
            member: somebody(&self.organisation, member),
            target: Target::Domain(domain.as_str().into()),
            excluded,
        };
        self.organisation.commit(vec![set.into()]).await.map(drop)
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
async fn figures(store: &Store, organisation: &Organisation<'_>) -> Result<Vec<String>> {
    let database = store.live().reading;
    let mut figures = Vec::new();
    for member in MEMBERS {
        let me = somebody(organisation, member);
        let asks = organisation.asks(me);
        for person in PEOPLE {
            let other = somebody(organisation, person);
            let tie = ties::find(&database, organisation.id, me, other).await?;
            let tie = tie.map(|own| (own.state, own.due));
            let seen = people::see(&database, &asks, other).await?.is_some();
            figures.push(format!("{member} {person}: {tie:?} {seen}"));
        }
        let timeline = interactions::list(&database, &asks, me, None, None, 999).await?;
        let numbers: Vec<u8> = timeline.iter().map(|seen| seen.row.id[1]).collect();
        figures.push(format!("{member}: {numbers:?}"));
    }
    Ok(figures)
}

#[tokio::test]
async fn imports_undone_repeated_retracted_and_excluded_in_any_order_leave_what_remains()
-> Result<()> {
    for seed in 0..seeds(4) {
        println!("seed {seed}");
        let world = World::new().await?;
        world.clock.set(day(TODAY));
        let mut dice = Dice(1_000 + seed);
        let mut ours = Importer::new(world.organisation(1).await?).await?;
        for _ in 0..25 {
            match dice.roll(8) {
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
        let mut plain = Importer::new(world.organisation(2).await?).await?;
        plain.imports(&ours.remaining()).await?;
        for (member, person) in ours.excluded.clone() {
            plain.excludes(member, person, true).await?;
        }
        for store in world.caught_up().await? {
            let (ours, plain) = (&ours.organisation, &plain.organisation);
            let expected = figures(store, plain).await?;
            assert_eq!(
                figures(store, ours).await?,
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
