//! The client of the operator's commands. They run as long as reading the log takes: no deadline.

use anyhow::Context as _;
use kith_domain::id::OrganisationId;
use kith_proto::kith::admin::v1::operations_service_client::OperationsServiceClient;
use kith_proto::kith::admin::v1::verify_read_models_response::Verdict as Told;
use kith_proto::kith::admin::v1::{
    ListParkedRequest, ParkedOrganisation, RebuildReadModelsRequest, RetryParkedRequest,
    VerifyReadModelsRequest,
};
use kith_readmodel::rebuild::Verdict;
use kith_readmodel::runner::Parked;
use tonic::{Response, Status};

use super::Global;
use super::connect::{Client, Wire};
use super::failure::Failure;
use super::output::{Cell, Format, Output, Sheet};

/// A server that is asked to take care of its read models.
pub(crate) struct Operations {
    client: Client,
}

impl Operations {
    /// The server and key that flags name.
    pub(crate) fn open(global: &Global) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::open(global)?,
        })
    }

    fn service(&self) -> OperationsServiceClient<Wire> {
        self.client.operations()
    }

    /// What was answered; what went wrong is told as by every command.
    fn answer<A>(&self, answer: Result<Response<A>, Status>) -> Result<A, Failure> {
        let told = |status| Failure::from(status).of(&self.client.server, &self.client.request_id);
        Ok(answer.map_err(told)?.into_inner())
    }

    pub(crate) async fn verify(&self) -> anyhow::Result<Verdict> {
        let answer = self
            .service()
            .verify_read_models(VerifyReadModelsRequest {})
            .await;
        let verdict = self.answer(answer)?.verdict;
        match verdict.context("the server gave no verdict")? {
            Told::Equal(equal) => Ok(Verdict::Equal {
                hash: equal.hash,
                rows: equal.rows,
            }),
            Told::Differs(row) => Ok(Verdict::Differs {
                table: row.table,
                key: row.key,
            }),
        }
    }

    /// Answers how many commits the new read models were built from.
    pub(crate) async fn rebuild(&self) -> anyhow::Result<u64> {
        let answer = self
            .service()
            .rebuild_read_models(RebuildReadModelsRequest {})
            .await;
        Ok(self.answer(answer)?.commits)
    }

    pub(crate) async fn parked(&self) -> anyhow::Result<Vec<Parked>> {
        let answer = self.service().list_parked(ListParkedRequest {}).await;
        self.answer(answer)?.parked.into_iter().map(read).collect()
    }

    /// Takes a parked organisation along again; answers where it stands still all the same.
    pub(crate) async fn retry(
        &self,
        organisation: OrganisationId,
    ) -> anyhow::Result<Option<Parked>> {
        let request = RetryParkedRequest {
            organisation_id: organisation.to_string(),
        };
        let answer = self.service().retry_parked(request).await;
        self.answer(answer)?.parked.map(read).transpose()
    }
}

fn read(one: ParkedOrganisation) -> anyhow::Result<Parked> {
    Ok(Parked {
        shard: u16::try_from(one.shard)?,
        organisation: one.organisation_id.parse::<OrganisationId>()?,
        position: one.sequence,
        reason: one.reason,
    })
}

/// Lists organisations whose read model stands still.
pub(crate) fn show_parked(parked: &[Parked], format: Format) -> anyhow::Result<()> {
    let output = Output::new(format);
    let mut sheet = Sheet::new(&["organisation_id", "shard", "commit", "reason"]);
    for one in parked {
        sheet.rows.push(vec![
            Cell::text(one.organisation.to_string()),
            Cell::count(one.shard.into()),
            Cell::count(one.position),
            Cell::text(one.reason.as_str()),
        ]);
    }
    output.list(&sheet)?;
    output.say(if parked.is_empty() {
        "Nothing is parked."
    } else {
        "Once the cause is gone, 'kith parked retry ORGANISATION' takes one along again."
    })?;
    Ok(())
}
