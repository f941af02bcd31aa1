//! A briefing, and one page of it.

use kith_domain::briefing::{self, Briefing, Page};
use kith_domain::id::{GatheringId, PersonId};
use kith_proto::kith::gathering::v1::{
    BriefingFormat, GetBriefingPageRequest, GetBriefingPageResponse, GetBriefingRequest,
    GetBriefingResponse,
};
use kith_servicekit::failure::{Failure, Violations};
use kith_servicekit::server::MAX_RESPONSE_BYTES;

use super::load::{self, Loaded};
use super::view;
use crate::Api;
use crate::caller::Caller;

pub(super) async fn briefing(
    api: &Api,
    caller: &Caller,
    body: GetBriefingRequest,
) -> Result<GetBriefingResponse, Failure> {
    caller.member()?;
    let mut fields = Violations::new();
    let id: GatheringId = fields.id("gathering_id", &body.gathering_id);
    let format = BriefingFormat::try_from(body.format);
    let is_known = format.is_ok();
    fields.check(is_known, "format", "must be one of the documented values");
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (loaded, prepared) = prepared(api, caller, id).await?;
    let rendered = match format.unwrap_or_default() {
        BriefingFormat::Unspecified => String::new(),
        BriefingFormat::Text => prepared.text(),
        BriefingFormat::Markdown => prepared.markdown(),
        BriefingFormat::Html => prepared.html(),
    };
    let answer = GetBriefingResponse {
        briefing: Some(view::briefing(id, &loaded, &prepared)),
        rendered,
    };
    if prost::Message::encoded_len(&answer) > MAX_RESPONSE_BYTES {
        return Err(Failure::limit(
            "the briefing is too long for one answer: ask for it without a format, or for its pages",
        ));
    }
    Ok(answer)
}

/// Prepares the caller, with everything that is shown of it noted.
pub(crate) async fn prepared(
    api: &Api,
    caller: &Caller,
    id: GatheringId,
) -> Result<(Loaded, Briefing), Failure> {
    let (loaded, mut prepared) = made(api, caller, id).await?;
    tell(api, caller, &loaded, &mut prepared.pages).await?;
    Ok((loaded, prepared))
}

async fn made(api: &Api, caller: &Caller, id: GatheringId) -> Result<(Loaded, Briefing), Failure> {
    let loaded = load::load(api, caller, id).await?;
    // Long, for a large list: other calls go on meanwhile.
    let prepared = tokio::task::spawn_blocking(move || {
        let prepared = briefing::prepare(&loaded.occasion, &loaded.reader, &loaded.guests);
        (loaded, prepared)
    });
    prepared.await.map_err(Failure::unavailable)
}

/// Adds to these pages what is looked up for them alone, and notes that what they rest on was shown.
async fn tell(
    api: &Api,
    caller: &Caller,
    loaded: &Loaded,
    pages: &mut [Page],
) -> Result<(), Failure> {
    loaded.tell_last_talks(api, caller, pages).await?;
    let told = pages.iter().flat_map(Page::sources);
    api.are_told(caller, &loaded.of_others, told).await
}

pub(super) async fn page(
    api: &Api,
    caller: &Caller,
    body: GetBriefingPageRequest,
) -> Result<GetBriefingPageResponse, Failure> {
    caller.member()?;
    let mut fields = Violations::new();
    let id: GatheringId = fields.id("gathering_id", &body.gathering_id);
    let listed: PersonId = fields.id("attendee_id", &body.attendee_id);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (loaded, made) = made(api, caller, id).await?;
    // What the briefing has of them, which no other of its pages says too; of whoever it does not name, a page alone.
    let mut pages = made.pages.into_iter();
    let page = if let Some(page) = pages.find(|page| page.listed == listed) {
        page
    } else {
        let (occasion, reader, guests) = (&loaded.occasion, &loaded.reader, &loaded.guests);
        let page = briefing::page_of(occasion, reader, guests, listed);
        page.ok_or_else(|| Failure::not_found("attendee"))?
    };
    let mut pages = [page];
    tell(api, caller, &loaded, &mut pages).await?;
    let [page] = pages;
    Ok(GetBriefingPageResponse {
        leave: page.leave(&loaded.occasion),
        page: Some(view::page(&page)),
    })
}
