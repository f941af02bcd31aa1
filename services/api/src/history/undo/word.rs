//! The way back of what a member said of ties, of their pause, and of what they are comfortable with.

use kith_domain::care::{self, Tending, Word as CareWord};
use kith_domain::comfort::{self, Comfort};
use kith_domain::exclusion::{self, Exclusion};
use kith_domain::id::PersonId;
use kith_domain::pause::{self, Pause};
use kith_domain::sharing::{self, Level, Sharing, Target};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_eventlog::log::Position;
use kith_servicekit::failure::Failure;

use super::{Undoing, state};

impl Undoing<'_> {
    /// Whom a word is about, as its change named them.
    fn target(&self) -> Target {
        let subject = self.change.subject.as_str();
        let text = |text: &str| Text::Clear(text.to_owned());
        match (subject.strip_prefix('@'), subject.parse::<PersonId>()) {
            (Some(domain), _) => Target::Domain(text(domain)),
            (None, Ok(person)) => Target::Person(person),
            (None, Err(_)) => Target::Address(text(subject)),
        }
    }

    pub(super) async fn share_back(&self) -> Result<Position, Failure> {
        let before = self.before().and_then(|level| usize::try_from(level).ok());
        let command = sharing::Set {
            member: self.member,
            target: self.target(),
            level: before.and_then(Level::from_index),
        };
        let member = self.member.to_string();
        self.execute::<Sharing>(&self.request, &member, command, |full| {
            Failure::limit(full.to_string())
        })
        .await
    }

    pub(super) async fn exclude_back(&self) -> Result<Position, Failure> {
        let command = exclusion::Set {
            member: self.member,
            target: self.target(),
            excluded: self.before() == Some(1),
        };
        let member = self.member.to_string();
        self.execute::<Exclusion>(&self.request, &member, command, |full| {
            Failure::limit(full.to_string())
        })
        .await
    }

    pub(super) async fn care_back(&self) -> Result<Position, Failure> {
        let person: PersonId = self.subject()?;
        // As `own_change` keeps them: the word's number twice, and one more for the mark.
        let before = self.before().unwrap_or_default();
        let word = usize::try_from(before / 2)
            .ok()
            .and_then(CareWord::from_index);
        let command = care::Set {
            member: self.member,
            person,
            word: Some(word.unwrap_or_default()),
            important: Some(before % 2 == 1),
        };
        let id = care::id(self.member, person);
        self.execute::<Tending>(&self.request, &id, command, |never| match never {})
            .await
    }

    pub(super) async fn comfort_back(&self) -> Result<Position, Failure> {
        let revision = self.before().unwrap_or_default() as u32;
        let command = comfort::Change {
            member: self.member,
            to: comfort::To::TakeBack { revision },
        };
        let member = self.member.to_string();
        let refused = |refusal| match refusal {
            comfort::Error::Unknown => Failure::not_found("change"),
            comfort::Error::Changed => Failure::changed_meanwhile(),
        };
        self.execute::<Comfort>(&self.request, &member, command, refused)
            .await
    }

    pub(super) async fn pause_back(&self) -> Result<Position, Failure> {
        let at = self.request.received_at;
        let command = pause::Set {
            member: self.member,
            // One that has ended meanwhile is none.
            until: self.before().map(Timestamp).filter(|until| *until > at),
            at,
        };
        let member = self.member.to_string();
        self.execute::<Pause>(&self.request, &member, command, state)
            .await
    }
}
