//! `kith healthcheck`: whether the server of this configuration serves.

use std::time::Duration;

use anyhow::{Context as _, bail};
use kith_servicekit::config::Config;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    if config.tls_cert.is_some() {
        bail!("the server has a certificate: check it with a client that trusts that certificate");
    }
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let ask = async {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}"))?;
        let mut client = HealthClient::new(endpoint.connect().await?);
        let answer = client
            .check(HealthCheckRequest {
                service: String::new(),
            })
            .await?;
        anyhow::Ok(answer.into_inner().status())
    };
    let status = tokio::time::timeout(PATIENCE, ask)
        .await
        .context("no answer in 3 seconds")??;
    if status != ServingStatus::Serving {
        bail!("the server does not serve");
    }
    println!("serving");
    Ok(())
}
