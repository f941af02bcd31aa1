//! The caller's ties, in an order and page by page.
//!
//! All ties of a member are one range of rows, scored as of a moment that the page token freezes: a
//! row that did not change meanwhile is never skipped or repeated.

use std::collections::HashMap;

use kith_domain::care;
use kith_domain::date::{Date, day_of};
use kith_domain::id::PersonId;
use kith_domain::text::folded;
use kith_domain::tie::{self, Band, Reading, STANDARD_HORIZON, V1};
use kith_domain::time::Timestamp;
use kith_proto::kith::relationship::v1::{ListTiesRequest, ListTiesResponse, TieOrder};
use kith_readmodel::entity::person;
use kith_readmodel::query::people;
use kith_readmodel::query::ties::{self, Own};
use kith_servicekit::failure::{Failure, Violations};

use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::token::{cut, place};

/// Depth from which a fading tie is worth showing even if it was never strong: twelve active months
/// of the last sixty-four.
const DEEP: f64 = 50.0;

/// A tie with what it is sorted by: smaller first, then by id.
struct Scored {
    own: Own,
    reading: Reading,
    key: i64,
}

/// Where a page ends.
struct Place {
    now: Timestamp,
    key: i64,
    person: PersonId,
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListTiesRequest,
) -> Result<ListTiesResponse, Failure> {
    let member = caller.member()?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    let order = TieOrder::try_from(body.order).unwrap_or_default();
    fields.check(
        order as i32 == body.order,
        "order",
        "must be one of the documented values",
    );
    let known = |band: &i32| (1..=Band::ALL.len() as i32).contains(band);
    fields.check(
        body.bands.iter().all(known),
        "bands",
        "must be documented values",
    );
    let cares: Vec<care::Word> = body
        .cares
        .iter()
        .filter_map(|care| fields.word("cares", *care))
        .collect();
    let tag = fields.optional_text("tag", &body.tag, 100);
    let company = fields.optional_text("company", &body.company, 200);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;

    let question = format!(
        "ties {order:?} {:?} {tag:?} {company:?} {cares:?} {}",
        body.bands, body.important
    );
    let after = place(caller, &question, &body.page_token, |mut fields| {
        let (now, key) = (Timestamp(fields.number()? as i64), fields.number()? as i64);
        Some(Place {
            now,
            key,
            person: PersonId::from_bytes(fields.id()?),
        })
    })?;
    let now = after.as_ref().map_or_else(|| api.now(), |place| place.now);
    let live = api.live();
    let organisation = caller.principal.organisation;
    let own = ties::of_member(&live.reading, organisation, member).await;
    let own = own.map_err(Failure::unavailable)?;
    let ids: Vec<PersonId> = own.iter().map(|own| own.person).collect();
    let filtered = tag.is_some() || company.is_some();
    let names = if filtered {
        people::named(&live.reading, &caller.principal, &ids).await
    } else {
        Ok(HashMap::new())
    };
    let names = names.map_err(Failure::unavailable)?;

    let at = company.map(|company| (company, day_of(now)));
    let mut scored: Vec<Scored> = own
        .into_iter()
        .filter(|own| {
            (cares.is_empty() || cares.contains(&own.care)) && (own.is_important || !body.important)
        })
        .filter(|own| !filtered || matches(names.get(&own.person), tag.as_deref(), at.as_ref()))
        .filter_map(|own| {
            let reading = tie::read(&V1, &own.state, now, STANDARD_HORIZON)?;
            let key = key(order, &own, &reading, now)?;
            Some(Scored { own, reading, key })
        })
        .filter(|s| {
            body.bands.is_empty() || body.bands.contains(&views::band(s.reading.band).into())
        })
        .collect();
    let total = scored.len() as u64;
    scored.sort_by_key(|s| (s.key, s.own.person));
    let mut page: Vec<Scored> = scored
        .into_iter()
        .skip_while(|s| {
            after
                .as_ref()
                .is_some_and(|a| (s.key, s.own.person) <= (a.key, a.person))
        })
        .take(size + 1)
        .collect();
    let next_page_token = cut(caller, &question, &mut page, size, |last| {
        let figures = [now.micros().to_be_bytes(), last.key.to_be_bytes()];
        [figures.as_flattened(), last.own.person.as_bytes()].concat()
    });

    let shown: Vec<PersonId> = page.iter().map(|s| s.own.person).collect();
    let names = people::named(&live.reading, &caller.principal, &shown).await;
    let names = names.map_err(Failure::unavailable)?;
    let name = |id: &PersonId| names.get(id).map(people::called).unwrap_or_default();
    let ties = page
        .iter()
        .map(|s| views::tie(&s.own, name(&s.own.person), &s.reading))
        .collect();
    Ok(ListTiesResponse {
        ties,
        next_page_token,
        total,
        formula: V1.name.to_owned(),
        depth_formula: views::depth_formula(),
    })
}

fn matches(row: Option<&person::Model>, tag: Option<&str>, at: Option<&(String, Date)>) -> bool {
    let Some(row) = row else { return false };
    let has_tag = |tag: &str| row.tags.lines().any(|own| folded(own) == folded(tag));
    let works_at = |(company, day): &(String, Date)| people::works_at(row, company, *day);
    tag.is_none_or(has_tag) && at.is_none_or(works_at)
}

/// Whether a tie fades that was once strong or deep.
pub(super) fn fades_and_is_worth_it(reading: &Reading) -> bool {
    let fades = matches!(reading.band, Band::Cooling | Band::Dormant);
    fades && (reading.once_strong || reading.depth >= DEEP)
}

/// What the order sorts by, as a whole number, so that it fits a token exactly. `None` leaves the
/// tie out.
fn key(order: TieOrder, own: &Own, reading: &Reading, now: Timestamp) -> Option<i64> {
    let descending = |figure: f64| -((figure * 1e9).round() as i64);
    match order {
        TieOrder::Unspecified | TieOrder::Alive => Some(descending(reading.alive)),
        TieOrder::Depth => Some(descending(reading.depth)),
        TieOrder::LastContact => Some(-own.state.last()?.micros()),
        TieOrder::Due => Some(own.due?.micros()),
        TieOrder::Fading => {
            fades_and_is_worth_it(reading).then(|| descending(tie::rank(&own.state, &V1, now)))
        }
    }
}
