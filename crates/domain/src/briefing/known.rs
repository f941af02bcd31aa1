//! What a briefing is made of: everything that its reader may see, looked up beforehand.

use crate::care::Word;
use crate::comfort::Pace;
use crate::date::Date;
use crate::fact;
use crate::id::{FactId, FollowUpId, GatheringId, InteractionId, PersonId, SessionId};
use crate::interaction;
use crate::tie::Band;

/// What a sentence rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A fact.
    Fact(FactId),
    /// A moment that was recorded.
    Interaction(InteractionId),
    /// A promise.
    FollowUp(FollowUpId),
    /// What the list of the gathering says of an attendee.
    Attendee(PersonId),
    /// A session of the gathering.
    Session(SessionId),
    /// A gathering.
    Gathering(GatheringId),
    /// Somebody's entry in the directory: where they work and worked.
    Entry(PersonId),
    /// The tie of a member and a person: the first of them is absent of one who does not show who they are.
    Tie(Option<PersonId>, PersonId),
    /// What the reader said of themselves.
    OwnWords,
}

/// A moment where the gathering is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime {
    /// The day.
    pub day: Date,
    /// Minutes since midnight.
    pub minute: u16,
}

/// The gathering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Which.
    pub id: GatheringId,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it begins.
    pub begins: LocalTime,
    /// When it ends.
    pub ends: LocalTime,
    /// Whether that has passed.
    pub is_over: bool,
    /// What it is about.
    pub topics: Vec<String>,
}

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub id: FactId,
    /// What it is about.
    pub kind: fact::Kind,
    /// The fact.
    pub text: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// Whether the reader noted it.
    pub is_mine: bool,
    /// Whether only the reader sees it.
    pub is_private: bool,
    /// The question that it answers.
    pub question: Option<String>,
}

/// What somebody in the directory needs, or offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Whether the reader knows them.
    pub is_known: bool,
    /// What.
    pub note: Note,
}

/// A day on which the reader is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub day: Date,
    /// From which minute of it on.
    pub from: u16,
    /// Until which.
    pub until: u16,
}

/// Whom the briefing is for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    /// The member.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What everybody may know of them.
    pub notes: Vec<Note>,
    /// Where they work and worked.
    pub companies: Vec<String>,
    /// How much of other people is welcome.
    pub pace: Pace,
    /// How they speak of themselves.
    pub own_words: Option<String>,
    /// The days on which they are there.
    pub days: Vec<Day>,
    /// What people of the directory need, as far as the reader sees it.
    pub needs: Vec<Wish>,
    /// What they offer.
    pub offers: Vec<Wish>,
}

/// The reader's tie with somebody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tie {
    /// Its band.
    pub band: Band,
    /// How deep it is: 0 to 100.
    pub depth: f64,
    /// Days since the last contact.
    pub silent_days: i64,
    /// Whether the reader marked it as important.
    pub is_important: bool,
    /// What the reader decided about it.
    pub care: Word,
}

/// The last conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talked {
    /// Which moment.
    pub id: InteractionId,
    /// What it was.
    pub kind: interaction::Kind,
    /// On which day.
    pub day: Date,
    /// What it was about.
    pub subject: Option<String>,
    /// What the reader noted.
    pub note: Option<String>,
}

/// Something promised, and not done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// Which.
    pub id: FollowUpId,
    /// Whether the reader promised it.
    pub is_mine: bool,
    /// What.
    pub text: Option<String>,
    /// By when.
    pub due: Date,
    /// Whether that has passed.
    pub is_overdue: bool,
}

/// A colleague who knows somebody, as far as they show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who, with their name; `None` of one who does not show who they are.
    pub member: Option<(PersonId, String)>,
    /// How well.
    pub band: Band,
    /// Whether they go to the gathering too.
    pub is_there: bool,
    /// Whom they know, with their name.
    pub person: (PersonId, String),
}

/// A gathering at which both were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Which.
    pub id: GatheringId,
    /// What it is called.
    pub name: String,
    /// When it began.
    pub day: Date,
}

/// A talk that somebody gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The session, if it is planned.
    pub session: Option<SessionId>,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub topics: Vec<String>,
    /// When it begins.
    pub begins: Option<LocalTime>,
    /// Where.
    pub room: Option<String>,
}

/// What is known of an attendee who is in the directory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The reader's tie with them, if there is one.
    pub tie: Option<Tie>,
    /// What is known of them.
    pub notes: Vec<Note>,
    /// What is promised between them and the reader.
    pub promises: Vec<Promised>,
    /// Which colleagues know them, those who know them best first.
    pub colleagues: Vec<Colleague>,
    /// Whom both know: id and name.
    pub mutual: Vec<(PersonId, String)>,
    /// The last conversation.
    pub last_talk: Option<Talked>,
    /// Where they work and worked.
    pub companies: Vec<String>,
    /// Gatherings at which both were, the last one first.
    pub visits: Vec<Visit>,
}

/// Somebody on the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Guest {
    /// Their id on the list.
    pub listed: PersonId,
    /// What they are called.
    pub name: String,
    /// Where they work.
    pub company: Option<String>,
    /// As what.
    pub title: Option<String>,
    /// What they come for.
    pub topics: Vec<String>,
    /// What they give.
    pub talks: Vec<Talk>,
    /// Who they are, if that is known.
    pub person: Option<Person>,
    /// Which colleagues know somebody where they work; of those who are in no directory.
    pub at_company: Vec<Colleague>,
}
