//! `kith export ties`: every figure of every tie, as rows for other programs.

pub(super) mod target;

use std::io::{self, Write};
use std::path::PathBuf;

use kith_proto::kith::relationship::v1::{ExportTiesRequest, ExportTiesResponse};
use serde_json::json;
use tonic::Request;

use super::connect::Client;
use super::failure::Failure;
use super::output::{self, Format, Output};
use super::when::{self, Aim};
use super::{shape, words};
use target::Target;

/// What to export.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    /// Your ties, or with --all everybody's that are not private.
    Ties(Args),
}

/// Which ties, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Fold interactions up to and including this moment; now unless given.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// How far 'alive' looks ahead, in slots of the formula: days, or 48 minutes.
    #[arg(long, value_name = "SLOTS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..))]
    horizon: u32,
    /// The formula.
    #[arg(long, default_value = "v1", value_parser = ["v1", "v1-gathering"])]
    formula: String,
    /// Everybody's ties that are not private. Needs a key of the role analyst; each such export is
    /// recorded in the log.
    #[arg(long)]
    all: bool,
    /// Where to write; standard output unless given. The file appears when it is complete.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The columns, in order.
const COLUMNS: [&str; 8] = [
    "member",
    "person",
    "score",
    "alive",
    "depth",
    "band",
    "last_contact",
    "due_at",
];

pub(super) async fn run(what: What, client: &Client, output: &Output) -> Result<(), Failure> {
    let What::Ties(args) = what;
    let as_of = match &args.as_of {
        Some(text) => {
            let moment = when::moment(text, &output.here, Aim::Exact).map_err(Failure::usage)?;
            Some(when::to_wire(moment))
        }
        None => None,
    };
    // No deadline: an export takes as long as it takes.
    let request = Request::new(ExportTiesRequest {
        all: args.all,
        as_of,
        horizon: args.horizon,
        formula: args.formula,
        min_position: client.min_position.clone(),
    });
    let mut stream = client
        .relationships()
        .export_ties(request)
        .await?
        .into_inner();
    let mut target = Target::open(args.out.as_deref())?;
    let mut rows = Rows::begin(&mut target, output.format)?;
    let mut count = 0_u64;
    while let Some(tie) = stream.message().await? {
        rows.push(&tie)?;
        count += 1;
    }
    rows.end()?;
    target.finish()?;
    if let Some(path) = args.out {
        let ties = shape::counted(count, "tie", "ties");
        output::note(&format!("{ties} in {}", path.display()));
    }
    Ok(())
}

/// Rows in the format asked for. A table of any number of ties is nobody's reading: people get CSV.
enum Rows<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W),
}

impl<W: Write> Rows<W> {
    fn begin(target: W, format: Format) -> io::Result<Self> {
        if format == Format::Json {
            return Ok(Self::Json(target));
        }
        let mut writer = csv::Writer::from_writer(target);
        writer.write_record(COLUMNS)?;
        Ok(Self::Csv(Box::new(writer)))
    }

    fn push(&mut self, tie: &ExportTiesResponse) -> io::Result<()> {
        match self {
            Self::Csv(writer) => Ok(writer.write_record(fields(tie))?),
            Self::Json(target) => {
                let [member, person, .., last_contact, due_at] = fields(tie);
                let some = |text: String| Some(text).filter(|text| !text.is_empty());
                let value = json!({
                    "member": member,
                    "person": person,
                    "score": tie.score,
                    "alive": tie.alive,
                    "depth": tie.depth,
                    "band": words::band(tie.band),
                    "last_contact": some(last_contact),
                    "due_at": some(due_at),
                });
                writeln!(target, "{value}")
            }
        }
    }

    fn end(self) -> io::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush(),
            Self::Json(mut target) => target.flush(),
        }
    }
}

fn fields(tie: &ExportTiesResponse) -> [String; 8] {
    let moment = |moment| when::rfc3339(moment).unwrap_or_default();
    [
        tie.member.clone(),
        tie.person.clone(),
        decimals(tie.score),
        decimals(tie.alive),
        decimals(tie.depth),
        words::band(tie.band),
        moment(tie.last_contact.as_ref()),
        moment(tie.due_at.as_ref()),
    ]
}

/// A figure with twelve decimals; no negative zero.
fn decimals(figure: f64) -> String {
    let text = format!("{figure:.12}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie() -> ExportTiesResponse {
        ExportTiesResponse {
            member: "0".into(),
            person: "a,b".into(),
            score: -1.5,
            alive: 0.182_425_523_806_356_3,
            depth: -0.0,
            band: 4,
            last_contact: Some(prost_types::Timestamp {
                seconds: 1_064_966_400,
                nanos: 0,
            }),
            due_at: None,
        }
    }

    fn written(format: Format) -> String {
        let mut text = Vec::new();
        let mut rows = Rows::begin(&mut text, format).unwrap();
        rows.push(&tie()).unwrap();
        rows.end().unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_row_has_eight_columns_and_twelve_decimals() {
        assert_eq!(
            written(Format::Table),
            "member,person,score,alive,depth,band,last_contact,due_at\n\
             0,\"a,b\",-1.500000000000,0.182425523806,0.000000000000,cooling,2003-10-01T00:00:00Z,\n"
        );
        assert_eq!(written(Format::Csv), written(Format::Table));
    }

    #[test]
    fn in_json_each_row_is_an_object_of_its_own() {
        let value: serde_json::Value = serde_json::from_str(&written(Format::Json)).unwrap();
        assert_eq!(value["person"], "a,b");
        assert_eq!(value["due_at"], serde_json::Value::Null);
    }
}
