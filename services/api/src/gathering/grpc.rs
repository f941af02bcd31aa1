//! `kith.gathering.v1.GatheringService`.

use kith_proto::kith::gathering::v1::gathering_service_server::GatheringService;
use kith_proto::kith::gathering::v1::{
    AddAttendeesRequest, AddAttendeesResponse, CreateGatheringRequest, CreateGatheringResponse,
    GetGatheringRequest, GetGatheringResponse, ListAttendeesRequest, ListAttendeesResponse,
    ListGatheringsRequest, ListGatheringsResponse, ListSessionsRequest, ListSessionsResponse,
    RemoveAttendeeRequest, RemoveAttendeeResponse, RemoveSessionRequest, RemoveSessionResponse,
    ResolveAttendeeRequest, ResolveAttendeeResponse, SetGoingRequest, SetGoingResponse,
    SetSessionRequest, SetSessionResponse, UpdateGatheringRequest, UpdateGatheringResponse,
};

use super::{attendees, going, list, plan, resolve, sessions};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    GatheringService:
    create_gathering(CreateGatheringRequest) -> CreateGatheringResponse = plan::create;
    update_gathering(UpdateGatheringRequest) -> UpdateGatheringResponse = plan::update;
    get_gathering(GetGatheringRequest) -> GetGatheringResponse = list::get;
    list_gatherings(ListGatheringsRequest) -> ListGatheringsResponse = list::list;
    set_session(SetSessionRequest) -> SetSessionResponse = sessions::set;
    remove_session(RemoveSessionRequest) -> RemoveSessionResponse = sessions::remove;
    list_sessions(ListSessionsRequest) -> ListSessionsResponse = sessions::list;
    set_going(SetGoingRequest) -> SetGoingResponse = going::set;
    add_attendees(AddAttendeesRequest) -> AddAttendeesResponse = attendees::add;
    remove_attendee(RemoveAttendeeRequest) -> RemoveAttendeeResponse = attendees::remove;
    list_attendees(ListAttendeesRequest) -> ListAttendeesResponse = resolve::list;
    resolve_attendee(ResolveAttendeeRequest) -> ResolveAttendeeResponse = resolve::say;
    {}
}
