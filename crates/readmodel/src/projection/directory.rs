//! Entries and members: how what happens to them moves rows and ties.

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::time::Timestamp;
use kith_domain::{identity, person};
use sea_orm::DbErr;

use super::{Origin, Projector, governance, identities, people, ties};

impl Projector<'_> {
    /// Somebody became a member. Nobody is one by an entry of somebody else's, nor who was erased.
    pub(super) async fn joined(&mut self, origin: Origin, id: PersonId) -> Result<(), DbErr> {
        let (database, organisation) = (self.database, origin.organisation);
        let members = self.members_of(organisation).await?;
        if members.erased.contains(id) {
            return Ok(());
        }
        self.identity(origin, identity::Event::Unmerged { gone: id })
            .await?;
        governance::member(database, origin, id).await?;
        people::joined(database, origin, id).await?;
        let members = self.members_of(organisation).await?;
        members.add(id, Timestamp(origin.recorded_us));
        if members.identities.is_of_several(id) {
            identities::joined(database, origin, id, &members.identities).await?;
        }
        ties::refold_around(database, organisation, id, members).await
    }

    /// Entries mean one person, or no longer.
    pub(super) async fn identity(
        &mut self,
        origin: Origin,
        event: identity::Event,
    ) -> Result<(), DbErr> {
        let database = self.database;
        let members = self.members_of(origin.organisation).await?;
        let ties = identities::turn(database, origin, event, members).await?;
        ties::refold(database, origin.organisation, ties, members).await
    }

    /// What happens to an entry.
    pub(super) async fn person(
        &mut self,
        origin: Origin,
        event: &person::Event,
    ) -> Result<(), DbErr> {
        let (database, organisation) = (self.database, origin.organisation);
        let members = self.members_of(organisation).await?;
        let identities = &members.identities;
        match event {
            // Of one who has several: any other is collected.
            person::Event::Added { id, .. } => {
                if let Some(entry) = people::Entry::of(origin, event) {
                    identities::added(database, &entry, identities).await?;
                }
                let person = identities.person_of(*id);
                self.has_other_addresses(organisation, person).await
            }
            person::Event::Changed {
                id,
                version,
                change,
            } => {
                if identities.is_of_several(*id) {
                    identities::changed(database, origin, *id, *version, change, identities)
                        .await?;
                } else {
                    people::change(database, origin, *id, *version, change).await?;
                }
                if change.addresses.is_none() {
                    return Ok(());
                }
                let person = identities.person_of(*id);
                self.has_other_addresses(organisation, person).await
            }
            person::Event::TakenOut { id, version } => {
                let is_member = members.contains(*id);
                if identities.is_of_several(*id) {
                    let entry = (*id, *version);
                    identities::taken_out(database, organisation, entry, is_member, identities)
                        .await
                } else {
                    people::taken_out(database, origin, *id, *version, is_member).await
                }
            }
            person::Event::Erased { id, also } => {
                // Whoever they were merged into meanwhile is somebody else, or is erased too.
                self.identity(origin, identity::Event::Unmerged { gone: *id })
                    .await?;
                let members = self.members_of(organisation).await?;
                let (erased, identities) = (&mut members.erased, &members.identities);
                let entries = erased.add(database, origin, *id, also, identities).await?;
                members.cares.forget(&entries);
                Ok(())
            }
        }
    }

    /// A new address may be one that somebody leaves out.
    pub(super) async fn has_other_addresses(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<(), DbErr> {
        let database = self.database;
        let members = self.members_of(organisation).await?;
        let exclusions = &members.exclusions;
        let ties = exclusions.ties_with(person);
        let ties = exclusions.among(database, organisation, ties, &members.identities);
        let ties = ties.await?;
        ties::refold(database, organisation, ties, members).await
    }
}
