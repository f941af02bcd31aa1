//! Gatherings, as their lists have them. Who of an attendee list is whom in the directory, is asked elsewhere: it
//! depends on what the principal may see.

use std::collections::HashMap;

use kith_domain::id::{GatheringId, OrganisationId, PersonId};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::own;
use crate::bulk::{blob, statement};
use crate::entity::{gathering, gathering_attendee, gathering_going, gathering_session};
use crate::lookup::Lookup;

/// The gathering with this id.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: GatheringId,
) -> Result<Option<gathering::Model>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    gathering::Entity::find_by_id(key).one(database).await
}

/// Which gatherings are listed, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Those that have not ended at this moment, the next one first.
    Ahead(i64),
    /// Those that have, the last one first.
    Past(i64),
}

/// Gatherings behind a place: when one ends, and its id.
pub async fn list(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    when: When,
    after: Option<(i64, GatheringId)>,
    limit: u64,
) -> Result<Vec<gathering::Model>, DbErr> {
    use gathering::Column;
    let mut find = gathering::Entity::find().filter(Column::Organisation.eq(own(organisation)));
    find = match when {
        When::Ahead(now) => find.filter(Column::EndsUs.gt(now)),
        When::Past(now) => find.filter(Column::EndsUs.lte(now)),
    };
    if let Some((ends, id)) = after {
        let id = id.as_bytes().to_vec();
        let same = Condition::all().add(Column::EndsUs.eq(ends));
        find = find.filter(match when {
            When::Ahead(_) => Condition::any()
                .add(Column::EndsUs.gt(ends))
                .add(same.add(Column::Id.gt(id))),
            When::Past(_) => Condition::any()
                .add(Column::EndsUs.lt(ends))
                .add(same.add(Column::Id.lt(id))),
        });
    }
    let find = match when {
        When::Ahead(_) => find.order_by_asc(Column::EndsUs).order_by_asc(Column::Id),
        When::Past(_) => find.order_by_desc(Column::EndsUs).order_by_desc(Column::Id),
    };
    find.limit(limit).all(database).await
}

/// The sessions of a gathering, as they follow each other.
pub async fn sessions(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: GatheringId,
) -> Result<Vec<gathering_session::Model>, DbErr> {
    use gathering_session::Column;
    gathering_session::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Gathering.eq(id.as_bytes().to_vec()))
        .order_by_asc(Column::BeginsUs)
        .order_by_asc(Column::Id)
        .all(database)
        .await
}

/// Who of us goes to these gatherings.
pub async fn going(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    ids: &[GatheringId],
) -> Result<HashMap<GatheringId, Vec<gathering_going::Model>>, DbErr> {
    const OF_GATHERING: Lookup<1> = Lookup {
        select: "t.*",
        table: "gathering_going",
        by: ["gathering"],
        and: "",
    };
    let keys: Vec<_> = ids.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<gathering_going::Model> =
        OF_GATHERING.find(database, organisation, &keys).await?;
    let mut going: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        if let Some(id) = GatheringId::from_slice(&row.gathering) {
            going.entry(id).or_default().push(row);
        }
    }
    for rows in going.values_mut() {
        rows.sort_by_key(|row| (row.from_us, row.member.clone()));
    }
    Ok(going)
}

/// How many people are on the list of a gathering.
pub async fn size(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: GatheringId,
) -> Result<u64, DbErr> {
    of_list(organisation, id).count(database).await
}

/// Attendees behind a place, by name.
pub async fn attendees(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: GatheringId,
    after: Option<(String, PersonId)>,
    limit: u64,
) -> Result<Vec<gathering_attendee::Model>, DbErr> {
    use gathering_attendee::Column;
    let mut find = of_list(organisation, id);
    if let Some((name, listed)) = after {
        let same = Condition::all()
            .add(Column::SortName.eq(name.as_str()))
            .add(Column::Listed.gt(listed.as_bytes().to_vec()));
        find = find.filter(Condition::any().add(Column::SortName.gt(name)).add(same));
    }
    find.order_by_asc(Column::SortName)
        .order_by_asc(Column::Listed)
        .limit(limit)
        .all(database)
        .await
}

/// The attendee with this id.
pub async fn attendee(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: GatheringId,
    listed: PersonId,
) -> Result<Option<gathering_attendee::Model>, DbErr> {
    let key = (
        own(organisation),
        id.as_bytes().to_vec(),
        listed.as_bytes().to_vec(),
    );
    let row = gathering_attendee::Entity::find_by_id(key)
        .one(database)
        .await?;
    Ok(row.filter(|row| !row.gone))
}

fn of_list(
    organisation: OrganisationId,
    id: GatheringId,
) -> sea_orm::Select<gathering_attendee::Entity> {
    use gathering_attendee::Column;
    gathering_attendee::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Gathering.eq(id.as_bytes().to_vec()))
        .filter(Column::Gone.eq(false))
}

/// Everybody who is or was on any list of an organisation, in no order.
pub async fn all_attendees(
    database: &DatabaseConnection,
    organisation: OrganisationId,
) -> Result<Vec<gathering_attendee::Model>, DbErr> {
    gathering_attendee::Entity::find()
        .filter(gathering_attendee::Column::Organisation.eq(own(organisation)))
        .all(database)
        .await
}

/// As whom lists name those of whom members said that they are one of these people.
pub async fn said_to_be(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<Vec<PersonId>, DbErr> {
    const BY_PERSON: Lookup<1> = Lookup {
        select: "t.listed",
        table: "gathering_answer",
        by: ["person"],
        and: "",
    };
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<Listed> = BY_PERSON.find(database, organisation, &keys).await?;
    Ok(rows
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.listed))
        .collect())
}

#[derive(FromQueryResult)]
struct Listed {
    listed: Vec<u8>,
}

/// What a member said of who an attendee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The person that the entry they named means today; `None` if they are nobody in the directory.
    pub person: Option<PersonId>,
    /// The member.
    pub by: PersonId,
    /// Which change said so: later ones have larger numbers.
    pub revision: i32,
}

#[derive(FromQueryResult)]
struct Answered {
    listed: Vec<u8>,
    person: Option<Vec<u8>>,
    said_by: Vec<u8>,
    revision: i32,
}

/// Everything that was said of who the attendees of a gathering are, by each of them.
pub async fn answers(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: GatheringId,
) -> Result<HashMap<PersonId, Vec<Said>>, DbErr> {
    let sql = "SELECT a.listed, COALESCE(i.person, a.person) AS person, a.said_by, a.revision \
               FROM gathering_answer a LEFT JOIN identity i \
                ON i.organisation = a.organisation AND i.entry = a.person \
               WHERE a.organisation = $1 AND a.gathering = $2";
    let values = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
    let backend = database.get_database_backend();
    let rows = Answered::find_by_statement(statement(backend, sql, values))
        .all(database)
        .await?;
    let mut all: HashMap<PersonId, Vec<Said>> = HashMap::new();
    for row in rows {
        let ids = PersonId::from_slice(&row.listed).zip(PersonId::from_slice(&row.said_by));
        let Some((listed, by)) = ids else { continue };
        all.entry(listed).or_default().push(Said {
            person: row.person.as_deref().and_then(PersonId::from_slice),
            by,
            revision: row.revision,
        });
    }
    Ok(all)
}
