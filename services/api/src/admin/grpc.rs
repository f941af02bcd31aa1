//! `kith.admin.v1.AdminService` and `OperationsService`.

use kith_proto::kith::admin::v1::admin_service_server::AdminService;
use kith_proto::kith::admin::v1::operations_service_server::OperationsService;
use kith_proto::kith::admin::v1::{
    CreateApiKeyRequest, CreateApiKeyResponse, CreateMemberRequest, CreateMemberResponse,
    CreateOrganisationRequest, CreateOrganisationResponse, EraseOrganisationRequest,
    EraseOrganisationResponse, GetMemberRequest, GetMemberResponse, GetServerInfoRequest,
    GetServerInfoResponse, ListApiKeysRequest, ListApiKeysResponse, ListMembersRequest,
    ListMembersResponse, ListParkedRequest, ListParkedResponse, RebuildReadModelsRequest,
    RebuildReadModelsResponse, RetryParkedRequest, RetryParkedResponse, RevokeApiKeyRequest,
    RevokeApiKeyResponse, SetOrganisationSharingRequest, SetOrganisationSharingResponse,
    UpdateMemberRequest, UpdateMemberResponse, VerifyReadModelsRequest, VerifyReadModelsResponse,
};

use super::{comfort, erasure, keys, operations, organisations};
use crate::Api;

/// Both services.
#[derive(Clone)]
pub struct Service(pub(crate) Api);

rpcs! {
    AdminService:
    create_organisation(CreateOrganisationRequest) -> CreateOrganisationResponse = organisations::create;
    set_organisation_sharing(SetOrganisationSharingRequest) -> SetOrganisationSharingResponse = organisations::set_sharing;
    erase_organisation(EraseOrganisationRequest) -> EraseOrganisationResponse = erasure::erase;
    create_member(CreateMemberRequest) -> CreateMemberResponse = organisations::create_member;
    get_member(GetMemberRequest) -> GetMemberResponse = comfort::get;
    update_member(UpdateMemberRequest) -> UpdateMemberResponse = comfort::update;
    list_members(ListMembersRequest) -> ListMembersResponse = organisations::list_members;
    create_api_key(CreateApiKeyRequest) -> CreateApiKeyResponse = keys::create;
    list_api_keys(ListApiKeysRequest) -> ListApiKeysResponse = keys::list;
    revoke_api_key(RevokeApiKeyRequest) -> RevokeApiKeyResponse = keys::revoke;
    get_server_info(GetServerInfoRequest) -> GetServerInfoResponse = organisations::server_info;
    {}
}

rpcs! {
    OperationsService:
    verify_read_models(VerifyReadModelsRequest) -> VerifyReadModelsResponse = operations::verify;
    rebuild_read_models(RebuildReadModelsRequest) -> RebuildReadModelsResponse = operations::rebuild;
    list_parked(ListParkedRequest) -> ListParkedResponse = operations::list_parked;
    retry_parked(RetryParkedRequest) -> RetryParkedResponse = operations::retry_parked;
    {}
}
