//! What a member changed, and what was before: for the way back.

use std::collections::HashSet;

use kith_domain::id::{ImportId, InteractionId, OrganisationId, PersonId};
use kith_domain::interaction::Moment;
use kith_domain::time::Timestamp;
use kith_domain::undo::Kind;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::own;
use crate::bulk::{blob, statement};
use crate::entity::{import_change, interaction, own_change, person, person_change};
use crate::projection::moment_of;

/// A change of a member's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its commit.
    pub position: u64,
    /// What it was.
    pub kind: Kind,
    /// What it was about, as `own_change` names it.
    pub subject: String,
    /// What was before, as `own_change` keeps it.
    pub before: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// Whether it was taken back.
    pub is_undone: bool,
    /// The moments that were recorded by hand, for that kind.
    pub recorded: Vec<interaction::Model>,
}

/// Where a change stands: its commit, and of several requests that share one, which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The commit.
    pub position: u64,
    /// The receipt of the request that recorded moments by hand; nothing otherwise.
    pub request: [u8; 16],
}

impl Change {
    /// The receipt of the request, of moments that were recorded by hand.
    #[must_use]
    pub fn request(&self) -> [u8; 16] {
        let first = self.recorded.first();
        let receipt = first.and_then(|row| row.fingerprint.as_slice().try_into().ok());
        receipt.unwrap_or_default()
    }
}

fn of_row(row: own_change::Model) -> Option<Change> {
    Some(Change {
        position: row.position as u64,
        kind: usize::try_from(row.kind).ok().and_then(Kind::from_index)?,
        subject: row.subject,
        before: row.before,
        at: Timestamp(row.at_us),
        is_undone: row.undone,
        recorded: Vec::new(),
    })
}

/// What an import made of the directory, latest first.
pub async fn of_import(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    import: ImportId,
) -> Result<Vec<Change>, DbErr> {
    use import_change::Column;
    let rows = import_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Import.eq(import.as_bytes().to_vec()))
        .order_by_desc(Column::Position)
        .all(database)
        .await?;
    let changes = rows.into_iter().filter_map(|row| {
        Some(Change {
            position: row.position as u64,
            kind: usize::try_from(row.kind).ok().and_then(Kind::from_index)?,
            subject: row.subject,
            before: row.before,
            at: Timestamp(row.at_us),
            is_undone: false,
            recorded: Vec::new(),
        })
    });
    Ok(changes.collect())
}

/// The changes of a member that were not taken back, before a place, latest first; of several in one commit in
/// the order of their requests.
pub async fn list(
    database: &DatabaseConnection,
    (organisation, member): (OrganisationId, PersonId),
    before: Option<Place>,
    limit: u64,
) -> Result<Vec<Change>, DbErr> {
    use own_change::Column;
    let request = before.map_or([u8::MAX; 16], |place| place.request);
    let before = before.map_or(i64::MAX, |place| place.position as i64);
    let rows = own_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Member.eq(member.as_bytes().to_vec()))
        .filter(Column::Position.lt(before))
        .filter(Column::Undone.eq(false))
        .order_by_desc(Column::Position)
        .limit(limit)
        .all(database)
        .await?;
    let mut changes: Vec<Change> = rows.into_iter().filter_map(of_row).collect();
    for (position, request) in
        by_hand(database, organisation, member, (before, request), limit).await?
    {
        changes.extend(recorded(database, organisation, member, position, &request).await?);
    }
    changes.sort_by_key(|change| std::cmp::Reverse(change.position));
    changes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(changes)
}

/// The commits and requests of what a member recorded by hand and did not retract, latest first.
async fn by_hand(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    (before, request): (i64, [u8; 16]),
    limit: u64,
) -> Result<Vec<(i64, Vec<u8>)>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT i.from_position, i.fingerprint FROM interaction i \
         WHERE i.organisation = $1 AND i.recorder = $2 \
          AND i.from_position <= $3 AND (i.from_position < $3 OR i.fingerprint > $4) \
          AND i.import IS NULL AND i.revision = 1 \
          AND NOT EXISTS (SELECT 1 FROM own_change o WHERE o.organisation = i.organisation \
           AND o.member = i.recorder AND o.position = i.from_position) \
          AND EXISTS (SELECT 1 FROM interaction c WHERE c.organisation = i.organisation \
           AND c.id = i.id AND c.to_position IS NULL) \
         ORDER BY i.from_position DESC, i.fingerprint LIMIT {limit}"
    );
    let values = vec![
        blob(organisation.as_bytes()),
        blob(member.as_bytes()),
        before.into(),
        blob(&request),
    ];
    let backend = database.get_database_backend();
    let rows = database
        .query_all_raw(statement(backend, sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "from_position")?,
                row.try_get("", "fingerprint")?,
            ))
        })
        .collect()
}

/// What a member recorded by hand with one request.
async fn recorded(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    position: i64,
    request: &[u8],
) -> Result<Option<Change>, DbErr> {
    use interaction::Column;
    let rows = interaction::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Recorder.eq(member.as_bytes().to_vec()))
        .filter(Column::FromPosition.eq(position))
        .filter(Column::Fingerprint.eq(request))
        .filter(Column::Import.is_null())
        .filter(Column::Revision.eq(1))
        .order_by_asc(Column::Id)
        .all(database)
        .await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let ids = rows.iter().map(|row| row.id.clone());
    let standing = interaction::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Id.is_in(ids))
        .filter(Column::ToPosition.is_null())
        .one(database)
        .await?;
    Ok(Some(Change {
        position: position as u64,
        kind: Kind::Recorded,
        subject: InteractionId::from_slice(&first.id)
            .unwrap_or_default()
            .to_string(),
        before: None,
        at: Timestamp(first.recorded_us),
        is_undone: standing.is_none(),
        recorded: rows,
    }))
}

/// The change that a member made with the commit at a position.
pub async fn find(
    database: &DatabaseConnection,
    (organisation, member): (OrganisationId, PersonId),
    place: Place,
) -> Result<Option<Change>, DbErr> {
    let position = place.position as i64;
    let key = (own(organisation), member.as_bytes().to_vec(), position);
    let row = own_change::Entity::find_by_id(key).one(database).await?;
    match row {
        Some(row) => Ok(of_row(row)),
        None => recorded(database, organisation, member, position, &place.request).await,
    }
}

/// Whether the member changed the same thing since, and did not take that back.
pub async fn is_changed_since(
    database: &DatabaseConnection,
    (organisation, member): (OrganisationId, PersonId),
    change: &Change,
) -> Result<bool, DbErr> {
    use own_change::Column;
    let subjects: Vec<String> = if change.recorded.is_empty() {
        vec![change.subject.clone()]
    } else {
        let ids = change.recorded.iter().map(|row| row.id.as_slice());
        ids.filter_map(InteractionId::from_slice)
            .map(|id| id.to_string())
            .collect()
    };
    let later = own_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Member.eq(member.as_bytes().to_vec()))
        .filter(Column::Position.gt(change.position as i64))
        .filter(Column::Undone.eq(false))
        .filter(Column::Subject.is_in(subjects))
        .all(database)
        .await?;
    let same = |row| of_row(row).is_some_and(|later| change.kind.is_about_the_same_as(later.kind));
    Ok(later.into_iter().any(same))
}

/// What the commit at a position made of a person's entry, field by field.
pub async fn fields(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    person: PersonId,
    position: u64,
) -> Result<Vec<person_change::Model>, DbErr> {
    use person_change::Column;
    person_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Person.eq(person.as_bytes().to_vec()))
        .filter(Column::Position.eq(position as i64))
        .all(database)
        .await
}

/// Whether an entry was merged or unmerged after a position.
pub async fn is_identity_changed_since(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    entry: PersonId,
    position: u64,
) -> Result<bool, DbErr> {
    use person_change::Column;
    let named = Condition::any()
        .add(Column::Before.eq(entry.to_string()))
        .add(Column::After.eq(entry.to_string()));
    let later = person_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Position.gt(position as i64))
        .filter(Column::Field.eq("entries"))
        .filter(named)
        .one(database)
        .await?;
    Ok(later.is_some())
}

/// From whom the commit at a position unmerged an entry.
pub async fn merged_into(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    entry: PersonId,
    position: u64,
) -> Result<Option<PersonId>, DbErr> {
    use person_change::Column;
    let row = person_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Position.eq(position as i64))
        .filter(Column::Field.eq("entries"))
        .filter(Column::Before.eq(entry.to_string()))
        .one(database)
        .await?;
    Ok(row.and_then(|row| PersonId::from_slice(&row.person)))
}

/// Whether a person's entry is, in what one of their changes was about, other than that change left it.
#[must_use]
pub fn is_field_changed(person: &person::Model, change: &person_change::Model) -> bool {
    now(person, &change.field) != change.after.as_deref()
}

/// Whether it is what it was before that change.
#[must_use]
pub fn is_field_as_before(person: &person::Model, change: &person_change::Model) -> bool {
    now(person, &change.field) == change.before.as_deref()
}

/// Whether somebody else wrote something of an entry that everybody may read.
pub async fn is_written_of(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    entry: PersonId,
    member: PersonId,
) -> Result<bool, DbErr> {
    // Facts are found by whose they count for.
    let sql = "SELECT f.id FROM fact f WHERE f.organisation = $1 \
                AND f.person = COALESCE((SELECT i.person FROM identity i \
                 WHERE i.organisation = $1 AND i.entry = $2), $2) \
                AND f.entry = $2 AND f.author <> $3 AND NOT f.private AND f.removed_us IS NULL LIMIT 1";
    let values = vec![
        blob(organisation.as_bytes()),
        blob(entry.as_bytes()),
        blob(member.as_bytes()),
    ];
    let backend = database.get_database_backend();
    let written = database
        .query_one_raw(statement(backend, sql, values))
        .await?;
    Ok(written.is_some())
}

/// Whether a person's entry is other than it was at a position.
pub async fn is_entry_changed_since(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    person: &person::Model,
    position: u64,
) -> Result<bool, DbErr> {
    use person_change::Column;
    let later = person_change::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Person.eq(person.id.clone()))
        .filter(Column::Position.gt(position as i64))
        .order_by_asc(Column::Position)
        .all(database)
        .await?;
    let mut seen = HashSet::new();
    // What a field was then is what its first change since began with.
    let first = later.iter().filter(|row| seen.insert(row.field.as_str()));
    Ok(first
        .into_iter()
        .any(|row| now(person, &row.field) != row.before.as_deref()))
}

/// What a field says now, as changes keep it.
fn now<'p>(person: &'p person::Model, field: &str) -> Option<&'p str> {
    let list = |lines: &'p str| Some(lines).filter(|lines| !lines.is_empty());
    match field {
        "name" => person.name.as_deref(),
        "company" => person.company.as_deref(),
        "title" => person.title.as_deref(),
        "addresses" => list(&person.addresses),
        "affiliations" => list(&person.affiliations),
        "tags" => list(&person.tags),
        _ => None,
    }
}

/// The last revision of an interaction that a correction or a retraction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// What it said.
    pub moment: Moment,
    /// The member who recorded the interaction; `None` of a program that spoke for nobody.
    pub recorder: Option<PersonId>,
    /// Whether it says something else now than the correction that ended it.
    pub is_changed_since: bool,
}

/// What was in force of an interaction until the commit at a position.
pub async fn ended(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: InteractionId,
    position: u64,
) -> Result<Option<Ended>, DbErr> {
    use interaction::Column;
    let revisions = interaction::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Id.eq(id.as_bytes().to_vec()))
        .order_by_asc(Column::Revision)
        .all(database)
        .await?;
    let position = position as i64;
    let ended = revisions
        .iter()
        .find(|row| row.to_position == Some(position));
    let Some(ended) = ended else { return Ok(None) };
    let made = revisions.iter().find(|row| row.from_position == position);
    let current = revisions.iter().find(|row| row.to_position.is_none());
    let is_changed_since = match (made, current) {
        (Some(made), Some(current)) => moment_of(made)? != moment_of(current)?,
        (made, current) => made.is_some() != current.is_some(),
    };
    let recorder = PersonId::from_slice(&ended.recorder).unwrap_or_default();
    Ok(Some(Ended {
        moment: moment_of(ended)?,
        recorder: Some(recorder).filter(|recorder| *recorder != PersonId::default()),
        is_changed_since,
    }))
}
