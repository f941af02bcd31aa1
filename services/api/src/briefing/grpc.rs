//! `kith.gathering.v1.BriefingService`.

use kith_proto::kith::gathering::v1::briefing_service_server::BriefingService;
use kith_proto::kith::gathering::v1::{
    GetBriefingPageRequest, GetBriefingPageResponse, GetBriefingRequest, GetBriefingResponse,
    GetPitchRequest, GetPitchResponse,
};

use super::{get, pitch};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    BriefingService:
    get_briefing(GetBriefingRequest) -> GetBriefingResponse = get::briefing;
    get_briefing_page(GetBriefingPageRequest) -> GetBriefingPageResponse = get::page;
    get_pitch(GetPitchRequest) -> GetPitchResponse = pitch::get;
    {}
}
