//! Every tie at once. Exporting all members' ties needs the role analyst, and is recorded first.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use kith_domain::access::{Exported, Role};
use kith_domain::tie::{Profile, V1};
use kith_eventlog::{entropy, ledger};
use kith_proto::kith::relationship::v1::{ExportTiesRequest, ExportTiesResponse};
use kith_proto::words;
use kith_readmodel::query::export::{Question, Row, ties};
use kith_servicekit::failure::{Failure, Violations};
use tonic::Status;

use super::sharing::shared_by_default;
use super::views;
use crate::Api;
use crate::caller::Caller;

const DEFAULT_HORIZON: u32 = 90;
const MAX_HORIZON: u32 = 100_000;

pub(super) async fn export(
    api: &Api,
    caller: &Caller,
    body: ExportTiesRequest,
) -> Result<BoxStream<'static, Result<ExportTiesResponse, Status>>, Failure> {
    let member = if body.all {
        caller.must_be(&[Role::Analyst])?;
        None
    } else {
        Some(caller.member()?)
    };
    let mut fields = Violations::new();
    let as_of = fields.optional_timestamp("as_of", body.as_of.as_ref());
    fields.check(
        body.horizon <= MAX_HORIZON,
        "horizon",
        "must be at most 100000",
    );
    let name = if body.formula.is_empty() {
        V1.name
    } else {
        body.formula.as_str()
    };
    let profile = Profile::by_name(name);
    fields.check(profile.is_some(), "formula", "must be v1 or v1-gathering");
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    if body.all {
        record(api, caller).await?;
    }
    let horizon = if body.horizon == 0 {
        DEFAULT_HORIZON
    } else {
        body.horizon
    };
    let question = Question {
        member,
        as_of: as_of.unwrap_or_else(|| api.now()),
        horizon: f64::from(horizon),
        profile: profile.unwrap_or(&V1),
        default: shared_by_default(api, caller).await?,
    };
    let rows = ties(&api.live().reading, &caller.principal, &question).await;
    let rows = rows.map_err(Failure::unavailable)?;
    Ok(stream::iter(rows.into_iter().map(|row| Ok(view(row)))).boxed())
}

/// Says in the log that this key exported, before anything is answered.
async fn record(api: &Api, caller: &Caller) -> Result<(), Failure> {
    let exported = Exported {
        key: caller.principal.key,
        at: api.now(),
    };
    // Each export is its own: a repeated call is a second export.
    let once = entropy::bytes();
    let commit = caller
        .keys
        .commit(caller.principal.key, "ExportTies", &once);
    let request: ledger::Request = api.request(caller, commit, once);
    api.ledger().record(&request, vec![exported.into()]).await?;
    Ok(())
}

/// Exports carry the figures unrounded: they are compared byte by byte.
fn view(row: Row) -> ExportTiesResponse {
    ExportTiesResponse {
        member: row.member,
        person: row.person,
        score: row.reading.logit,
        alive: row.reading.alive,
        depth: row.reading.depth,
        band: views::band(row.reading.band).into(),
        last_contact: row.reading.last_contact.map(words::timestamp),
        due_at: row.due.map(words::timestamp),
    }
}
