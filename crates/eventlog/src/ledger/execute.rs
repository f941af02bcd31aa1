//! Executing commands: read, fold, decide, append, and again when somebody else was faster.

use futures::TryStreamExt;
use kith_domain::aggregate::Aggregate;
use kith_domain::event::{Event, NotThisKind};
use kith_domain::id::CommitId;
use kith_domain::identity::{self, Identity};

use super::{Ledger, LedgerError, Request};
use crate::log::{AppendError, Expected, Filter, Position, Subject};
use crate::sealing::Held;

/// How often a command is decided anew before its caller is told to try later.
const ATTEMPTS: usize = 3;

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed<E> {
    /// Where it is in the log: its own commit, or the last one of the subject when nothing was left
    /// to do.
    pub position: Position,
    /// What was decided, now or when the request first arrived; empty when nothing was left to do.
    pub events: Vec<E>,
}

/// Why a command was not executed.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<E: std::error::Error + 'static> {
    /// The aggregate refused it.
    #[error(transparent)]
    Refused(E),
    /// The subject was changed after its caller looked at it.
    #[error("the subject was changed meanwhile")]
    Moved,
    /// Others kept changing the subject; try again.
    #[error("the subject is being changed by others")]
    Contended,
    /// The log or the vault did not do its part.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The subject's past can't be read.
    #[error("the past of the subject can not be read")]
    Unreadable(kith_proto::event::DecodeError),
}

/// The past of one subject.
struct Past<A: Aggregate> {
    state: A::State,
    last: Option<u64>,
    /// This very request, if it was executed before: where, its fingerprint, and its events.
    before: Option<(u64, [u8; 16], Vec<A::Event>)>,
}

impl Ledger {
    /// Executes `command` of the aggregate with this id. `beside` are creations that belong into
    /// the same commit, for example the person of a new member.
    pub async fn execute<A>(
        &self,
        request: &Request,
        id: &str,
        command: A::Command,
        beside: Vec<Event>,
    ) -> Result<Executed<A::Event>, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Command: Clone,
        A::Event: Into<Event> + TryFrom<Event, Error = NotThisKind>,
    {
        let subject = Subject::aggregate::<A>(request.shard, request.organisation, id);
        self.execute_on::<A>(request, &subject, command, beside, None)
            .await
    }

    /// The same, but only if the subject has no commit after `seen`: for whoever decided by what the rows
    /// said then. Sent again, it is answered what was recorded.
    pub async fn execute_seen<A>(
        &self,
        request: &Request,
        id: &str,
        command: A::Command,
        beside: Vec<Event>,
        seen: u64,
    ) -> Result<Executed<A::Event>, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Command: Clone,
        A::Event: Into<Event> + TryFrom<Event, Error = NotThisKind>,
    {
        let subject = Subject::aggregate::<A>(request.shard, request.organisation, id);
        self.execute_on::<A>(request, &subject, command, beside, Some(seen))
            .await
    }

    /// Executes a command about who is one person: all such commands of an organisation are decided one
    /// after another. `seen` as for [`execute_seen`](Self::execute_seen).
    pub async fn identify(
        &self,
        request: &Request,
        command: identity::Command,
        beside: Vec<Event>,
        seen: Option<u64>,
    ) -> Result<Executed<identity::Event>, ExecuteError<identity::Error>> {
        let subject = Subject::identity(request.shard, request.organisation);
        self.execute_on::<Identity>(request, &subject, command, beside, seen)
            .await
    }

    async fn execute_on<A>(
        &self,
        request: &Request,
        subject: &Subject,
        command: A::Command,
        beside: Vec<Event>,
        seen: Option<u64>,
    ) -> Result<Executed<A::Event>, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Command: Clone,
        A::Event: Into<Event> + TryFrom<Event, Error = NotThisKind>,
    {
        for _ in 0..ATTEMPTS {
            let past = self.past::<A>(subject, Some(request.commit)).await?;
            if let Some((sequence, fingerprint, events)) = past.before {
                if fingerprint != request.fingerprint {
                    return Err(LedgerError::Append(AppendError::IdReused).into());
                }
                return Ok(executed(subject, sequence, events));
            }
            if seen.is_some_and(|seen| past.last.is_some_and(|last| last > seen)) {
                return Err(ExecuteError::Moved);
            }
            let events = A::decide(&past.state, command.clone()).map_err(ExecuteError::Refused)?;
            if events.is_empty() {
                return Ok(executed(subject, past.last.unwrap_or(0), events));
            }
            let all = beside
                .iter()
                .cloned()
                .chain(events.iter().cloned().map(Into::into));
            let commit = request.commit(all.collect());
            let expected = past.last.map_or(Expected::Empty, Expected::At);
            let mut held = Held::default();
            let sealed = self
                .seal(subject.clone(), expected, commit, &mut held)
                .await;
            match self.append(sealed.map_err(LedgerError::Vault)?).await {
                Ok(appended) => return Ok(executed(subject, appended.position.sequence, events)),
                Err(LedgerError::Append(AppendError::Conflict)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ExecuteError::Contended)
    }

    /// What all events of an aggregate come to, read from the log itself: for what must not wait
    /// for read models.
    pub async fn state<A>(&self, subject: &Subject) -> Result<A::State, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Event: TryFrom<Event, Error = NotThisKind>,
    {
        Ok(self.past::<A>(subject, None).await?.state)
    }

    async fn past<A>(
        &self,
        subject: &Subject,
        own: Option<CommitId>,
    ) -> Result<Past<A>, ExecuteError<A::Error>>
    where
        A: Aggregate,
        A::Event: TryFrom<Event, Error = NotThisKind>,
    {
        let read = self.log().read(Filter::Subject(subject.clone()), 0);
        let records: Vec<_> = read.try_collect().await.map_err(LedgerError::Read)?;
        let opened = self.open(records).await.map_err(LedgerError::Vault)?;
        let mut past = Past {
            state: A::State::default(),
            last: None,
            before: None,
        };
        for record in opened {
            let commit = record
                .commit
                .map_err(|u| ExecuteError::Unreadable(u.error))?;
            let (id, fingerprint) = (commit.id, commit.fingerprint);
            let events: Vec<A::Event> = commit
                .events
                .into_iter()
                .filter_map(|event| event.try_into().ok())
                .collect();
            past.state = events.iter().fold(past.state, A::evolve);
            past.last = Some(record.sequence);
            if Some(id) == own {
                past.before = Some((record.sequence, fingerprint, events));
            }
        }
        Ok(past)
    }
}

fn executed<E>(subject: &Subject, sequence: u64, events: Vec<E>) -> Executed<E> {
    Executed {
        position: Position {
            shard: subject.shard,
            sequence,
        },
        events,
    }
}
