//! One batch after another: opened, applied with its checkpoint, and taken apart when something in
//! it fails.

use std::collections::HashMap;

use kith_domain::id::OrganisationId;
use kith_eventlog::ledger::{Ledger, Opened, Unreadable};
use kith_eventlog::log::Record;
use kith_proto::event::DecodeError;
use sea_orm::{DatabaseConnection, DbErr};

use super::checkpoint::Checkpoint;
use super::{RunnerError, parking};
use crate::projection::{self, KnownMembers, Placed};
use crate::store::begin_writing;

/// An organisation that can't go on, the commit at which, and why.
pub(super) type Failed = (OrganisationId, u64, String);

/// How a batch was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    /// All of it.
    Whole,
    /// Organisation by organisation, some of which are parked now.
    InParts,
}

/// Where the projection of a shard is, and who stands still in it.
pub(super) struct Place<'a> {
    database: &'a DatabaseConnection,
    ledger: &'a Ledger,
    shard: u16,
    /// The last commit that is applied.
    pub(super) at: Checkpoint,
    /// Parked organisations, each with the first commit it waits at. Who parks one, or takes it
    /// along again, changes the checkpoint too: as long as the checkpoint is ours, so is this.
    parked: HashMap<OrganisationId, u64>,
    /// Likewise.
    members: KnownMembers,
}

impl<'a> Place<'a> {
    /// Where the rows are; the checkpoint is made if there is none.
    pub(super) async fn start(
        database: &'a DatabaseConnection,
        ledger: &'a Ledger,
        shard: u16,
    ) -> Result<Self, RunnerError> {
        // In this order: see `parked`.
        let at = Checkpoint::of(database, ledger, shard).await?;
        Ok(Self {
            database,
            ledger,
            shard,
            at,
            parked: parking::parked_from(database, shard).await?,
            members: KnownMembers::new(),
        })
    }

    /// Applies one batch. A batch that fails for a reason of its own is done again organisation by
    /// organisation, and the failing one parked.
    pub(super) async fn apply(&mut self, records: Vec<Record>) -> Result<Applied, RunnerError> {
        let (database, shard) = (self.database, self.shard);
        let reached = self.at.after(&records);
        let (placed, failed) = open(self.ledger, records, &self.parked).await?;
        if failed.is_empty() {
            let steps = (self.at, reached);
            match apply(database, steps, &placed, &mut self.members).await {
                Ok(()) => {
                    self.at = reached;
                    return Ok(Applied::Whole);
                }
                Err(RunnerError::Database(error)) if is_deterministic(&error) => {
                    tracing::error!(shard, %error, "a batch can not be applied; looking for the cause");
                }
                Err(error) => return Err(error),
            }
        }
        self.members.clear();
        let steps = (self.at, reached);
        parking::apply_one_by_one(database, shard, steps, placed, failed).await?;
        self.at = reached;
        self.parked = parking::parked_from(database, shard).await?;
        Ok(Applied::InParts)
    }
}

/// Opens records: commits that can be applied, and organisations that can't go on.
pub(super) async fn open(
    ledger: &Ledger,
    records: Vec<Record>,
    parked: &HashMap<OrganisationId, u64>,
) -> Result<(Vec<Placed>, Vec<Failed>), RunnerError> {
    let opened = ledger.open(records).await?;
    if let Some(newer) = opened.iter().find(|o| is_newer(o)) {
        return Err(RunnerError::TooOld(newer.sequence));
    }
    Ok(sort_out(opened, parked))
}

fn is_newer(opened: &Opened) -> bool {
    opened
        .commit
        .as_ref()
        .is_err_and(|unreadable| unreadable.error == DecodeError::UnknownEvent)
}

/// The commits of an organisation that is parked or can't go on are left out from there on: what came
/// before counts, in a rebuild too.
fn sort_out(
    opened: Vec<Opened>,
    parked: &HashMap<OrganisationId, u64>,
) -> (Vec<Placed>, Vec<Failed>) {
    let mut stands_from = parked.clone();
    let mut placed = Vec::with_capacity(opened.len());
    let mut failed = Vec::new();
    for Opened {
        sequence: position,
        commit,
    } in opened
    {
        let organisation = match &commit {
            Ok(commit) => Some(commit.organisation),
            Err(unreadable) => unreadable.organisation,
        };
        let stands = organisation.and_then(|organisation| stands_from.get(&organisation));
        if stands.is_some_and(|from| position >= *from) {
            continue;
        }
        match (commit, organisation) {
            (Ok(commit), _) => placed.push(Placed { position, commit }),
            (Err(Unreadable { error, .. }), Some(organisation)) => {
                stands_from.insert(organisation, position);
                failed.push((organisation, position, error.to_string()));
            }
            // Without even an organisation it is nobody's: skipped, and said.
            (Err(Unreadable { error, .. }), None) => {
                tracing::error!(position, %error, "skipped a commit");
            }
        }
    }
    (placed, failed)
}

async fn apply(
    database: &DatabaseConnection,
    (from, to): (Checkpoint, Checkpoint),
    commits: &[Placed],
    members: &mut KnownMembers,
) -> Result<(), RunnerError> {
    let transaction = begin_writing(database).await?;
    projection::apply(&transaction, commits, members).await?;
    from.move_to(&transaction, to, Applied::Whole).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether the same batch would fail again. Trouble with connections, locks, disks and racing
/// writers passes.
pub(super) fn is_deterministic(error: &DbErr) -> bool {
    let code = match error {
        DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error)) => error
            .as_database_error()
            .and_then(|error| error.code().map(std::borrow::Cow::into_owned)),
        DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated | DbErr::Type(_) | DbErr::Custom(_) => {
            return true;
        }
        _ => None,
    };
    // Postgres classes 22 (data) and 23 (constraint), SQLite's constraint, mismatch and range.
    code.is_some_and(|code| {
        let sqlite = code
            .parse::<u32>()
            .is_ok_and(|n| [19, 20, 25].contains(&(n & 0xff)));
        (code.len() == 5 && (code.starts_with("22") || code.starts_with("23"))) || sqlite
    })
}
