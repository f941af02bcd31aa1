//! What moments are about: subjects and notes, by the manner of a tie.
//!
//! Warm and specific, and nothing about health, faith, politics, family or pay: a note may be read
//! aloud on a stage.

use kith_domain::interaction::Kind;

use super::Somebody;

/// Subjects and notes to choose from. `{given}` and `{company}` stand for whom they are about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    /// Subjects of mails and meetings.
    pub(super) subjects: &'static [&'static str],
    /// Private notes.
    pub(super) notes: &'static [&'static str],
}

/// How two people are in touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// They work on something together.
    Working,
    /// One learns from the other.
    Mentoring,
    /// They like to hear of each other.
    Friendly,
    /// They know each other from a conference.
    Distant,
    /// They are members both.
    Colleagues,
}

impl Manner {
    /// The kinds of contact to draw from, the likely ones more than once.
    pub(super) const fn kinds(self) -> &'static [Kind] {
        use Kind::{Call, Mail, Meeting, Message};
        match self {
            Self::Working => &[Mail, Mail, Mail, Mail, Mail, Call, Meeting, Message],
            Self::Mentoring => &[Call, Call, Call, Meeting, Meeting, Mail, Mail],
            Self::Friendly => &[Mail, Mail, Mail, Message, Message, Call, Call, Meeting],
            Self::Distant => &[Mail, Mail, Mail, Mail, Mail, Call],
            Self::Colleagues => &[Mail, Mail, Mail, Message, Message, Call],
        }
    }

    /// What they talk about.
    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Working => &WORKING,
            Self::Mentoring => &MENTORING,
            Self::Friendly => &FRIENDLY,
            Self::Distant => &DISTANT,
            Self::Colleagues => &COLLEAGUES,
        }
    }
}

const WORKING: Words = Words {
    subjects: &[
        "Site visit on Thursday",
        "Revised drawings",
        "Two questions about the survey",
        "Who brings the samples?",
        "Measurements from last week",
        "Draft for your comments",
        "Next steps with {company}",
        "Delivery of the test rig",
        "Open points before the review",
        "Minutes and three decisions",
    ],
    notes: &[
        "{given} found the mistake in our flow figures and was gracious about it.",
        "Wants drawings a day earlier, so that the workshop can ask questions.",
        "Agreed to test on the small quay first. {given} likes to see things run.",
        "{given} will ask the night shift what they would change. Good instinct.",
        "Likes short mails with one question. Calls back the same day.",
        "The new people at {company} start soon; {given} would like us to show them round.",
    ],
};

const MENTORING: Words = Words {
    subjects: &[
        "Our monthly hour",
        "What I tried since last time",
        "A book to bring",
        "Could I ask you about a decision?",
        "Notes from our talk",
        "The workshop you mentioned",
    ],
    notes: &[
        "{given}'s advice: ask what would make it easy to say no.",
        "Talked about handing work over well. {given} keeps a list of what only they know.",
        "{given} sketched the whole plan on a napkin; photographed it for the file.",
        "Next time: bring one thing that went wrong and what it taught us.",
        "{given} is writing about repair; offered to read a chapter.",
        "Good question from {given}: who will miss this when it is gone?",
    ],
};

const FRIENDLY: Words = Words {
    subjects: &[
        "Coffee when you are in town?",
        "Thought of you when I saw this",
        "How did the opening go?",
        "The photographs you asked for",
        "A talk you might like",
        "Greetings from the harbour",
        "News from {company}",
        "That bakery by the lock",
    ],
    notes: &[
        "{given} has taken up rowing and knows every bridge by its underside now.",
        "Walked along the quay. {given} collects pictures of old cranes.",
        "{given} moved to the new building at {company}; the view is all cranes and gulls.",
        "Recommended the small museum of pumps. Going there together some day.",
        "{given} makes the best lists of places to eat near railway stations.",
        "Told me how the reading circle at {company} began: with one shelf in a corridor.",
    ],
};

const DISTANT: Words = Words {
    subjects: &[
        "Good to meet you",
        "The slides I mentioned",
        "See you at the next one?",
        "Your question after the talk",
        "The link I promised",
        "Hello from the front row",
    ],
    notes: &[
        "{given} asked the best question of the afternoon.",
        "Sends slides within a day. Rare.",
        "Works on much the same puzzle at {company}; worth an hour when there is one.",
    ],
};

const COLLEAGUES: Words = Words {
    subjects: &[
        "Who has the key to the boathouse?",
        "Could you read this before it goes out?",
        "Van on Thursday",
        "Your photographs from the site",
        "Question for the Monday round",
        "Found the missing drawing",
        "Do you know somebody who knows about valves?",
    ],
    notes: &[
        "{given} has a better idea for the open day: fewer tables, more benches.",
        "{given} knows somebody there; ask before writing cold.",
        "Agreed that {given} takes the visit and I take the report.",
    ],
};

/// Notes of encounters at a gathering.
pub(super) const ENCOUNTERS: &[&str] = &[
    "In the queue for coffee. {given} builds {company}'s training days and wants ours to compare.",
    "Sat next to {given} in the session on reuse. Takes notes by hand, draws well.",
    "{given} stayed after the talk to ask about the tide meter. Send the drawing.",
    "Shared a tram with {given}. Knows everybody who ever mended a lock gate.",
    "{given} showed a picture of the yard at {company}: tidy beyond belief.",
    "Talked about what makes a good open day. {given}: tea, tools, and no speeches.",
    "Short talk at the poster. {given} would like to hear how the pilot ends.",
];

/// Notes of favours that a member gave.
pub(super) const GIVEN: &[&str] = &[
    "Read {given}'s draft overnight and sent comments.",
    "Lent {given} the sound meter for a week.",
    "Showed {given}'s new colleagues round the workshop.",
    "Helped {given} to find a speaker at short notice.",
    "Passed {given}'s vacancy on to three people who might know somebody.",
];

/// Notes of favours that a member received.
pub(super) const RECEIVED: &[&str] = &[
    "{given} lent us the drone for a morning.",
    "{given} checked our drawings before they went out.",
    "{given} opened {company}'s archive for us on a Friday afternoon.",
    "{given} translated the leaflet and made it better.",
    "{given} put in a word for us with the harbour office.",
];

/// `template` about `who`.
pub(super) fn told(template: &str, who: &Somebody) -> String {
    let given = who.name.split(' ').next().unwrap_or_default();
    template
        .replace("{given}", given)
        .replace("{company}", &who.company)
}
