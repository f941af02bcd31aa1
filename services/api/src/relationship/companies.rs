//! Companies, and how well the organisation knows somebody there.

use kith_domain::text::folded;
use kith_proto::kith::relationship::v1::{
    Company as WireCompany, ListCompaniesRequest, ListCompaniesResponse,
};
use kith_readmodel::query::companies::{self, Company, Question};
use kith_servicekit::failure::{Failure, Violations};

use super::sharing::shared_by_default;
use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::token::{cut, place};

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListCompaniesRequest,
) -> Result<ListCompaniesResponse, Failure> {
    caller.member()?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    let name = fields.optional_text("name", &body.name, 200);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let question = format!("companies {:?}", name.as_deref().map(folded));
    let after = place(caller, &question, &body.page_token, |fields| {
        Some(fields.text()?.to_owned())
    })?;
    let asked = Question {
        name: name.as_deref(),
        after: after.as_deref(),
        limit: size as u64 + 1,
        now: api.now(),
        default: shared_by_default(api, caller).await?,
    };
    let found = companies::list(&api.live().reading, &caller.principal, &asked).await;
    let mut found = found.map_err(Failure::unavailable)?;
    let next_page_token = cut(caller, &question, &mut found, size, |last| {
        last.folded.as_bytes().to_vec()
    });
    Ok(ListCompaniesResponse {
        companies: found.into_iter().map(view).collect(),
        next_page_token,
    })
}

fn view(company: Company) -> WireCompany {
    WireCompany {
        name: company.name,
        people: company.people as u32,
        strongest: views::band(company.strongest).into(),
        own: views::band(company.own).into(),
        members: company.members as u32,
        unnamed: company.unnamed as u32,
        ties: company.ties as u32,
        fading: company.fading as u32,
    }
}
