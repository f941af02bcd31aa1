//! The gRPC role: requests in, commits and answers out.
//!
//! Each service has a folder with its `grpc.rs`, the only place that names its RPCs, and beside it
//! what turns rows into messages. What they share: [`caller`] (who asks, from the credential),
//! [`change`] (a request as a named commit), [`token`] (positions and pages).

/// Implements a service whose calls are all answered in one way: find out who asks, then hand the
/// body to a function. Calls of another shape follow in braces.
macro_rules! rpcs {
    ($trait:ident:
        $($name:ident($request:ty) -> $response:ty = $answer:path;)*
        { $($other:tt)* }
    ) => {
        #[tonic::async_trait]
        impl $trait for Service {
            $(async fn $name(
                &self,
                request: tonic::Request<$request>,
            ) -> Result<tonic::Response<$response>, tonic::Status> {
                let caller = self.0.caller(request.metadata()).await?;
                Ok(tonic::Response::new($answer(&self.0, &caller, request.into_inner()).await?))
            })*
            $($other)*
        }
    };
}

pub mod admin;
pub mod briefing;
pub mod caller;
pub mod change;
pub mod directory;
pub mod encounter;
pub mod followup;
pub mod founding;
pub mod gathering;
pub mod history;
pub mod interaction;
pub mod relationship;
mod seen;
pub mod token;
pub mod views;
mod witness;
mod zone;

use std::sync::Arc;

use kith_domain::time::Clock;
use kith_eventlog::ledger::Ledger;
use kith_proto::kith::admin::v1::admin_service_server::AdminServiceServer;
use kith_proto::kith::admin::v1::operations_service_server::OperationsServiceServer;
use kith_proto::kith::directory::v1::directory_service_server::DirectoryServiceServer;
use kith_proto::kith::followup::v1::follow_up_service_server::FollowUpServiceServer;
use kith_proto::kith::gathering::v1::briefing_service_server::BriefingServiceServer;
use kith_proto::kith::gathering::v1::encounter_service_server::EncounterServiceServer;
use kith_proto::kith::gathering::v1::gathering_service_server::GatheringServiceServer;
use kith_proto::kith::history::v1::history_service_server::HistoryServiceServer;
use kith_proto::kith::interaction::v1::interaction_service_server::InteractionServiceServer;
use kith_proto::kith::relationship::v1::relationship_service_server::RelationshipServiceServer;
use kith_readmodel::query::progress::Progress;
use kith_readmodel::store::{Generation, Store};
use kith_servicekit::server::{MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES};
use kith_servicekit::shutdown::Tasks;
use tonic::service::Routes;

/// What every service works with. Clones share it.
#[derive(Clone)]
pub struct Api {
    parts: Arc<Parts>,
}

struct Parts {
    ledger: Ledger,
    store: Store,
    progress: Progress,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
    callers: caller::Cache,
    compared: caller::Compared,
    intake: interaction::coalesce::Queues,
    tails: followup::tail::Tails,
    watching: followup::places::Places,
    witness: witness::Witness,
    shelf: seen::Shelf,
}

impl Api {
    /// An API over a log and its read models. Starts the tasks that follow the projections.
    #[must_use]
    pub fn new(ledger: Ledger, store: Store, clock: Arc<dyn Clock>, tasks: Tasks) -> Self {
        let progress = Progress::default();
        let (reader, stores, stop) = (progress.clone(), store.clone(), tasks.stop().clone());
        tasks.spawn("progress", async move {
            reader.run(&stores, stop.token()).await;
            Ok::<(), std::convert::Infallible>(())
        });
        let (callers, compared, intake, watching, witness, shelf) = Default::default();
        let shards = ledger.log().description().shards;
        let api = Self {
            parts: Arc::new(Parts {
                tails: followup::tail::Tails::new(shards),
                ledger,
                store,
                progress,
                clock,
                tasks,
                callers,
                compared,
                intake,
                watching,
                witness,
                shelf,
            }),
        };
        for shard in 0..shards {
            let follower = api.clone();
            api.until_stopped("tail of follow-ups", async move {
                followup::tail::follow(&follower, shard).await;
            });
        }
        let sweeper = api.clone();
        api.until_stopped("what callers saw", async move {
            sweeper.parts.shelf.sweep(&*sweeper.parts.clock).await;
        });
        api
    }

    fn until_stopped(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.parts.tasks.stop().clone();
        self.parts.tasks.spawn(name, async move {
            tokio::select! {
                () = stop.stopped() => {}
                () = work => {}
            }
            Ok::<(), std::convert::Infallible>(())
        });
    }

    /// All services, ready to be served.
    #[must_use]
    pub fn routes(&self) -> Routes {
        macro_rules! service {
            ($server:ident, $service:expr) => {
                $server::new($service)
                    .max_decoding_message_size(MAX_REQUEST_BYTES)
                    .max_encoding_message_size(MAX_RESPONSE_BYTES)
            };
        }
        Routes::new(service!(
            AdminServiceServer,
            admin::grpc::Service(self.clone())
        ))
        .add_service(service!(
            OperationsServiceServer,
            admin::grpc::Service(self.clone())
        ))
        .add_service(service!(
            DirectoryServiceServer,
            directory::grpc::Service(self.clone())
        ))
        .add_service(service!(
            InteractionServiceServer,
            interaction::grpc::Service(self.clone())
        ))
        .add_service(service!(
            RelationshipServiceServer,
            relationship::grpc::Service(self.clone())
        ))
        .add_service(service!(
            FollowUpServiceServer,
            followup::grpc::Service(self.clone())
        ))
        .add_service(service!(
            GatheringServiceServer,
            gathering::grpc::Service(self.clone())
        ))
        .add_service(service!(
            BriefingServiceServer,
            briefing::grpc::Service(self.clone())
        ))
        .add_service(service!(
            EncounterServiceServer,
            encounter::grpc::Service(self.clone())
        ))
        .add_service(service!(
            HistoryServiceServer,
            history::grpc::Service(self.clone())
        ))
    }

    fn ledger(&self) -> &Ledger {
        &self.parts.ledger
    }

    fn live(&self) -> Generation {
        self.parts.store.live()
    }

    /// How far the rows are that this server answers from.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.parts.progress
    }

    fn now(&self) -> kith_domain::time::Timestamp {
        self.parts.clock.now()
    }
}
