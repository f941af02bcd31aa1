//! The demo's first screen: who you are, three strong and three fading ties, one promise.

use std::path::Path;

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::tie::{self, STANDARD_HORIZON, V1};
use kith_domain::time::{DAY, Timestamp};
use kith_readmodel::query::{people, ties};
use sea_orm::EntityTrait as _;

use crate::demo::{Season, Somebody};
use crate::node::Node;

pub(super) async fn show(node: &Node, season: &Season, now: Timestamp) -> anyhow::Result<()> {
    let live = node.store.live();
    let row = kith_readmodel::entity::organisation::Entity::find()
        .one(&live.reading)
        .await?;
    let organisation = row
        .and_then(|row| OrganisationId::from_slice(&row.id))
        .unwrap_or_default();
    let view = View {
        node,
        season,
        now,
        organisation,
    };
    let Some(me) = season.somebody(season.cast.me) else {
        return Ok(());
    };
    println!(
        "You are {}, {} at {}.",
        me.name, me.title, season.organisation
    );
    println!(
        "{} people, {} members, {} moments of two years; all invented.\n",
        season.people.len(),
        season.members.len(),
        season.moments.len()
    );
    println!("Strong:");
    for index in season.cast.strong {
        println!("  {}", view.line(index).await?);
    }
    println!("Fading:");
    for index in season.cast.fading {
        println!("  {}", view.line(index).await?);
    }
    if let (Some(promise), Some(person)) = (
        season.promises.first(),
        season.somebody(season.cast.promised),
    ) {
        println!("Promised for today:");
        println!("  {}: {}", person.name, promise.text);
    }
    let program = quoted(&std::env::current_exe()?);
    let strongest = season
        .cast
        .fading
        .first()
        .and_then(|index| season.somebody(*index));
    println!("\nPaste these in a second terminal:");
    println!("  {program} due");
    println!(
        "  {program} tie '{}'",
        strongest.map_or("", |s| s.name.as_str())
    );
    println!("  {program} watch --since 1h");
    println!("Within half a minute `watch` shows a follow-up arrive.\n");
    Ok(())
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

struct View<'a> {
    node: &'a Node,
    season: &'a Season,
    now: Timestamp,
    organisation: OrganisationId,
}

impl View<'_> {
    async fn id(&self, somebody: &Somebody) -> anyhow::Result<PersonId> {
        let live = self.node.store.live();
        let id = people::by_address(&live.reading, self.organisation, &somebody.address).await?;
        Ok(id.unwrap_or_default())
    }

    /// One tie with its why.
    async fn line(&self, index: usize) -> anyhow::Result<String> {
        let (Some(me), Some(other)) = (
            self.season.somebody(self.season.cast.me),
            self.season.somebody(index),
        ) else {
            return Ok(String::new());
        };
        let live = self.node.store.live();
        let (me, person) = (self.id(me).await?, self.id(other).await?);
        let own = ties::find(&live.reading, self.organisation, me, person).await?;
        let reading = own.and_then(|own| tie::read(&V1, &own.state, self.now, STANDARD_HORIZON));
        let Some(reading) = reading else {
            return Ok(format!("{}: unknown", other.name));
        };
        let silence = reading
            .last_contact
            .map_or(0, |last| self.now.micros_since(last) / DAY);
        Ok(format!(
            "{} ({}): {}, alive {:.0} %; you usually speak every {:.0} days, it has been {silence}",
            other.name,
            other.company,
            reading.band.as_str(),
            reading.alive * 100.0,
            reading.typical_gap.max(1.0),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_path_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(Path::new("/srv/kith-1.0/up")), "/srv/kith-1.0/up");
        assert_eq!(quoted(Path::new("/a b/it's")), "'/a b/it'\\''s'");
    }
}
