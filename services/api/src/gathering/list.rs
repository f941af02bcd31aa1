//! Gatherings, one and many.

use kith_domain::id::{GatheringId, PersonId};
use kith_proto::kith::gathering::v1::{
    Gathering, GetGatheringRequest, GetGatheringResponse, Going, ListGatheringsRequest,
    ListGatheringsResponse,
};
use kith_readmodel::entity::{gathering as row, gathering_going};
use kith_readmodel::query::gatherings::{self, When};
use kith_readmodel::query::people;
use kith_servicekit::failure::{Failure, Violations};

use super::{content, must_exist};
use crate::Api;
use crate::caller::Caller;
use crate::token::{cut, fitting, place};
use crate::views::{id_text, moment};

pub(super) async fn get(
    api: &Api,
    caller: &Caller,
    body: GetGatheringRequest,
) -> Result<GetGatheringResponse, Failure> {
    let mut fields = Violations::new();
    let id: GatheringId = fields.id("gathering_id", &body.gathering_id);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    Ok(GetGatheringResponse {
        gathering: Some(view(api, caller, id).await?),
    })
}

/// One gathering, with everything that is shown of it.
pub(super) async fn view(
    api: &Api,
    caller: &Caller,
    id: GatheringId,
) -> Result<Gathering, Failure> {
    let row = must_exist(api, caller, id).await?;
    let size = gatherings::size(&api.live().reading, caller.principal.organisation, id).await;
    let size = size.map_err(Failure::unavailable)?;
    let mut views = views(api, caller, &[row]).await?;
    let mut view = views.pop().unwrap_or_default();
    view.attendees = size as u32;
    Ok(view)
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListGatheringsRequest,
) -> Result<ListGatheringsResponse, Failure> {
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let question = format!("gatherings {}", body.past);
    // What is ahead stays so from page to page.
    let from = place(caller, &question, &body.page_token, |mut fields| {
        let (now, ends) = (fields.number()? as i64, fields.number()? as i64);
        Some((now, (ends, GatheringId::from_bytes(fields.id()?))))
    })?;
    let now = from.map_or(api.now().micros(), |(now, _)| now);
    let when = if body.past {
        When::Past(now)
    } else {
        When::Ahead(now)
    };
    let after = from.map(|(_, after)| after);
    let organisation = caller.principal.organisation;
    let rows = gatherings::list(
        &api.live().reading,
        organisation,
        when,
        after,
        size as u64 + 1,
    )
    .await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let mut shown = views(api, caller, &rows).await?;
    let size = fitting(&shown, size, prost::Message::encoded_len);
    shown.truncate(size);
    let next_page_token = cut(caller, &question, &mut rows, size, |last| {
        [
            &now.to_be_bytes()[..],
            &last.ends_us.to_be_bytes(),
            &last.id,
        ]
        .concat()
    });
    Ok(ListGatheringsResponse {
        gatherings: shown,
        next_page_token,
    })
}

async fn views(api: &Api, caller: &Caller, rows: &[row::Model]) -> Result<Vec<Gathering>, Failure> {
    let live = api.live();
    let ids: Vec<GatheringId> = rows
        .iter()
        .filter_map(|row| GatheringId::from_slice(&row.id))
        .collect();
    let going = gatherings::going(&live.reading, caller.principal.organisation, &ids).await;
    let mut going = going.map_err(Failure::unavailable)?;
    let members = going
        .values()
        .flatten()
        .filter_map(|row| PersonId::from_slice(&row.member));
    let mut members: Vec<PersonId> = members.collect();
    members.sort_unstable();
    members.dedup();
    let names = people::named(&live.reading, &caller.principal, &members).await;
    let names = names.map_err(Failure::unavailable)?;
    let one = |row: gathering_going::Model| {
        let name = PersonId::from_slice(&row.member).and_then(|id| names.get(&id));
        Going {
            member_id: id_text(&row.member),
            name: name.map(people::called).unwrap_or_default(),
            from: row.from_us.map(moment),
            until: row.until_us.map(moment),
        }
    };
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let who = GatheringId::from_slice(&row.id).and_then(|id| going.remove(&id));
        let mut view = content::gathering(caller, row);
        let who = who.unwrap_or_default().into_iter().map(one);
        let all_the_time = |going: Going| Going {
            from: going.from.or(view.begins_at),
            until: going.until.or(view.ends_at),
            ..going
        };
        view.going = who.map(all_the_time).collect();
        views.push(view);
    }
    Ok(views)
}
