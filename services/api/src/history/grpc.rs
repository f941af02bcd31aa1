//! `kith.history.v1.HistoryService`.

use kith_proto::kith::history::v1::history_service_server::HistoryService;
use kith_proto::kith::history::v1::{
    ListOwnChangesRequest, ListOwnChangesResponse, UndoChangeRequest, UndoChangeResponse,
};

use super::{list, undo};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    HistoryService:
    list_own_changes(ListOwnChangesRequest) -> ListOwnChangesResponse = list::list;
    undo_change(UndoChangeRequest) -> UndoChangeResponse = undo::undo;
    {}
}
