//! What members changed and can take back: a row for each such commit, with what was before.
//!
//! What was before is kept as a number, and only where the rows don't hold it otherwise: the version
//! that a change of an entry made, the revision that one of a gathering made, the level of a sharing rule, the status or due moment of a
//! follow-up, the word and mark of a care, the end of a pause. A moment that was recorded by hand is
//! found by its own row, which spares the most frequent change a statement.

use kith_domain::event::{Commit, Event};
use kith_domain::followup;
use kith_domain::id::{ImportId, InteractionId, PersonId};
use kith_domain::undo::Kind;
use kith_domain::{
    care, comfort, exclusion, fact, identity, import, interaction, pause, person, sharing,
};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Value,
};

use super::{Origin, exclusions, governance};
use crate::entity;
use crate::entity::own_change as row;

/// A commit as a change of its member's.
#[derive(Debug)]
pub(super) struct Change {
    member: PersonId,
    kind: Kind,
    subject: String,
    before: Option<i64>,
    /// What it came with: an import is taken back as a whole.
    import: Option<ImportId>,
}

impl Change {
    /// What a commit changes, asked before it is applied. `None` of one that no member made, that takes
    /// something back, or that has a way back of its own.
    pub(super) async fn of(
        database: &DatabaseTransaction,
        origin: Origin,
        commit: &Commit,
    ) -> Result<Option<Self>, DbErr> {
        let Some(member) = commit.member else {
            return Ok(None);
        };
        let other = |event: &Event| matches!(event, Event::Undone(_) | Event::Member(_));
        if commit.events.iter().any(other) {
            return Ok(None);
        }
        let import = commit.events.iter().find_map(|event| match event {
            Event::Import(import::Event::Part { id, .. }) => Some(*id),
            _ => None,
        });
        if let Some(id) = encountered(commit).filter(|_| import.is_none()) {
            return Ok(Some(Self {
                member,
                kind: Kind::Encountered,
                subject: id.to_string(),
                before: None,
                import: None,
            }));
        }
        let kinds = commit.events.iter();
        let mut kinds = kinds.filter_map(|event| Kind::of(event).map(|kind| (kind, event)));
        let first = match import {
            // The import itself has a row of its own.
            Some(_) => kinds.find(|(kind, _)| *kind != Kind::Imported),
            None => kinds.next(),
        };
        let Some((kind, event)) = first.filter(|(kind, _)| *kind != Kind::Recorded) else {
            return Ok(None);
        };
        Ok(Some(Self {
            member,
            kind,
            subject: subject(event).unwrap_or_default(),
            before: before(database, origin, event).await?,
            import,
        }))
    }

    /// An import, however many commits it takes: told with its first part.
    pub(super) fn imported(member: PersonId, id: ImportId) -> Self {
        Self {
            member,
            kind: Kind::Imported,
            subject: id.to_string(),
            before: None,
            import: None,
        }
    }

    pub(super) async fn write(
        self,
        database: &DatabaseTransaction,
        origin: Origin,
    ) -> Result<(), DbErr> {
        if let Some(import) = self.import {
            let row = entity::import_change::ActiveModel {
                organisation: Set(origin.organisation.as_bytes().to_vec()),
                import: Set(import.as_bytes().to_vec()),
                position: Set(origin.position),
                kind: Set(self.kind.index() as i16),
                subject: Set(self.subject),
                before: Set(self.before),
                at_us: Set(origin.recorded_us),
            };
            return row.insert(database).await.map(drop);
        }
        let row = row::ActiveModel {
            organisation: Set(origin.organisation.as_bytes().to_vec()),
            member: Set(self.member.as_bytes().to_vec()),
            position: Set(origin.position),
            kind: Set(self.kind.index() as i16),
            subject: Set(self.subject),
            before: Set(self.before),
            at_us: Set(origin.recorded_us),
            undone: Set(false),
        };
        row.insert(database).await.map(drop)
    }
}

/// The moment of a commit that holds what was learnt or promised in it too.
fn encountered(commit: &Commit) -> Option<InteractionId> {
    let is_part = |event: &Event| {
        matches!(
            event,
            Event::Fact(fact::Event::Added(_)) | Event::FollowUp(followup::Event::PromiseMade(_))
        )
    };
    let moment = commit.events.iter().find_map(|event| match event {
        Event::Interaction(interaction::Event::Recorded(recorded)) => Some(recorded.id),
        _ => None,
    });
    moment.filter(|_| commit.events.iter().any(is_part))
}

/// A change was taken back.
pub(super) async fn undone(
    database: &DatabaseTransaction,
    origin: Origin,
    change: u64,
) -> Result<(), DbErr> {
    let member = origin.member.unwrap_or_default();
    row::Entity::update_many()
        .col_expr(row::Column::Undone, Value::from(true).into())
        .filter(row::Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(row::Column::Member.eq(member.as_bytes().as_slice()))
        .filter(row::Column::Position.eq(change as i64))
        .exec(database)
        .await
        .map(drop)
}

/// How lists name what an event is about.
fn subject(event: &Event) -> Option<String> {
    Some(match event {
        Event::Person(person::Event::Added { id, .. } | person::Event::Changed { id, .. }) => {
            id.to_string()
        }
        Event::Identity(
            identity::Event::Merged { gone, .. } | identity::Event::Unmerged { gone },
        ) => gone.to_string(),
        Event::Fact(fact::Event::Added(fact)) => fact.id.to_string(),
        Event::Fact(fact::Event::Removed { id }) => id.to_string(),
        Event::Interaction(
            interaction::Event::Corrected { id, .. } | interaction::Event::Retracted { id, .. },
        ) => id.to_string(),
        Event::Import(import::Event::Undone { id }) => id.to_string(),
        Event::FollowUp(event) => event.id().to_string(),
        Event::Sharing(sharing::Event::Set { target, .. })
        | Event::Exclusion(exclusion::Event::Set { target, .. }) => exclusions::named(target)?,
        Event::Care(care::Event::Set { person, .. }) => person.to_string(),
        Event::Gathering(event) => event.gathering.to_string(),
        _ => return None,
    })
}

async fn before(
    database: &DatabaseTransaction,
    origin: Origin,
    event: &Event,
) -> Result<Option<i64>, DbErr> {
    let organisation = origin.organisation.as_bytes().to_vec();
    let bytes = |id: &PersonId| id.as_bytes().to_vec();
    Ok(match event {
        Event::Person(person::Event::Changed { version, .. }) => Some(i64::from(*version)),
        Event::Gathering(event) => Some(i64::from(event.revision)),
        Event::Comfort(comfort::Event::Set { revision, .. }) => Some(i64::from(*revision)),
        Event::Exclusion(exclusion::Event::Set { excluded, .. }) => Some((!excluded).into()),
        Event::Sharing(sharing::Event::Set { member, target, .. }) => {
            governance::rule(database, origin, *member, target)
                .await?
                .map(|row| row.level.into())
        }
        Event::Care(care::Event::Set { member, person, .. }) => {
            let key = (organisation, bytes(member), bytes(person));
            let row = entity::care::Entity::find_by_id(key).one(database).await?;
            row.map(|row| i64::from(row.word) * 2 + i64::from(row.important))
        }
        Event::Pause(pause::Event::Set { member, .. }) => {
            let key = (organisation, bytes(member));
            let row = entity::pause::Entity::find_by_id(key).one(database).await?;
            row.map(|row| row.until_us)
        }
        // Before a promise there was none.
        Event::FollowUp(followup::Event::PromiseMade(_)) => None,
        Event::FollowUp(event) => {
            let key = (organisation, event.id().as_bytes().to_vec());
            let row = entity::follow_up::Entity::find_by_id(key)
                .one(database)
                .await?;
            row.map(|row| match event {
                followup::Event::Snoozed { .. } => row.due_us,
                _ => row.status.into(),
            })
        }
        _ => None,
    })
}
