//! Taking a change back: by the command that reverses it, decided by its own aggregate.

use kith_domain::aggregate::Aggregate;
use kith_domain::care::{self, Tending, Word as CareWord};
use kith_domain::event::{Event, NotThisKind};
use kith_domain::exclusion::{self, Exclusion};
use kith_domain::fact::{self, Life};
use kith_domain::followup::{self, FollowUp, Status, To};
use kith_domain::id::{FactId, FollowUpId, ImportId, InteractionId, PersonId};
use kith_domain::identity;
use kith_domain::import::{self, Import};
use kith_domain::interaction::{self, Interaction};
use kith_domain::pause::{self, Pause};
use kith_domain::person;
use kith_domain::sharing::{self, Level, Sharing, Target};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::undo::{Kind, Undone};
use kith_eventlog::ledger::Request;
use kith_eventlog::log::Position;
use kith_proto::kith::history::v1::{UndoChangeRequest, UndoChangeResponse};
use kith_readmodel::entity::{person as person_row, person_change};
use kith_readmodel::query::own_changes::{self, Change};
use kith_readmodel::query::people;
use kith_servicekit::failure::Failure;

use super::list;
use crate::Api;
use crate::caller::Caller;
use crate::directory::identity::refused as refused_identity;

pub(super) async fn undo(
    api: &Api,
    caller: &Caller,
    body: UndoChangeRequest,
) -> Result<UndoChangeResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "UndoChange", &body.request_id, &body);
    let wanted = change
        .fields
        .required_text("change_id", &body.change_id, 200);
    change.fields.finish()?;
    let position = list::position(caller, &wanted)
        .ok_or_else(|| Failure::invalid_field("change_id", "must be one of ListOwnChanges"))?;
    api.visible(caller, &body.min_position).await?;
    let live = api.live();
    let whose = (caller.principal.organisation, member);
    let found = own_changes::find(&live.reading, whose, position).await;
    let found = found
        .map_err(Failure::unavailable)?
        .ok_or_else(|| Failure::not_found("change"))?;
    let later = own_changes::is_changed_since(&live.reading, whose, &found).await;
    if later.map_err(Failure::unavailable)? {
        return Err(Failure::changed_meanwhile());
    }
    let undoing = Undoing {
        api,
        caller,
        member,
        request: change.request,
        change: found,
    };
    let done = undoing.run().await?;
    // Whoever asks for the next change to take back is not shown this one again.
    api.projected(done).await?;
    Ok(UndoChangeResponse {
        position: api.position_token(caller, done),
    })
}

/// A change on its way back.
struct Undoing<'a> {
    api: &'a Api,
    caller: &'a Caller,
    member: PersonId,
    request: Request,
    change: Change,
}

impl Undoing<'_> {
    async fn run(&self) -> Result<Position, Failure> {
        match self.change.kind {
            Kind::Recorded => self.retract().await,
            Kind::Corrected => self.correct_back().await,
            Kind::Retracted => self.restore().await,
            Kind::PersonEntered => self.take_out().await,
            Kind::PersonChanged => self.change_back().await,
            Kind::FactAdded => self.remove_fact(true).await,
            Kind::FactRemoved => self.remove_fact(false).await,
            Kind::Imported => self.undo_import(true).await,
            Kind::ImportUndone => self.undo_import(false).await,
            Kind::Promised => self.follow_up(To::Dismiss).await,
            Kind::Completed | Kind::Dismissed | Kind::Reopened => {
                let before = self.before().unwrap_or_default();
                let status = usize::try_from(before).ok().and_then(Status::from_index);
                let to = match status.unwrap_or_default() {
                    Status::Open => To::Reopen,
                    Status::Done => To::Complete,
                    Status::Dismissed => To::Dismiss,
                };
                self.follow_up(to).await
            }
            Kind::Snoozed => {
                let before = self.before().map(Timestamp);
                self.follow_up(To::Wake(before.unwrap_or_default())).await
            }
            Kind::Shared => self.share_back().await,
            Kind::Excluded => self.exclude_back().await,
            Kind::Cared => self.care_back().await,
            Kind::Paused => self.pause_back().await,
            Kind::Merged => self.identify(false).await,
            Kind::Unmerged => self.identify(true).await,
        }
    }

    fn before(&self) -> Option<i64> {
        self.change.before
    }

    fn subject<T: std::str::FromStr>(&self) -> Result<T, Failure> {
        let parsed = self.change.subject.parse();
        parsed.map_err(|_| Failure::not_found("change"))
    }

    /// Says in the same commit that it is no change of its own.
    fn marked(&self) -> Vec<Event> {
        let undone = Undone {
            change: self.change.position,
        };
        vec![undone.into()]
    }

    /// Has an aggregate decide what reverses the change.
    async fn execute<A>(
        &self,
        request: &Request,
        id: &str,
        command: A::Command,
        refused: impl FnOnce(A::Error) -> Failure,
    ) -> Result<Position, Failure>
    where
        A: Aggregate,
        A::Event: Into<Event> + TryFrom<Event, Error = NotThisKind>,
    {
        let beside = self.marked();
        let ledger = self.api.ledger();
        let done = ledger.execute::<A>(request, id, command, beside).await;
        let done = done.map_err(|error| Failure::from_execute(error, refused))?;
        Ok(done.position)
    }

    /// Each interaction is an aggregate of its own: so is what takes it back.
    async fn retract(&self) -> Result<Position, Failure> {
        let mut last = None;
        for row in &self.change.recorded {
            let id = InteractionId::from_slice(&row.id).unwrap_or_default();
            let mut request = self.request;
            request.commit = self.caller.keys.commit_about(request.commit, id);
            let command = interaction::Command::Retract {
                id,
                author: self.member,
                recorder: Some(self.member),
            };
            let name = id.to_string();
            let done = self.execute::<Interaction>(&request, &name, command, refused);
            last = Some(done.await?);
        }
        last.ok_or_else(|| Failure::not_found("change"))
    }

    /// What was in force until this change ended it, and who recorded it.
    async fn ended(&self, id: InteractionId) -> Result<own_changes::Ended, Failure> {
        let live = self.api.live();
        let organisation = self.caller.principal.organisation;
        let position = self.change.position;
        let ended = own_changes::ended(&live.reading, organisation, id, position).await;
        let ended = ended
            .map_err(Failure::unavailable)?
            .ok_or_else(|| Failure::not_found("change"))?;
        if ended.is_changed_since && !self.change.is_undone {
            return Err(Failure::changed_meanwhile());
        }
        Ok(ended)
    }

    async fn correct_back(&self) -> Result<Position, Failure> {
        let id: InteractionId = self.subject()?;
        let ended = self.ended(id).await?;
        let command = interaction::Command::Correct {
            id,
            author: self.member,
            recorder: ended.recorder,
            moment: ended.moment,
            received: self.request.received_at,
        };
        self.interaction(id, command).await
    }

    async fn restore(&self) -> Result<Position, Failure> {
        let id: InteractionId = self.subject()?;
        let ended = self.ended(id).await?;
        let command = interaction::Command::Restore {
            id,
            author: self.member,
            recorder: ended.recorder,
        };
        self.interaction(id, command).await
    }

    async fn interaction(
        &self,
        id: InteractionId,
        command: interaction::Command,
    ) -> Result<Position, Failure> {
        self.execute::<Interaction>(&self.request, &id.to_string(), command, refused)
            .await
    }

    /// The entry that the change is about.
    async fn entry(&self) -> Result<(PersonId, person_row::Model), Failure> {
        let id: PersonId = self.subject()?;
        let live = self.api.live();
        let row = people::entry(&live.reading, self.caller.principal.organisation, id).await;
        let row = row.map_err(Failure::unavailable)?;
        Ok((id, row.ok_or_else(|| Failure::not_found("person"))?))
    }

    async fn take_out(&self) -> Result<Position, Failure> {
        let (id, row) = self.entry().await?;
        let (live, organisation) = (self.api.live(), self.caller.principal.organisation);
        let position = self.change.position;
        let changed =
            own_changes::is_entry_changed_since(&live.reading, organisation, &row, position).await;
        if changed.map_err(Failure::unavailable)? {
            return Err(Failure::changed_meanwhile());
        }
        self.person(id, None, person::To::TakenOut).await
    }

    async fn change_back(&self) -> Result<Position, Failure> {
        let (id, row) = self.entry().await?;
        let (live, organisation) = (self.api.live(), self.caller.principal.organisation);
        let position = self.change.position;
        let fields = own_changes::fields(&live.reading, organisation, id, position).await;
        let fields = fields.map_err(Failure::unavailable)?;
        let is_changed = fields
            .iter()
            .any(|field| own_changes::is_field_changed(&row, field));
        let seen = if self.change.is_undone {
            // Sent again, it finds itself in the log; anything else is outdated by now.
            self.before()
        } else if is_changed {
            return Err(Failure::changed_meanwhile());
        } else {
            Some(row.version.into())
        };
        let seen = seen.and_then(|version| u32::try_from(version).ok());
        self.person(id, seen, person::To::Changed(reversed(fields)))
            .await
    }

    async fn person(
        &self,
        id: PersonId,
        seen: Option<u32>,
        to: person::To,
    ) -> Result<Position, Failure> {
        let command = person::Update { id, seen, to };
        let refused = |refusal| match refusal {
            person::Error::Changed => Failure::changed_meanwhile(),
            person::Error::TooMany | person::Error::Erased => state(refusal),
        };
        self.execute::<person::Person>(&self.request, &id.to_string(), command, refused)
            .await
    }

    /// Merges an entry again into whom it belonged to, or unmerges it.
    async fn identify(&self, merge: bool) -> Result<Position, Failure> {
        let gone: PersonId = self.subject()?;
        let command = if merge {
            let live = self.api.live();
            let organisation = self.caller.principal.organisation;
            let kept =
                own_changes::merged_into(&live.reading, organisation, gone, self.change.position);
            let kept = kept.await.map_err(Failure::unavailable)?;
            let kept = kept.ok_or_else(|| Failure::not_found("person"))?;
            identity::Command::Merge { kept, gone }
        } else {
            identity::Command::Unmerge { gone }
        };
        let ledger = self.api.ledger();
        let done = ledger.identify(&self.request, command, self.marked()).await;
        let done = done.map_err(|error| Failure::from_execute(error, refused_identity))?;
        if done.events.is_empty() {
            // Somebody else did it first.
            return Err(Failure::changed_meanwhile());
        }
        Ok(done.position)
    }

    async fn remove_fact(&self, removed: bool) -> Result<Position, Failure> {
        let id: FactId = self.subject()?;
        let command = fact::Remove {
            id,
            by: self.member,
            author: self.member,
            removed,
        };
        self.execute::<Life>(&self.request, &id.to_string(), command, state)
            .await
    }

    async fn undo_import(&self, undone: bool) -> Result<Position, Failure> {
        let id: ImportId = self.subject()?;
        let command = import::Undo {
            id,
            by: Some(self.member),
            owner: Some(self.member),
            undone,
        };
        self.execute::<Import>(&self.request, &id.to_string(), command, state)
            .await
    }

    async fn follow_up(&self, to: To) -> Result<Position, Failure> {
        let id: FollowUpId = self.subject()?;
        let command = followup::Change {
            id,
            to,
            at: self.request.received_at,
        };
        self.execute::<FollowUp>(&self.request, &id.to_string(), command, state)
            .await
    }

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

    async fn share_back(&self) -> Result<Position, Failure> {
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

    async fn exclude_back(&self) -> Result<Position, Failure> {
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

    async fn care_back(&self) -> Result<Position, Failure> {
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

    async fn pause_back(&self) -> Result<Position, Failure> {
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

fn refused(refusal: interaction::Error) -> Failure {
    match refusal {
        interaction::Error::NotTheRecorder => Failure::not_yours("interaction"),
        interaction::Error::Retracted | interaction::Error::Invalid(_) => state(refusal),
    }
}

fn state(refusal: impl std::error::Error) -> Failure {
    Failure::state(refusal.to_string())
}

/// The change that makes of an entry what it was.
fn reversed(fields: Vec<person_change::Model>) -> person::Change {
    let list = |lines: Option<String>| {
        let lines = lines.unwrap_or_default();
        Some(lines.lines().map(Text::from).collect())
    };
    let mut change = person::Change::default();
    for field in fields {
        let text = field.before.clone().map(Text::Clear);
        match field.field.as_str() {
            "name" => change.name = Some(text),
            "company" => change.company = Some(text),
            "title" => change.title = Some(text),
            "addresses" => change.addresses = list(field.before),
            "tags" => change.tags = list(field.before),
            _ => {}
        }
    }
    change
}
