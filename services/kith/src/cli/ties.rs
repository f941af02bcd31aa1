//! `kith ties`: the caller's ties, in an order, filtered.

use kith_proto::kith::relationship::v1::{Band, ListTiesRequest, ListTiesResponse, Tie, TieOrder};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::{MAX_PAGE, shape, words};

/// Ties shown unless `--limit` says otherwise. A long list of what fades helps nobody.
const LIMIT: u32 = 20;
const LIMIT_FADING: u32 = 10;

/// Lists your ties.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What comes first.
    #[arg(long, value_parser = words::order_argument(), default_value = "alive")]
    order: TieOrder,
    /// Only ties of this band; may be given several times.
    #[arg(long, value_parser = words::band_argument())]
    band: Vec<Band>,
    /// Only people with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// Only people of this company.
    #[arg(long)]
    company: Option<String>,
    /// Only ties that you marked as important.
    #[arg(long)]
    important: bool,
    /// At most this many; 20 unless given, 10 of those that fade.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let answer = fetch(&args, client).await?;
    let mut sheet = Sheet::new(&[
        "person",
        "band",
        "alive",
        "depth",
        "trend",
        "last_contact",
        "due_at",
        "first_contact",
        "outgoing",
        "incoming",
        "care",
        "important",
        "person_id",
    ]);
    for tie in &answer.ties {
        sheet.rows.push(row(tie, output));
    }
    output.list(&sheet)?;
    if answer.ties.is_empty() {
        return output.say(why_empty(&args));
    }
    match shape::more(answer.ties.len() as u64, answer.total) {
        Some(more) => output.say(more),
        None => Ok(()),
    }
}

async fn fetch(args: &Args, client: &Client) -> Result<ListTiesResponse, Failure> {
    let limit = args.limit.unwrap_or(match args.order {
        TieOrder::Fading => LIMIT_FADING,
        _ => LIMIT,
    });
    let mut request = ListTiesRequest {
        order: args.order.into(),
        bands: args.band.iter().map(|band| (*band).into()).collect(),
        tag: args.tag.clone().unwrap_or_default(),
        company: args.company.clone().unwrap_or_default(),
        page_size: limit.min(MAX_PAGE),
        page_token: String::new(),
        min_position: client.min_position.clone(),
        cares: Vec::new(),
        important: args.important,
    };
    let mut all = ListTiesResponse::default();
    loop {
        let asked = client.request(request.clone());
        let mut page = client.relationships().list_ties(asked).await?.into_inner();
        all.ties.append(&mut page.ties);
        all.total = page.total;
        let left = limit.saturating_sub(all.ties.len() as u32);
        if left == 0 || page.next_page_token.is_empty() {
            return Ok(all);
        }
        request.page_size = left.min(MAX_PAGE);
        request.page_token = page.next_page_token;
    }
}

fn row(tie: &Tie, output: &Output) -> Vec<Cell> {
    let here = &output.here;
    let name = if tie.name.is_empty() {
        &tie.person_id
    } else {
        &tie.name
    };
    vec![
        Cell::text(name),
        Cell::band(tie.band),
        Cell::probability(tie.alive),
        Cell::figure(tie.depth, 0),
        Cell::text(words::trend(tie.trend)),
        Cell::day(tie.last_contact.as_ref(), here),
        Cell::due(tie.due_at.as_ref(), here),
        Cell::hidden(Cell::day(tie.first_contact.as_ref(), here).value),
        Cell::hidden(tie.outgoing),
        Cell::hidden(tie.incoming),
        Cell::hidden(words::care(tie.care)),
        Cell::hidden(tie.important),
        Cell::hidden(tie.person_id.as_str()),
    ]
}

fn why_empty(args: &Args) -> &'static str {
    let filtered = !args.band.is_empty() || args.tag.is_some() || args.company.is_some();
    if args.important {
        "You marked no such tie as important: 'kith care PERSON --important' does."
    } else if filtered {
        "None of your ties is like that. Leave out --band, --tag or --company to see more."
    } else if args.order == TieOrder::Fading {
        "Nothing that was once strong or deep is fading. 'kith ties' shows all your ties."
    } else {
        "You have no ties yet: no moment with anybody is recorded.\n\
         Record one with: kith record call 'Ana Silva <ana@example.org>'\n\
         or bring them in from a file with: kith import csv FILE"
    }
}
