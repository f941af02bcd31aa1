//! `kith bootstrap`: the founding, once, on servers.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use kith_api::founding::{Founded, Founding, is_founded};
use kith_capture::mailbox::{Identity, Mailbox};
use kith_domain::person::Profile;
use kith_domain::text::Text;
use kith_domain::time::Clock as _;
use kith_servicekit::clock::System;
use kith_servicekit::config::Config;
use kith_servicekit::private_file;

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

pub(crate) async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    if config.nats_url.is_none() {
        bail!("bootstrap is for NATS and Postgres; on one machine `kith up` does it by itself");
    }
    let node = Node::open(config).await?;
    if is_founded(&node.ledger).await? {
        bail!(
            "there is an organisation already; its admins make further keys with `kith key create`"
        );
    }
    let me = profile(&args.me);
    let founding = Founding::begin(&node.ledger, &args.organisation, &me, System.now()).await?;
    keep_keys(&args.out, founding.so_far())?;
    let founded = founding.finish().await?;
    println!(
        "organisation {} is made; you are {}",
        founded.organisation, founded.member
    );
    println!(
        "your admin key (shown once, kept in {}):",
        args.out.join(ADMIN_KEY).display()
    );
    println!("{}", founded.admin_key);
    println!(
        "the operator key is in {}",
        args.out.join(OPERATOR_KEY).display()
    );
    Ok(())
}

/// The file of the first admin's key.
pub(crate) const ADMIN_KEY: &str = "admin.key";
/// The file of the operator's key.
const OPERATOR_KEY: &str = "operator.key";

/// Keeps the first keys in a directory, for their owner's eyes alone. A founding that goes on finds
/// them there.
pub(crate) fn keep_keys(directory: &Path, founded: &Founded) -> anyhow::Result<()> {
    keep(&directory.join(ADMIN_KEY), &founded.admin_key)?;
    keep(&directory.join(OPERATOR_KEY), &founded.operator_key)
}

fn keep(file: &Path, key: &str) -> anyhow::Result<()> {
    if file.exists() {
        if private_file::read(file)?.trim() == key {
            return Ok(());
        }
        bail!("{} is there already, with another key", file.display());
    }
    // Whole or not at all: half a key would be in the way of the whole one.
    let beside = file.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    private_file::create(&beside, key)?;
    std::fs::rename(&beside, file).with_context(|| format!("{} can not be written", file.display()))
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
    fn a_key_that_is_there_is_kept_and_another_one_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("admin.key");
        // What a crash in the middle of an earlier try leaves.
        std::fs::write(file.with_extension("new"), "fir").unwrap();
        keep(&file, "first").unwrap();
        keep(&file, "first").unwrap();
        assert!(keep(&file, "second").is_err());
        assert_eq!(*private_file::read(&file).unwrap(), "first");
    }

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
