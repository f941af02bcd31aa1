//! What was imported, and what would be without it.

use std::collections::HashMap;

use kith_domain::id::{ImportId, InteractionId, OrganisationId, PersonId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::interactions::receipts;
use super::own;
use crate::bulk::{blob, statement};
use crate::entity::import;
use crate::lookup::Lookup;

/// An import with what it brought.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its row.
    pub row: import::Model,
    /// Moments that came with it, those of other sources included.
    pub moments: u64,
    /// Moments that no other source holds: they go when it is taken back.
    pub alone: u64,
    /// Those in force that came from elsewhere too.
    pub elsewhere: u64,
    /// Entries of the directory that it made or changed.
    pub entries: u64,
}

/// The import with this id.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<Option<import::Model>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    import::Entity::find_by_id(key).one(database).await
}

/// The imports of a member, or of programs that speak for nobody, before a place, newest first.
pub async fn list(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: Option<PersonId>,
    before: Option<(i64, ImportId)>,
    limit: u64,
) -> Result<Vec<Imported>, DbErr> {
    use import::Column;
    let whose = match member {
        Some(member) => Column::Member.eq(member.as_bytes().to_vec()),
        None => Column::Member.is_null(),
    };
    let mut find = import::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(whose);
    if let Some((begun, id)) = before {
        let same = Condition::all()
            .add(Column::BegunUs.eq(begun))
            .add(Column::Id.lt(id.as_bytes().to_vec()));
        find = find.filter(Condition::any().add(Column::BegunUs.lt(begun)).add(same));
    }
    let rows = find
        .order_by_desc(Column::BegunUs)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(database)
        .await?;
    let mut imports = Vec::with_capacity(rows.len());
    for row in rows {
        imports.push(count(database, organisation, row).await?);
    }
    Ok(imports)
}

async fn count(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    row: import::Model,
) -> Result<Imported, DbErr> {
    // One that was retracted neither goes nor stays.
    let sql = "SELECT count(*) AS moments, \
                coalesce(sum(CASE WHEN held = 1 THEN in_force ELSE 0 END), 0) AS alone, \
                coalesce(sum(CASE WHEN held > 1 THEN in_force ELSE 0 END), 0) AS elsewhere \
               FROM (SELECT held, CASE WHEN EXISTS (SELECT 1 FROM interaction c \
                  WHERE c.organisation = $1 AND c.id = every.id AND c.to_position IS NULL) \
                  THEN 1 ELSE 0 END AS in_force \
                FROM (SELECT id, held FROM interaction \
                  WHERE organisation = $1 AND import = $2 AND revision = 1 UNION ALL \
                 SELECT i.id, i.held FROM import_again a JOIN interaction i \
                  ON i.organisation = a.organisation AND i.id = a.interaction AND i.revision = 1 \
                  WHERE a.organisation = $1 AND a.import = $2) AS every) AS of_it";
    let changed = "SELECT count(DISTINCT subject) AS entries FROM import_change \
                   WHERE organisation = $1 AND import = $2";
    let values = vec![blob(organisation.as_bytes()), blob(&row.id)];
    let backend = database.get_database_backend();
    let counted = database
        .query_one_raw(statement(backend, sql, values))
        .await?;
    let count = |name: &str| -> Result<u64, DbErr> {
        let Some(counted) = &counted else {
            return Ok(0);
        };
        let count: i64 = counted.try_get("", name)?;
        Ok(count.try_into().unwrap_or_default())
    };
    let values = vec![blob(organisation.as_bytes()), blob(&row.id)];
    let entries = database.query_one_raw(statement(backend, changed, values));
    let entries: i64 = match entries.await? {
        Some(row) => row.try_get("", "entries")?,
        None => 0,
    };
    Ok(Imported {
        moments: count("moments")?,
        alone: if row.undone { 0 } else { count("alone")? },
        elsewhere: if row.undone { 0 } else { count("elsewhere")? },
        entries: entries.try_into().unwrap_or_default(),
        row,
    })
}

#[derive(FromQueryResult)]
struct Again {
    interaction: Vec<u8>,
}

const AGAIN: Lookup<2> = Lookup {
    select: "t.interaction",
    table: "import_again",
    by: ["import", "interaction"],
    and: "",
};

/// The import of this member, or of programs that speak for nobody, that brought exactly these moments
/// and still stands: whoever imports them once more imports nothing else.
pub async fn same(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: Option<PersonId>,
    moments: &[InteractionId],
) -> Result<Option<ImportId>, DbErr> {
    let mut firsts: HashMap<ImportId, u64> = HashMap::new();
    for moments in moments.chunks(AT_ONCE) {
        let receipts = receipts(database, organisation, moments).await?;
        for import in receipts.values().filter_map(|receipt| receipt.import) {
            *firsts.entry(import).or_default() += 1;
        }
    }
    // Those that brought most of them first, and those that brought them again.
    let mut candidates: Vec<(u64, ImportId)> =
        firsts.into_iter().map(|(id, count)| (count, id)).collect();
    candidates.sort_unstable_by(|a, b| b.cmp(a));
    candidates.truncate(CANDIDATES);
    if let Some(first) = moments.first() {
        let again = brought_again(database, organisation, *first).await?;
        candidates.extend(again.into_iter().map(|id| (0, id)));
    }
    for (_, id) in candidates {
        if is_same(database, organisation, member, id, moments).await? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Moments looked at together: an import may have brought more than fit into memory.
const AT_ONCE: usize = 10_000;
/// Imports that are looked at closely to find the same one.
const CANDIDATES: usize = 8;

/// The last imports that brought a moment again.
async fn brought_again(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    moment: InteractionId,
) -> Result<Vec<ImportId>, DbErr> {
    let sql = format!(
        "SELECT a.import FROM import_again a \
         JOIN import i ON i.organisation = a.organisation AND i.id = a.import AND NOT i.undone \
         WHERE a.organisation = $1 AND a.interaction = $2 \
         ORDER BY i.begun_us DESC LIMIT {CANDIDATES}"
    );
    let values = vec![blob(organisation.as_bytes()), blob(moment.as_bytes())];
    let backend = database.get_database_backend();
    let rows = database.query_all_raw(statement(backend, sql, values));
    let mut imports = Vec::new();
    for row in rows.await? {
        let id: Vec<u8> = row.try_get("", "import")?;
        imports.extend(ImportId::from_slice(&id));
    }
    Ok(imports)
}

/// Whether an import is of this member, stands, and brought exactly these moments.
async fn is_same(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: Option<PersonId>,
    id: ImportId,
    moments: &[InteractionId],
) -> Result<bool, DbErr> {
    let Some(row) = find(database, organisation, id).await? else {
        return Ok(false);
    };
    let is_own = row.member.as_deref().and_then(PersonId::from_slice) == member;
    if row.undone || !is_own {
        return Ok(false);
    }
    if count(database, organisation, row).await?.moments != moments.len() as u64 {
        return Ok(false);
    }
    for moments in moments.chunks(AT_ONCE) {
        let receipts = receipts(database, organisation, moments).await?;
        let others: Vec<_> = receipts
            .iter()
            .filter(|(_, receipt)| receipt.import != Some(id))
            .map(|(moment, _)| [blob(id.as_bytes()), blob(moment.as_bytes())])
            .collect();
        let again: Vec<Again> = AGAIN.find(database, organisation, &others).await?;
        let again = again.iter().filter(|row| !row.interaction.is_empty());
        if again.count() != others.len() || receipts.len() != moments.len() {
            return Ok(false);
        }
    }
    Ok(true)
}
