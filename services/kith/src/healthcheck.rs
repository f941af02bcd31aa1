//! `kith healthcheck`: whether the server of this configuration serves.

use std::time::Duration;

use anyhow::{Context as _, bail};
use kith_servicekit::config::{Config, local_address};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let ask = async {
        let mut client = HealthClient::new(endpoint(config)?.connect().await?);
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

/// The server itself, whatever its certificate calls it: a name may lead to another machine.
fn endpoint(config: &Config) -> anyhow::Result<Endpoint> {
    let address = local_address(config.listen);
    let Some(ca) = config.local_ca() else {
        return Ok(Endpoint::from_shared(format!("http://{address}"))?);
    };
    let pem = std::fs::read(ca).with_context(|| format!("{} can not be read", ca.display()))?;
    let tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(pem))
        .domain_name(config.local_name(config.listen));
    Ok(Endpoint::from_shared(format!("https://{address}"))?.tls_config(tls)?)
}
