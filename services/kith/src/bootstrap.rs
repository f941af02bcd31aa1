//! The first organisation: with its first member, and keys to go on from there.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use kith_api::caller::ApiKey;
use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::key::{self, Key};
use kith_domain::member::{self, Member};
use kith_domain::organisation::{self, Organisation};
use kith_domain::person::{self, Profile};
use kith_domain::sharing::Level;
use kith_domain::text::Text;
use kith_domain::time::Clock as _;
use kith_eventlog::identity::{self, Handle, secret_hash};
use kith_eventlog::ledger::{Ledger, Request};
use kith_readmodel::entity;
use kith_readmodel::runner::catch_up;
use kith_readmodel::store::Store;
use kith_servicekit::clock::System;
use kith_servicekit::config::Config;
use kith_servicekit::private_file;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use crate::node::Node;

/// `kith bootstrap`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// You, the first member: `Ana Silva <ana@x.org>`.
    #[arg(long, value_name = "NAME <ADDRESS>")]
    me: Me,
    /// The organisation's name.
    #[arg(long, default_value = "My organisation")]
    organisation: String,
    /// Where to write the keys: `admin.key` and `operator.key`, for your eyes alone.
    #[arg(long, value_name = "DIRECTORY", default_value = ".")]
    out: PathBuf,
}

/// A name and an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Me {
    pub(crate) name: String,
    pub(crate) address: String,
}

impl std::str::FromStr for Me {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it as 'Ana Silva <ana@x.org>'".to_owned();
        let (name, rest) = text.split_once('<').ok_or_else(wrong)?;
        let address = rest.trim().strip_suffix('>').ok_or_else(wrong)?.trim();
        let (local, domain) = address.split_once('@').ok_or_else(wrong)?;
        let name = name.trim();
        if name.is_empty() || local.is_empty() || domain.is_empty() || address.contains(' ') {
            return Err(wrong());
        }
        Ok(Self {
            name: name.to_owned(),
            address: address.to_owned(),
        })
    }
}

/// What was made.
pub(crate) struct Founded {
    pub(crate) organisation: OrganisationId,
    pub(crate) shard: u16,
    pub(crate) member: PersonId,
    /// Role admin, speaks for the first member.
    pub(crate) admin_key: String,
    /// Role operator: makes further organisations.
    pub(crate) operator_key: String,
}

/// Makes the first organisation.
pub(crate) async fn found(
    ledger: &Ledger,
    organisation_name: &str,
    me: &Profile,
) -> anyhow::Result<Founded> {
    let system = ledger.keys().organisation(OrganisationId::SYSTEM).await?;
    let nobody = KeyId::from_bytes([0; 16]);
    // Always the same commits: interrupted and begun again, it goes on where it was.
    let request = |organisation, shard, step: &str| {
        let commit = system.commit(nobody, step, &[0; 16]);
        Request {
            organisation,
            shard,
            key: None,
            member: None,
            commit,
            fingerprint: *commit.as_bytes(),
            received_at: System.now(),
        }
    };
    let operator = request(OrganisationId::SYSTEM, 0, "bootstrap operator");
    let operator_key = make_key(ledger, &operator, Role::Operator, None).await?;

    let creation = request(OrganisationId::SYSTEM, 0, "bootstrap organisation");
    let id = identity::organisation_of(creation.commit);
    let shard = 0;
    let create = organisation::Command::Create {
        id,
        shard,
        name: organisation_name.to_owned(),
        sharing: Level::Anonymous,
    };
    ledger
        .execute::<Organisation>(&creation, &id.to_string(), create, vec![])
        .await?;

    let keys = ledger.keys().organisation(id).await?;
    let address = me
        .addresses
        .first()
        .and_then(Text::as_clear)
        .unwrap_or_default();
    let member = keys.person(Handle::Address(address), 0);
    let joining = request(id, shard, "bootstrap member");
    let fingerprint = joining.fingerprint;
    let entry: Event = person::Event::Added {
        id: member,
        profile: me.clone(),
        fingerprint,
    }
    .into();
    let add = member::Add { id: member };
    ledger
        .execute::<Member>(&joining, &member.to_string(), add, vec![entry])
        .await?;

    let admin = request(id, shard, "bootstrap admin");
    let admin_key = make_key(ledger, &admin, Role::Admin, Some(member)).await?;
    Ok(Founded {
        organisation: id,
        shard,
        member,
        admin_key,
        operator_key,
    })
}

async fn make_key(
    ledger: &Ledger,
    request: &Request,
    role: Role,
    member: Option<PersonId>,
) -> anyhow::Result<String> {
    let organisation = request.organisation;
    let id = identity::key_of(request.commit);
    let secret = ledger
        .keys()
        .organisation(organisation)
        .await?
        .api_secret(request.commit);
    let command = key::Command::Create {
        id,
        role,
        member,
        secret_hash: secret_hash(&secret),
        label: format!("first {} key", role.as_str()),
    };
    ledger
        .execute::<Key>(request, &id.to_string(), command, vec![])
        .await?;
    Ok(ApiKey {
        organisation,
        id,
        secret,
    }
    .to_string())
}

/// Whether an organisation was made before, by what the log says.
pub(crate) async fn is_founded(store: &Store, ledger: &Ledger) -> anyhow::Result<bool> {
    let live = store.live();
    let tail = ledger.log().tail(0).await?;
    catch_up(store, &live.writing, ledger, 0, tail).await?;
    Ok(entity::organisation::Entity::find()
        .count(&live.reading)
        .await?
        > 0)
}

pub(crate) async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    if config.nats_url.is_none() {
        bail!("bootstrap is for NATS and Postgres; on one machine `kith up` does it by itself");
    }
    let node = Node::open(config).await?;
    if is_founded(&node.store, &node.ledger).await? {
        bail!(
            "there is an organisation already; its admins make further keys with `kith key create`"
        );
    }
    let admin_file = args.out.join("admin.key");
    let operator_file = args.out.join("operator.key");
    for file in [&admin_file, &operator_file] {
        if file.exists() {
            bail!("{} is there already; choose another --out", file.display());
        }
    }
    let me = profile(&args.me);
    let founded = found(&node.ledger, &args.organisation, &me).await?;
    for (file, key) in [
        (&admin_file, &founded.admin_key),
        (&operator_file, &founded.operator_key),
    ] {
        private_file::create(file, key)
            .with_context(|| format!("the key is made but not written; it is {key}"))?;
    }
    println!(
        "organisation {} is made; you are {}",
        founded.organisation, founded.member
    );
    println!(
        "your admin key (shown once, kept in {}):",
        admin_file.display()
    );
    println!("{}", founded.admin_key);
    println!("the operator key is in {}", operator_file.display());
    Ok(())
}

/// What is known of the first member.
pub(crate) fn profile(me: &Me) -> Profile {
    Profile {
        name: Some(Text::from(me.name.as_str())),
        addresses: vec![Text::from(me.address.as_str())],
        ..Profile::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_address_are_told_apart() {
        let me: Me = "Ana Silva <ana@x.org>".parse().expect("well formed");
        assert_eq!(
            (me.name.as_str(), me.address.as_str()),
            ("Ana Silva", "ana@x.org")
        );
        for wrong in [
            "Ana",
            "<ana@x.org>",
            "Ana <ana>",
            "Ana <ana@>",
            "Ana <a b@x.org>",
            "Ana <a@x",
        ] {
            assert!(wrong.parse::<Me>().is_err(), "{wrong}");
        }
    }
}
