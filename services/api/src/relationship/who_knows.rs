//! Who in the organisation knows a person, or somebody at a company.

use kith_domain::date::day_of;
use kith_domain::id::PersonId;
use kith_proto::kith::relationship::v1::{Acquaintance, WhoKnowsRequest, WhoKnowsResponse};
use kith_readmodel::query::{acquaintances, companies, people};
use kith_servicekit::failure::{Failure, Violations};

use super::sharing::shared_by_default;
use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::resolve;

pub(super) async fn who_knows(
    api: &Api,
    caller: &Caller,
    body: WhoKnowsRequest,
) -> Result<WhoKnowsResponse, Failure> {
    caller.member()?;
    let mut fields = Violations::new();
    let person = fields.optional_text("person", &body.person, 254);
    let company = fields.optional_text("company", &body.company, 200);
    fields.check(
        person.is_some() != company.is_some(),
        "person",
        "must be given, or else company",
    );
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (live, principal, now) = (api.live(), &caller.principal, api.now());
    let whom = match (person, company) {
        (Some(reference), _) => {
            let row = resolve(api, caller, &reference).await?;
            PersonId::from_slice(&row.id).into_iter().collect()
        }
        (None, company) => {
            let (company, day) = (company.unwrap_or_default(), day_of(now));
            let people =
                companies::people(&live.reading, principal.organisation, &company, day).await;
            people.map_err(Failure::unavailable)?
        }
    };
    let default = shared_by_default(api, caller).await?;
    let known = acquaintances::others(&live.reading, principal, &whom, default, now).await;
    let mut known = known.map_err(Failure::unavailable)?;
    let total = known.len() as u64;
    known.truncate(size);
    let members = known.iter().filter_map(|a| a.member);
    let ids: Vec<PersonId> = members.chain(known.iter().map(|a| a.person)).collect();
    let names = people::named(&live.reading, principal, &ids).await;
    let names = names.map_err(Failure::unavailable)?;
    let name = |id: Option<PersonId>| {
        let row = id.and_then(|id| names.get(&id));
        row.map(people::called).unwrap_or_default()
    };
    let shown = known.iter().map(|a| Acquaintance {
        member_id: a.member.map(|id| id.to_string()).unwrap_or_default(),
        name: name(a.member),
        band: views::band(a.band).into(),
        person_id: a.person.to_string(),
        person_name: name(Some(a.person)),
    });
    Ok(WhoKnowsResponse {
        acquaintances: shown.collect(),
        total,
    })
}
