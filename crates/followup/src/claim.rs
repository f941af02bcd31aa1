//! Claiming: due moments that passed become events.
//!
//! Safe with any number of schedulers, at any moment of dying: a follow-up's id comes from what it
//! rests on, the projection takes the first event of each, and a row that was told is not found
//! again. On Postgres the rows are locked while their event is appended, which spares double work.

use std::collections::BTreeMap;

use kith_domain::event::Event;
use kith_domain::followup::{self, Due};
use kith_domain::id::{FollowUpId, OrganisationId};
use kith_domain::time::Timestamp;
use kith_eventlog::identity;
use kith_eventlog::ledger::{Ledger, LedgerError, Request};
use kith_eventlog::log::Position;
use kith_readmodel::query::followups::{Passed, passed, working_days};
use kith_readmodel::store::Store;
use sea_orm::{DbErr, TransactionTrait};

/// Due moments per commit.
const PER_COMMIT: u64 = 500;

/// Why nothing was claimed.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The read models can't be asked.
    #[error("the database of read models can not be used")]
    Database(#[from] DbErr),
    /// The log did not take the events.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Says in the log what fell due up to `now`. Answers where: once these positions are projected,
/// what was claimed is not found again.
pub async fn claim(
    store: &Store,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<Vec<Position>, ClaimError> {
    let live = store.live();
    let mut closed = working_days(&live.reading).await?;
    closed.retain(|days| !is_working_day(days, now));
    if store.engine() != "postgres" {
        let found = passed(&live.reading, now, &closed, PER_COMMIT).await?;
        return append(ledger, now, found).await;
    }
    let transaction = live.writing.begin().await?;
    let found = passed(&transaction, now, &closed, PER_COMMIT).await?;
    let positions = append(ledger, now, found).await?;
    // Nothing was written: this only ends the locks.
    transaction.rollback().await?;
    Ok(positions)
}

/// Whether somebody with these working days and zone is prompted today: see `comfort::Habits::days`. Who names no
/// day is prompted on none.
fn is_working_day(days: &str, now: Timestamp) -> bool {
    let (days, zone) = days.split_once(' ').unwrap_or((days, ""));
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let Ok(moment) = jiff::Timestamp::from_microsecond(now.micros()) else {
        return true;
    };
    let today = moment.to_zoned(zone).weekday().to_monday_zero_offset();
    let today = usize::try_from(today).unwrap_or_default();
    days.as_bytes().get(today) == Some(&b'1')
}

async fn append(
    ledger: &Ledger,
    now: Timestamp,
    found: Vec<Passed>,
) -> Result<Vec<Position>, ClaimError> {
    let mut by_organisation: BTreeMap<(OrganisationId, u16), Vec<Passed>> = BTreeMap::new();
    for passed in found {
        by_organisation
            .entry((passed.organisation, passed.shard))
            .or_default()
            .push(passed);
    }
    let mut positions = Vec::with_capacity(by_organisation.len());
    for ((organisation, shard), mut passed) in by_organisation {
        // In one order, so that two finders of the same moments make the same commit.
        passed.sort_by_key(|passed| (id(passed), passed.due));
        let due: Vec<(FollowUpId, Timestamp)> = passed
            .iter()
            .map(|passed| (id(passed), passed.due))
            .collect();
        let commit = identity::due_commit(organisation, &due);
        let request = Request {
            organisation,
            shard,
            key: None,
            member: None,
            commit,
            fingerprint: *commit.as_bytes(),
            received_at: now,
        };
        let events: Vec<Event> = passed
            .iter()
            .map(|passed| fell_due(passed).into())
            .collect();
        let appended = ledger.record(&request, events).await?;
        tracing::debug!(shard, count = due.len(), "follow-ups fell due");
        positions.push(appended.position);
    }
    Ok(positions)
}

fn id(passed: &Passed) -> FollowUpId {
    let Passed {
        organisation,
        member,
        person,
        reason,
        basis,
        ..
    } = *passed;
    passed
        .id
        .unwrap_or_else(|| identity::due(organisation, member, person, reason, basis))
}

fn fell_due(passed: &Passed) -> followup::Event {
    followup::Event::FellDue(Due {
        id: id(passed),
        member: passed.member,
        person: passed.person,
        reason: passed.reason,
        basis: passed.basis,
        due_at: passed.due,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_where_the_member_is() {
        // Friday 2026-11-27, 23:30 in UTC: Saturday in Berlin, still Friday in New York.
        let now = Timestamp::from_seconds(1_795_822_200);
        let weekdays = |zone: &str| is_working_day(&format!("1111100 {zone}"), now);
        assert!(weekdays(""));
        assert!(weekdays("America/New_York"));
        assert!(!weekdays("Europe/Berlin"));
        assert!(!is_working_day("0000000 ", now));
    }
}
