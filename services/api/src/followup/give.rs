//! What somebody could give with a word: never an empty "just checking in".

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_domain::briefing;
use kith_domain::briefing::known::{Guest, Person, Reader, Source, Wish};
use kith_domain::fact::Kind;
use kith_domain::id::PersonId;
use kith_domain::pitch::Sentence;
use kith_readmodel::entity::fact;
use kith_readmodel::query::{people, ties};
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::briefing::load::note;
use crate::caller::Caller;
use crate::witness;

/// Offers that are compared with everybody's needs, the newest.
const MOST_OFFERS: u64 = 5_000;

/// What the caller could give these people, of whom something is known that they need.
pub(super) async fn gifts(
    api: &Api,
    caller: &Caller,
    wanted: &[PersonId],
) -> Result<HashMap<PersonId, Sentence<Source>>, Failure> {
    let Some(me) = caller.principal.member else {
        return Ok(HashMap::new());
    };
    let (live, principal) = (api.live(), &caller.principal);
    let wanted: BTreeSet<PersonId> = wanted.iter().copied().collect();
    let wanted: Vec<PersonId> = wanted.into_iter().collect();
    let facts = people::facts_of_all(&live.reading, principal, &wanted).await;
    let mut facts = facts.map_err(Failure::unavailable)?;
    let is_need = |row: &fact::Model| row.kind == Kind::Need.index() as i16;
    facts.retain(|_, rows| rows.iter().any(is_need));
    if facts.is_empty() {
        return Ok(HashMap::new());
    }
    let offers = people::wishes(&live.reading, principal, MOST_OFFERS).await;
    let mut offers = offers.map_err(Failure::unavailable)?;
    offers.retain(|row| row.kind == Kind::Offer.index() as i16);
    let givers: Vec<PersonId> = offers
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.person))
        .collect();
    let seen = people::see_all(&live.reading, principal, &givers).await;
    let seen = seen.map_err(Failure::unavailable)?;
    let seen: Vec<PersonId> = seen.into_iter().collect();
    let names = people::named(&live.reading, principal, &seen).await;
    let names = names.map_err(Failure::unavailable)?;
    let own = ties::of_member(&live.reading, principal.organisation, me).await;
    let own = own.map_err(Failure::unavailable)?;
    let known: HashSet<PersonId> = own.iter().map(|tie| tie.person).collect();
    let reader = Reader {
        id: me,
        offers: offers
            .iter()
            .filter_map(|row| {
                let person = PersonId::from_slice(&row.person)?;
                Some(Wish {
                    person,
                    name: names.get(&person).map(people::called)?,
                    is_known: known.contains(&person),
                    note: note(row, me)?,
                })
            })
            .collect(),
        ..Reader::default()
    };
    let guests: Vec<Guest> = facts
        .iter()
        .map(|(person, rows)| guest(*person, rows, me))
        .collect();
    let gifts = tokio::task::spawn_blocking(move || briefing::gifts(&reader, &guests)).await;
    let gifts: HashMap<_, _> = gifts.map_err(Failure::unavailable)?.into_iter().collect();
    let of_others = witness::of_others(facts.values().flatten().chain(&offers), me);
    let told = gifts
        .values()
        .flat_map(|gift: &Sentence<Source>| gift.sources.iter().copied());
    api.are_told(caller, &of_others, told).await?;
    Ok(gifts)
}

fn guest(person: PersonId, rows: &[fact::Model], me: PersonId) -> Guest {
    Guest {
        listed: person,
        person: Some(Person {
            id: person,
            notes: rows.iter().filter_map(|row| note(row, me)).collect(),
            ..Person::default()
        }),
        ..Guest::default()
    }
}
