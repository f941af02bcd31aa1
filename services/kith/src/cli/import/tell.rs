//! The report of an import, for people and for programs.

use kith_capture::report::{Reason, Report, Skipped};
use serde_json::{Value, json};

use super::people::People;
use super::{Outcome, Total};
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output, Sheet};
use crate::cli::shape::{counted, grouped, short};

/// Prints what became of the files.
pub(super) fn report(total: &Total, output: &Output) -> Result<(), Failure> {
    if !output.for_people() {
        return output.card(card(total));
    }
    for outcome in &total.outcomes {
        output.say(rows(outcome))?;
        if !outcome.report.unknown_columns.is_empty() {
            let columns = outcome.report.unknown_columns.join(", ");
            output.say(format!(
                "Not read, because Kith does not know them: {columns}."
            ))?;
        }
        output.list(&skipped(&outcome.report))?;
    }
    if let Some(people) = &total.people {
        let (sheet, more) = people.most_frequent();
        if !sheet.rows.is_empty() {
            output.say("\nWho takes part most often:")?;
            output.list(&sheet)?;
        }
        if more > 0 {
            output.say(format!("and {} more.", grouped(more as u64)))?;
        }
        output.say("'kith exclude ADDRESS' leaves somebody out, now or later.\n")?;
    }
    output.say(conclusion(total))
}

fn sum(total: &Total, of: impl Fn(&Outcome) -> u64) -> u64 {
    total.outcomes.iter().map(of).sum()
}

/// Moments a second.
fn rate(total: &Total) -> u64 {
    (sum(total, |o| o.report.moments) as f64 / total.seconds.max(0.001)) as u64
}

fn rows(outcome: &Outcome) -> String {
    let report = &outcome.report;
    let left_out = match report.left_out() {
        0 => String::new(),
        skipped => format!("; {} left out", grouped(skipped)),
    };
    let (one, several) = report.unit.words();
    format!(
        "{}: {}, {}{left_out}.",
        outcome.name,
        counted(report.total(), one, several),
        counted(report.moments, "moment", "moments"),
    )
}

pub(super) fn skipped(report: &Report) -> Sheet {
    let mut sheet = Sheet::new(&["left_out_because", "count", "where", "meaning"]);
    for (reason, skipped) in &report.skipped {
        sheet.rows.push(vec![
            Cell::text(reason.as_str()),
            Cell::count(skipped.count),
            Cell::text(places(skipped)),
            Cell::text(reason.explanation()),
        ]);
    }
    sheet
}

/// The first places, and that there are more.
fn places(skipped: &Skipped) -> String {
    let named: Vec<String> = skipped.places.iter().map(ToString::to_string).collect();
    let more = skipped.count > skipped.places.len() as u64;
    named.join(", ") + if more { ", …" } else { "" }
}

fn conclusion(total: &Total) -> String {
    if total.people.is_some() {
        return "Nothing was sent: this was a dry run. Leave out --dry-run to record them."
            .to_owned();
    }
    let (recorded, known) = (
        sum(total, |o| o.answer.recorded),
        sum(total, |o| o.answer.known),
    );
    if recorded == 0 && known > 0 {
        let known = counted(known, "moment was", "moments were");
        return format!("Nothing new: {known} there already.");
    }
    let already = match known {
        0 => String::new(),
        known => format!(", {} were there already", grouped(known)),
    };
    format!(
        "Recorded {} in {}{already}: {} a second.{}",
        counted(recorded, "moment", "moments"),
        counted(sum(total, |o| o.answer.commits), "commit", "commits"),
        grouped(rate(total)),
        import_id(total).map_or_else(String::new, |id| format!(
            "\n'kith import undo {}' takes them back. 'kith review' shows which ties are most worth a \
             word of yours.",
            short(id)
        )),
    )
}

/// The import that holds the moments, where there is one.
fn import_id(total: &Total) -> Option<&str> {
    let told = total
        .outcomes
        .iter()
        .filter(|o| !o.answer.import_id.is_empty());
    // A file that brought nothing new may be held by an earlier import.
    let newest = told.max_by_key(|o| o.answer.recorded > 0);
    newest.map(|o| o.answer.import_id.as_str())
}

fn card(total: &Total) -> Vec<(&'static str, Cell)> {
    let positions = total.outcomes.iter().map(|o| o.answer.position.as_str());
    let position = positions.rev().find(|position| !position.is_empty());
    let number = |value: u64| Cell::hidden(value);
    let files: Value = total.outcomes.iter().map(file).collect();
    vec![
        ("read", number(sum(total, |o| o.report.total()))),
        ("moments", number(sum(total, |o| o.report.moments))),
        ("left_out", number(sum(total, |o| o.report.left_out()))),
        ("recorded", number(sum(total, |o| o.answer.recorded))),
        ("known", number(sum(total, |o| o.answer.known))),
        ("commits", number(sum(total, |o| o.answer.commits))),
        ("import", Cell::hidden(import_id(total).unwrap_or_default())),
        ("position", Cell::hidden(position.unwrap_or_default())),
        ("dry_run", Cell::hidden(total.people.is_some())),
        ("people", Cell::hidden(total.people.as_ref().map(frequent))),
        ("seconds", Cell::hidden(total.seconds)),
        ("per_second", number(rate(total))),
        ("files", Cell::hidden(files)),
    ]
}

/// The most frequent people, for programs.
fn frequent(people: &People) -> Value {
    let (sheet, _) = people.most_frequent();
    let object = |row: Vec<Cell>| -> Value {
        let names = sheet.names.iter().map(|name| (*name).to_owned());
        let values = row.into_iter().map(|cell| cell.value);
        Value::Object(names.zip(values).collect())
    };
    sheet.rows.into_iter().map(object).collect()
}

fn file(outcome: &Outcome) -> Value {
    let report = &outcome.report;
    let skipped = |(reason, skipped): (&Reason, &Skipped)| {
        let places: Vec<String> = skipped.places.iter().map(ToString::to_string).collect();
        json!({"reason": reason.as_str(), "count": skipped.count, "where": places})
    };
    json!({
        "name": outcome.name,
        "unit": report.unit.words().0,
        "read": report.total(),
        "moments": report.moments,
        "left_out": report.skipped.iter().map(skipped).collect::<Vec<_>>(),
        "unknown_columns": report.unknown_columns,
        "recorded": outcome.answer.recorded,
        "known": outcome.answer.known,
        "commits": outcome.answer.commits,
    })
}

#[cfg(test)]
mod tests {
    use kith_capture::report::Place;
    use kith_proto::kith::interaction::v1::RecordInteractionsResponse;

    use super::*;

    fn total(dry_run: bool) -> Total {
        let mut report = Report {
            moments: 332_330,
            ..Report::default()
        };
        for line in 2..=8 {
            report.skip(Reason::FutureDate, Place::Line(line));
        }
        Total {
            outcomes: vec![Outcome {
                name: "mail.csv".into(),
                report,
                answer: RecordInteractionsResponse {
                    recorded: 332_000,
                    known: 330,
                    commits: 667,
                    position: "p".into(),
                    import_id: "abcdefghijklm".into(),
                },
            }],
            people: dry_run.then(People::default),
            seconds: 10.0,
        }
    }

    #[test]
    fn the_report_counts_rows_and_names_places() {
        let total = total(false);
        assert_eq!(
            rows(&total.outcomes[0]),
            "mail.csv: 332,337 rows, 332,330 moments; 7 left out."
        );
        let skipped = &total.outcomes[0].report.skipped[&Reason::FutureDate];
        assert_eq!(places(skipped), "line 2, line 3, line 4, line 5, line 6, …");
        assert_eq!(
            conclusion(&total),
            "Recorded 332,000 moments in 667 commits, 330 were there already: 33,233 a second.\n\
             'kith import undo abcdefgh' takes them back. 'kith review' shows which ties are most \
             worth a word of yours."
        );
    }

    #[test]
    fn an_import_that_is_repeated_says_that_nothing_is_new() {
        let mut total = total(false);
        total.outcomes[0].answer.recorded = 0;
        assert_eq!(
            conclusion(&total),
            "Nothing new: 330 moments were there already."
        );
    }

    #[test]
    fn a_dry_run_says_that_nothing_was_sent() {
        assert!(conclusion(&total(true)).starts_with("Nothing was sent"));
    }
}
