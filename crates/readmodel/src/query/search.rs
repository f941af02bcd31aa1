//! What is found by words: people by `listing`, moments by `interactions`, and facts.

use std::collections::HashSet;

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::id::{FactId, OrganisationId, PersonId};
use kith_domain::search::Wanted;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::own;
use super::people::see_all;
use crate::entity::fact::{self, Column};

/// Tables with words, as migrations number them for SQLite.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Person = 0,
    Telling = 1,
    Fact = 2,
    Interaction = 3,
}

/// What holds of a row, as a statement calls it, that is found. Wanted words are letters and digits, which
/// nothing in a statement takes for anything else.
pub(super) fn found(
    backend: DbBackend,
    organisation: OrganisationId,
    source: Source,
    row: &str,
    wanted: &Wanted,
) -> String {
    if backend == DbBackend::Postgres {
        let words = wanted.words().iter().map(|word| format!("'{word}':*"));
        let query = words.collect::<Vec<_>>().join(" & ").replace('\'', "''");
        let lasts = match source {
            Source::Interaction => format!(" AND {row}.to_position IS NULL"),
            Source::Person | Source::Telling | Source::Fact => String::new(),
        };
        return format!(
            "({row}.words IS NOT NULL{lasts} \
              AND array_to_tsvector(string_to_array({row}.words, ' ')) @@ CAST('{query}' AS tsquery))"
        );
    }
    let words = wanted.words().iter().map(|word| format!("\"{word}\"*"));
    let query = words.collect::<Vec<_>>().join(" ");
    let key = match source {
        Source::Person | Source::Fact | Source::Interaction => ("key", format!("{row}.id")),
        Source::Telling => ("key, found.member", format!("({row}.entry, {row}.member)")),
    };
    let (columns, key) = key;
    let bytes = organisation.as_bytes().iter();
    let organisation: String = bytes.map(|byte| format!("{byte:02x}")).collect();
    // `CROSS JOIN`: the words first, and then their rows. Without statistics SQLite asks for each row
    // whether it has them.
    format!(
        "{key} IN (SELECT found.{columns} FROM found_words \
          CROSS JOIN found ON found.id = found_words.rowid \
          WHERE found_words MATCH '{query}' AND found.source = {} \
           AND found.organisation = x'{organisation}')",
        source as u8
    )
}

/// A place among facts, newest first.
pub type Place = (i64, FactId);

/// Rows looked at together at most, when most of them are hidden.
const LARGEST_LOOK: u64 = 2_000;

/// Facts that the principal sees, of people of their directory, newest first, below a place.
pub async fn facts(
    database: &DatabaseConnection,
    principal: &Principal,
    wanted: &Wanted,
    before: Option<&Place>,
    limit: u64,
) -> Result<Vec<fact::Model>, DbErr> {
    let (mut before, mut look) = (before.copied(), limit);
    let mut facts = Vec::new();
    // Who sees what is decided row by row, so that a page may take several looks.
    loop {
        let rows = page(database, principal.organisation, wanted, before, look).await?;
        let is_last = (rows.len() as u64) < look;
        look = (look * 2).clamp(limit, limit.max(LARGEST_LOOK));
        before = rows.last().map(|row| {
            (
                row.noted_us,
                FactId::from_slice(&row.id).unwrap_or_default(),
            )
        });
        let about = |row: &fact::Model| PersonId::from_slice(&row.person).unwrap_or_default();
        let people: HashSet<PersonId> = rows.iter().map(about).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        let seen = see_all(database, principal, &people).await?;
        let is_seen = |row: &fact::Model| {
            let author = PersonId::from_slice(&row.author).unwrap_or_default();
            let private = row.private;
            let resource = Resource::Fact { author, private };
            let sight = visible(principal, resource, Class::Content);
            sight == Sight::Full && seen.contains(&about(row))
        };
        facts.extend(rows.into_iter().filter(is_seen));
        if is_last || facts.len() as u64 >= limit {
            facts.truncate(limit as usize);
            return Ok(facts);
        }
    }
}

async fn page(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    wanted: &Wanted,
    before: Option<Place>,
    limit: u64,
) -> Result<Vec<fact::Model>, DbErr> {
    let backend = database.get_database_backend();
    let is_found = found(backend, organisation, Source::Fact, "fact", wanted);
    let mut find = fact::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::RemovedUs.is_null())
        .filter(Expr::cust(is_found));
    if let Some((noted, id)) = before {
        let same_time = Condition::all()
            .add(Column::NotedUs.eq(noted))
            .add(Column::Id.lt(id.as_bytes().to_vec()));
        find = find.filter(
            Condition::any()
                .add(Column::NotedUs.lt(noted))
                .add(same_time),
        );
    }
    find.order_by_desc(Column::NotedUs)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(database)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans;

    #[tokio::test]
    async fn sqlite_asks_for_words_once_and_not_for_each_row() {
        let database = plans::tables().await;
        let wanted = Wanted::read("harb ana").unwrap();
        let organisation = OrganisationId::from_bytes([1; 16]);
        for (source, table) in [
            (Source::Person, "person"),
            (Source::Telling, "telling"),
            (Source::Fact, "fact"),
            (Source::Interaction, "interaction"),
        ] {
            let is_found = found(DbBackend::Sqlite, organisation, source, "t", &wanted);
            let sql = format!("SELECT 1 FROM {table} t WHERE {is_found}");
            let steps = plans::steps(&database, &sql, vec![]).await;
            let at = |what: &str| steps.iter().position(|step| step.contains(what));
            let (words, rows) = (
                at("SCAN found_words"),
                at("SEARCH found USING INTEGER PRIMARY KEY"),
            );
            assert!(words.is_some() && words < rows, "{table}: {steps:?}");
        }
    }
}
