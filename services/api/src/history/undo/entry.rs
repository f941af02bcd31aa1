//! The way back of what was made of people's entries.

use kith_domain::id::PersonId;
use kith_domain::text::Text;
use kith_domain::{identity, person};
use kith_eventlog::log::Position;
use kith_readmodel::entity::{person as person_row, person_change};
use kith_readmodel::query::{entries, own_changes};
use kith_servicekit::failure::Failure;

use super::{Undoing, state};
use crate::directory::erasure::must_not_be_erased;
use crate::directory::identity::refused;

impl Undoing<'_> {
    /// The entry that the change is about.
    pub(super) async fn entry(&self) -> Result<(PersonId, person_row::Model), Failure> {
        let id: PersonId = self.subject()?;
        let live = self.api.live();
        let row = entries::entry(&live.reading, self.caller.principal.organisation, id).await;
        let row = row.map_err(Failure::unavailable)?;
        Ok((id, row.ok_or_else(|| Failure::not_found("person"))?))
    }

    pub(super) async fn take_out(&self) -> Result<Position, Failure> {
        let (id, row) = self.entry().await?;
        let (live, organisation) = (self.api.live(), self.caller.principal.organisation);
        let position = self.change.position;
        let changed =
            own_changes::is_entry_changed_since(&live.reading, organisation, &row, position).await;
        let is_another = !self.change.is_undone && row.entered_us != self.change.at.micros();
        if changed.map_err(Failure::unavailable)? || is_another {
            return Err(Failure::changed_meanwhile());
        }
        self.person(id, None, person::To::TakenOut).await
    }

    pub(super) async fn change_back(&self) -> Result<Position, Failure> {
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
        let change = reversed(fields);
        let addresses = change.addresses.as_deref().unwrap_or_default();
        must_not_be_erased(self.api, self.caller, id, addresses, None).await?;
        self.person(id, seen, person::To::Changed(change)).await
    }

    pub(super) async fn person(
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
    pub(super) async fn identify(&self, merge: bool) -> Result<Position, Failure> {
        let gone: PersonId = self.subject()?;
        let live = self.api.live();
        let organisation = self.caller.principal.organisation;
        let position = self.change.position;
        let command = if merge {
            let kept = own_changes::merged_into(&live.reading, organisation, gone, position);
            let kept = kept.await.map_err(Failure::unavailable)?;
            let kept = kept.ok_or_else(|| Failure::not_found("person"))?;
            identity::Command::Merge { kept, gone }
        } else {
            identity::Command::Unmerge { gone }
        };
        let changed =
            own_changes::is_identity_changed_since(&live.reading, organisation, gone, position);
        let changed = changed.await.map_err(Failure::unavailable)?;
        let seen = if changed { 0 } else { self.seen };
        let ledger = self.api.ledger();
        let done = ledger.identify(&self.request, command, self.marked(), Some(seen));
        let done = done.await;
        let done = done.map_err(|error| Failure::from_execute(error, refused))?;
        if done.events.is_empty() {
            // Somebody else did it first.
            return Err(Failure::changed_meanwhile());
        }
        Ok(done.position)
    }
}

/// The change that makes of an entry what it was.
pub(super) fn reversed(fields: Vec<person_change::Model>) -> person::Change {
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
            "affiliations" => change.affiliations = list(field.before),
            "tags" => change.tags = list(field.before),
            _ => {}
        }
    }
    change
}
