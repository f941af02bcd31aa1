//! What is found by words: people, facts, and the caller's own moments, one after the other.

use kith_domain::access::Content;
use kith_domain::date::day_of;
use kith_domain::id::{FactId, InteractionId, PersonId};
use kith_domain::search::Wanted;
use kith_proto::kith::directory::v1::found::What;
use kith_proto::kith::directory::v1::{FactAbout, Found, FoundKind, SearchRequest, SearchResponse};
use kith_readmodel::entity::{fact, person};
use kith_readmodel::query::interactions::{self, Seen};
use kith_readmodel::query::{keys, listing, people, search};
use kith_servicekit::failure::{Failure, Violations};

use super::{facts, persons};
use crate::Api;
use crate::caller::Caller;
use crate::interaction::list as moments;
use crate::token::{Fields, cut, fitting, place};
use crate::views;

/// Something that was found.
enum Hit {
    Person(person::Model),
    Fact(fact::Model),
    Moment(Seen),
}

/// What is asked for; everything when empty.
#[derive(Debug)]
struct Kinds(Vec<i32>);

impl Kinds {
    fn has(&self, kind: FoundKind) -> bool {
        self.0.is_empty() || self.0.contains(&kind.into())
    }
}

/// A place in the list.
enum Place {
    Person(listing::Place),
    Fact(search::Place),
    Moment(i64, InteractionId),
}

impl Hit {
    /// About what it takes in an answer.
    fn bytes(&self) -> usize {
        match self {
            Self::Person(row) => persons::bytes(row),
            Self::Fact(row) => facts::bytes(row) + persons::MAX_TEXT * 4,
            Self::Moment(seen) => moments::bytes(seen),
        }
    }

    /// Its place, as a token keeps it: which list, and where in that.
    fn place(&self) -> Vec<u8> {
        let (list, place) = match self {
            Self::Person(row) => (0, [&row.id, row.sort_name.as_bytes()].concat()),
            Self::Fact(row) => (1, [&row.noted_us.to_be_bytes()[..], &row.id].concat()),
            Self::Moment(seen) => (
                2,
                [&seen.row.at_us.to_be_bytes()[..], &seen.row.id].concat(),
            ),
        };
        [&u64::to_be_bytes(list)[..], &place].concat()
    }
}

impl Place {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        match fields.number()? {
            0 => {
                let id = PersonId::from_bytes(fields.id()?);
                Some(Self::Person((fields.text()?.to_owned(), id)))
            }
            1 => {
                let noted = fields.number()? as i64;
                Some(Self::Fact((noted, FactId::from_bytes(fields.id()?))))
            }
            _ => {
                let at = fields.number()? as i64;
                Some(Self::Moment(at, InteractionId::from_bytes(fields.id()?)))
            }
        }
    }
}

pub(super) async fn search(
    api: &Api,
    caller: &Caller,
    body: SearchRequest,
) -> Result<SearchResponse, Failure> {
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    let text = fields.required_text("text", &body.text, persons::MAX_TEXT);
    let wanted = match Wanted::read(&text) {
        Ok(wanted) => Some(wanted),
        // Of an empty text it was said above.
        Err(_) if text.is_empty() => None,
        Err(error) => {
            fields.add("text", error.to_string());
            None
        }
    };
    let known = |kind: &i32| FoundKind::try_from(*kind).is_ok_and(|k| k as i32 != 0);
    fields.check(
        body.kinds.iter().all(known),
        "kinds",
        "must be documented values",
    );
    fields.finish()?;
    let wanted = wanted.ok_or_else(|| Failure::invalid_field("text", "is required"))?;
    api.visible(caller, &body.min_position).await?;
    let kinds = Kinds(body.kinds);
    let question = format!("search {wanted:?} {kinds:?}");
    let after = place(caller, &question, &body.page_token, Place::read)?;
    let mut hits = hits(api, caller, wanted, &kinds, after, size + 1).await?;
    let size = fitting(&hits, size, Hit::bytes);
    let next_page_token = cut(caller, &question, &mut hits, size, Hit::place);
    Ok(SearchResponse {
        found: views(api, caller, hits).await?,
        next_page_token,
    })
}

/// What is found behind a place: of each list only what the one before leaves room for.
async fn hits(
    api: &Api,
    caller: &Caller,
    wanted: Wanted,
    kinds: &Kinds,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Hit>, Failure> {
    let live = api.live();
    let (reading, principal) = (&live.reading, &caller.principal);
    let mut hits: Vec<Hit> = Vec::new();
    let left = |hits: &Vec<Hit>| (limit - hits.len()) as u64;
    let begins_with_people = matches!(after, None | Some(Place::Person(_)));
    if kinds.has(FoundKind::Person) && begins_with_people {
        let filter = listing::Filter {
            words: Some(wanted.clone()),
            day: day_of(api.now()),
            ..listing::Filter::default()
        };
        let place = match &after {
            Some(Place::Person(place)) => Some(place),
            _ => None,
        };
        let people = listing::list(reading, principal, &filter, place, left(&hits)).await;
        let people = people.map_err(Failure::unavailable)?;
        hits.extend(people.into_iter().map(Hit::Person));
    }
    let is_past_facts = matches!(after, Some(Place::Moment(..)));
    if kinds.has(FoundKind::Fact) && left(&hits) > 0 && !is_past_facts {
        let place = match &after {
            Some(Place::Fact(place)) => Some(place),
            _ => None,
        };
        let facts = search::facts(reading, principal, &wanted, place, left(&hits)).await;
        let facts = facts.map_err(Failure::unavailable)?;
        hits.extend(facts.into_iter().map(Hit::Fact));
    }
    // A key that speaks for nobody has no moments of its own.
    let has_room = kinds.has(FoundKind::Moment) && left(&hits) > 0;
    if let (Some(member), true) = (principal.member, has_room) {
        let filter = interactions::Filter {
            words: Some(wanted),
            ..interactions::Filter::default()
        };
        let place = match after {
            Some(Place::Moment(at, id)) => Some((at, id)),
            _ => None,
        };
        let moments =
            interactions::list(reading, principal, member, &filter, place, left(&hits)).await;
        let moments = moments.map_err(Failure::unavailable)?;
        hits.extend(moments.into_iter().map(Hit::Moment));
    }
    Ok(hits)
}

/// These as messages, with the names of everybody in them.
async fn views(api: &Api, caller: &Caller, hits: Vec<Hit>) -> Result<Vec<Found>, Failure> {
    let live = api.live();
    let mut named: Vec<PersonId> = Vec::new();
    for hit in &hits {
        match hit {
            Hit::Person(_) => {}
            Hit::Fact(row) => named.extend(PersonId::from_slice(&row.person)),
            Hit::Moment(seen) => named.extend(seen.participants.iter().map(|p| p.person)),
        }
    }
    let facts = hits.iter().filter_map(|hit| match hit {
        Hit::Fact(row) => Some(row),
        Hit::Person(_) | Hit::Moment(_) => None,
    });
    let read = facts::of_others(caller, facts);
    api.is_shown(caller, Content::Facts, read).await?;
    let names = people::named(&live.reading, &caller.principal, &named).await;
    let names = names.map_err(Failure::unavailable)?;
    let members = keys::members(&live.reading, caller.principal.organisation).await;
    let members = members.map_err(Failure::unavailable)?;
    let view = |hit: Hit| match hit {
        Hit::Person(row) => {
            let id = PersonId::from_slice(&row.id).unwrap_or_default();
            What::Person(views::person(&row, members.contains(&id)))
        }
        Hit::Fact(row) => {
            let person = PersonId::from_slice(&row.person).and_then(|id| names.get(&id));
            What::Fact(FactAbout {
                person_id: views::id_text(&row.person),
                person_name: person.map(people::called).unwrap_or_default(),
                fact: Some(facts::view(&row)),
            })
        }
        Hit::Moment(seen) => What::Moment(moments::view(&seen, &names)),
    };
    let found = hits.into_iter().map(|hit| Found {
        what: Some(view(hit)),
    });
    Ok(found.collect())
}
