//! Taking a change back: by the command that reverses it, decided by its own aggregate.

use kith_domain::access::Role;
use kith_domain::aggregate::Aggregate;
use kith_domain::event::{Event, NotThisKind};
use kith_domain::fact::{self, Life};
use kith_domain::followup::{self, FollowUp, Status, To};
use kith_domain::gathering::{self, Gathering};
use kith_domain::id::{FactId, FollowUpId, GatheringId, ImportId, InteractionId, PersonId};
use kith_domain::import::{self, Import};
use kith_domain::interaction::{self, Interaction};
use kith_domain::time::Timestamp;
use kith_domain::undo::{Kind, Undone};
use kith_eventlog::ledger::Request;
use kith_eventlog::log::Position;
use kith_proto::kith::error::v1::ErrorReason;
use kith_proto::kith::history::v1::{UndoChangeRequest, UndoChangeResponse};
use kith_readmodel::query::own_changes::{self, Change};
use kith_servicekit::failure::Failure;

mod encountered;
mod entry;
mod imported;
mod word;

pub(crate) use imported::taken_back;

use super::list;
use crate::Api;
use crate::caller::Caller;

pub(super) async fn undo(
    api: &Api,
    caller: &Caller,
    body: UndoChangeRequest,
) -> Result<UndoChangeResponse, Failure> {
    let member = caller.member()?;
    // Whoever may read alone has nothing to take back.
    caller.must_be(&[Role::Member, Role::Admin])?;
    let mut change = api.change(caller, "UndoChange", &body.request_id, &body);
    let wanted = change
        .fields
        .required_text("change_id", &body.change_id, 200);
    change.fields.finish()?;
    let place = list::place_of(api, caller, &wanted)?;
    api.visible(caller, &body.min_position).await?;
    // What was changed since is seen by the rows up to here, and by the log from here on.
    let seen = api.settled(caller).await?;
    let live = api.live();
    let whose = (caller.principal.organisation, member);
    let found = own_changes::find(&live.reading, whose, place).await;
    let found = found
        .map_err(Failure::unavailable)?
        .ok_or_else(|| Failure::not_found("change"))?;
    let later = own_changes::is_changed_since(&live.reading, whose, &found).await;
    let later = later.map_err(Failure::unavailable)?;
    // Nothing but this very request may have taken it back already.
    let only_again = found.is_undone || later;
    let undoing = Undoing {
        api,
        caller,
        member,
        request: change.request,
        change: found,
        is_of_import: false,
        seen: if only_again { 0 } else { seen },
    };
    let done = undoing.run().await.map_err(|failure| {
        if later && failure.reason() == ErrorReason::ChangedMeanwhile {
            changed_by_yourself()
        } else {
            failure
        }
    })?;
    // Whoever asks for the next change to take back is not shown this one again. It is done all the same if
    // that takes longer.
    let _ = api.projected(done).await;
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
    /// Whether it is a part of an import, which is taken back as a whole.
    is_of_import: bool,
    /// Up to where in the log it is known that nothing stands in the way.
    seen: u64,
}

fn changed_by_yourself() -> Failure {
    Failure::new(
        ErrorReason::ChangedMeanwhile,
        "you changed the same thing since: take that back first; the list of your changes shows it",
    )
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
            Kind::ComfortSet => self.comfort_back().await,
            Kind::Encountered => self.unmeet().await,
            Kind::Merged => self.identify(false).await,
            Kind::Unmerged => self.identify(true).await,
            Kind::Gathered | Kind::Scheduled | Kind::Going | Kind::Listed | Kind::Answered => {
                self.gathering_back().await
            }
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
        let whole = (!self.is_of_import).then_some(self.change.position);
        let undone = Undone {
            change: whole.unwrap_or_default(),
        };
        vec![undone.into()]
    }

    /// Has an aggregate decide what reverses the change. Where nothing is left to reverse, it is marked all
    /// the same: it is in nobody's way any more.
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
        let (beside, seen) = (self.marked(), self.seen);
        let ledger = self.api.ledger();
        let done = ledger.execute_seen::<A>(request, id, command, beside, seen);
        let done = done
            .await
            .map_err(|error| Failure::from_execute(error, refused))?;
        if !done.events.is_empty() {
            return Ok(done.position);
        }
        let marked = ledger.record(request, self.marked()).await?;
        Ok(marked.position)
    }

    /// The request that takes one part of the change back.
    fn about(&self, id: &[u8; 16]) -> Request {
        let mut request = self.request;
        request.commit = self.caller.keys.commit_about(request.commit, id);
        request
    }

    async fn retract_one(&self, id: InteractionId) -> Result<Position, Failure> {
        let command = interaction::Command::Retract {
            id,
            author: self.member,
            recorder: Some(self.member),
        };
        let (request, name) = (self.about(id.as_bytes()), id.to_string());
        self.execute::<Interaction>(&request, &name, command, refused)
            .await
    }

    /// Each interaction is an aggregate of its own: so is what takes it back.
    async fn retract(&self) -> Result<Position, Failure> {
        let mut last = None;
        for row in &self.change.recorded {
            let id = InteractionId::from_slice(&row.id).unwrap_or_default();
            last = Some(self.retract_one(id).await?);
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
        if self.change.is_undone {
            // Sent again: what was made since is not its business.
        } else if undone {
            taken_back(self.api, self.caller, self.member, self.request, id).await?;
        } else {
            imported::must_have_no_entries(self.api, self.caller, id).await?;
        }
        let command = import::Undo {
            id,
            by: Some(self.member),
            owner: Some(self.member),
            undone,
        };
        self.execute::<Import>(&self.request, &id.to_string(), command, state)
            .await
    }

    /// A gathering knows what its entries were before, and whether one was changed since.
    async fn gathering_back(&self) -> Result<Position, Failure> {
        let gathering: GatheringId = self.subject()?;
        let revision = self.before().unwrap_or_default() as u32;
        let to = gathering::To::TakeBack { revision };
        let command = gathering::Change { gathering, to };
        let refused = |refusal| crate::gathering::refused(&refusal);
        self.execute::<Gathering>(&self.request, &gathering.to_string(), command, refused)
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
