//! Gatherings: each event sets one row, or takes it away.

use kith_domain::gathering::{Answer, Description, Details, Entry, Event, Session, Stay};
use kith_domain::id::{GatheringId, PersonId, SessionId};
use kith_domain::text::{Text, folded};
use kith_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use super::people::{clear, lines};
use super::{Erased, Origin};
use crate::bulk::{Rows, blob, statement};

/// An entry of a gathering was set.
pub(super) async fn set(
    database: &DatabaseTransaction,
    origin: Origin,
    event: &Event,
    erased: &Erased,
) -> Result<(), DbErr> {
    let sheet = Sheet {
        database,
        origin,
        gathering: event.gathering,
        revision: event.revision,
    };
    match &event.entry {
        Entry::Details(Some(details)) => sheet.details(details).await,
        Entry::Details(None) => sheet.take("gathering", "id", None).await,
        Entry::Session(id, Some(session)) => sheet.session(*id, session).await,
        Entry::Session(id, None) => {
            sheet
                .take(
                    "gathering_session",
                    "gathering",
                    Some(("id", id.as_bytes())),
                )
                .await
        }
        Entry::Going(member, Some(stay)) => sheet.going(*member, *stay).await,
        Entry::Going(member, None) => sheet.take_of("gathering_going", "member", *member).await,
        // Nobody who was erased is on a list again.
        Entry::Attendee(listed, Some(of)) if !erased.contains(*listed) => {
            sheet.attendee(*listed, of).await
        }
        Entry::Attendee(listed, _) => sheet.gone(*listed).await,
        Entry::Answer(listed, by, Some(answer)) if !is_about(erased, *listed, *answer) => {
            sheet.answer(*listed, *by, *answer).await
        }
        Entry::Answer(listed, by, _) => sheet.no_answer(*listed, *by).await,
    }
}

fn is_about(erased: &Erased, listed: PersonId, answer: Answer) -> bool {
    let is_erased = match answer {
        Answer::Person(person) => erased.contains(person),
        Answer::Nobody => false,
    };
    is_erased || erased.contains(listed)
}

/// The rows of one gathering, and the change that sets them.
struct Sheet<'a> {
    database: &'a DatabaseTransaction,
    origin: Origin,
    gathering: GatheringId,
    revision: u32,
}

impl Sheet<'_> {
    fn organisation(&self) -> Value {
        blob(self.origin.organisation.as_bytes())
    }

    fn gathering(&self) -> Value {
        blob(self.gathering.as_bytes())
    }

    /// Takes the row of this gathering, or the one of those with another id.
    async fn take(
        &self,
        table: &str,
        named: &str,
        other: Option<(&str, &[u8; 16])>,
    ) -> Result<(), DbErr> {
        let mut sql = format!("DELETE FROM {table} WHERE organisation = $1 AND {named} = $2");
        let mut values = vec![self.organisation(), self.gathering()];
        if let Some((column, id)) = other {
            sql.push_str(&format!(" AND {column} = $3"));
            values.push(blob(id));
        }
        let backend = self.database.get_database_backend();
        let done = self.database.execute_raw(statement(backend, sql, values));
        done.await.map(drop)
    }

    async fn take_of(&self, table: &str, column: &str, person: PersonId) -> Result<(), DbErr> {
        self.take(table, "gathering", Some((column, person.as_bytes())))
            .await
    }

    /// Whoever does not come any more. Their row stays, out of every list: whoever erases somebody must find all that
    /// lists ever said of them.
    async fn gone(&self, listed: PersonId) -> Result<(), DbErr> {
        let sql = "UPDATE gathering_attendee SET gone = TRUE \
                   WHERE organisation = $1 AND gathering = $2 AND listed = $3";
        let values = vec![
            self.organisation(),
            self.gathering(),
            blob(listed.as_bytes()),
        ];
        let backend = self.database.get_database_backend();
        let done = self.database.execute_raw(statement(backend, sql, values));
        done.await.map(drop)
    }

    async fn no_answer(&self, listed: PersonId, by: PersonId) -> Result<(), DbErr> {
        let sql = "DELETE FROM gathering_answer \
                   WHERE organisation = $1 AND gathering = $2 AND listed = $3 AND said_by = $4";
        let values = vec![
            self.organisation(),
            self.gathering(),
            blob(listed.as_bytes()),
            blob(by.as_bytes()),
        ];
        let backend = self.database.get_database_backend();
        let done = self.database.execute_raw(statement(backend, sql, values));
        done.await.map(drop)
    }

    async fn details(&self, details: &Details) -> Result<(), DbErr> {
        let mut rows = Rows::new(
            "gathering",
            &[
                "organisation",
                "id",
                "name",
                "place",
                "begins_us",
                "ends_us",
                "zone",
                "topics",
                "cancelled",
                "revision",
            ],
        );
        rows.push([
            self.organisation(),
            self.gathering(),
            clear(Some(&details.name)).unwrap_or_default().into(),
            clear(details.place.as_ref()).into(),
            details.begins.micros().into(),
            details.ends.micros().into(),
            details.zone.clone().into(),
            lines(&details.topics).into(),
            details.cancelled.into(),
            i64::from(self.revision).into(),
        ]);
        rows.upsert(self.database, 2).await
    }

    async fn session(&self, id: SessionId, session: &Session) -> Result<(), DbErr> {
        let mut rows = Rows::new(
            "gathering_session",
            &[
                "organisation",
                "gathering",
                "id",
                "title",
                "room",
                "begins_us",
                "ends_us",
                "topics",
                "speakers",
            ],
        );
        let speakers: Vec<u8> = session
            .speakers
            .iter()
            .flat_map(|id| *id.as_bytes())
            .collect();
        rows.push([
            self.organisation(),
            self.gathering(),
            blob(id.as_bytes()),
            clear(Some(&session.title)).unwrap_or_default().into(),
            clear(session.room.as_ref()).into(),
            session.begins.micros().into(),
            session.ends.micros().into(),
            lines(&session.topics).into(),
            blob(&speakers),
        ]);
        rows.upsert(self.database, 3).await
    }

    async fn going(&self, member: PersonId, stay: Stay) -> Result<(), DbErr> {
        let columns = &["organisation", "gathering", "member", "from_us", "until_us"];
        let mut rows = Rows::new("gathering_going", columns);
        rows.push([
            self.organisation(),
            self.gathering(),
            blob(member.as_bytes()),
            stay.from.map(Timestamp::micros).into(),
            stay.until.map(Timestamp::micros).into(),
        ]);
        rows.upsert(self.database, 3).await
    }

    async fn attendee(&self, listed: PersonId, of: &Description) -> Result<(), DbErr> {
        let mut rows = Rows::new(
            "gathering_attendee",
            &[
                "organisation",
                "gathering",
                "listed",
                "name",
                "company",
                "title",
                "address",
                "bio",
                "topics",
                "talk",
                "url",
                "sort_name",
                "revision",
                "gone",
            ],
        );
        let text = |text: &Option<Text>| clear(text.as_ref());
        let (name, address) = (text(&of.name), text(&of.address));
        let sort_name = name.as_deref().or(address.as_deref()).map(folded);
        rows.push([
            self.organisation(),
            self.gathering(),
            blob(listed.as_bytes()),
            name.into(),
            text(&of.company).into(),
            text(&of.title).into(),
            address.into(),
            text(&of.bio).into(),
            lines(&of.topics).into(),
            text(&of.talk).into(),
            text(&of.url).into(),
            sort_name.unwrap_or_default().into(),
            i64::from(self.revision).into(),
            false.into(),
        ]);
        rows.upsert(self.database, 3).await
    }

    async fn answer(&self, listed: PersonId, by: PersonId, answer: Answer) -> Result<(), DbErr> {
        let columns = &[
            "organisation",
            "gathering",
            "listed",
            "said_by",
            "person",
            "revision",
        ];
        let person = match answer {
            Answer::Person(person) => Some(person.as_bytes().to_vec()),
            Answer::Nobody => None,
        };
        let mut rows = Rows::new("gathering_answer", columns);
        rows.push([
            self.organisation(),
            self.gathering(),
            blob(listed.as_bytes()),
            blob(by.as_bytes()),
            person.into(),
            i64::from(self.revision).into(),
        ]);
        rows.upsert(self.database, 4).await
    }
}
