//! `kith note`: something known of a person, of yourself too: a need, an offer, what they are good at.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use kith_domain::fact::Kind;
use kith_domain::heard;
use kith_proto::kith::directory::v1::{AddFactRequest, Fact};
use kith_proto::words::Word as _;

use super::connect::Client;
use super::failure::Failure;
use super::output::Output;
use super::who;
use super::words;

/// Of whom, and what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whom: a name, an address or an id; 'me' for yourself.
    person: String,
    /// The fact, as you would say it of them: 'Needs a hall for the winter.'
    text: String,
    /// What it is about; without it, its first word says so.
    #[arg(long, value_parser = kinds())]
    kind: Option<Kind>,
    /// Where it comes from, in a few words.
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
    /// For you alone.
    #[arg(long)]
    private: bool,
    /// The question that it answers, by its id.
    #[arg(long, value_name = "QUESTION", default_value = "")]
    answers: String,
}

/// Reads a kind of fact.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    const WORDS: [&str; 6] = [
        "interest",
        "expertise",
        "need",
        "offer",
        "life-event",
        "preference",
    ];
    PossibleValuesParser::new(WORDS).map(|word| {
        let place = WORDS.iter().position(|known| *known == word);
        place.and_then(Kind::from_index).unwrap_or(Kind::Interest)
    })
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let (person_id, name) = if args.person == "me" {
        (who::me(client).await?, "you".to_owned())
    } else {
        let person = who::person(client, &args.person).await?;
        (person.person_id.clone(), who::called(&person))
    };
    let kind = args.kind.unwrap_or_else(|| heard::kind_of(&args.text));
    let request = client.request(AddFactRequest {
        request_id: client.request_id.clone(),
        person_id,
        fact: Some(Fact {
            kind: kind.to_wire(),
            text: args.text.clone(),
            source: args.source,
            private: args.private,
            question_id: args.answers,
            ..Fact::default()
        }),
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().add_fact(request).await?.into_inner();
    let kind = words::fact_kind(kind.to_wire());
    let told = format!("Noted of {name}, as {kind}: {}", args.text);
    output.changed(&told, &answer.position)
}
