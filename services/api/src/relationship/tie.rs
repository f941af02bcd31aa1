//! One tie of the caller's: its figures, why, and its past.

use kith_domain::id::PersonId;
use kith_domain::tie::{self, STANDARD_HORIZON, Slots, State, V1};
use kith_domain::time::Timestamp;
use kith_proto::kith::relationship::v1::{
    GetTieHistoryRequest, GetTieHistoryResponse, GetTieRequest, GetTieResponse, HistoryPoint,
};
use kith_proto::words;
use kith_readmodel::query::people;
use kith_readmodel::query::ties;
use kith_servicekit::failure::{Failure, Violations};

use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::resolve;

const MAX_HORIZON: u32 = 3_650;
const POINTS: u32 = 52;
const MAX_POINTS: u32 = 400;

pub(super) async fn get(
    api: &Api,
    caller: &Caller,
    body: GetTieRequest,
) -> Result<GetTieResponse, Failure> {
    let member = caller.member()?;
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    fields.check(
        body.horizon_days <= MAX_HORIZON,
        "horizon_days",
        "must be at most 3650",
    );
    let as_of = fields.optional_timestamp("as_of", body.as_of.as_ref());
    fields.finish()?;
    let horizon = if body.horizon_days == 0 {
        STANDARD_HORIZON
    } else {
        f64::from(body.horizon_days)
    };
    api.visible(caller, &body.min_position).await?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let find = async |person| {
        let own = match as_of {
            None => ties::find(&live.reading, organisation, member, person).await,
            Some(at) => ties::find_as_of(&live.reading, organisation, member, person, at).await,
        };
        own.map_err(Failure::unavailable)
    };
    // Where the reference is an id already, person and tie are asked for together.
    let early = async {
        match reference.parse::<PersonId>() {
            Ok(person) => Ok(Some((person, find(person).await?))),
            Err(_) => Ok(None),
        }
    };
    let (row, early) = tokio::try_join!(resolve(api, caller, &reference), early)?;
    let person = PersonId::from_slice(&row.id).unwrap_or_default();
    let own = match early {
        Some((id, own)) if id == person => own,
        _ => find(person).await?,
    };
    let at = as_of.unwrap_or_else(|| api.now());
    let figures = own.and_then(|own| {
        let reading = tie::read(&V1, &own.state, at, horizon)?;
        let explained = tie::explain(&V1, &own.state, at, horizon)?;
        let shown = views::tie(&own, people::called(&row), &reading);
        Some((shown, views::explanation(&explained, &reading)))
    });
    let (tie, explanation) = figures.unzip();
    Ok(GetTieResponse {
        tie: Some(tie.unwrap_or_else(|| views::unknown(&row))),
        explanation,
        formula: V1.name.to_owned(),
        depth_formula: views::depth_formula(),
    })
}

pub(super) async fn history(
    api: &Api,
    caller: &Caller,
    body: GetTieHistoryRequest,
) -> Result<GetTieHistoryResponse, Failure> {
    let member = caller.member()?;
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    let points = if body.points == 0 {
        POINTS
    } else {
        body.points
    };
    fields.check(
        (2..=MAX_POINTS).contains(&points),
        "points",
        "must be 2 to 400",
    );
    let since = fields.optional_timestamp("since", body.since.as_ref());
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = resolve(api, caller, &reference).await?;
    let person = PersonId::from_slice(&row.id).unwrap_or_default();
    let organisation = caller.principal.organisation;
    let live = api.live();
    let tie = ties::find(&live.reading, organisation, member, person).await;
    let contacts = match tie.map_err(Failure::unavailable)? {
        Some(_) => ties::history(&live.reading, organisation, member, person).await,
        // None, or one that does not count.
        None => Ok(Vec::new()),
    };
    let contacts = contacts.map_err(Failure::unavailable)?;
    let formula = V1.name.to_owned();
    let Some(first) = contacts.first() else {
        return Ok(GetTieHistoryResponse {
            points: vec![],
            formula,
        });
    };
    let (from, to) = (since.unwrap_or(first.at), api.now());
    let span = to.micros_since(from).max(0);
    let mut rest = contacts.iter().peekable();
    let mut state = State::default();
    let mut shown = Vec::with_capacity(points as usize);
    for n in 0..i64::from(points) {
        // Never past the end: the last point is now.
        let part = i128::from(span) * i128::from(n) / i128::from(points - 1);
        let at = Timestamp(from.micros().saturating_add(part as i64));
        while let Some(contact) = rest.next_if(|contact| contact.at <= at) {
            state.record(contact, Slots::Day);
        }
        let Some(reading) = tie::read(&V1, &state, at, STANDARD_HORIZON) else {
            continue;
        };
        shown.push(HistoryPoint {
            at: Some(words::timestamp(at)),
            alive: views::rounded(reading.alive),
            depth: views::rounded(reading.depth),
            band: views::band(reading.band).into(),
        });
    }
    Ok(GetTieHistoryResponse {
        points: shown,
        formula,
    })
}
