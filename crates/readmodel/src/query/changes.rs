//! Who changed what is known of a person, and when.

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::id::PersonId;
use kith_domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entries;
use super::own;
use crate::entity::{fact, person, person_change};

/// Changes answered at most.
const MOST: usize = 1_000;

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The member who made it; none of a program that speaks for nobody.
    pub by: Option<PersonId>,
    /// What it was.
    pub what: What,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The person was entered into the directory on purpose.
    Entered,
    /// A field of the entry.
    Field(person_change::Model),
    /// A fact was noted.
    FactAdded(fact::Model),
    /// A fact was removed.
    FactRemoved(fact::Model),
}

/// The changes of somebody's entry and of the facts that the principal sees, newest first. Who only came
/// along with moments was entered by nobody: by whom they came is their ties' business.
pub async fn of_person(
    database: &DatabaseConnection,
    principal: &Principal,
    person: &person::Model,
) -> Result<Vec<Change>, DbErr> {
    let id = |bytes: &Vec<u8>| PersonId::from_slice(bytes);
    let mut changes = Vec::new();
    let own_id = id(&person.id).unwrap_or_default();
    let entries = entries::of(database, principal.organisation, own_id).await?;
    let mut entries: Vec<Vec<u8>> = entries.into_iter().map(|entry| entry.id).collect();
    if entries.is_empty() {
        entries.push(person.id.clone());
    }
    let fields = person_change::Entity::find()
        .filter(person_change::Column::Organisation.eq(own(principal.organisation)))
        .filter(person_change::Column::Person.is_in(entries))
        .order_by_desc(person_change::Column::Position)
        .order_by_asc(person_change::Column::Field)
        .limit(MOST as u64)
        .all(database)
        .await?;
    changes.extend(fields.into_iter().map(|row| Change {
        at: Timestamp(row.at_us),
        by: row.member.as_ref().and_then(id),
        what: What::Field(row),
    }));
    let facts = fact::Entity::find()
        .filter(fact::Column::Organisation.eq(own(principal.organisation)))
        .filter(fact::Column::Person.eq(person.id.clone()))
        .order_by_desc(fact::Column::NotedUs)
        .order_by_asc(fact::Column::Id)
        .all(database)
        .await?;
    let sees = |row: &fact::Model| {
        let resource = Resource::Fact {
            author: id(&row.author).unwrap_or_default(),
            private: row.private,
        };
        visible(principal, resource, Class::Content) == Sight::Full
    };
    for row in facts.into_iter().filter(sees) {
        let by = id(&row.author);
        if let Some(removed) = row.removed_us {
            changes.push(Change {
                at: Timestamp(removed),
                by,
                what: What::FactRemoved(row.clone()),
            });
        }
        changes.push(Change {
            at: Timestamp(row.noted_us),
            by,
            what: What::FactAdded(row),
        });
    }
    if !person.met {
        changes.push(Change {
            at: Timestamp(person.entered_us),
            by: person.entered_by.as_ref().and_then(id),
            what: What::Entered,
        });
    }
    // The order among those of one moment is that in which they stand here.
    changes.sort_by_key(|change| std::cmp::Reverse(change.at));
    changes.truncate(MOST);
    Ok(changes)
}
