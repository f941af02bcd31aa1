//! `kith key`: makes, lists and revokes API keys. A secret goes into a private file and nowhere else.

use std::path::{Path, PathBuf};

use kith_proto::kith::admin::v1::{
    ApiKey, CreateApiKeyRequest, CreateApiKeyResponse, ListApiKeysRequest, RevokeApiKeyRequest,
};
use kith_proto::kith::event::v1::Role;
use kith_servicekit::private_file;

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::{MAX_PAGE, every, prefix, who, words};

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes a key and writes it into a file that only you can read.
    Create(CreateArgs),
    /// Lists the keys, without their secrets.
    List,
    /// Makes a key open nothing any more.
    Revoke(RevokeArgs),
}

/// Which key to make.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// What it may do.
    #[arg(long, value_parser = words::role_argument())]
    role: Role,
    /// The member it speaks for: a name, an address or an id. A member's key needs one.
    #[arg(long, value_name = "PERSON", required_if_eq("role", "member"))]
    member: Option<String>,
    /// What it is for; nothing personal.
    #[arg(long, default_value = "")]
    label: String,
    /// The file to write it into; it must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Which key to revoke.
#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    /// Its id, or the beginning of it.
    id: String,
}

pub(super) async fn run(command: Command, client: &Client, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create(args, client, output).await,
        Command::List => list(client, output).await,
        Command::Revoke(args) => revoke(args, client, output).await,
    }
}

async fn create(args: CreateArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    // Asked first: a key that can't be written down would be lost.
    check_new(&args.out)?;
    let member_id = match &args.member {
        Some(text) => who::person(client, text).await?.person_id,
        None => String::new(),
    };
    let request = CreateApiKeyRequest {
        request_id: client.request_id.clone(),
        role: args.role.into(),
        member_id,
        label: args.label,
        min_position: client.min_position.clone(),
    };
    let answer = client
        .admin()
        .create_api_key(client.request(request))
        .await?;
    let CreateApiKeyResponse {
        key,
        secret,
        position,
    } = answer.into_inner();
    let key = key.unwrap_or_default();
    private_file::create(&args.out, &(secret + "\n")).map_err(|error| {
        Failure::failed(kith_servicekit::failure::chain(&error)).next(format!(
            "the key was made but is lost: revoke it with 'kith key revoke {}' and make another",
            key.key_id
        ))
    })?;
    output.say(format!(
        "A key of the role {} is in {}, readable by you alone. Use it with --key-file.",
        words::role(key.role),
        args.out.display()
    ))?;
    output.say(format!("To revoke it: kith key revoke {}", key.key_id))?;
    if output.for_people() {
        return Ok(());
    }
    output.card(vec![
        ("key_id", Cell::text(key.key_id)),
        ("role", Cell::text(words::role(key.role))),
        ("member_id", Cell::text(key.member_id)),
        ("file", Cell::text(args.out.display().to_string())),
        ("position", Cell::text(position)),
    ])
}

fn check_new(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!("{} exists already", path.display()))
            .next("name a file that is not there yet: a key is never overwritten"));
    }
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    if parent.is_some_and(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!(
            "the folder of {} does not exist",
            path.display()
        )));
    }
    Ok(())
}

async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    let here = &output.here;
    let mut sheet = Sheet::new(&[
        "key_id",
        "role",
        "member_id",
        "label",
        "revoked",
        "created_at",
    ]);
    for key in all(client).await? {
        sheet.rows.push(vec![
            Cell::text(key.key_id),
            Cell::text(words::role(key.role)),
            Cell::id(&key.member_id),
            Cell::text(key.label),
            Cell::flag(key.revoked),
            Cell::minute(key.created_at.as_ref(), here),
        ]);
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        output.say("There are no keys that you may see.")?;
    }
    Ok(())
}

async fn all(client: &Client) -> Result<Vec<ApiKey>, Failure> {
    every(async |page_token| {
        let request = client.request(ListApiKeysRequest {
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client.admin().list_api_keys(request).await?.into_inner();
        Ok((page.keys, page.next_page_token))
    })
    .await
}

async fn revoke(args: RevokeArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let key_id = if prefix::is_whole(&args.id) {
        args.id
    } else {
        let keys = all(client).await?;
        let ids = keys
            .iter()
            .filter(|key| !key.revoked)
            .map(|key| &*key.key_id);
        prefix::complete(&args.id, ids, "key")?
    };
    let request = RevokeApiKeyRequest {
        request_id: client.request_id.clone(),
        key_id,
    };
    let answer = client
        .admin()
        .revoke_api_key(client.request(request))
        .await?;
    output.changed(
        "Revoked: it opens nothing any more.",
        &answer.into_inner().position,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_only_asked_for_when_its_file_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("new.key");
        assert!(check_new(&new).is_ok());
        std::fs::write(&new, "").unwrap();
        assert!(check_new(&new).is_err());
        assert!(check_new(&folder.path().join("missing").join("new.key")).is_err());
        assert!(check_new(Path::new("surely-not-there.key")).is_ok());
    }
}
