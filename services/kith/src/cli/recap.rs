//! `kith recap`: what came of a gathering.

use kith_proto::kith::gathering::v1::{Gathering, GetRecapRequest, GetRecapResponse};

use super::connect::Client;
use super::failure::Failure;
use super::gathering::find::{self, When};
use super::output::{Output, print};
use super::shape;
use super::when;

/// Of which gathering.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Part of its name, or the beginning of its id; without it, the last one to which you went.
    gathering: Option<String>,
}

/// The gathering that is named, else the last one to which the caller went.
async fn meant(client: &Client, named: Option<&str>) -> Result<Gathering, Failure> {
    let meant = find::named_or_own(client, named, When::Past).await?;
    meant.ok_or_else(|| {
        Failure::not_found("there is no gathering behind you to which you went")
            .next("name one: 'kith recap NAME'; 'kith gathering list --past' shows them")
    })
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let gathering = meant(client, args.gathering.as_deref()).await?;
    let request = client.request(GetRecapRequest {
        gathering_id: gathering.gathering_id,
        min_position: client.min_position.clone(),
    });
    let recap = client.encounters().get_recap(request).await?.into_inner();
    if output.for_people() {
        return print(&told(&recap, output));
    }
    print(&format!("{:#}\n", json(&recap)))
}

fn told(recap: &GetRecapResponse, output: &Output) -> String {
    let zone = output.here.time_zone();
    let minute = |moment: Option<&prost_types::Timestamp>| {
        let moment = moment.and_then(when::from_wire);
        moment
            .map(|moment| when::minute(moment, zone))
            .unwrap_or_default()
    };
    let mut text = format!("{}\n\n", recap.name);
    if recap.met.is_empty() {
        text.push_str("Nobody is noted whom you met there: 'kith met NAME' adds them.\n");
    } else {
        text.push_str("You met\n");
    }
    for met in &recap.met {
        let new = if met.is_new { " (new)" } else { "" };
        text.push_str(&format!("  {}{new}\n", met.name));
        if !met.note.is_empty() {
            text.push_str(&format!("    {}\n", shape::sentence(&met.note)));
        }
        if met.follow_up_by.is_some() {
            let by = minute(met.follow_up_by.as_ref());
            text.push_str(&format!("    A second word until {by} keeps it alive.\n"));
        }
    }
    if !recap.promises.is_empty() {
        text.push_str("\nPromised\n");
    }
    for promise in &recap.promises {
        let who = if promise.mine { "you" } else { "they" };
        let due = minute(promise.due_at.as_ref());
        text.push_str(&format!(
            "  {}: {who} promised {} (due {due})\n",
            promise.name, promise.text
        ));
    }
    if !recap.not_met.is_empty() {
        text.push_str("\nStill worth a word\n");
    }
    for one in &recap.not_met {
        let reason = one
            .reason
            .as_ref()
            .map(|reason| reason.text.as_str())
            .unwrap_or_default();
        text.push_str(&format!("  {}: {reason}\n", one.name));
    }
    text.push_str(&format!("\n{}\n{}\n", recap.usual, recap.reach));
    text
}

fn json(recap: &GetRecapResponse) -> serde_json::Value {
    use serde_json::json;
    let moment = |moment: Option<&prost_types::Timestamp>| when::rfc3339(moment);
    let met = recap.met.iter().map(|met| {
        json!({
            "person_id": met.person_id,
            "name": met.name,
            "at": moment(met.at.as_ref()),
            "is_new": met.is_new,
            "note": met.note,
            "follow_up_by": moment(met.follow_up_by.as_ref()),
        })
    });
    let promises = recap.promises.iter().map(|promise| {
        json!({
            "follow_up_id": promise.follow_up_id,
            "person_id": promise.person_id,
            "mine": promise.mine,
            "text": promise.text,
            "due_at": moment(promise.due_at.as_ref()),
        })
    });
    let not_met = recap.not_met.iter().map(|one| {
        json!({
            "attendee_id": one.attendee_id,
            "person_id": one.person_id,
            "name": one.name,
            "reason": one.reason.as_ref().map(|reason| reason.text.as_str()),
        })
    });
    json!({
        "name": recap.name,
        "met": met.collect::<Vec<_>>(),
        "promises": promises.collect::<Vec<_>>(),
        "not_met": not_met.collect::<Vec<_>>(),
        "usual": recap.usual,
        "reach": recap.reach,
    })
}
