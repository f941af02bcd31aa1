//! One batch after another: opened, applied with its checkpoint, and taken apart when something in
//! it fails.

use std::collections::HashMap;

use kith_domain::id::OrganisationId;
use kith_eventlog::ledger::{Ledger, Opened};
use kith_eventlog::log::Record;
use kith_proto::event::DecodeError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, TransactionTrait,
};

use super::{RunnerError, parking};
use crate::bulk::{blob, statement};
use crate::entity::checkpoint;
use crate::projection::{self, Placed};

/// Where the projection of a shard is, and who stands still in it.
pub(super) struct Place<'a> {
    database: &'a DatabaseConnection,
    ledger: &'a Ledger,
    shard: u16,
    /// The last commit that is applied.
    pub(super) at: u64,
    /// Parked organisations, each with the first commit it waits at. Only what applies commits
    /// parks, and moves the checkpoint with it: as long as the checkpoint is ours, so is this.
    parked: HashMap<OrganisationId, u64>,
}

impl<'a> Place<'a> {
    /// Where the rows are; the checkpoint is made if there is none.
    pub(super) async fn start(
        database: &'a DatabaseConnection,
        ledger: &'a Ledger,
        shard: u16,
    ) -> Result<Self, RunnerError> {
        let backend = database.get_database_backend();
        let epoch = ledger.log().epoch();
        let sql = "INSERT INTO checkpoint (shard, epoch, sequence) VALUES ($1, $2, 0) \
                   ON CONFLICT DO NOTHING";
        let values = vec![i32::from(shard).into(), blob(&epoch)];
        database
            .execute_raw(statement(backend, sql, values))
            .await?;
        let row = checkpoint::Entity::find_by_id(i32::from(shard))
            .one(database)
            .await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("checkpoint".into()))?;
        if row.epoch != epoch {
            return Err(RunnerError::OtherLog);
        }
        Ok(Self {
            database,
            ledger,
            shard,
            at: row.sequence as u64,
            parked: parking::parked_from(database, shard).await?,
        })
    }

    /// Applies one batch. A batch that fails for a reason of its own is done again organisation by
    /// organisation, and the failing one parked.
    pub(super) async fn apply(&mut self, records: Vec<Record>) -> Result<(), RunnerError> {
        let (database, shard) = (self.database, self.shard);
        let reached = records.last().map_or(self.at, |record| record.sequence);
        let opened = self.ledger.open(records).await?;
        if let Some(newer) = opened.iter().find(|o| is_newer(o)) {
            return Err(RunnerError::TooOld(newer.sequence));
        }
        let (placed, failed) = sort_out(opened, &self.parked);
        if failed.is_empty() {
            match apply(database, shard, self.at, reached, &placed).await {
                Ok(()) => {
                    self.at = reached;
                    return Ok(());
                }
                Err(RunnerError::Database(error)) if is_deterministic(&error) => {
                    tracing::error!(shard, %error, "a batch can not be applied; looking for the cause");
                }
                Err(error) => return Err(error),
            }
        }
        let steps = (self.at, reached);
        parking::apply_one_by_one(database, shard, steps, placed, failed).await?;
        self.at = reached;
        self.parked = parking::parked_from(database, shard).await?;
        Ok(())
    }
}

fn is_newer(opened: &Opened) -> bool {
    opened
        .commit
        .as_ref()
        .is_err_and(|unreadable| unreadable.error == DecodeError::UnknownEvent)
}

/// Commits that can be applied, and organisations that can't go on, each with the position and the
/// reason. A parked organisation's commits are left out from where it was parked: what came before
/// counts in a rebuild too.
fn sort_out(
    opened: Vec<Opened>,
    parked: &HashMap<OrganisationId, u64>,
) -> (Vec<Placed>, Vec<(OrganisationId, u64, String)>) {
    let is_parked = |organisation, position| {
        parked
            .get(&organisation)
            .is_some_and(|from| position >= *from)
    };
    let mut placed = Vec::with_capacity(opened.len());
    let mut failed: Vec<(OrganisationId, u64, String)> = Vec::new();
    for Opened {
        sequence: position,
        commit,
    } in opened
    {
        match commit {
            Ok(commit) if is_parked(commit.organisation, position) => {}
            Ok(commit) => placed.push(Placed { position, commit }),
            // Without even an organisation it is nobody's: skipped, and said.
            Err(unreadable) => match unreadable.organisation {
                Some(organisation) if !is_parked(organisation, position) => {
                    failed.push((organisation, position, unreadable.error.to_string()));
                }
                _ => tracing::error!(position, error = %unreadable.error, "skipped a commit"),
            },
        }
    }
    (placed, failed)
}

async fn apply(
    database: &DatabaseConnection,
    shard: u16,
    from: u64,
    to: u64,
    commits: &[Placed],
) -> Result<(), RunnerError> {
    let transaction = database.begin().await?;
    projection::apply(&transaction, commits).await?;
    move_checkpoint(&transaction, shard, from, to).await?;
    transaction.commit().await?;
    Ok(())
}

pub(super) async fn move_checkpoint(
    transaction: &DatabaseTransaction,
    shard: u16,
    from: u64,
    to: u64,
) -> Result<(), RunnerError> {
    let backend = transaction.get_database_backend();
    let sql = "UPDATE checkpoint SET sequence = $3 WHERE shard = $1 AND sequence = $2";
    let values = vec![
        i32::from(shard).into(),
        (from as i64).into(),
        (to as i64).into(),
    ];
    let moved = transaction
        .execute_raw(statement(backend, sql, values))
        .await?;
    if moved.rows_affected() == 1 {
        Ok(())
    } else {
        Err(RunnerError::Displaced)
    }
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
