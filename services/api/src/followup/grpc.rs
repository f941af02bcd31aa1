//! `kith.followup.v1.FollowUpService`.

use kith_proto::kith::followup::v1::follow_up_service_server::FollowUpService;
use kith_proto::kith::followup::v1::{
    CompleteFollowUpRequest, CompleteFollowUpResponse, CreateFollowUpRequest,
    CreateFollowUpResponse, DismissFollowUpRequest, DismissFollowUpResponse, ListFollowUpsRequest,
    ListFollowUpsResponse, ReopenFollowUpRequest, ReopenFollowUpResponse, SetPauseRequest,
    SetPauseResponse, SnoozeFollowUpRequest, SnoozeFollowUpResponse, WatchNotificationsRequest,
    WatchNotificationsResponse,
};

use super::{changes, list, pause, watch};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

type Notifications =
    futures::stream::BoxStream<'static, Result<WatchNotificationsResponse, tonic::Status>>;

rpcs! {
    FollowUpService:
    list_follow_ups(ListFollowUpsRequest) -> ListFollowUpsResponse = list::list;
    create_follow_up(CreateFollowUpRequest) -> CreateFollowUpResponse = changes::create;
    complete_follow_up(CompleteFollowUpRequest) -> CompleteFollowUpResponse = changes::complete;
    snooze_follow_up(SnoozeFollowUpRequest) -> SnoozeFollowUpResponse = changes::snooze;
    dismiss_follow_up(DismissFollowUpRequest) -> DismissFollowUpResponse = changes::dismiss;
    reopen_follow_up(ReopenFollowUpRequest) -> ReopenFollowUpResponse = changes::reopen;
    set_pause(SetPauseRequest) -> SetPauseResponse = pause::set;
    watch_notifications(WatchNotificationsRequest) -> Notifications = watch::watch;
    {
        type WatchNotificationsStream = Notifications;
    }
}
