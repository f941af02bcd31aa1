//! `kith person export` and `kith person erase`: what you hold on somebody, and forgetting them.

use kith_capture::mailbox::is_address;
use kith_proto::kith::directory::v1::{
    ErasePersonRequest, ListPersonChangesRequest, Person, PersonChange, person_change,
};
use kith_proto::kith::followup::v1::{FollowUp, FollowUpStatus};
use kith_proto::kith::interaction::v1::{Interaction, ListInteractionsRequest};
use kith_proto::kith::relationship::v1::GetTieRequest;
use serde_json::{Value, json};

use super::connect::Client;
use super::failure::{Exit, Failure};
use super::output::{self, Output};
use super::people::{PersonArgs, fact};
use super::{MAX_PAGE, asking, due, every, people, when, who, words};

/// Whose data, and in which form.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    whom: PersonArgs,
    /// Their card (vCard 4.0) instead of everything as JSON.
    #[arg(long)]
    vcard: bool,
}

/// Whom to forget.
#[derive(Debug, clap::Args)]
pub(crate) struct EraseArgs {
    /// Whom: an address, an id, a key of yours, or a name.
    person: String,
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
}

/// Prints all that the caller may see of somebody. A key that speaks for no member has no ties, moments or
/// follow-ups of its own: these are null then.
pub(super) async fn export(args: ExportArgs, client: &Client) -> Result<(), Failure> {
    let found = who::person(client, &args.whom.person).await?;
    let id = found.person_id.as_str();
    let (person, facts) = people::with_facts(client, &found).await?;
    if args.vcard {
        return output::print(&kith_capture::contacts::written::card(&person));
    }
    let request = GetTieRequest {
        person: id.to_owned(),
        min_position: client.min_position.clone(),
        ..GetTieRequest::default()
    };
    let tie = async {
        let answer = client
            .relationships()
            .get_tie(client.request(request))
            .await?;
        Ok(answer.into_inner().tie)
    };
    let tie = of_member(tie.await)?.flatten();
    let follow_ups = of_member(follow_ups(client, id).await)?;
    let moments = of_member(moments(client, id).await)?;
    let changes = changes(client, id).await?;
    let held = json!({
        "person": entry(&person),
        "facts": facts.iter().map(fact).collect::<Value>(),
        "tie": tie.map(|tie| json!({
            "band": words::band(tie.band),
            "alive": tie.alive,
            "depth": tie.depth,
            "first_contact": when::rfc3339(tie.first_contact.as_ref()),
            "last_contact": when::rfc3339(tie.last_contact.as_ref()),
            "outgoing": tie.outgoing,
            "incoming": tie.incoming,
            "care": words::care(tie.care),
            "important": tie.important,
        })),
        "moments": moments.map(|all| all.iter().map(moment).collect::<Value>()),
        "follow_ups": follow_ups.map(|all| all.iter().map(follow_up).collect::<Value>()),
        "changes": changes.iter().map(change).collect::<Value>(),
    });
    let text = serde_json::to_string_pretty(&held).unwrap_or_default();
    output::print(&format!("{text}\n"))
}

/// What only members have, if the key speaks for one.
fn of_member<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Err(failure) if failure.is("MEMBER_MISSING") => Ok(None),
        answer => answer.map(Some),
    }
}

fn entry(person: &Person) -> Value {
    json!({
        "person_id": person.person_id,
        "name": person.name,
        "addresses": person.addresses,
        "external_key": person.external_key,
        "company": person.company,
        "title": person.title,
        "affiliations": person.affiliations.iter().map(|job| json!({
            "company": job.company,
            "title": job.title,
            "since": job.since,
            "until": job.until,
        })).collect::<Value>(),
        "tags": person.tags,
        "is_member": person.is_member,
    })
}

fn moment(moment: &Interaction) -> Value {
    json!({
        "interaction_id": moment.interaction_id,
        "kind": words::kind(moment.kind),
        "at": when::rfc3339(moment.at.as_ref()),
        "duration_s": moment.duration_s,
        "participants": moment.participants.iter().map(|p| json!({
            "person_id": p.person_id,
            "name": p.name,
        })).collect::<Value>(),
        "channel": moment.channel,
        "subject": moment.subject,
        "note": moment.note,
    })
}

fn follow_up(follow_up: &FollowUp) -> Value {
    json!({
        "follow_up_id": follow_up.follow_up_id,
        "reason": words::follow_up_reason(follow_up.reason),
        "due_at": when::rfc3339(follow_up.due_at.as_ref()),
        "status": words::status(follow_up.status),
        "text": follow_up.text,
    })
}

fn change(change: &PersonChange) -> Value {
    use person_change::What;
    let what = match &change.what {
        Some(What::Entered(_)) => json!({ "entered": true }),
        Some(What::Field(field)) => json!({
            "field": field.field,
            "before": field.before,
            "after": field.after,
        }),
        Some(What::FactAdded(added)) => json!({ "fact_added": fact(added) }),
        Some(What::FactRemoved(removed)) => json!({ "fact_removed": fact(removed) }),
        Some(What::MergedEntryId(id)) => json!({ "merged_entry_id": id }),
        Some(What::UnmergedEntryId(id)) => json!({ "unmerged_entry_id": id }),
        None => Value::Null,
    };
    json!({
        "at": when::rfc3339(change.at.as_ref()),
        "member": change.member_name,
        "what": what,
    })
}

async fn moments(client: &Client, person_id: &str) -> Result<Vec<Interaction>, Failure> {
    every(async |page_token| {
        let request = client.request(ListInteractionsRequest {
            person_id: person_id.to_owned(),
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client.interactions().list_interactions(request).await?;
        let page = page.into_inner();
        Ok((page.interactions, page.next_page_token))
    })
    .await
}

async fn follow_ups(client: &Client, person_id: &str) -> Result<Vec<FollowUp>, Failure> {
    let mut all = Vec::new();
    for status in [
        FollowUpStatus::Open,
        FollowUpStatus::Done,
        FollowUpStatus::Dismissed,
    ] {
        all.extend(due::all(client, status).await?);
    }
    all.retain(|follow_up| follow_up.person_id == person_id);
    Ok(all)
}

async fn changes(client: &Client, person_id: &str) -> Result<Vec<PersonChange>, Failure> {
    let request = client.request(ListPersonChangesRequest {
        person: person_id.to_owned(),
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().list_person_changes(request).await?;
    Ok(answer.into_inner().changes)
}

/// Forgets somebody for ever.
pub(super) async fn erase(
    args: EraseArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    // Somebody may stand in a directory that the caller does not see: their address is enough.
    let (reference, name) = match who::person(client, &args.person).await {
        Ok(person) => (person.person_id.clone(), who::called(&person)),
        Err(failure) if failure.exit() == Exit::NotFound && is_address(&args.person) => {
            (args.person.clone(), args.person.clone())
        }
        Err(failure) => return Err(failure),
    };
    if !args.yes {
        if !asking::is_possible() {
            return Err(Failure::usage("nothing brings back who was erased")
                .next("add --yes if you are sure"));
        }
        let question = format!(
            "{name}: their entry, and every word that was written of moments with them, will be gone for \
             everybody and for ever. Erase them? [y/N]"
        );
        if !matches!(asking::line(&question)?.as_str(), "y" | "yes") {
            return output.say("Nothing was erased.");
        }
    }
    let request = client.request(ErasePersonRequest {
        request_id: client.request_id.clone(),
        person: reference,
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().erase_person(request).await?.into_inner();
    let complete = answer.complete_at.as_ref().and_then(when::from_wire);
    let complete = complete.map_or_else(String::new, |at| {
        let day = when::day(at, output.here.time_zone());
        format!(" Backups that may hold them are to be given up by {day}.")
    });
    let told = if answer.was_known {
        format!("Erased: {name}. Importing them again brings nobody back.{complete}")
    } else {
        format!("Nobody is known by {name}. From now on nobody is let in by it.")
    };
    output.changed(&told, &answer.position)
}
