//! Somebody with a key, and the clients that speak for them.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use kith_proto::kith::admin::v1::admin_service_client::AdminServiceClient;
use kith_proto::kith::admin::v1::operations_service_client::OperationsServiceClient;
use kith_proto::kith::admin::v1::{GetServerInfoRequest, GetServerInfoResponse};
use kith_proto::kith::directory::v1::directory_service_client::DirectoryServiceClient;
use kith_proto::kith::followup::v1::follow_up_service_client::FollowUpServiceClient;
use kith_proto::kith::gathering::v1::briefing_service_client::BriefingServiceClient;
use kith_proto::kith::gathering::v1::encounter_service_client::EncounterServiceClient;
use kith_proto::kith::gathering::v1::gathering_service_client::GatheringServiceClient;
use kith_proto::kith::history::v1::history_service_client::HistoryServiceClient;
use kith_proto::kith::interaction::v1::interaction_service_client::InteractionServiceClient;
use kith_proto::kith::relationship::v1::relationship_service_client::RelationshipServiceClient;
use kith_testkit::eventually_some;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::PATIENCE;

/// A UUID that no other request of this process has.
#[must_use]
pub fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Says who calls.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let header = self.0.clone();
        request.metadata_mut().insert("authorization", header);
        Ok(request)
    }
}

type Service = InterceptedService<Channel, Bearer>;

/// Somebody with a key.
#[derive(Clone)]
pub struct Client {
    /// The whole key.
    pub key: String,
    channel: Channel,
    service: Service,
}

impl Client {
    pub(super) fn new(channel: &Channel, key: &str) -> Result<Self> {
        let bearer = Bearer(format!("Bearer {key}").parse()?);
        Ok(Self {
            key: key.to_owned(),
            channel: channel.clone(),
            service: InterceptedService::new(channel.clone(), bearer),
        })
    }

    /// Somebody else on the same connection.
    pub(super) fn with_key(&self, key: &str) -> Result<Self> {
        Self::new(&self.channel, key)
    }

    /// The same key on another connection.
    pub(super) fn moved_to(&self, channel: &Channel) -> Result<Self> {
        Self::new(channel, &self.key)
    }

    /// Waits until the key is known: the read model tells the server of it.
    pub async fn works(&self) -> Result<GetServerInfoResponse> {
        let info = eventually_some(PATIENCE, async || {
            let answer = self.admin().get_server_info(GetServerInfoRequest {}).await;
            answer.ok()
        });
        Ok(info.await?.into_inner())
    }

    /// The care of the read models.
    #[must_use]
    pub fn operations(&self) -> OperationsServiceClient<Service> {
        OperationsServiceClient::new(self.service.clone())
    }

    /// Organisations, members, keys.
    #[must_use]
    pub fn admin(&self) -> AdminServiceClient<Service> {
        AdminServiceClient::new(self.service.clone())
    }

    /// People and facts.
    #[must_use]
    pub fn directory(&self) -> DirectoryServiceClient<Service> {
        DirectoryServiceClient::new(self.service.clone())
    }

    /// Moments.
    #[must_use]
    pub fn interaction(&self) -> InteractionServiceClient<Service> {
        InteractionServiceClient::new(self.service.clone())
    }

    /// Ties.
    #[must_use]
    pub fn relationship(&self) -> RelationshipServiceClient<Service> {
        RelationshipServiceClient::new(self.service.clone())
    }

    /// Follow-ups.
    #[must_use]
    pub fn followup(&self) -> FollowUpServiceClient<Service> {
        FollowUpServiceClient::new(self.service.clone())
    }

    /// Gatherings.
    #[must_use]
    pub fn gathering(&self) -> GatheringServiceClient<Service> {
        GatheringServiceClient::new(self.service.clone())
    }

    /// Briefings.
    #[must_use]
    pub fn briefing(&self) -> BriefingServiceClient<Service> {
        BriefingServiceClient::new(self.service.clone())
    }

    /// Encounters.
    #[must_use]
    pub fn encounter(&self) -> EncounterServiceClient<Service> {
        EncounterServiceClient::new(self.service.clone())
    }

    /// The caller's changes.
    #[must_use]
    pub fn history(&self) -> HistoryServiceClient<Service> {
        HistoryServiceClient::new(self.service.clone())
    }
}
