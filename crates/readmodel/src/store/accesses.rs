//! Who was shown what others wrote of whom: kept beside the read models, since no event says it.
//!
//! A row is a key, a person, what it was, and the day. That it happened again on that day says nothing more.

use kith_domain::access::{Content, Principal};
use kith_domain::date::Date;
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, TransactionTrait};

use super::Store;
use crate::bulk::{Rows, blob, statement};

/// A day on which somebody was shown something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The day, as ISO 8601 has it.
    pub day: String,
    /// The key that was shown.
    pub key: KeyId,
    /// For whom it spoke.
    pub member: Option<PersonId>,
    /// What was read.
    pub what: Content,
}

impl Store {
    /// Keeps that a principal was shown something of these people.
    pub async fn note_accesses(
        &self,
        principal: &Principal,
        day: Date,
        what: Content,
        people: &[PersonId],
    ) -> Result<(), DbErr> {
        let columns = &["organisation", "person", "day", "key", "what", "member"];
        let mut rows = Rows::new("access", columns);
        for person in people {
            rows.push([
                blob(principal.organisation.as_bytes()),
                blob(person.as_bytes()),
                day.to_string().into(),
                blob(principal.key.as_bytes()),
                (what.index() as i16).into(),
                sea_orm::Value::Bytes(principal.member.map(|id| id.as_bytes().to_vec())),
            ]);
        }
        let transaction = self.work().begin().await?;
        rows.insert_new(&transaction).await?;
        transaction.commit().await
    }

    /// The days on which anybody was shown what others wrote of these entries of a person, the latest first.
    pub async fn accesses(
        &self,
        organisation: OrganisationId,
        entries: &[PersonId],
        limit: u64,
    ) -> Result<Vec<Access>, DbErr> {
        let sql = format!(
            "SELECT day, key, what, member FROM access WHERE organisation = $1 AND person = $2 \
             ORDER BY day DESC, key, what LIMIT {limit}"
        );
        let backend = self.work().get_database_backend();
        let mut all = Vec::new();
        for entry in entries {
            let key = vec![blob(organisation.as_bytes()), blob(entry.as_bytes())];
            let rows = self
                .work()
                .query_all_raw(statement(backend, sql.as_str(), key));
            for row in rows.await? {
                let (key, member): (Vec<u8>, Option<Vec<u8>>) =
                    (row.try_get("", "key")?, row.try_get("", "member")?);
                let what: i16 = row.try_get("", "what")?;
                let what = usize::try_from(what).ok().and_then(Content::from_index);
                if let Some((key, what)) = KeyId::from_slice(&key).zip(what) {
                    all.push(Access {
                        day: row.try_get("", "day")?,
                        key,
                        member: member.as_deref().and_then(PersonId::from_slice),
                        what,
                    });
                }
            }
        }
        all.sort_by(|a, b| {
            let place = |one: &Access| (one.member, one.key, one.what.index());
            (&b.day, place(a)).cmp(&(&a.day, place(b)))
        });
        // What was read of two entries on one day was read of one person.
        all.dedup();
        all.truncate(limit as usize);
        Ok(all)
    }

    /// Forgets who read what of these people; of everybody if none are given.
    pub async fn forget_accesses(
        &self,
        organisation: OrganisationId,
        people: Option<&[PersonId]>,
    ) -> Result<(), DbErr> {
        let backend = self.work().get_database_backend();
        let whose = || blob(organisation.as_bytes());
        let Some(people) = people else {
            let sql = "DELETE FROM access WHERE organisation = $1";
            let all = statement(backend, sql, vec![whose()]);
            self.work().execute_raw(all).await?;
            return self.emptied().await;
        };
        for person in people {
            let sql = "DELETE FROM access WHERE organisation = $1 AND person = $2";
            let own = statement(backend, sql, vec![whose(), blob(person.as_bytes())]);
            self.work().execute_raw(own).await?;
        }
        self.emptied().await
    }

    /// Takes what was forgotten out of SQLite's write-ahead log too, which nobody else holds.
    async fn emptied(&self) -> Result<(), DbErr> {
        if self.work().get_database_backend() == DbBackend::Sqlite {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            self.work().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
