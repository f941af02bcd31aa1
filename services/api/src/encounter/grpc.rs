//! `kith.gathering.v1.EncounterService`.

use kith_proto::kith::gathering::v1::encounter_service_server::EncounterService;
use kith_proto::kith::gathering::v1::{
    GetRecapRequest, GetRecapResponse, RecordEncounterRequest, RecordEncounterResponse,
};

use super::{recap, record};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    EncounterService:
    record_encounter(RecordEncounterRequest) -> RecordEncounterResponse = record::record;
    get_recap(GetRecapRequest) -> GetRecapResponse = recap::get;
    {}
}
