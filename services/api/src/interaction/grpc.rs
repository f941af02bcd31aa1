//! `kith.interaction.v1.InteractionService`.

use kith_proto::kith::interaction::v1::interaction_service_server::InteractionService;
use kith_proto::kith::interaction::v1::{
    CorrectInteractionRequest, CorrectInteractionResponse, ListImportsRequest, ListImportsResponse,
    ListInteractionsRequest, ListInteractionsResponse, RecordInteractionRequest,
    RecordInteractionResponse, RecordInteractionsRequest, RecordInteractionsResponse,
    RetractInteractionRequest, RetractInteractionResponse, UndoImportRequest, UndoImportResponse,
};

use super::{changes, coalesce, frames, imports, list};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    InteractionService:
    record_interaction(RecordInteractionRequest) -> RecordInteractionResponse = coalesce::record;
    list_interactions(ListInteractionsRequest) -> ListInteractionsResponse = list::list;
    correct_interaction(CorrectInteractionRequest) -> CorrectInteractionResponse = changes::correct;
    retract_interaction(RetractInteractionRequest) -> RetractInteractionResponse = changes::retract;
    list_imports(ListImportsRequest) -> ListImportsResponse = imports::list;
    undo_import(UndoImportRequest) -> UndoImportResponse = imports::undo;
    {
        async fn record_interactions(
            &self,
            request: tonic::Request<tonic::Streaming<RecordInteractionsRequest>>,
        ) -> Result<tonic::Response<RecordInteractionsResponse>, tonic::Status> {
            let caller = self.0.caller(request.metadata()).await?;
            let answer = frames::record(&self.0, &caller, request.into_inner()).await?;
            Ok(tonic::Response::new(answer))
        }
    }
}
