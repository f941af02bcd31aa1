//! What the caller says of themselves, or of the organisation.

use kith_domain::briefing::known::{Note, Source};
use kith_domain::fact::Kind;
use kith_domain::id::PersonId;
use kith_domain::pitch::{Extent, Material, Pitch};
use kith_domain::wording::Speaker;
use kith_proto::kith::gathering::v1::{GetPitchRequest, GetPitchResponse};
use kith_readmodel::query::{keys, people};
use kith_servicekit::failure::Failure;

use super::load::note;
use super::view;
use crate::Api;
use crate::admin::comfort;
use crate::caller::Caller;
use crate::witness;

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
    let of_others = witness::of_others(facts.values().flatten(), me);
    // Said aloud is what everybody may know.
    let open = facts.values().flatten().filter(|row| !row.private);
    let mut notes: Vec<Note> = open.filter_map(|row| note(row, me)).collect();
    notes.sort_by(|a, b| a.text.cmp(&b.text));
    let of_kinds = |kinds: &[Kind]| -> Vec<(&str, Source)> {
        let of_kinds = notes.iter().filter(|note| kinds.contains(&note.kind));
        of_kinds
            .map(|note| (note.text.as_str(), Source::Fact(note.id)))
            .collect()
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
        extent: Extent::Both,
    });
    let told = pitch.sentences().iter();
    let told = told.flat_map(|sentence| sentence.sources.iter().copied());
    api.are_told(caller, &of_others, told).await?;
    Ok(GetPitchResponse {
        sentences: pitch.sentences().iter().map(view::sentence).collect(),
    })
}
