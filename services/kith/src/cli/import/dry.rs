//! A look at files before anything is sent.

use kith_capture::report::Report;
use kith_proto::kith::interaction::v1::RecordInteractionsResponse;

use super::people::People;
use super::progress::Progress;
use super::source::{Form, Source};
use super::{Outcome, Total, of_file, tell};
use crate::cli::ambient;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// Reads everything without sending anything.
pub(super) fn dry_run(sources: &[Source], form: &Form, output: &Output) -> Result<(), Failure> {
    let began = ambient::now();
    let (mut outcomes, mut people) = (Vec::new(), People::default());
    for source in sources {
        let progress = Progress::begin(source);
        let report = read(source, form, &progress, &mut people);
        progress.end();
        outcomes.push(Outcome {
            name: source.name(),
            report: report.map_err(|failure| of_file(failure, source))?,
            answer: RecordInteractionsResponse::default(),
        });
    }
    let total = Total {
        outcomes,
        people: Some(people),
        seconds: ambient::now().micros_since(began) as f64 / 1e6,
    };
    tell::report(&total, output)?;
    total.must_be_of_use()
}

fn read(
    source: &Source,
    form: &Form,
    progress: &Progress,
    people: &mut People,
) -> Result<Report, Failure> {
    let mut reader = source.open(form, progress)?;
    for moment in reader.by_ref() {
        people.add(&moment.map_err(|error| source.unreadable(&error))?);
        progress.moment();
    }
    Ok(reader.report().clone())
}
