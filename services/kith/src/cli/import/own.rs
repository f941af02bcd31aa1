//! Files of somebody's own: mailboxes and calendars, whose owner has to be known first.

use super::arguments::{Args, OwnArgs};
use super::dry::dry_run;
use super::sending::Import;
use super::sent::Sent;
use super::source::{Form, Source};
use super::watching;
use super::whose::Owner;
use crate::cli::asking;
use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{Global, exclude, output};

/// Somebody's own files on their way.
pub(super) struct Own {
    args: OwnArgs,
    /// None for a dry run that needs no server.
    client: Option<Client>,
    pub(super) owner: Owner,
}

impl Own {
    pub(super) async fn find(args: OwnArgs, global: &Global) -> Result<Self, Failure> {
        // A dry run asks the server only whose files these are.
        let offline = args.common.dry_run && !args.me.is_empty();
        let client = (!offline).then(|| Client::open(global)).transpose()?;
        let owner = Owner::find(&args.me, client.as_ref()).await;
        let owner = owner.map_err(|failure| of(failure, client.as_ref()))?;
        Ok(Self {
            args,
            client,
            owner,
        })
    }

    pub(super) async fn bring_in(
        self,
        sources: &[Source],
        form: &Form,
        goes_on: bool,
        output: &Output,
    ) -> Result<(), Failure> {
        let Args {
            dry_run: only_read,
            no_wait,
            ..
        } = self.args.common;
        let client = match &self.client {
            Some(client) if !only_read => client,
            client => {
                dry_run(sources, form, output)?;
                return match client {
                    Some(client) => offer_to_exclude(client).await,
                    None => Ok(()),
                };
            }
        };
        let remembered = self.owner.remember(client).await;
        remembered.map_err(|failure| of(failure, Some(client)))?;
        let mut import = Import::new(client, sources, form);
        import.sent = goes_on.then(Sent::default);
        import.run(no_wait, output).await?;
        if goes_on {
            watching::watch(import).await?;
        }
        Ok(())
    }
}

/// Asks who is to be left out, while nothing of them is anywhere yet.
async fn offer_to_exclude(client: &Client) -> Result<(), Failure> {
    if !asking::is_possible() {
        return Ok(());
    }
    let whom = asking::line(
        "\nLeave somebody out? Addresses and @domains with spaces between; nobody if you just press Enter:",
    )?;
    let whom: Vec<&str> = whom
        .split([' ', ','])
        .filter(|text| !text.is_empty())
        .collect();
    if whom.is_empty() {
        return Ok(());
    }
    exclude::leave_out(client, &whom).await?;
    output::note(&format!(
        "Left out: {}. Nobody but you can see that.",
        whom.join(", ")
    ));
    Ok(())
}

fn of(failure: Failure, client: Option<&Client>) -> Failure {
    match client {
        Some(client) => failure.of(&client.server, &client.request_id),
        None => failure,
    }
}
