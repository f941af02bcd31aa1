//! Gatherings with their lists: those of the past, to which Ana's colleagues went too, and the one of next week, for
//! which `kith briefing` prepares her.

use kith_domain::fact::Kind;
use kith_domain::time::{DAY, HOUR, MINUTE, Timestamp};

use super::Fact;
use super::calendar::{Calendar, Day};
use super::dice::{Dice, Stream};
use super::directory::{ME, MEMBERS, World, crowd, face};
use super::faces;

/// A gathering as an organiser announces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meetup {
    /// What it is called.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) place: String,
    /// When it begins.
    pub(crate) begins: Timestamp,
    /// When it ends.
    pub(crate) ends: Timestamp,
    /// What it is about.
    pub(crate) topics: Vec<String>,
    /// Members who go.
    pub(crate) members: Vec<usize>,
    /// Who else comes.
    pub(crate) guests: Vec<Guest>,
    /// What takes place.
    pub(crate) sessions: Vec<Session>,
}

/// A line of its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guest {
    /// Their name, as on a badge.
    pub(crate) name: String,
    /// Where they work.
    pub(crate) company: String,
    /// As what; empty where the list does not say.
    pub(crate) title: String,
    /// Their address; empty where the list does not say.
    pub(crate) address: String,
    /// What they come for.
    pub(crate) topics: Vec<String>,
}

/// A talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// What it is called.
    pub(crate) title: String,
    /// In which room.
    pub(crate) room: String,
    /// When it begins.
    pub(crate) begins: Timestamp,
    /// The guest who speaks, by their place on the list.
    pub(crate) speaker: usize,
}

/// How many days from today the next one begins.
const AHEAD: Day = 6;
/// How many people of the crowd come to it.
const CROWD: usize = 70;

/// Faces who come, and whom Ana meets there.
const FACES: [usize; 9] = [
    faces::STRONG[0],
    faces::STRONG[2],
    faces::FADING[0],
    faces::FADING[1],
    faces::FADING[2],
    faces::PROMISED,
    faces::NEW[1],
    faces::NEW[3],
    faces::DOOR,
];

/// Talks: who speaks (a place in [`FACES`]), the title, the room, the hour of which day.
const TALKS: [(usize, &str, &str, (Day, i64)); 5] = [
    (
        0,
        "Heat pumps in streets that were never asked",
        "Sail loft",
        (0, 10),
    ),
    (
        2,
        "Noise measurements from a working quay",
        "Rope hall",
        (0, 11),
    ),
    (
        6,
        "A reuse hall in a bus depot: what fits and what does not",
        "Sail loft",
        (0, 14),
    ),
    (
        7,
        "Container kitchens and the rules that let them cook",
        "Rope hall",
        (1, 10),
    ),
    (8, "Grants that end well", "Sail loft", (1, 14)),
];

/// Those whom nobody knows: name, title, company, what they come for.
const UNKNOWN: [(&str, &str, &str, &str); 8] = [
    (
        "Ottilie Brandvold",
        "Reuse Adviser",
        "Havnelab",
        "reuse of ship interiors",
    ),
    ("Cosimo Ferrante", "Conservator", "Museo delle Chiatte", ""),
    ("Amadou Sarr", "Founder", "Pirogue Works", "boat moulds"),
    (
        "Greta Lindmark",
        "Noise Officer",
        "Norrvik kommun",
        "harbour noise at night",
    ),
    ("Pilar Etxeberria", "Editor", "Marea", ""),
    (
        "Hiroto Aizawa",
        "Sensor Engineer",
        "Tide & Sons",
        "tide data",
    ),
    (
        "Maeve Corrigan",
        "Workshop Tutor",
        "Ironbark Tools",
        "apprenticeships in repair",
    ),
    ("Jonas Weidemann", "Town Engineer", "Stadt Elmhafen", ""),
];

/// What members are good at, offer and care about: (member, kind, text), noted by the next one.
const OF_MEMBERS: [(usize, Kind, &str); 22] = [
    (
        0,
        Kind::Expertise,
        "Brings harbour towns and makers together before anybody writes a plan.",
    ),
    (
        0,
        Kind::Expertise,
        "Knows which halls on the coast stand empty and whom to ask for the key.",
    ),
    (
        0,
        Kind::Expertise,
        "Runs repair evenings to which three hundred people come.",
    ),
    (
        0,
        Kind::Offer,
        "Introduces repair workshops to ports that throw good parts away.",
    ),
    (
        0,
        Kind::Offer,
        "Finds second homes for heat exchangers and other large used parts.",
    ),
    (0, Kind::Interest, "Collects stories of harbours at night."),
    (
        0,
        Kind::Interest,
        "Follows every measurement of noise in working harbours.",
    ),
    (1, Kind::Expertise, "Plans shore power for small harbours."),
    (
        1,
        Kind::Offer,
        "Checks bids on heat pumps for towns, a few a month.",
    ),
    (
        2,
        Kind::Expertise,
        "Leads programmes that outlive their grants.",
    ),
    (
        3,
        Kind::Expertise,
        "Knows timber roofs and can say which beams can stay.",
    ),
    (
        4,
        Kind::Expertise,
        "Designs counters where things are mended while people wait.",
    ),
    (
        5,
        Kind::Expertise,
        "Draws harbour plans that leave room for workshops.",
    ),
    (5, Kind::Interest, "Interested in tide mills."),
    (
        6,
        Kind::Expertise,
        "Builds maps of tide data that a harbour master trusts.",
    ),
    (
        6,
        Kind::Offer,
        "Shares cleaned tide data with anybody who asks.",
    ),
    (
        7,
        Kind::Expertise,
        "Reads grant calls and can tell which ones to leave alone.",
    ),
    (
        8,
        Kind::Expertise,
        "Runs a workshop in which apprentices teach each other.",
    ),
    (
        8,
        Kind::Offer,
        "Has two benches for visiting boat builders.",
    ),
    (
        9,
        Kind::Expertise,
        "Edits reports until people read them to the end.",
    ),
    (10, Kind::Expertise, "Designs quays on which things grow."),
    (11, Kind::Expertise, "Trains tutors for repair courses."),
];

/// What is known of members.
pub(super) fn of_members() -> impl Iterator<Item = Fact> {
    OF_MEMBERS.into_iter().map(|(person, kind, text)| Fact {
        person,
        author: (person + 1) % MEMBERS,
        kind,
        text: text.to_owned(),
        source: "our Monday round".to_owned(),
    })
}

/// All gatherings, oldest first; the last one is ahead.
pub(super) fn all(world: &World) -> Vec<Meetup> {
    let mut all: Vec<Meetup> = world
        .gatherings
        .iter()
        .map(|one| one.announced(world))
        .collect();
    all.push(next(world));
    all
}

/// A line of somebody whom the directory knows.
pub(super) fn guest(world: &World, person: usize, has_address: bool) -> Guest {
    let somebody = &world.everybody[person];
    Guest {
        name: somebody.name.clone(),
        company: somebody.company.clone(),
        title: somebody.title.clone(),
        address: if has_address {
            somebody.address.clone()
        } else {
            String::new()
        },
        topics: vec![],
    }
}

fn next(world: &World) -> Meetup {
    let mut dice = Dice::new(world.seed, Stream::Conference);
    let first = world.calendar.today + AHEAD;
    let at = |day: Day, hour: i64| Timestamp((first + day) * DAY + hour * HOUR);
    let mut guests: Vec<Guest> = FACES
        .iter()
        .map(|number| guest(world, face(*number), true))
        .collect();
    let everybody: Vec<usize> = crowd().collect();
    for person in dice.some(&everybody, CROWD) {
        // Lists leave out what they like.
        guests.push(guest(world, person, dice.chance(70)));
    }
    guests.extend(UNKNOWN.into_iter().map(|(name, title, company, topic)| {
        Guest {
            name: name.to_owned(),
            company: company.to_owned(),
            title: title.to_owned(),
            address: String::new(),
            topics: Some(topic.to_owned())
                .into_iter()
                .filter(|topic| !topic.is_empty())
                .collect(),
        }
    }));
    let sessions = TALKS
        .iter()
        .map(|(speaker, title, room, (day, hour))| Session {
            title: (*title).to_owned(),
            room: (*room).to_owned(),
            begins: at(*day, *hour),
            speaker: *speaker,
        });
    Meetup {
        name: format!("Repair Week {}", Calendar::year(first)),
        place: "Salthaven".to_owned(),
        begins: at(0, 9),
        ends: Timestamp((first + 1) * DAY + 17 * HOUR + 30 * MINUTE),
        topics: ["repair", "reuse of building parts", "working harbours"]
            .map(ToOwned::to_owned)
            .to_vec(),
        members: (0..MEMBERS)
            .filter(|member| *member == ME || dice.chance(45))
            .collect(),
        guests,
        sessions: sessions.collect(),
    }
}
