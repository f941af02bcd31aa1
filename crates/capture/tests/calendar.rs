//! Calendars as they really are: each file of `tests/calendar/` is named for what is wrong with it,
//! and `tests/calendar/expected.txt` says what becomes of it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is the report"
)]

mod corpus;

use std::io::Cursor;

use corpus::{Corpus, left_out};
use kith_capture::Moments as _;
use kith_capture::calendar::Reader;
use kith_capture::mail::Mine;
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::InteractionInput;
use kith_proto::kith::interaction::v1::participant_ref::Who;

/// 2026-01-01.
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

fn read(bytes: Vec<u8>) -> Reader {
    let mine = Mine::new(&["ana@x.example".into()]).unwrap();
    Reader::open(Cursor::new(bytes), mine, "America/New_York", NOW).unwrap()
}

fn moment(moment: &InteractionInput) -> String {
    let people = moment.participants.iter().map(|participant| {
        let Some(Who::Address(address)) = &participant.who else {
            return "?".to_owned();
        };
        format!("{}<{address}>", participant.name)
    });
    let people = people.collect::<Vec<_>>().join(", ");
    let seconds = moment.at.unwrap().seconds;
    let at = jiff::Timestamp::from_second(seconds).unwrap();
    let shown = |text: &str| match text.len() {
        0..=60 => text.to_owned(),
        long => format!("({long} bytes)"),
    };
    format!(
        "{at} {} s | {people} | {} | {}",
        moment.duration_s,
        shown(&moment.subject),
        shown(&moment.source_key)
    )
}

#[test]
fn every_awkward_calendar_is_read_or_left_out_for_the_reason_it_should_be() {
    let corpus = Corpus::new("calendar");
    let told = corpus.told(&["ics"], |_, bytes| {
        let mut reader = read(bytes);
        let moments: Vec<String> = reader.by_ref().map(|m| moment(&m.unwrap())).collect();
        moments
            .into_iter()
            .chain(left_out(reader.report()))
            .collect()
    });
    corpus.compare(&told);
}

#[test]
fn an_occurrence_keeps_its_identity_when_it_is_moved() {
    let key = |file: &str| -> Vec<String> {
        let moments = read(Corpus::new("calendar").read(file));
        let mut keys: Vec<String> = moments.map(|moment| moment.unwrap().source_key).collect();
        keys.sort_unstable();
        keys
    };
    let days = |numbers: [i64; 3]| {
        numbers.map(|day| {
            format!(
                "event:1@y.example/{}",
                (1_028_640_874 + day * 86_400) * 1_000_000
            )
        })
    };
    assert_eq!(key("recurring-moved-once.ics"), days([0, 1, 2]));
}
