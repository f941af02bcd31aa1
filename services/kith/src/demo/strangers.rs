//! Those whom Ana met yesterday, was introduced to, or does not know yet.

use kith_domain::interaction::Kind;

use super::faces::Face;
use super::words::Words;

/// They and Ana have no common words yet.
const NONE_YET: Words = Words {
    subjects: &[],
    notes: &[],
};

/// In the order of the places in [`faces`](super::faces), after the friends.
pub(super) const STRANGERS: [Face; 6] = [
    Face {
        name: "Lucía Navarrete",
        title: "Night Operations Manager",
        company: "Porto Claro Terminals",
        domain: "portoclaro-terminals",
        tags: &["ports"],
        words: NONE_YET,
        last: Some((
            Kind::Encounter,
            None,
            "Runs the night desk and is proud of how calm it is. Would show the terminal after dark to anyone who asks nicely.",
        )),
    },
    Face {
        name: "Oskar Lindahl",
        title: "Head of Reuse",
        company: "Norrvik kommun",
        domain: "norrvik",
        tags: &["towns", "reuse"],
        words: NONE_YET,
        last: Some((
            Kind::Encounter,
            None,
            "Norrvik has turned a bus depot into a reuse hall, half of it still empty. Cycles everywhere, even here.",
        )),
    },
    Face {
        name: "Thandiwe Mokoena",
        title: "Portfolio Manager",
        company: "Kestrel Fund",
        domain: "kestrel",
        tags: &["funding"],
        words: NONE_YET,
        last: Some((
            Kind::Encounter,
            None,
            "Asked what we would do again without a grant. Best question of the day; answer it properly.",
        )),
    },
    Face {
        name: "Bilal Aydın",
        title: "Founder",
        company: "Olive & Anchor",
        domain: "oliveanchor",
        tags: &["food"],
        words: NONE_YET,
        last: Some((
            Kind::Encounter,
            None,
            "Cooked for the whole conference from one container kitchen. Wants to hear how Salthaven licenses theirs.",
        )),
    },
    Face {
        name: "Saoirse Keane",
        title: "Workshop Lead",
        company: "Ironbark Tools",
        domain: "ironbark",
        tags: &["making"],
        words: NONE_YET,
        last: Some((
            Kind::Mail,
            Some("Benches, moulds and a thank you"),
            "Has benches to spare and apprentices who want to learn moulds.",
        )),
    },
    Face {
        name: "Vikram Malhotra",
        title: "Head of Grants",
        company: "Banyan Trust",
        domain: "banyan",
        tags: &["funding"],
        words: NONE_YET,
        last: None,
    },
];
