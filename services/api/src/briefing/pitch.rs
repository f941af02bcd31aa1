//! What the caller says of themselves, or of the organisation.

use kith_domain::access::Content;
use kith_domain::briefing::known::Source;
use kith_domain::fact::Kind;
use kith_domain::id::{FactId, PersonId};
use kith_domain::pitch::{Material, Pitch};
use kith_domain::wording::Speaker;
use kith_proto::kith::gathering::v1::{GetPitchRequest, GetPitchResponse};
use kith_readmodel::entity::fact;
use kith_readmodel::query::{keys, people};
use kith_servicekit::failure::Failure;

use super::view;
use crate::Api;
use crate::admin::comfort;
use crate::caller::Caller;

pub(super) async fn get(
    api: &Api,
    caller: &Caller,
    body: GetPitchRequest,
) -> Result<GetPitchResponse, Failure> {
    let me = caller.member()?;
    api.visible(caller, &body.min_position).await?;
    let live = api.live();
    let whom: Vec<PersonId> = if body.about_organisation {
        let members = keys::members(&live.reading, caller.principal.organisation).await;
        let members = members.map_err(Failure::unavailable)?;
        let seen = people::see_all(&live.reading, &caller.principal, &members).await;
        seen.map_err(Failure::unavailable)?.into_iter().collect()
    } else {
        vec![me]
    };
    let facts = people::facts_of_all(&live.reading, &caller.principal, &whom).await;
    let facts = facts.map_err(Failure::unavailable)?;
    let mut rows: Vec<&fact::Model> = facts.values().flatten().collect();
    // Said aloud is what everybody may know.
    rows.retain(|row| !row.private);
    rows.sort_by(|a, b| a.text.cmp(&b.text));
    let of_kinds = |kinds: &[Kind]| -> Vec<(&str, Source)> {
        let of_kinds = rows
            .iter()
            .filter(|row| kind(row).is_some_and(|kind| kinds.contains(&kind)));
        let notes = of_kinds.filter_map(|row| {
            let source = Source::Fact(FactId::from_slice(&row.id)?);
            Some((row.text.as_deref()?, source))
        });
        notes.collect()
    };
    let own_words = if body.about_organisation {
        None
    } else {
        comfort::said(api, caller)
            .await?
            .and_then(|said| said.own_words)
    };
    let speaker = if body.about_organisation {
        Speaker::Organisation(&caller.organisation_name)
    } else {
        Speaker::Oneself
    };
    let pitch = Pitch::of(&Material {
        speaker,
        own_words: own_words.as_deref().map(|text| (text, Source::OwnWords)),
        good_at: of_kinds(&[Kind::Expertise]),
        unlike_others: of_kinds(&[Kind::Expertise, Kind::Offer]),
        in_common: vec![],
        variant: body.variant as usize,
    });
    let said: Vec<Source> = pitch
        .sentences()
        .iter()
        .flat_map(|sentence| sentence.sources.iter().copied())
        .collect();
    let is_said = |row: &&&fact::Model| {
        let id = FactId::from_slice(&row.id);
        row.author != me.as_bytes() && id.is_some_and(|id| said.contains(&Source::Fact(id)))
    };
    let of_others = rows.iter().filter(is_said);
    let of_others = of_others.filter_map(|row| PersonId::from_slice(&row.person));
    api.is_shown(caller, Content::Facts, of_others.collect())
        .await?;
    Ok(GetPitchResponse {
        sentences: pitch.sentences().iter().map(view::sentence).collect(),
    })
}

fn kind(row: &fact::Model) -> Option<Kind> {
    usize::try_from(row.kind).ok().and_then(Kind::from_index)
}
