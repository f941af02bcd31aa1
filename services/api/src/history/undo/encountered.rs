//! The way back of a captured talk: what was learnt and promised goes first, then the moment itself. Each is an
//! aggregate of its own, so each is taken back by a commit of its own; sent again, what is done is left as it is.

use kith_domain::aggregate::Aggregate;
use kith_domain::event::{Event, NotThisKind};
use kith_domain::fact::{self, Life};
use kith_domain::followup::{self, FollowUp, To};
use kith_domain::id::{FactId, FollowUpId, InteractionId};
use kith_domain::undo::Undone;
use kith_eventlog::log::Position;
use kith_readmodel::query::{followups, interactions, people};
use kith_servicekit::failure::Failure;

use super::{Undoing, state};

impl Undoing<'_> {
    pub(super) async fn unmeet(&self) -> Result<Position, Failure> {
        let id: InteractionId = self.subject()?;
        let live = self.api.live();
        let organisation = self.caller.principal.organisation;
        let receipts = interactions::receipts(&live.reading, organisation, &[id]).await;
        let receipts = receipts.map_err(Failure::unavailable)?;
        let receipt = receipts
            .get(&id)
            .ok_or_else(|| Failure::not_found("change"))?;
        let fingerprint: [u8; 16] = receipt
            .fingerprint
            .as_slice()
            .try_into()
            .unwrap_or_default();
        let origin = interactions::origin(&live.reading, organisation, id).await;
        let origin = origin.map_err(Failure::unavailable)?;
        let others = origin.into_iter().flat_map(|origin| origin.participants);
        for person in others.filter(|person| *person != self.member) {
            let noted = people::noted_with(&live.reading, organisation, person, &fingerprint).await;
            for fact in noted.map_err(Failure::unavailable)? {
                self.forget(fact).await?;
            }
        }
        let promised =
            followups::of_request(&live.reading, organisation, self.member, &fingerprint);
        let promised = promised.await.map_err(Failure::unavailable)?;
        for row in promised {
            let id = FollowUpId::from_slice(&row.id).unwrap_or_default();
            self.release(id).await?;
        }
        self.retract_one(id).await
    }

    async fn forget(&self, id: FactId) -> Result<(), Failure> {
        let command = fact::Remove {
            id,
            by: self.member,
            author: self.member,
            removed: true,
        };
        self.part_back::<Life>(id.as_bytes(), &id.to_string(), command)
            .await
    }

    async fn release(&self, id: FollowUpId) -> Result<(), Failure> {
        let command = followup::Change {
            id,
            to: To::Dismiss,
            at: self.request.received_at,
        };
        self.part_back::<FollowUp>(id.as_bytes(), &id.to_string(), command)
            .await
    }

    /// Takes a part back: no change of its own, since the moment's says what it was part of.
    async fn part_back<A>(
        &self,
        id: &[u8; 16],
        name: &str,
        command: A::Command,
    ) -> Result<(), Failure>
    where
        A: Aggregate,
        A::Error: std::error::Error,
        A::Event: Into<Event> + TryFrom<Event, Error = NotThisKind>,
    {
        let beside = vec![Undone { change: 0 }.into()];
        let (ledger, request) = (self.api.ledger(), self.about(id));
        let done = ledger.execute::<A>(&request, name, command, beside);
        let done = done
            .await
            .map_err(|error| Failure::from_execute(error, state));
        done.map(drop)
    }
}
