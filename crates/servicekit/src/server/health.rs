//! `grpc.health.v1` for the server as a whole (the service whose name is empty).

use std::sync::Arc;

use tokio::sync::Mutex;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use crate::shutdown::Stop;

/// The name of the server as a whole.
const WHOLE: &str = "";

/// Whether the server serves; clones are the same health.
///
/// It starts as `NOT_SERVING`, and once the stop is requested it is that for good.
#[derive(Debug, Clone)]
pub struct Health {
    /// Locked from asking whether the stop is requested until the answer is set.
    reporter: Arc<Mutex<HealthReporter>>,
    stop: Stop,
}

impl Health {
    /// Not ready yet.
    pub async fn new(stop: Stop) -> Self {
        let health = Self {
            reporter: Arc::default(),
            stop,
        };
        health.not_ready().await;
        health
    }

    /// What makes the server end.
    #[must_use]
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Calls can be answered.
    pub async fn ready(&self) {
        self.set(ServingStatus::Serving).await;
    }

    /// Calls can't be answered for now.
    pub async fn not_ready(&self) {
        self.set(ServingStatus::NotServing).await;
    }

    async fn set(&self, status: ServingStatus) {
        let reporter = self.reporter.lock().await;
        if !self.stop.is_stopped() {
            reporter.set_service_status(WHOLE, status).await;
        }
    }

    pub(super) async fn service(&self) -> HealthServer<HealthService> {
        let reporter = self.reporter.lock().await.clone();
        HealthServer::new(HealthService::from_health_reporter(reporter))
    }

    /// Waits for the stop, and says `NOT_SERVING` before anything else ends.
    ///
    /// Who watches is told, and then let go: an open watch would keep the server from ending.
    pub(super) fn end(&self) -> impl Future<Output = ()> + use<> {
        let health = self.clone();
        async move {
            health.stop.stopped().await;
            let mut reporter = health.reporter.lock().await;
            let not_serving = ServingStatus::NotServing;
            reporter.set_service_status(WHOLE, not_serving).await;
            reporter.clear_service_status(WHOLE).await;
            reporter.set_service_status(WHOLE, not_serving).await;
        }
    }
}
