//! The timeline.

mod page;

use std::collections::{HashMap, HashSet};

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::id::{ImportId, InteractionId, OrganisationId, PersonId, SourceId};
use kith_domain::interaction::Participant;
use kith_domain::search::{Wanted, indexed};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult};

use super::own;
use crate::bulk::{blob, statement};
use crate::entity::interaction;
use crate::lookup::Lookup;
use crate::projection::{Members, unpack};

/// An interaction as its reader may see it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The row; note and subject are gone where they are not the reader's.
    pub row: interaction::Model,
    /// Who took part.
    pub participants: Vec<Participant>,
}

impl Seen {
    /// Whether what the reader sees of its note and subject has these words.
    fn is_found(&self, wanted: &Wanted) -> bool {
        let texts = [&self.row.note, &self.row.subject];
        let words = indexed(texts.into_iter().flatten().map(String::as_str));
        words.is_some_and(|words| wanted.find(&words))
    }
}

/// What is kept of the request that recorded an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The keyed hash of its body.
    pub fingerprint: Vec<u8>,
    /// Its commit.
    pub position: u64,
    /// The import that it came with.
    pub import: Option<ImportId>,
    /// Whether it was recorded by hand, be it again.
    pub by_hand: bool,
    /// Whether anything holds it: what came with an import that was taken back, nothing does.
    pub is_held: bool,
}

#[derive(FromQueryResult)]
struct ReceiptRow {
    id: Vec<u8>,
    fingerprint: Vec<u8>,
    from_position: i64,
    import: Option<Vec<u8>>,
    by_hand: bool,
    held: i32,
}

impl From<ReceiptRow> for Receipt {
    fn from(row: ReceiptRow) -> Self {
        Self {
            fingerprint: row.fingerprint,
            position: row.from_position as u64,
            import: row.import.as_deref().and_then(ImportId::from_slice),
            by_hand: row.by_hand,
            is_held: row.held > 0,
        }
    }
}

const RECEIPTS: Lookup<1> = Lookup {
    select: "t.id, t.fingerprint, t.from_position, t.import, t.by_hand, t.held",
    table: "interaction",
    by: ["id"],
    and: " AND t.revision = 1",
};

/// The receipts of those of these interactions that are recorded.
pub async fn receipts(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    ids: &[InteractionId],
) -> Result<HashMap<InteractionId, Receipt>, DbErr> {
    let keys: Vec<_> = ids.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<ReceiptRow> = RECEIPTS.find(database, organisation, &keys).await?;
    let receipts = rows.into_iter();
    let receipts =
        receipts.filter_map(|row| Some((InteractionId::from_slice(&row.id)?, row.into())));
    Ok(receipts.collect())
}

#[derive(FromQueryResult)]
struct ToldRow {
    source: Vec<u8>,
    revision: i32,
    to_position: Option<i64>,
    recorder: Vec<u8>,
    participants: Vec<u8>,
    #[sea_orm(nested)]
    receipt: ReceiptRow,
}

const TOLD: Lookup<1> = Lookup {
    select: "t.source, t.revision, t.to_position, t.recorder, t.participants, \
             t.id, t.fingerprint, t.from_position, t.import, t.by_hand, t.held",
    table: "interaction",
    by: ["source"],
    and: " AND t.source IS NOT NULL AND (t.revision = 1 OR t.to_position IS NULL)",
};

/// What the principal's member, or programs like it that speak for nobody, told of these sources before, or took
/// part in as somebody else told it: of each source one interaction, an own one first.
pub async fn told_before(
    database: &DatabaseConnection,
    principal: &Principal,
    sources: &[SourceId],
) -> Result<HashMap<SourceId, (InteractionId, Receipt)>, DbErr> {
    let keys: Vec<_> = sources.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<ToldRow> = TOLD.find(database, principal.organisation, &keys).await?;
    let me = principal.member.unwrap_or_default();
    let is_mine = |row: &ToldRow| row.recorder == me.as_bytes();
    let was_there = |row: &ToldRow| {
        let mut took_part = unpack(&row.participants).into_iter();
        row.to_position.is_none() && took_part.any(|took| Some(took.person) == principal.member)
    };
    let known = rows.iter().filter(|row| is_mine(row) || was_there(row));
    let known: HashSet<Vec<u8>> = known.map(|row| row.receipt.id.clone()).collect();
    let is_first = |row: &ToldRow| row.revision == 1 && known.contains(&row.receipt.id);
    let mut first: Vec<ToldRow> = rows.into_iter().filter(is_first).collect();
    first.sort_by_cached_key(|row| {
        let receipt = &row.receipt;
        (!is_mine(row), receipt.from_position, receipt.id.clone())
    });
    let mut told = HashMap::with_capacity(first.len());
    for row in first {
        let ids = SourceId::from_slice(&row.source).zip(InteractionId::from_slice(&row.receipt.id));
        if let Some((source, id)) = ids {
            told.entry(source)
                .or_insert_with(|| (id, row.receipt.into()));
        }
    }
    Ok(told)
}

/// Those of these people who ever took part in a moment with the member, whoever else sees them.
pub async fn met_by(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    people: &[PersonId],
) -> Result<HashSet<PersonId>, DbErr> {
    let sql = "SELECT b.person FROM participation a \
               JOIN participation b ON b.organisation = a.organisation AND b.at_us = a.at_us \
                AND b.interaction = a.interaction AND b.person = COALESCE((SELECT i.person \
                 FROM identity i WHERE i.organisation = $1 AND i.entry = $3), $3) \
               WHERE a.organisation = $1 AND a.person = $2 LIMIT 1";
    let backend = database.get_database_backend();
    let mut met = HashSet::new();
    for person in people {
        let values = vec![
            blob(organisation.as_bytes()),
            blob(member.as_bytes()),
            blob(person.as_bytes()),
        ];
        let found = database.query_one_raw(statement(backend, sql, values));
        met.extend(found.await?.map(|_| *person));
    }
    Ok(met)
}

/// Who recorded an interaction, and who took part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The member who recorded it; `None` for a program that spoke for nobody.
    pub recorder: Option<PersonId>,
    /// Who took part, as it was first recorded.
    pub participants: Vec<PersonId>,
}

/// Where an interaction comes from, if it was ever recorded.
pub async fn origin(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: InteractionId,
) -> Result<Option<Origin>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec(), 1);
    let row = interaction::Entity::find_by_id(key).one(database).await?;
    Ok(row.map(|row| Origin {
        recorder: PersonId::from_slice(&row.recorder).filter(|id| *id != PersonId::default()),
        participants: unpack(&row.participants).iter().map(|p| p.person).collect(),
    }))
}

/// Rows looked at together at most, when most of them are left out.
const LARGEST_LOOK: u64 = 2_000;

/// Which interactions are asked for: all filters given must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those with one person.
    pub person: Option<PersonId>,
    /// Those with words in what the reader sees of note and subject.
    pub words: Option<Wanted>,
}

impl Filter {
    /// All, or those with one person.
    #[must_use]
    pub fn with(person: Option<PersonId>) -> Self {
        Self {
            person,
            words: None,
        }
    }
}

/// The member's interactions below a place, newest first. Those with nobody but people whom the member
/// leaves out are not among them.
pub async fn list(
    database: &DatabaseConnection,
    principal: &Principal,
    member: PersonId,
    filter: &Filter,
    mut before: Option<(i64, InteractionId)>,
    limit: u64,
) -> Result<Vec<Seen>, DbErr> {
    let organisation = principal.organisation;
    let members = Members::load(database, organisation).await?;
    let mut seen = Vec::new();
    let mut look = limit;
    loop {
        let rows = page::rows(database, principal, member, filter, before, look).await?;
        let is_last = (rows.len() as u64) < look;
        look = (look * 2).clamp(limit, limit.max(LARGEST_LOOK));
        before = rows.last().and_then(|row| {
            let id = InteractionId::from_slice(&row.id)?;
            Some((row.at_us, id))
        });
        let rows: Vec<Seen> = rows
            .into_iter()
            .map(|row| see(principal, row, &members))
            // A word of what the reader does not see finds nothing.
            .filter(|seen| {
                filter
                    .words
                    .as_ref()
                    .is_none_or(|wanted| seen.is_found(wanted))
            })
            .collect();
        let others = rows.iter().flat_map(|row| &row.participants);
        let ties = others.map(|other| (member, other.person));
        let left_out = members.left_out(database, organisation, ties).await?;
        let counts = |row: &Seen| {
            let mut others = row.participants.iter().filter(|p| p.person != member);
            others.any(|other| !left_out.contains(&(member, other.person)))
        };
        seen.extend(rows.into_iter().filter(counts));
        if is_last || seen.len() as u64 >= limit {
            seen.truncate(limit as usize);
            return Ok(seen);
        }
    }
}

/// Takes away what the reader may not see.
pub(super) fn see(principal: &Principal, mut row: interaction::Model, members: &Members) -> Seen {
    let participants = members.identities.people(unpack(&row.participants));
    let present: Vec<PersonId> = participants
        .iter()
        .map(|p| p.person)
        .filter(|p| members.contains(*p))
        .collect();
    let author = PersonId::from_slice(&row.recorder).unwrap_or_default();
    if visible(principal, Resource::Note { author }, Class::Content) != Sight::Full {
        row.note = None;
    }
    let interaction = Resource::Interaction { members: &present };
    if visible(principal, interaction, Class::Content) != Sight::Full {
        row.subject = None;
    }
    Seen { row, participants }
}
