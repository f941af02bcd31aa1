//! `kith.gathering.v1.BriefingService`.

use kith_proto::kith::gathering::v1::briefing_service_server::BriefingService;
use kith_proto::kith::gathering::v1::{
    GetBriefingPageRequest, GetBriefingPageResponse, GetBriefingRequest, GetBriefingResponse,
    GetPitchRequest, GetPitchResponse, WatchBriefingRequest, WatchBriefingResponse,
};

use super::{get, pitch, watch};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

type Changes = futures::stream::BoxStream<'static, Result<WatchBriefingResponse, tonic::Status>>;

rpcs! {
    BriefingService:
    get_briefing(GetBriefingRequest) -> GetBriefingResponse = get::briefing;
    get_briefing_page(GetBriefingPageRequest) -> GetBriefingPageResponse = get::page;
    watch_briefing(WatchBriefingRequest) -> Changes = watch::watch;
    get_pitch(GetPitchRequest) -> GetPitchResponse = pitch::get;
    {
        type WatchBriefingStream = Changes;
    }
}
