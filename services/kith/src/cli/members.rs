//! `kith member`: who signs in; `kith info`: what runs there, and who you are to it.

use kith_proto::kith::admin::v1::{
    CreateMemberRequest, GetServerInfoRequest, ListMembersRequest, Member,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::who::{self, Who};
use super::{MAX_PAGE, every, words};

/// What to do with members.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes a person a member, adding them to the directory if needed.
    Add(AddArgs),
    /// Lists the members.
    List,
}

/// Whom to make a member.
#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    /// Whom: 'Ana Silva <ana@x.org>', an address, or the name or id of somebody in the directory.
    #[arg(required_unless_present = "external_key")]
    person: Option<String>,
    /// Your own key for them, instead.
    #[arg(long, value_name = "KEY", conflicts_with = "person")]
    external_key: Option<String>,
}

pub(super) async fn run(command: Command, client: &Client, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args, client, output).await,
        Command::List => list(client, output).await,
    }
}

async fn add(args: AddArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let mut request = CreateMemberRequest {
        request_id: client.request_id.clone(),
        external_key: args.external_key.unwrap_or_default(),
        min_position: client.min_position.clone(),
        ..CreateMemberRequest::default()
    };
    if let Some(text) = &args.person {
        match who::find(client, text).await? {
            Who::Known(person) => request.person_id = person.person_id,
            Who::Address(mailbox) => {
                mailbox.identity.as_str().clone_into(&mut request.address);
                request.name = mailbox.name;
            }
        }
    }
    let answer = client
        .admin()
        .create_member(client.request(request))
        .await?;
    let answer = answer.into_inner();
    let member = answer.member.unwrap_or_default();
    output.say("A member now:")?;
    output.card(vec![
        ("name", Cell::text(member.name)),
        ("address", Cell::text(member.address)),
        ("member_id", Cell::text(member.member_id.as_str())),
        ("position", Cell::hidden(answer.position)),
    ])?;
    output.say(format!(
        "They sign in with a key of their own: kith key create --role member --member {} --out FILE",
        member.member_id
    ))
}

async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    let mut sheet = Sheet::new(&["name", "address", "member_id"]);
    for member in all(client).await? {
        sheet.rows.push(vec![
            Cell::text(member.name),
            Cell::text(member.address),
            Cell::text(member.member_id),
        ]);
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        output.say("There are no members yet: kith member add 'Ana Silva <ana@example.org>'")?;
    }
    Ok(())
}

async fn all(client: &Client) -> Result<Vec<Member>, Failure> {
    every(async |page_token| {
        let request = client.request(ListMembersRequest {
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client.admin().list_members(request).await?.into_inner();
        Ok((page.members, page.next_page_token))
    })
    .await
}

pub(super) async fn info(client: &Client, output: &Output) -> Result<(), Failure> {
    let request = client.request(GetServerInfoRequest {});
    let info = client.admin().get_server_info(request).await?.into_inner();
    let me = info.me.unwrap_or_default();
    output.card(vec![
        ("server", Cell::text(&client.server)),
        ("version", Cell::text(info.version)),
        ("log_engine", Cell::text(info.log_engine)),
        ("model_engine", Cell::text(info.model_engine)),
        ("durability", Cell::text(info.durability)),
        ("shards", Cell::count(info.shards.into())),
        ("lag", Cell::apart(lag(info.lag), info.lag)),
        ("organisation", Cell::text(info.organisation_name)),
        ("organisation_id", Cell::text(info.organisation_id)),
        ("you", Cell::text(me.name)),
        ("your_address", Cell::text(me.address)),
        ("your_member_id", Cell::text(me.member_id)),
        ("role", Cell::text(words::role(info.role))),
    ])
}

/// How far behind the figures are.
fn lag(commits: u64) -> String {
    match commits {
        0 => "none: every figure is up to date".to_owned(),
        _ => super::shape::counted(commits, "commit", "commits") + " still to be worked in",
    }
}
