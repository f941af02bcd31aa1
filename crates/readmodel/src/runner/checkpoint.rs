//! How far the rows of a shard are: moved by compare-and-set, in the transaction of the rows.

use futures::StreamExt;
use kith_domain::id::CommitId;
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::{EventLog, Filter, Record};
use kith_proto::event::Stored;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
};

use super::RunnerError;
use super::batch::Applied;
use crate::bulk::{blob, statement};
use crate::entity::checkpoint::Entity;
use crate::store::{CHANNEL, MOVED};

/// The checkpoint of a shard, as it was when it was read or moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checkpoint {
    shard: u16,
    /// The last commit that is in the rows.
    pub(super) sequence: u64,
    /// Its id, if it has a readable one.
    commit: Option<CommitId>,
    /// How often an organisation was taken out of `parked`. It is part of what is compared: who
    /// still holds that organisation for parked must not move on.
    retried: i64,
}

impl Checkpoint {
    /// The checkpoint of a shard in this log; made if there is none.
    pub(super) async fn of(
        database: &DatabaseConnection,
        ledger: &Ledger,
        shard: u16,
    ) -> Result<Self, RunnerError> {
        let sql = "INSERT INTO checkpoint (shard, epoch, sequence, retried) VALUES ($1, $2, 0, 0) \
                   ON CONFLICT DO NOTHING";
        let values = vec![i32::from(shard).into(), blob(&ledger.log().epoch())];
        database
            .execute_raw(statement(database.get_database_backend(), sql, values))
            .await?;
        Self::find(database, &**ledger.log(), shard).await
    }

    /// Takes the checkpoint without moving it, to take an organisation out of `parked` in this
    /// transaction: other runners wait for its end, and then find themselves displaced.
    pub(super) async fn to_retry(
        transaction: &DatabaseTransaction,
        ledger: &Ledger,
        shard: u16,
    ) -> Result<Self, RunnerError> {
        let backend = transaction.get_database_backend();
        let sql = "UPDATE checkpoint SET retried = retried + 1 WHERE shard = $1";
        let values = vec![i32::from(shard).into()];
        transaction
            .execute_raw(statement(backend, sql, values))
            .await?;
        Self::find(transaction, &**ledger.log(), shard).await
    }

    async fn find(
        database: &impl ConnectionTrait,
        log: &dyn EventLog,
        shard: u16,
    ) -> Result<Self, RunnerError> {
        let row = Entity::find_by_id(i32::from(shard)).one(database).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("checkpoint".into()))?;
        if row.epoch != log.epoch() {
            return Err(RunnerError::OtherLog);
        }
        let found = Self {
            shard,
            sequence: row.sequence as u64,
            commit: row.commit_id.as_deref().and_then(CommitId::from_slice),
            retried: row.retried,
        };
        found.expect_in(log).await?;
        Ok(found)
    }

    /// A log that was put back to an earlier state is shorter than its rows, or has gone on from
    /// there with other commits.
    async fn expect_in(&self, log: &dyn EventLog) -> Result<(), RunnerError> {
        if self.sequence == 0 {
            return Ok(());
        }
        if log.tail(self.shard).await? < self.sequence {
            return Err(RunnerError::OtherLog);
        }
        let mut from_there = log.read(Filter::Shard(self.shard), self.sequence - 1);
        match from_there.next().await.transpose()? {
            Some(there) if there.sequence == self.sequence && id(&there) != self.commit => {
                Err(RunnerError::OtherLog)
            }
            // Nothing is there any more, once the commit was deleted for good.
            _ => Ok(()),
        }
    }

    /// Where the checkpoint is after these records.
    pub(super) fn after(self, records: &[Record]) -> Self {
        records.last().map_or(self, |last| Self {
            sequence: last.sequence,
            commit: id(last),
            ..self
        })
    }

    /// Moves it, if nobody else did, and has it told with the commit.
    pub(super) async fn move_to(
        self,
        transaction: &DatabaseTransaction,
        to: Self,
        applied: Applied,
    ) -> Result<(), RunnerError> {
        let backend = transaction.get_database_backend();
        let mut sql = "UPDATE checkpoint SET sequence = $4, commit_id = $5 \
                       WHERE shard = $1 AND sequence = $2 AND retried = $3"
            .to_owned();
        if backend == DbBackend::Postgres {
            let told = match applied {
                Applied::Whole => MOVED,
                Applied::InParts => "''",
            };
            sql.push_str(&format!(" RETURNING pg_notify('{CHANNEL}', {told})"));
        }
        let values = vec![
            i32::from(self.shard).into(),
            (self.sequence as i64).into(),
            self.retried.into(),
            (to.sequence as i64).into(),
            to.commit.map(|id| id.as_bytes().to_vec()).into(),
        ];
        let moved = transaction
            .execute_raw(statement(backend, &sql, values))
            .await?;
        if moved.rows_affected() == 1 {
            Ok(())
        } else {
            Err(RunnerError::Displaced)
        }
    }
}

fn id(record: &Record) -> Option<CommitId> {
    Stored::decode(&record.bytes)
        .and_then(|stored| stored.id())
        .ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kith_testkit::Postgres;
    use sea_orm::TransactionTrait;

    use super::*;
    use crate::store::{Place, Ring, Store};

    #[tokio::test]
    async fn every_process_hears_where_a_checkpoint_moved_to() {
        let server = Postgres::shared().await.unwrap();
        let place = Place::Postgres(server.database().await.unwrap());
        Store::migrate(place.clone()).await.unwrap();
        let (ours, theirs) = (
            Store::open(place.clone()).await.unwrap(),
            Store::open(place).await.unwrap(),
        );
        let rows = theirs.writer(&theirs.live()).await.unwrap();
        let made = "INSERT INTO checkpoint (shard, epoch, sequence, retried) VALUES (3, '', 0, 0)";
        rows.execute_unprepared(made).await.unwrap();
        let at = |sequence| Checkpoint {
            shard: 3,
            sequence,
            commit: None,
            retried: 0,
        };
        let mut heard = ours.hear();
        let moving = async {
            // It begins to listen some time; from then on nothing is missed.
            assert_eq!(heard.recv().await.unwrap(), Ring::Look);
            for (sequence, applied) in [(1, Applied::Whole), (2, Applied::InParts)] {
                let transaction = rows.begin().await.unwrap();
                let moved = at(sequence - 1).move_to(&transaction, at(sequence), applied);
                moved.await.unwrap();
                transaction.commit().await.unwrap();
            }
            let moved = Ring::Moved {
                generation: ours.live().name,
                shard: 3,
                sequence: 1,
            };
            assert_eq!(heard.recv().await.unwrap(), moved);
            assert_eq!(heard.recv().await.unwrap(), Ring::Look);
        };
        let heard = async {
            tokio::select! {
                () = ours.pass_on() => {}
                () = moving => {}
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(20), heard).await;
        heard.expect("the bell rings");
    }
}
