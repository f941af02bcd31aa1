//! An organisation is erased: nothing answers its keys any more, and others go on as they were.

use anyhow::Result;
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::{EraseOrganisationRequest, GetServerInfoRequest};
use kith_proto::kith::directory::v1::{ListPersonsRequest, Person};
use kith_proto::kith::event::v1::{InteractionKind, Role};
use kith_testkit::eventually;
use kith_tests::world::{EVA, World, moment, personal, refused, request_id};
use tonic::Code;

on_both_engines! {
    an_erased_organisation_is_gone_for_all_its_keys_and_for_nobody_else
    an_organisation_is_erased_by_an_admin_who_names_it
}

fn request(name: &str) -> EraseOrganisationRequest {
    EraseOrganisationRequest {
        request_id: request_id(),
        name: name.to_owned(),
    }
}

async fn name_of(world: &World) -> Result<String> {
    let mut admin = world.ours.admin.admin();
    let info = admin.get_server_info(GetServerInfoRequest {}).await?;
    Ok(info.into_inner().organisation_name)
}

async fn an_erased_organisation_is_gone_for_all_its_keys_and_for_nobody_else(
    world: &World,
) -> Result<()> {
    for ana in [&world.ours.ana, &world.theirs.ana] {
        let call = moment(InteractionKind::Call, world.ago(DAY), &[EVA]);
        ana.record(personal(call, "a note", "a subject")).await?;
    }
    let zoe = Person {
        name: "Zoë".to_owned(),
        ..Person::default()
    };
    world.ours.person(zoe).await?;
    let theirs = &world.theirs.ana.client;
    let people = async || {
        theirs
            .directory()
            .list_persons(ListPersonsRequest::default())
            .await
    };
    world.settled().await?;
    let before = people().await?.into_inner();
    let analyst = world.ours.key(Role::Analyst, "").await?;

    let name = name_of(world).await?;
    let answer = world
        .ours
        .admin
        .admin()
        .erase_organisation(request(&name))
        .await?;
    let answer = answer.into_inner();
    let (erased, complete) = (answer.erased_at, answer.complete_at);
    let days = complete
        .zip(erased)
        .map(|(c, e)| (c.seconds - e.seconds) / (24 * 3_600));
    assert_eq!(days, Some(30));

    // Replicas follow within a second.
    for client in [
        &world.ours.admin,
        &world.ours.ana.client,
        &world.ours.bo.client,
        &analyst,
    ] {
        eventually(std::time::Duration::from_secs(5), async || {
            let answer = client
                .admin()
                .get_server_info(GetServerInfoRequest {})
                .await;
            refused(answer).is_ok_and(|refused| refused.code == Code::Unauthenticated)
        })
        .await?;
    }
    assert_eq!(people().await?.into_inner(), before);
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    world.theirs.ana.record(call).await?;
    Ok(())
}

async fn an_organisation_is_erased_by_an_admin_who_names_it(world: &World) -> Result<()> {
    let name = name_of(world).await?;
    let answer = world
        .ours
        .ana
        .client
        .admin()
        .erase_organisation(request(&name))
        .await;
    assert_eq!(refused(answer)?.code, Code::PermissionDenied);
    let answer = world
        .operator
        .admin()
        .erase_organisation(request(&name))
        .await;
    assert_eq!(refused(answer)?.code, Code::PermissionDenied);
    for wrong in ["", "another", &name.to_uppercase()] {
        let answer = world
            .ours
            .admin
            .admin()
            .erase_organisation(request(wrong))
            .await;
        assert_eq!(refused(answer)?.fields, ["name"], "{wrong}");
    }
    assert_eq!(name_of(world).await?, name);
    Ok(())
}
