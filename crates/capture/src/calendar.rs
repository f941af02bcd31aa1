//! Calendars become moments: past meetings with other people, each occurrence of a recurring one.
//!
//! What is kept of a meeting is when, how long, with whom, and its title, unless that is private.
//! What lies ahead, was cancelled or declined, or is nobody else's business is counted in the
//! [`Report`] with its event.

pub(crate) mod invited;
mod meeting;
mod series;

use std::collections::VecDeque;
use std::io::{self, Read};

use calcard::common::timezone::Tz;
use calcard::{Entry, Parser};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::InteractionInput;

use crate::Moments;
use crate::mail::Mine;
use crate::report::{Place, Reason, Report, Unit};
use crate::text;
use series::{Occurrence, Series};

/// Meetings of one file.
pub struct Reader {
    series: std::vec::IntoIter<Series>,
    /// Of the series that was taken last.
    occurrences: VecDeque<Occurrence>,
    mine: Mine,
    zone: Tz,
    received: Timestamp,
    report: Report,
    place: Place,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never what was read: it is personal.
        f.debug_struct("Reader")
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// Reads a file (`.ics`) as a whole. `zone` is where times are meant that name no zone, by its
    /// IANA name; what begins after `received`, the present moment, is left out.
    ///
    /// An error when the input can't be read, or holds more than 256 MiB.
    pub fn open(input: impl Read, mine: Mine, zone: &str, received: Timestamp) -> io::Result<Self> {
        let text = text::read(input)?;
        let mut report = Report {
            unit: Unit::Meeting,
            ..Report::default()
        };
        let mut parser = Parser::new(&text);
        let mut calendars = Vec::new();
        let mut in_garbage = false;
        loop {
            match parser.entry() {
                Entry::Eof => break,
                Entry::ICalendar(calendar) => calendars.push(calendar),
                // An address book belongs to another command; of text that is no calendar one
                // mention is enough.
                other => {
                    if !in_garbage || matches!(other, Entry::VCard(_)) {
                        report.skip(Reason::Undecodable, Place::Item(calendars.len() as u64 + 1));
                    }
                    in_garbage = true;
                    continue;
                }
            }
            in_garbage = false;
        }
        drop(text);
        Ok(Self {
            series: series::all(calendars).into_iter(),
            occurrences: VecDeque::new(),
            mine,
            zone: zone.parse().unwrap_or(Tz::UTC),
            received,
            report,
            place: Place::Item(0),
        })
    }
}

impl Moments for Reader {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

impl Iterator for Reader {
    type Item = io::Result<InteractionInput>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while let Some(occurrence) = self.occurrences.pop_front() {
                let place = Place::Item(occurrence.number);
                match meeting::moment(&occurrence, &self.mine, self.received) {
                    Ok(moment) => {
                        self.report.moments += 1;
                        self.place = place;
                        return Some(Ok(moment));
                    }
                    Err(reason) => self.report.skip(reason, place),
                }
            }
            let series = self.series.next()?;
            let place = Place::Item(series.number());
            match series.occurrences(self.zone, self.received) {
                Ok((occurrences, lost)) => {
                    self.occurrences = occurrences;
                    for _ in 0..lost {
                        self.report.skip(Reason::BadDate, place.clone());
                    }
                }
                Err(reason) => self.report.skip(reason, place),
            }
        }
    }
}
