//! `kith.admin.v1.AdminService`.

use kith_proto::kith::admin::v1::admin_service_server::AdminService;
use kith_proto::kith::admin::v1::{
    CreateApiKeyRequest, CreateApiKeyResponse, CreateMemberRequest, CreateMemberResponse,
    CreateOrganisationRequest, CreateOrganisationResponse, GetServerInfoRequest,
    GetServerInfoResponse, ListApiKeysRequest, ListApiKeysResponse, ListMembersRequest,
    ListMembersResponse, RevokeApiKeyRequest, RevokeApiKeyResponse, SetOrganisationSharingRequest,
    SetOrganisationSharingResponse,
};

use super::{keys, organisations};
use crate::Api;

/// The service.
pub struct Service(pub(crate) Api);

rpcs! {
    AdminService:
    create_organisation(CreateOrganisationRequest) -> CreateOrganisationResponse = organisations::create;
    set_organisation_sharing(SetOrganisationSharingRequest) -> SetOrganisationSharingResponse = organisations::set_sharing;
    create_member(CreateMemberRequest) -> CreateMemberResponse = organisations::create_member;
    list_members(ListMembersRequest) -> ListMembersResponse = organisations::list_members;
    create_api_key(CreateApiKeyRequest) -> CreateApiKeyResponse = keys::create;
    list_api_keys(ListApiKeysRequest) -> ListApiKeysResponse = keys::list;
    revoke_api_key(RevokeApiKeyRequest) -> RevokeApiKeyResponse = keys::revoke;
    get_server_info(GetServerInfoRequest) -> GetServerInfoResponse = organisations::server_info;
    {}
}
