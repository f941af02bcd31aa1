//! The rows of a page of moments.

use kith_domain::access::Principal;
use kith_domain::id::{InteractionId, OrganisationId, PersonId};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, EntityTrait, Value};

use super::Filter;
use crate::bulk::{blob, statement};
use crate::entity::interaction;
use crate::query::search::{Source, found};

/// The rows of a page.
pub(super) async fn rows(
    database: &DatabaseConnection,
    principal: &Principal,
    member: PersonId,
    filter: &Filter,
    before: Option<(i64, InteractionId)>,
    limit: u64,
) -> Result<Vec<interaction::Model>, DbErr> {
    let backend = database.get_database_backend();
    let (sql, values) = asked(
        backend,
        principal.organisation,
        member,
        filter,
        before,
        limit,
    );
    let found = interaction::Entity::find().from_raw_sql(statement(backend, sql, values));
    found.all(database).await
}

/// The statement of a page. SQLite goes in the order of its tables: from what few rows have to what many have.
fn asked(
    backend: DbBackend,
    organisation: OrganisationId,
    member: PersonId,
    filter: &Filter,
    before: Option<(i64, InteractionId)>,
    limit: u64,
) -> (String, Vec<Value>) {
    let (tables, place) = match (&filter.words, filter.person) {
        (Some(_), None) => ("interaction i CROSS JOIN participation a", "a"),
        (Some(_), Some(_)) => (
            "interaction i CROSS JOIN participation b CROSS JOIN participation a",
            "a",
        ),
        // A member was at many moments beside those of somebody.
        (None, Some(_)) => (
            "participation b CROSS JOIN participation a CROSS JOIN interaction i",
            "b",
        ),
        (None, None) => ("participation a CROSS JOIN interaction i", "a"),
    };
    let mut sql = format!(
        "SELECT i.* FROM {tables} WHERE a.organisation = $1 AND a.person = $2 \
          AND i.organisation = $1 AND i.id = a.interaction AND i.at_us = a.at_us \
          AND i.to_position IS NULL "
    );
    let mut values = vec![blob(organisation.as_bytes()), blob(member.as_bytes())];
    if let Some(person) = filter.person {
        values.push(blob(person.as_bytes()));
        sql.push_str(
            "AND b.organisation = $1 AND b.person = $3 AND b.at_us = a.at_us \
             AND b.interaction = a.interaction ",
        );
    }
    if let Some(wanted) = &filter.words {
        let is_found = found(backend, organisation, Source::Interaction, "i", wanted);
        sql.push_str(&format!("AND {is_found} "));
    }
    if let Some((at, id)) = before {
        let n = values.len();
        values.extend([at.into(), blob(id.as_bytes())]);
        sql.push_str(&format!(
            "AND ({place}.at_us, {place}.interaction) < (${}, ${}) ",
            n + 1,
            n + 2
        ));
    }
    sql.push_str(&format!(
        "ORDER BY {place}.at_us DESC, {place}.interaction DESC LIMIT {limit}"
    ));
    (sql, values)
}

#[cfg(test)]
mod tests {
    use kith_domain::search::Wanted;

    use super::*;
    use crate::plans;

    #[tokio::test]
    async fn sqlite_begins_with_what_few_moments_have() {
        let database = plans::tables().await;
        let id = |number: u8| PersonId::from_bytes([number; 16]);
        let words = || Wanted::read("tide").unwrap();
        let of_all = "SEARCH a USING PRIMARY KEY (organisation=? AND person=?)";
        let with_person = "SEARCH b USING PRIMARY KEY (organisation=? AND person=?)";
        let with_words = "SEARCH i USING PRIMARY KEY (organisation=? AND id=?)";
        for (person, words, first) in [
            (None, None, of_all),
            (Some(id(3)), None, with_person),
            (None, Some(words()), with_words),
            (Some(id(3)), Some(words()), with_words),
        ] {
            let filter = Filter { person, words };
            let organisation = OrganisationId::from_bytes([1; 16]);
            let backend = DbBackend::Sqlite;
            let (sql, values) = asked(backend, organisation, id(2), &filter, None, 50);
            let plan = plans::steps(&database, &sql, values).await;
            let begins = plan.iter().find(|step| {
                let is_table = |table| step.starts_with(&format!("SEARCH {table} "));
                ["a", "b", "i"].into_iter().any(is_table)
            });
            assert_eq!(begins.map(String::as_str), Some(first), "{plan:?}");
        }
    }
}
