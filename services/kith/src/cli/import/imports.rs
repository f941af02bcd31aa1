//! `kith import list|show|undo`: what was brought in, and taking it back.

use kith_proto::kith::interaction::v1::{Import, ListImportsRequest, UndoImportRequest};

use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output, Sheet};
use crate::cli::{MAX_PAGE, every, prefix, shape};

/// Which import.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its id, or the beginning of it, as 'kith import list' shows it.
    import: String,
}

pub(super) async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    let mut sheet = Sheet::new(&["import", "begun", "name", "moments", "entries", "state"]);
    for import in all(client).await? {
        sheet.rows.push(vec![
            Cell::id(&import.import_id),
            Cell::minute(import.begun_at.as_ref(), &output.here),
            Cell::text(import.name),
            Cell::count(import.moments),
            Cell::count(import.entries),
            Cell::text(if import.undone {
                "taken back"
            } else {
                "stands"
            }),
        ]);
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        output.say("You imported nothing yet: 'kith import --help' says what can be.")?;
    }
    Ok(())
}

pub(super) async fn show(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let import = one(client, &args.import).await?;
    output.card(vec![
        ("import", Cell::text(import.import_id)),
        ("name", Cell::text(import.name)),
        (
            "begun",
            Cell::minute(import.begun_at.as_ref(), &output.here),
        ),
        ("moments", Cell::count(import.moments)),
        ("only_here", Cell::count(import.alone)),
        ("entries", Cell::count(import.entries)),
        ("taken_back", Cell::flag(import.undone)),
    ])?;
    if import.elsewhere > 0 {
        output.say(format!(
            "Of its moments, {} came from elsewhere too, and would stay if it were taken back.",
            shape::grouped(import.elsewhere)
        ))?;
    }
    Ok(())
}

pub(super) async fn undo(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let import = one(client, &args.import).await?;
    if import.undone {
        return output.changed(
            "It was taken back before; importing the same again brings it back.",
            "",
        );
    }
    let request = UndoImportRequest {
        request_id: client.request_id.clone(),
        import_id: import.import_id,
        min_position: client.min_position.clone(),
    };
    let mut service = client.interactions();
    let answer = service.undo_import(client.request(request)).await?;
    let answer = answer.into_inner();
    let position = answer.position;
    super::sending::wait_for(client, &position).await?;
    let entries = import.entries.saturating_sub(answer.kept_entries);
    let gone = [
        (import.alone, "moment", "moments"),
        (
            entries,
            "entry of the directory",
            "entries of the directory",
        ),
    ];
    let gone: Vec<String> = gone
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| shape::counted(count, one, many))
        .collect();
    let (gone, again) = match gone.as_slice() {
        [] => ("nothing".to_owned(), ""),
        some => (
            some.join(" and "),
            " Importing the same again brings them back.",
        ),
    };
    let elsewhere = match import.elsewhere {
        0 => String::new(),
        others => format!(
            " {} came from elsewhere too, and {}.",
            shape::counted(others, "moment", "moments"),
            if others == 1 { "stays" } else { "stay" },
        ),
    };
    let kept = match answer.kept_entries {
        0 => String::new(),
        1 => " 1 entry somebody changed since, or it is gone: it stays as it is.".to_owned(),
        kept => format!(
            " {} somebody changed since, or they are gone: they stay as they are.",
            shape::counted(kept, "entry", "entries"),
        ),
    };
    output.changed(
        &format!("Taken back: {gone}.{elsewhere}{kept}{again}"),
        &position,
    )
}

async fn all(client: &Client) -> Result<Vec<Import>, Failure> {
    every(async |page_token| {
        let request = client.request(ListImportsRequest {
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client.interactions().list_imports(request).await?;
        let page = page.into_inner();
        Ok((page.imports, page.next_page_token))
    })
    .await
}

async fn one(client: &Client, beginning: &str) -> Result<Import, Failure> {
    let imports = all(client).await?;
    let ids = imports.iter().map(|import| import.import_id.as_str());
    let id = prefix::complete(beginning, ids, "import")?;
    let found = imports.into_iter().find(|import| import.import_id == id);
    found.ok_or_else(|| Failure::not_found("there is no such import"))
}
