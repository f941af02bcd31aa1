//! `kith person duplicates | merge | unmerge | entries`: who is one person.

use kith_proto::kith::directory::v1::{
    Duplicate, DuplicateReason, ListDuplicatesRequest, ListEntriesRequest, MergePersonsRequest,
    Person, UnmergePersonRequest,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::people::PersonArgs;
use super::who;

/// How many proposals to show.
#[derive(Debug, clap::Args)]
pub(crate) struct DuplicatesArgs {
    /// At most this many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

/// Which entries mean one person.
#[derive(Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// The entry to keep: a name, an address or an id. A member's is always kept.
    kept: String,
    /// The entry that means the same person.
    duplicate: String,
}

/// Which entry means somebody else.
#[derive(Debug, clap::Args)]
pub(crate) struct UnmergeArgs {
    /// One of its addresses, or its id: 'kith person entries' shows both.
    entry: String,
}

pub(super) async fn duplicates(
    args: DuplicatesArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let request = client.request(ListDuplicatesRequest {
        page_size: args.limit,
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().list_duplicates(request).await?;
    let answer = answer.into_inner();
    let mut sheet = Sheet::new(&["keep", "duplicate", "why", "kept_id", "duplicate_id"]);
    for pair in &answer.duplicates {
        let (kept, other) = (shown(pair.kept.as_ref()), shown(pair.duplicate.as_ref()));
        sheet.rows.push(vec![
            Cell::text(kept.0),
            Cell::text(other.0),
            Cell::text(why(pair)),
            Cell::text(kept.1),
            Cell::text(other.1),
        ]);
    }
    output.list(&sheet)?;
    if answer.duplicates.is_empty() {
        return output.say("No two entries of your directory look as if they meant one person.");
    }
    if answer.more > 0 {
        output.say(format!("{} more: give a larger --limit.", answer.more))?;
    }
    output.say(
        "Nothing is merged by itself: people share names. 'kith person merge KEPT DUPLICATE', with ids or \
         addresses, makes one person of two entries; 'kith undo' takes it back.",
    )
}

/// Name and address, and the id.
fn shown(person: Option<&Person>) -> (String, String) {
    let Some(person) = person else {
        return (String::new(), String::new());
    };
    let called = who::called(person);
    let shown = match person.addresses.first() {
        Some(address) if *address != called => format!("{called} <{address}>"),
        _ => called,
    };
    (shown, person.person_id.clone())
}

/// The reasons in words.
fn why(pair: &Duplicate) -> String {
    let reasons = pair.reasons().map(|reason| match reason {
        DuplicateReason::Unspecified => "a reason that this program is too old for",
        DuplicateReason::SameAddress => "same address",
        DuplicateReason::SameName => "same name",
        DuplicateReason::SimilarName => "similar name",
        DuplicateReason::NameInAddress => "address spells the name",
        DuplicateReason::SameCompany => "same company",
        DuplicateReason::SameDomain => "same mail domain",
    });
    reasons.collect::<Vec<_>>().join(", ")
}

pub(super) async fn merge(
    args: MergeArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let kept = who::person(client, &args.kept).await?;
    let duplicate = who::person(client, &args.duplicate).await?;
    let request = client.request(MergePersonsRequest {
        request_id: client.request_id.clone(),
        kept: kept.person_id.clone(),
        duplicate: duplicate.person_id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().merge_persons(request).await?;
    let answer = answer.into_inner();
    let (name, _) = shown(answer.person.as_ref());
    let (other, _) = shown(Some(&duplicate));
    let told = format!(
        "One person from now on: {name}, with all that is known of {other}. 'kith person unmerge {}' takes \
         it back.",
        answer.entry_id
    );
    output.changed(&told, &answer.position)
}

pub(super) async fn unmerge(
    args: UnmergeArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    // Not by name: an entry that was merged is found by what is its own.
    let request = client.request(UnmergePersonRequest {
        request_id: client.request_id.clone(),
        entry: args.entry,
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().unmerge_person(request).await?;
    let answer = answer.into_inner();
    let (name, _) = shown(answer.person.as_ref());
    let told = format!("Somebody else again: {name}. Each has what they had.");
    output.changed(&told, &answer.position)
}

pub(super) async fn entries(
    args: PersonArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let person = who::person(client, &args.person).await?;
    let request = client.request(ListEntriesRequest {
        person: person.person_id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().list_entries(request).await?;
    let entries = answer.into_inner().entries;
    let mut sheet = Sheet::new(&["name", "addresses", "company", "title", "entry_id"]);
    for entry in &entries {
        sheet.rows.push(vec![
            Cell::apart(who::called(entry), entry.name.as_str()),
            Cell::texts(&entry.addresses),
            Cell::text(&entry.company),
            Cell::text(&entry.title),
            Cell::text(&entry.person_id),
        ]);
    }
    output.list(&sheet)?;
    if entries.len() < 2 {
        return output.say(format!(
            "{} has one entry: nothing was merged into it.",
            who::called(&person)
        ));
    }
    output.say("The first one names them. 'kith person unmerge ENTRY_ID' makes one of the others somebody else again.")
}
