//! Imports: what came together, and taking it back.

use std::collections::HashSet;

use kith_domain::event::Event;
use kith_domain::id::{ImportId, InteractionId};
use kith_domain::import::{self, Import};
use kith_domain::text::Text;
use kith_eventlog::identity;
use kith_eventlog::log::Position;
use kith_proto::kith::interaction::v1::{
    Import as View, ListImportsRequest, ListImportsResponse, RecordInteractionsRequest,
    UndoImportRequest, UndoImportResponse,
};
use kith_readmodel::query::imports::{self, Imported};
use kith_servicekit::failure::{Failure, Violations};

use super::intake::RECORDERS;
use crate::Api;
use crate::caller::Caller;
use crate::history::undo::taken_back;
use crate::token::{cut, place};
use crate::views::{id_text, moment};

const MAX_NAME: usize = 200;
/// Moments named in one commit: 16 bytes each, and a commit stays far below its limit.
const AT_ONCE: usize = 16_000;

/// The import that a request names, and what it is called.
fn named(
    caller: &Caller,
    fields: &mut Violations,
    id: &str,
    name: &str,
) -> (ImportId, Option<Text>) {
    let given = fields.uuid("import_id", id);
    let name = fields.optional_text("import_name", name, MAX_NAME);
    let commit = caller.keys.commit(caller.principal.key, "import", &given);
    (identity::import_of(commit), name.map(Text::Clear))
}

/// Whether some of an import is there already. Refuses more of one that was taken back: it would count for
/// nothing.
async fn has_begun(api: &Api, caller: &Caller, id: ImportId) -> Result<bool, Failure> {
    let organisation = caller.principal.organisation;
    let found = imports::find(&api.live().reading, organisation, id).await;
    let row = found.map_err(Failure::unavailable)?;
    if row.as_ref().is_some_and(|row| row.undone) {
        return Err(Failure::state(
            "this import was taken back; import under a new import_id".to_owned(),
        ));
    }
    Ok(row.is_some())
}

/// What says that an entry came with an import.
pub(crate) struct Entering(ImportId, Event);

impl Entering {
    /// What a request says; `None` for an entry that comes by itself.
    pub(crate) fn of(
        caller: &Caller,
        fields: &mut Violations,
        id: &str,
        name: &str,
    ) -> Option<Self> {
        if id.is_empty() {
            return None;
        }
        let (id, name) = named(caller, fields, id, name);
        let part = import::Event::Part {
            id,
            member: caller.principal.member,
            name,
            again: Vec::new(),
        };
        Some(Self(id, part.into()))
    }

    /// The event that stands before that of the entry.
    pub(crate) async fn part(&self, api: &Api, caller: &Caller) -> Result<Event, Failure> {
        has_begun(api, caller, self.0).await?;
        Ok(self.1.clone())
    }
}

/// The import that a stream belongs to.
#[derive(Debug)]
pub(super) struct Importing {
    pub(super) id: ImportId,
    /// Told with the first part.
    name: Option<Text>,
    /// Moments that were recorded before, by something else.
    again: Vec<InteractionId>,
    /// Those told of so far: a file may hold a mail twice.
    seen: HashSet<InteractionId>,
    /// Whether some of it is in the log already, from an earlier try.
    has_begun: bool,
}

impl Importing {
    /// What the first message of a stream says; `None` for moments that come by themselves.
    pub(super) fn of(
        caller: &Caller,
        fields: &mut Violations,
        first: &RecordInteractionsRequest,
    ) -> Option<Self> {
        if first.import_id.is_empty() {
            return None;
        }
        let (id, name) = named(caller, fields, &first.import_id, &first.import_name);
        Some(Self {
            id,
            name,
            again: Vec::new(),
            seen: HashSet::new(),
            has_begun: false,
        })
    }

    /// A moment of the stream is recorded already, and came with this import or another.
    pub(super) fn known(&mut self, id: InteractionId, came_with: Option<ImportId>) {
        if came_with == Some(self.id) {
            self.has_begun = true;
        } else if self.seen.insert(id) {
            self.again.push(id);
        }
    }

    /// Refuses more of an import that was taken back: it would count for nothing.
    pub(super) async fn must_stand(&mut self, api: &Api, caller: &Caller) -> Result<(), Failure> {
        self.has_begun |= has_begun(api, caller, self.id).await?;
        Ok(())
    }

    /// What stands in front of recordings of this import.
    pub(super) fn part(&mut self, caller: &Caller) -> Event {
        self.again(caller, Vec::new())
    }

    fn again(&mut self, caller: &Caller, again: Vec<InteractionId>) -> Event {
        let part = import::Event::Part {
            id: self.id,
            member: caller.principal.member,
            name: self.name.take(),
            again,
        };
        part.into()
    }

    /// Says of the moments that were recorded before that they came with this import too. An import of
    /// exactly what an earlier one brought is that one, and says nothing. Answers the import that holds
    /// the moments, and where in the log that was said.
    pub(super) async fn finish(
        mut self,
        api: &Api,
        caller: &Caller,
        has_recorded: bool,
    ) -> Result<(ImportId, Vec<Position>), Failure> {
        let mut positions = Vec::new();
        let again = std::mem::take(&mut self.again);
        if again.is_empty() {
            return Ok((self.id, positions));
        }
        if !has_recorded && !self.has_begun {
            let principal = &caller.principal;
            let (whose, organisation) = (principal.member, principal.organisation);
            let same = imports::same(&api.live().reading, organisation, whose, &again).await;
            if let Some(same) = same.map_err(Failure::unavailable)? {
                return Ok((same, positions));
            }
        }
        for (number, again) in (0_u64..).zip(again.chunks(AT_ONCE)) {
            let frame = caller.keys.frame(Some(self.id), again);
            let commit = caller
                .keys
                .commit(caller.principal.key, "again", frame.as_bytes());
            let mut fingerprint = *commit.as_bytes();
            fingerprint[..8].copy_from_slice(&number.to_be_bytes());
            let request = api.request(caller, commit, fingerprint);
            let part = self.again(caller, again.to_vec());
            let appended = api.ledger().record(&request, vec![part]).await?;
            positions.push(appended.position);
        }
        Ok((self.id, positions))
    }
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListImportsRequest,
) -> Result<ListImportsResponse, Failure> {
    caller.must_be(RECORDERS)?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let before = place(caller, "imports", &body.page_token, |mut fields| {
        Some((fields.number()? as i64, ImportId::from_bytes(fields.id()?)))
    })?;
    let (live, principal) = (api.live(), &caller.principal);
    let limit = size as u64 + 1;
    let rows = imports::list(
        &live.reading,
        principal.organisation,
        principal.member,
        before,
        limit,
    )
    .await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let next_page_token = cut(caller, "imports", &mut rows, size, |last| {
        [&last.row.begun_us.to_be_bytes(), last.row.id.as_slice()].concat()
    });
    Ok(ListImportsResponse {
        imports: rows.iter().map(view).collect(),
        next_page_token,
    })
}

fn view(imported: &Imported) -> View {
    View {
        import_id: id_text(&imported.row.id),
        name: imported.row.name.clone().unwrap_or_default(),
        begun_at: Some(moment(imported.row.begun_us)),
        moments: imported.moments,
        alone: imported.alone,
        elsewhere: imported.elsewhere,
        undone: imported.row.undone,
        entries: imported.entries,
    }
}

pub(super) async fn undo(
    api: &Api,
    caller: &Caller,
    body: UndoImportRequest,
) -> Result<UndoImportResponse, Failure> {
    caller.must_be(RECORDERS)?;
    let mut change = api.change(caller, "UndoImport", &body.request_id, &body);
    let id: ImportId = change.fields.id("import_id", &body.import_id);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let found = imports::find(&api.live().reading, caller.principal.organisation, id).await;
    let row = found.map_err(Failure::unavailable)?;
    // Said last: what was made since it was taken back is not its business.
    let is_undone = row.as_ref().is_some_and(|row| row.undone);
    let by = caller.principal.member;
    let owner = row.map(|row| {
        row.member
            .as_deref()
            .and_then(kith_domain::id::PersonId::from_slice)
    });
    // An import of somebody else does not exist for the caller.
    let owner = owner
        .filter(|owner| *owner == by)
        .ok_or_else(|| Failure::not_found("import"))?;
    // A program that speaks for nobody has no way back for entries.
    let kept_entries = match by {
        Some(_) if is_undone => 0,
        Some(member) => taken_back(api, caller, member, change.request, id).await?,
        None => 0,
    };
    let command = import::Undo {
        id,
        by,
        owner,
        undone: true,
    };
    let done = api
        .ledger()
        .execute::<Import>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|error| {
        Failure::from_execute(error, |import::Error::NotTheOwner| {
            Failure::not_found("import")
        })
    })?;
    Ok(UndoImportResponse {
        position: api.position_token(caller, done.position),
        kept_entries,
    })
}
