//! `kith record`: notes a moment and shows what it does to the ties; `kith retract` takes it back.

use kith_domain::interaction::{Kind, Part};
use kith_proto::kith::admin::v1::{GetServerInfoRequest, GetServerInfoResponse, Member};
use kith_proto::kith::interaction::v1::{
    InteractionInput, ParticipantRef, RecordInteractionRequest, RetractInteractionRequest,
};
use kith_proto::kith::relationship::v1::Tie;
use kith_proto::words::Word;
use serde_json::{Value, json};

use super::connect::Client;
use super::failure::{Exit, Failure};
use super::output::{Cell, Output};
use super::when::{self, Aim};
use super::who::{self, Who};
use super::{shape, tie, words};

/// Records a moment that you shared with somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What happened: mail, call, meeting, message, encounter, introduction, favour or other.
    #[arg(value_parser = words::kind_argument)]
    kind: Kind,
    /// With whom: names, addresses ('Ana Silva <ana@x.org>') or ids.
    #[arg(required = true, value_name = "PERSON")]
    people: Vec<String>,
    /// When it was: 'yesterday', '2h ago', '2026-03-01 14:30'; now unless given.
    #[arg(long, value_name = "TIME", default_value = "now")]
    at: String,
    /// How long it lasted: 20m, 1h30m.
    #[arg(long, value_name = "LENGTH", value_parser = when::duration_s)]
    duration: Option<u32>,
    /// A private note: you alone will see it.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Its subject: members who took part will see it.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// What you call this kind of moment, when it is 'other'.
    #[arg(long, value_name = "LABEL")]
    channel: Option<String>,
    /// It came from them: they called, wrote, or did the favour.
    #[arg(long = "in", conflicts_with = "outgoing")]
    incoming: bool,
    /// It came from you; so unless given.
    #[arg(long = "out")]
    outgoing: bool,
}

/// Takes back a moment that you recorded.
#[derive(Debug, clap::Args)]
pub(crate) struct RetractArgs {
    /// Which: the id that 'kith record' answered.
    id: String,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let info = info(client).await?;
    // The server's own time: a demo may run in another one.
    let now = info
        .now
        .as_ref()
        .and_then(|now| jiff::Timestamp::from_second(now.seconds).ok());
    let here = now.map_or(output.here.clone(), |now| {
        now.to_zoned(output.here.time_zone().clone())
    });
    let at = when::moment(&args.at, &here, Aim::Past).map_err(Failure::usage)?;
    let me = member(info)?;
    let mut people = Vec::new();
    for text in &args.people {
        people.push(who::find(client, text).await?);
    }
    let mut before = Vec::new();
    for who in &people {
        before.push(tie::current(client, who.reference(), &client.min_position).await?);
    }
    let request = RecordInteractionRequest {
        request_id: client.request_id.clone(),
        interaction: Some(InteractionInput {
            kind: args.kind.to_wire(),
            at: Some(when::to_wire(at)),
            duration_s: args.duration.unwrap_or(0),
            participants: participants(args.kind, args.incoming, &me, &people),
            channel: args.channel.unwrap_or_default(),
            note: args.note.unwrap_or_default(),
            subject: args.subject.unwrap_or_default(),
            source_key: String::new(),
            found: false,
        }),
        ..RecordInteractionRequest::default()
    };
    let mut service = client.interactions();
    let recorded = service.record_interaction(client.request(request)).await?;
    let recorded = recorded.into_inner();
    let names: Vec<String> = people.iter().map(Who::called).collect();
    output.say(format!(
        "Recorded: {} with {}, {}.",
        args.kind.as_str(),
        names.join(", "),
        when::minute(at, output.here.time_zone())
    ))?;
    // Reads what was just written: the ties as they are with this moment in them.
    let mut ties = Vec::new();
    for (who, before) in people.iter().zip(before) {
        let after = tie::current(client, who.reference(), &recorded.position).await?;
        output.say(change(&who.called(), before.as_ref(), after.as_ref()))?;
        ties.push(json!({
            "person": who.called(),
            "before": figures(before.as_ref()),
            "after": figures(after.as_ref()),
        }));
    }
    output.say(format!(
        "To take it back: kith retract {}",
        recorded.interaction_id
    ))?;
    if output.for_people() {
        return Ok(());
    }
    output.card(vec![
        ("interaction_id", Cell::text(recorded.interaction_id)),
        ("position", Cell::text(recorded.position)),
        ("ties", Cell::hidden(ties)),
    ])
}

pub(super) async fn retract(
    args: RetractArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let request = RetractInteractionRequest {
        request_id: client.request_id.clone(),
        interaction_id: args.id,
        min_position: client.min_position.clone(),
    };
    let mut service = client.interactions();
    let done = service.retract_interaction(client.request(request)).await?;
    output.changed("Taken back.", &done.into_inner().position)
}

/// What runs on the server, and who the key is to it.
pub(super) async fn info(client: &Client) -> Result<GetServerInfoResponse, Failure> {
    let request = client.request(GetServerInfoRequest {});
    Ok(client.admin().get_server_info(request).await?.into_inner())
}

/// The member the key speaks for.
fn member(info: GetServerInfoResponse) -> Result<Member, Failure> {
    info.me.ok_or_else(|| {
        Failure::new(
            Exit::Refused,
            "this key speaks for no member, so it has no ties",
        )
        .next(
            "use a member's own key; an admin makes one with 'kith key create --role member \
             --member PERSON --out FILE'",
        )
    })
}

/// Who took which part. At a meeting or encounter everybody was simply there; everything else came
/// from one side.
fn participants(kind: Kind, incoming: bool, me: &Member, people: &[Who]) -> Vec<ParticipantRef> {
    let (mine, theirs) = match (kind, incoming) {
        (Kind::Meeting | Kind::Encounter, _) => (Part::Attendee, Part::Attendee),
        (_, false) => (Part::Initiator, Part::Recipient),
        (_, true) => (Part::Recipient, Part::Initiator),
    };
    let mut all = vec![who::known_participant(&me.member_id, mine)];
    for (index, who) in people.iter().enumerate() {
        // What comes in comes from the first one named; the others got it too.
        let part = match (theirs, index) {
            (Part::Initiator, 1..) => Part::Recipient,
            (part, _) => part,
        };
        all.push(who.participant(part));
    }
    all
}

/// What a moment did to a tie.
fn change(name: &str, before: Option<&Tie>, after: Option<&Tie>) -> String {
    let alive = |tie: &Tie| tie.alive.map(shape::percent);
    let Some((after, now)) = after.and_then(|tie| Some((tie, alive(tie)?))) else {
        return format!("You and {name}: this moment makes no tie between you two.");
    };
    let band = words::band(after.band);
    match before.and_then(|tie| Some((tie, alive(tie)?))) {
        Some((tie, was)) if was == now => {
            // A small change is a change: one more digit shows it.
            let digit = |tie: &Tie| format!("{:.1} %", tie.alive.unwrap_or_default() * 100.0);
            let (was, now) = (digit(tie), digit(after));
            format!("Your tie with {name}: alive {was} → {now}, {band}.")
        }
        Some((tie, was)) => format!(
            "Your tie with {name}: alive {was} → {now}, depth {:.0} → {:.0}, {} → {band}.",
            tie.depth,
            after.depth,
            words::band(tie.band)
        ),
        None => format!(
            "Your tie with {name}: alive {now}, depth {:.0}, {band}. It was unknown before.",
            after.depth
        ),
    }
}

fn figures(tie: Option<&Tie>) -> Value {
    tie.map_or(Value::Null, |tie| {
        json!({
            "person_id": tie.person_id,
            "alive": tie.alive,
            "depth": tie.depth,
            "band": words::band(tie.band),
        })
    })
}

#[cfg(test)]
mod tests {
    use kith_capture::mailbox::Mailbox;

    use super::*;

    fn parts(kind: Kind, incoming: bool) -> Vec<Option<Part>> {
        let me = Member::default();
        let address = |text| Who::Address(Mailbox::parse(text).unwrap());
        let people = [address("ana@x.org"), address("ben@x.org")];
        let all = participants(kind, incoming, &me, &people);
        all.iter().map(|p| Part::from_wire(p.part)).collect()
    }

    #[test]
    fn a_moment_comes_from_you_unless_it_came_from_them() {
        use Part::{Attendee, Initiator, Recipient};
        let out = parts(Kind::Call, false);
        assert_eq!(out, [Some(Initiator), Some(Recipient), Some(Recipient)]);
        let incoming = parts(Kind::Mail, true);
        assert_eq!(
            incoming,
            [Some(Recipient), Some(Initiator), Some(Recipient)]
        );
        assert_eq!(parts(Kind::Meeting, true), [Some(Attendee); 3]);
    }

    #[test]
    fn the_answer_shows_the_tie_before_and_after() {
        let tie = |alive, depth, band| Tie {
            alive,
            depth,
            band,
            ..Tie::default()
        };
        let (cooling, steady) = (tie(Some(0.41), 12.0, 4), tie(Some(0.63), 13.0, 6));
        assert_eq!(
            change("Ana", Some(&cooling), Some(&steady)),
            "Your tie with Ana: alive 41 % → 63 %, depth 12 → 13, cooling → steady."
        );
        let steadier = tie(Some(0.634), 13.0, 6);
        assert_eq!(
            change("Ana", Some(&steady), Some(&steadier)),
            "Your tie with Ana: alive 63.0 % → 63.4 %, steady."
        );
        let unknown = tie(None, 0.0, 1);
        assert_eq!(
            change("Ana", Some(&unknown), Some(&steady)),
            "Your tie with Ana: alive 63 %, depth 13, steady. It was unknown before."
        );
    }
}
