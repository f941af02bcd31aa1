//! What is known of people, each from somebody who knows them.

use kith_domain::fact::Kind;

use super::Fact;
use super::diary::{Acquaintance, Pair};
use super::dice::{Dice, Stream};
use super::directory::{ME, World, crowd, face};
use super::faces;
use super::topics::{SOURCES, TOPICS};

/// From so many shared moments on a member knows somebody well enough to note something.
const KNOWN_WELL: usize = 4;

/// Facts of the faces: (face, kind, text, source). What a fading friend needs, somebody new offers.
const FACES_FACTS: [(usize, Kind, &str, &str); 16] = [
    (
        faces::STRONG[0],
        Kind::Need,
        "Needs a hall to keep two dozen used heat exchangers until they find a second home.",
        "on the phone, after the pilot street",
    ),
    (
        faces::NEW[1],
        Kind::Offer,
        "Has half a reuse hall empty: room for large used parts such as heat exchangers.",
        "told me at Tidelines",
    ),
    (
        faces::FADING[0],
        Kind::Need,
        "Looks for noise measurements from a working quay.",
        "in our last weekly call",
    ),
    (
        faces::PROMISED,
        Kind::Offer,
        "Shares five years of noise measurements from a working quay.",
        "showed me the files on a visit",
    ),
    (
        faces::FADING[1],
        Kind::Need,
        "Needs a port that lets a writer in after dark, for her series on harbours at night.",
        "told me over coffee by the lock",
    ),
    (
        faces::NEW[0],
        Kind::Offer,
        "Shows the terminal after dark to a writer or two: harbours at night are her pride.",
        "told me at Tidelines",
    ),
    (
        faces::FADING[2],
        Kind::Need,
        "Looks for a workshop that will use forty years of boat moulds.",
        "in our monthly hour",
    ),
    (
        faces::INTRODUCED,
        Kind::Offer,
        "Has benches to spare and apprentices who want to work with moulds.",
        "from her first mail",
    ),
    (
        faces::ARRIVING,
        Kind::Need,
        "Needs a bench and a bed for two visiting tutors, for a week.",
        "asked me in a message",
    ),
    (
        faces::STRONG[1],
        Kind::Expertise,
        "Knows how to try something on a night shift without anyone losing a minute.",
        "seen on the yard",
    ),
    (
        faces::STRONG[1],
        Kind::Interest,
        "Reads everything about quiet machines.",
        "told me on the Monday walk",
    ),
    (
        faces::STRONG[2],
        Kind::Offer,
        "Lends the old boathouse for an evening to people who bring their own chairs.",
        "after the opening night",
    ),
    (
        faces::STRONG[2],
        Kind::Interest,
        "Interested in stairs, the steeper the better.",
        "drew one while we talked",
    ),
    (
        faces::FADING[2],
        Kind::Expertise,
        "Builds skiffs by eye and can say why each line is where it is.",
        "watched him in the workshop",
    ),
    (
        faces::NEW[2],
        Kind::Interest,
        "Wants to hear what people would do again without a grant.",
        "asked me at Tidelines",
    ),
    (
        faces::NEW[3],
        Kind::Need,
        "Wants to know how other towns license container kitchens.",
        "told me at Tidelines, over lentils",
    ),
];

/// Every fact: those of the faces, noted by Ana, then a need, an offer, an expertise and an interest
/// for each topic, of four different people.
pub(super) fn noted(world: &World, acquaintance: &Acquaintance) -> Vec<Fact> {
    let mut dice = world.dice(Stream::Facts);
    let own = FACES_FACTS.map(|(number, kind, text, source)| Fact {
        person: face(number),
        author: ME,
        kind,
        text: text.to_owned(),
        source: source.to_owned(),
    });
    let mut facts = own.to_vec();
    let mut known = well_known(acquaintance);
    for topic in &TOPICS {
        let four = [
            (Kind::Need, topic.need),
            (Kind::Offer, topic.offer),
            (Kind::Expertise, topic.expertise),
            (Kind::Interest, topic.interest),
        ];
        for (kind, text) in four {
            if let Some(Pair { member, person }) = drawn(&mut dice, &mut known) {
                facts.push(Fact {
                    person,
                    author: member,
                    kind,
                    text: text.to_owned(),
                    source: dice.pick(&SOURCES).to_owned(),
                });
            }
        }
    }
    facts
}

/// Members and people of the crowd whom they know well.
pub(super) fn well_known(acquaintance: &Acquaintance) -> Vec<Pair> {
    acquaintance
        .iter()
        .filter(|((_, person), moments)| **moments >= KNOWN_WELL && crowd().contains(person))
        .map(|((member, person), _)| Pair {
            member: *member,
            person: *person,
        })
        .collect()
}

/// One of `known`, whose person is not drawn again.
pub(super) fn drawn(dice: &mut Dice, known: &mut Vec<Pair>) -> Option<Pair> {
    let pair = *known.get(dice.below(known.len()))?;
    known.retain(|other| other.person != pair.person);
    Some(pair)
}
