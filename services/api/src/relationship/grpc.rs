//! `kith.relationship.v1.RelationshipService`.

use kith_proto::kith::relationship::v1::relationship_service_server::RelationshipService;
use kith_proto::kith::relationship::v1::{
    ExportTiesRequest, ExportTiesResponse, GetTieHistoryRequest, GetTieHistoryResponse,
    GetTieRequest, GetTieResponse, ListCompaniesRequest, ListCompaniesResponse,
    ListExclusionsRequest, ListExclusionsResponse, ListReviewRequest, ListReviewResponse,
    ListSharingRequest, ListSharingResponse, ListTiesRequest, ListTiesResponse, SetCareRequest,
    SetCareResponse, SetExclusionRequest, SetExclusionResponse, SetSharingRequest,
    SetSharingResponse, WhoKnowsRequest, WhoKnowsResponse,
};

use super::{care, companies, exclusion, export, list, sharing, tie, who_knows};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

type ExportStream = futures::stream::BoxStream<'static, Result<ExportTiesResponse, tonic::Status>>;

rpcs! {
    RelationshipService:
    get_tie(GetTieRequest) -> GetTieResponse = tie::get;
    list_ties(ListTiesRequest) -> ListTiesResponse = list::list;
    get_tie_history(GetTieHistoryRequest) -> GetTieHistoryResponse = tie::history;
    who_knows(WhoKnowsRequest) -> WhoKnowsResponse = who_knows::who_knows;
    list_companies(ListCompaniesRequest) -> ListCompaniesResponse = companies::list;
    set_sharing(SetSharingRequest) -> SetSharingResponse = sharing::set;
    list_sharing(ListSharingRequest) -> ListSharingResponse = sharing::list;
    set_exclusion(SetExclusionRequest) -> SetExclusionResponse = exclusion::set;
    list_exclusions(ListExclusionsRequest) -> ListExclusionsResponse = exclusion::list;
    set_care(SetCareRequest) -> SetCareResponse = care::set;
    list_review(ListReviewRequest) -> ListReviewResponse = care::review;
    export_ties(ExportTiesRequest) -> ExportStream = export::export;
    {
        type ExportTiesStream = ExportStream;
    }
}
