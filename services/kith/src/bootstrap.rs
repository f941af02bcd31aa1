//! `kith bootstrap`: the founding, once, on servers.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use kith_api::founding::found;
use kith_capture::mailbox::{Identity, Mailbox};
use kith_domain::person::Profile;
use kith_domain::text::Text;
use kith_domain::time::Clock as _;
use kith_eventlog::ledger::Ledger;
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
        match Mailbox::parse(text) {
            Some(Mailbox {
                name,
                identity: Identity::Address(address),
            }) if !name.is_empty() => Ok(Self { name, address }),
            _ => Err("write it as 'Ana Silva <ana@x.org>'".to_owned()),
        }
    }
}

/// Whether an organisation was made before, by what the log says.
pub(crate) async fn is_founded(store: &Store, ledger: &Ledger) -> anyhow::Result<bool> {
    let live = store.live();
    let tail = ledger.log().tail(0).await?;
    catch_up(&live.writing, ledger, 0, tail).await?;
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
    let founded = found(&node.ledger, &args.organisation, &me, System.now()).await?;
    let (admin, operator) = (&founded.admin_key, &founded.operator_key);
    private_file::create(&admin_file, admin)
        .and_then(|()| private_file::create(&operator_file, operator))
        .with_context(|| {
            format!(
                "the keys are made but can not be kept in {}; note them now: admin {admin}, \
                 operator {operator}",
                args.out.display()
            )
        })?;
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
