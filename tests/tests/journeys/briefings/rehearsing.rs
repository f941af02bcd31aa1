//! Rehearsed is what the briefing has one say.

use std::collections::HashSet;

use anyhow::Result;
use kith_proto::kith::event::v1::FactKind;
use kith_tests::world::World;

use super::{briefing, note, of_page, room, texts};
use crate::gatherings::asked::{add, attendee};

on_both_engines! {
    who_rehearses_says_what_the_briefing_has_them_say_and_to_no_two_people_the_same
}

async fn who_rehearses_says_what_the_briefing_has_them_say_and_to_no_two_people_the_same(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let room = room(world).await?;
    for text in [
        "Runs repair evenings to which three hundred people come.",
        "Knows which halls on the coast stand empty.",
        "Builds bridges that move.",
    ] {
        note(ana, &ana.id, FactKind::Expertise, text).await?;
    }
    let strangers = ["Ada Holm", "Ben Osei", "Cleo Ruiz", "Dora Lang"];
    let listed = strangers.map(|name| attendee(name, "Nobody Ltd", ""));
    add(ana, &room.gathering, listed.to_vec()).await?;
    let prepared = briefing(world, ana, &room).await?;
    let mut said = HashSet::new();
    for page in &prepared.pages {
        let rehearsed = of_page(ana, &room, &page.attendee_id).await?;
        assert_eq!(rehearsed.page.as_ref(), Some(page));
        if strangers.contains(&page.name.as_str()) {
            let is_new = said.insert(texts(&page.pitch).join(" "));
            assert!(is_new, "two people hear the same: {:?}", page.pitch);
        }
    }
    assert_eq!(said.len(), strangers.len());
    Ok(())
}
