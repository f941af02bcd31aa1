//! Those whom Ana knows well: three strong, three fading, two whom she promised something,
//! and one of whom she has not heard for a week.

use kith_domain::interaction::Kind;

use super::faces::Face;
use super::words::Words;

/// In the order of the places in [`faces`](super::faces).
pub(super) const FRIENDS: [Face; 9] = [
    Face {
        name: "Ingrid Solheim",
        title: "Head of Heat Networks",
        company: "Fjordlys Energi",
        domain: "fjordlys",
        tags: &["energy", "partner", "pilot street"],
        words: Words {
            subjects: &[
                "Pilot street: flow temperatures",
                "Old heat exchangers",
                "Numbers for the open day",
                "Visit to the pump house",
                "Draft for the council",
            ],
            notes: &[
                "Laughed about the pump that only sulks when it rains.",
                "Prefers calls before nine; mails pile up on her side.",
                "Will speak at our open day. Asked for ten minutes, not thirty.",
            ],
        },
        last: Some((
            Kind::Call,
            None,
            "The pilot street is warm: fourteen houses on the new loop. Next: a place to keep the old heat exchangers.",
        )),
    },
    Face {
        name: "Kwame Boateng",
        title: "Director of Operations",
        company: "Volta Bridge Logistics",
        domain: "voltabridge",
        tags: &["ports", "partner", "quiet cranes"],
        words: Words {
            subjects: &[
                "Electric yard tractors",
                "Night shift pilot",
                "Crane noise, week by week",
                "Photographs from the yard",
                "Who drives on Monday?",
            ],
            notes: &[
                "Walks the yard at six every Monday and knows every driver by name.",
                "Would rather try it for a week than discuss it for a month.",
                "Lent us two drivers for the test; bring them the first copy of the report.",
            ],
        },
        last: Some((
            Kind::Meeting,
            Some("Yard tractors: what we learnt"),
            "Three months of tractor data on one page. He asked for the story behind the dip in week nine.",
        )),
    },
    Face {
        name: "Chiara Bellandi",
        title: "Founder",
        company: "Studio Arcata",
        domain: "arcata",
        tags: &["building", "reuse", "speaker"],
        words: Words {
            subjects: &[
                "Catalogue of reclaimed beams",
                "Exhibition in the old boathouse",
                "Your sketch of the stairs",
                "Beams: second round of tests",
                "Opening night",
            ],
            notes: &[
                "Draws while she talks; ask for the sheet at the end.",
                "Looking for a second pair of eyes on the catalogue. Offered ours.",
                "Her rule: a beam needs a story and a stamp, in this order.",
            ],
        },
        last: Some((
            Kind::Call,
            None,
            "The catalogue goes to print. She would like Ana to write the first page.",
        )),
    },
    Face {
        name: "Tomás Herrera",
        title: "Port Planner",
        company: "Brisamar Logística",
        domain: "brisamar",
        tags: &["ports", "shore power"],
        words: Words {
            subjects: &[
                "Shore power: berth plan",
                "Questions from the terminal",
                "Cable routes, third version",
                "Weekly call",
            ],
            notes: &[
                "Thinks in berths and tides; send him maps, not tables.",
                "Knows who to ask in every harbour office along the coast.",
            ],
        },
        last: Some((
            Kind::Call,
            None,
            "Berth plan accepted, weekly calls are over. He is now after noise measurements from a working quay; ask around.",
        )),
    },
    Face {
        name: "Farida Haddad",
        title: "Features Editor",
        company: "The Quay Review",
        domain: "quayreview",
        tags: &["press"],
        words: Words {
            subjects: &[
                "Pitch: the last rope maker",
                "Fact check before Friday",
                "Your column",
                "A photographer for the boathouse",
            ],
            notes: &[
                "Cuts every text by a third, and it is better every time.",
                "Wants stories with hands in them.",
            ],
        },
        last: Some((
            Kind::Meeting,
            Some("Coffee by the lock"),
            "Her series on harbours at night needs a port that lets a writer in after dark.",
        )),
    },
    Face {
        name: "Haruto Morikawa",
        title: "Master Boatbuilder",
        company: "Monozukuri Bench",
        domain: "monozukuri",
        tags: &["making", "mentor"],
        words: Words {
            subjects: &[
                "Our monthly hour",
                "The adze you asked about",
                "Drawings of the skiff",
            ],
            notes: &[
                "Says little on the phone and everything in the workshop.",
                "Taught me to leave a mark where I was unsure, so that the next one looks twice.",
            ],
        },
        last: Some((
            Kind::Call,
            None,
            "Clearing the loft: forty years of boat moulds look for a workshop that will use them.",
        )),
    },
    Face {
        name: "Jun Watanabe",
        title: "Terminal Engineer",
        company: "Kurohama Shipping",
        domain: "kurohama",
        tags: &["ports", "partner"],
        words: Words {
            subjects: &[
                "Permit for the quay",
                "Sound meters",
                "Berth four",
                "Lifting plan",
            ],
            notes: &[
                "Keeps five years of sound measurements and is glad when somebody asks.",
                "Answers at night, his time; be brief and number the questions.",
            ],
        },
        last: Some((
            Kind::Call,
            None,
            "Promised him our permit checklist for the Salthaven quay: his inspection is near.",
        )),
    },
    Face {
        name: "Amara Diallo",
        title: "Head of Short Courses",
        company: "Rift Valley School of Repair",
        domain: "riftrepair",
        tags: &["learning", "open day"],
        words: Words {
            subjects: &[
                "Course on pumps",
                "Exchange of tutors",
                "Tool library",
                "Two dates",
            ],
            notes: &[
                "Her students repair the village pumps as their final piece.",
                "Would send two tutors for a week if we find them a bench.",
            ],
        },
        last: Some((
            Kind::Message,
            None,
            "Asked which of two dates suits us for the tutors' week.",
        )),
    },
    Face {
        name: "Gwen Tregarth",
        title: "Harbour Master",
        company: "Salthaven Port Trust",
        domain: "salthaven-port",
        tags: &["ports", "partner"],
        words: Words {
            subjects: &[
                "Tides and visitors",
                "Berths for the open day",
                "Pilot boat",
                "Week ahead",
            ],
            notes: &[
                "Reads the weather off the flags across the water and is never wrong.",
                "Knows every boat by its engine. Ask her about the old lightship.",
            ],
        },
        last: Some((
            Kind::Call,
            None,
            "Keeps two berths for our open day. Will say next week which ones.",
        )),
    },
];
