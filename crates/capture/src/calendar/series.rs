//! Everything that a calendar says of one event: its rule, what was moved, what was cancelled.
//!
//! calcard expands the rules. It tells overridden occurrences by their moment alone, so it is given one
//! event at a time, and only the newest word about each occurrence.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarMethod, ICalendarProperty,
    ICalendarRecurrenceRule, ICalendarStatus, ICalendarValue,
};
use kith_domain::time::{SECOND, Timestamp};

use crate::report::Reason;

/// Occurrences looked at of one event: fifty years of every day.
const MOST: usize = 20_000;

/// One word about an event, or about one of its occurrences.
struct Word {
    component: Arc<ICalendarComponent>,
    number: u64,
    sequence: i64,
    is_cancelled: bool,
}

/// An event with all that is said of it.
pub(super) struct Series {
    zones: Arc<[ICalendarComponent]>,
    words: Vec<Word>,
}

/// One occurrence of an event that has begun by now.
pub(super) struct Occurrence {
    /// Of the event in its file; the first is 1.
    pub(super) number: u64,
    pub(super) event: Arc<ICalendarComponent>,
    pub(super) at: Timestamp,
    /// When it would have been, had it not been moved: what tells it from others of its event. Where no
    /// zone is named it is what the clock showed, wherever the calendar is read.
    pub(super) planned: String,
    pub(super) duration_s: u32,
    pub(super) is_cancelled: bool,
}

/// The events of these calendars, each with all that is said of it, in the order in which they come.
pub(super) fn all(calendars: Vec<ICalendar>) -> Vec<Series> {
    let mut all: Vec<Series> = Vec::new();
    let mut place_of: HashMap<String, usize> = HashMap::new();
    let mut number = 0;
    for calendar in calendars {
        let zones: Arc<[ICalendarComponent]> = calendar.timezones().cloned().collect();
        let cancels = calendar.components.first().is_some_and(is_cancellation);
        let events = calendar.components.into_iter();
        for mut event in events.filter(|c| c.component_type == ICalendarComponentType::VEvent) {
            number += 1;
            let uid = event.uid().filter(|uid| !uid.trim().is_empty());
            let uid = uid.map(ToOwned::to_owned);
            let is_cancelled = cancels || event.status() == Some(&ICalendarStatus::Cancelled);
            let sequence = sequence(&event);
            // It only counts the changes; calcard takes those of another count for another event.
            event
                .entries
                .retain(|entry| entry.name != ICalendarProperty::Sequence);
            let word = Word {
                component: Arc::new(event),
                number,
                sequence,
                is_cancelled,
            };
            let place = uid.map(|uid| *place_of.entry(uid).or_insert(all.len()));
            match place.and_then(|place| all.get_mut(place)) {
                Some(series) => series.take(word),
                None => all.push(Series {
                    zones: Arc::clone(&zones),
                    words: vec![word],
                }),
            }
        }
    }
    all
}

fn is_cancellation(calendar: &ICalendarComponent) -> bool {
    let method = calendar.property(&ICalendarProperty::Method);
    let method = method.and_then(|entry| entry.values.first());
    matches!(
        method,
        Some(ICalendarValue::Method(ICalendarMethod::Cancel))
    )
}

fn sequence(event: &ICalendarComponent) -> i64 {
    let entry = event.property(&ICalendarProperty::Sequence);
    let value = entry.and_then(|entry| entry.values.first());
    value.and_then(ICalendarValue::as_integer).unwrap_or(0)
}

impl Word {
    /// Which occurrence it is about; `None` for all of them.
    fn about(&self) -> Option<&[ICalendarValue]> {
        let entry = self.component.property(&ICalendarProperty::RecurrenceId)?;
        Some(&entry.values)
    }

    fn start(&self) -> Option<&PartialDateTime> {
        start_of(&self.component)
    }

    /// Whether its times are moments, and not what the clock shows wherever somebody is.
    fn names_a_zone(&self) -> bool {
        let start = self.component.property(&ICalendarProperty::Dtstart);
        let is_named = start.is_some_and(|entry| entry.tz_id().is_some());
        is_named || self.start().is_some_and(|start| start.tz_hour.is_some())
    }

    /// When the occurrence that it is about was planned for: Unix seconds.
    fn planned(&self, zones: &TzResolver<&str>) -> Option<i64> {
        let entry = self.component.property(&ICalendarProperty::RecurrenceId)?;
        let start = self.component.property(&ICalendarProperty::Dtstart);
        let zone = entry
            .tz_id()
            .or_else(|| start.and_then(|start| start.tz_id()));
        let date = entry.values.first()?.as_partial_date_time()?;
        let planned = date.to_date_time_with_tz(zones.resolve_or_default(zone))?;
        Some(planned.timestamp())
    }

    /// By how many seconds it moves the occurrence that it is about, and with it all that follow.
    fn moves_by(&self, zones: &TzResolver<&str>) -> Option<i64> {
        let planned = self.planned(zones)?;
        let start = self.component.property(&ICalendarProperty::Dtstart)?;
        let zone = zones.resolve_or_default(start.tz_id());
        Some(self.start()?.to_date_time_with_tz(zone)?.timestamp() - planned)
    }
}

impl Series {
    pub(super) fn number(&self) -> u64 {
        self.words.first().map_or(0, |word| word.number)
    }

    /// Of several words about the same occurrence the newest counts.
    fn take(&mut self, word: Word) {
        let same = self
            .words
            .iter_mut()
            .find(|own| own.about() == word.about());
        match same {
            None => self.words.push(word),
            Some(own) if own.sequence <= word.sequence => *own = word,
            Some(_) => {}
        }
    }

    /// The occurrences that have begun by now, and how many words could not be followed; or why there is
    /// none to look at.
    pub(super) fn occurrences(
        &self,
        zone: Tz,
        now: Timestamp,
    ) -> Result<(VecDeque<Occurrence>, usize), Reason> {
        let whole = self.words.iter().find(|word| word.about().is_none());
        if whole.is_some_and(|word| word.is_cancelled) {
            return Err(Reason::Cancelled);
        }
        let calendar = self.calendar();
        let zones = calendar.build_tz_resolver().with_default(zone);
        for word in &self.words {
            let start = word.component.property(&ICalendarProperty::Dtstart);
            let named = start.and_then(|entry| entry.tz_id());
            if named.is_some_and(|name| zones.resolve(name).is_none()) {
                return Err(Reason::UnknownZone);
            }
        }
        let expanded = calendar.expand_dates(self.zone_of_rule(zone), MOST);
        let lost = expanded.errors.len();
        if expanded.events.is_empty() {
            return Err(Reason::BadDate);
        }
        // What was said of single occurrences, by the moment that they were planned for.
        let said: HashSet<i64> = self
            .words
            .iter()
            .filter_map(|word| word.planned(&zones))
            .collect();
        let mut occurrences = VecDeque::new();
        for found in expanded.events {
            let place = (found.comp_id as usize).checked_sub(self.zones.len());
            let Some(word) = place.and_then(|place| self.words.get(place)) else {
                continue;
            };
            let start = word.component.property(&ICalendarProperty::Dtstart);
            let own_zone = zones.resolve_or_default(start.and_then(|entry| entry.tz_id()));
            let clock = found.start.naive_local().and_utc().timestamp();
            let at = if found.start.timezone().is_floating() {
                in_zone(clock, own_zone)
            } else {
                Timestamp::from_seconds(found.start.timestamp())
            };
            if at > now {
                continue;
            }
            // calcard also yields what was moved or called off, where no rule but a list of dates says it.
            if word.about().is_none() && said.contains(&at.seconds_floor()) {
                continue;
            }
            // The moment that a word about all that follow moves goes along with it.
            let moved = word.moves_by(&zones).unwrap_or_default();
            let planned = if word.names_a_zone() {
                (at.micros() - moved * SECOND).to_string()
            } else {
                clock_text(clock - moved)
            };
            let lasts = match found.end {
                TimeOrDelta::Time(end) => end.timestamp() - at.seconds_floor(),
                TimeOrDelta::Delta(delta) => delta.num_seconds(),
            };
            occurrences.push_back(Occurrence {
                number: word.number,
                event: Arc::clone(&word.component),
                at,
                planned,
                duration_s: if has_length(&word.component) {
                    u32::try_from(lasts).unwrap_or(0)
                } else {
                    0
                },
                is_cancelled: word.is_cancelled,
            });
        }
        if occurrences.is_empty() {
            return Err(Reason::Ahead);
        }
        Ok((occurrences, lost))
    }

    /// The zone in which calcard repeats an event that names none: of one that begins in UTC it would
    /// take that of the floating ones.
    fn zone_of_rule(&self, floating: Tz) -> Tz {
        // The word about all of them comes first, wherever it stands.
        let mut words: Vec<&Word> = self.words.iter().collect();
        words.sort_by_key(|word| word.about().is_some());
        let start = words.into_iter().find_map(|word| word.start());
        let own = start.and_then(|start| start.to_date_time()?.tz());
        own.unwrap_or(floating)
    }

    fn calendar(&self) -> ICalendar {
        let words = self.words.iter().map(|word| (*word.component).clone());
        let mut calendar = ICalendar {
            components: self.zones.iter().cloned().chain(words).collect(),
        };
        for place in 0..calendar.components.len() {
            let until = calendar
                .components
                .get(place)
                .and_then(|own| own_until(own, &calendar));
            if let (Some(until), Some(own)) = (until, calendar.components.get_mut(place)) {
                set_until(own, until);
            }
        }
        calendar
    }
}

/// A time on the clock of a zone that shows it twice or never, as RFC 5545, section 3.3.5, reads it.
fn in_zone(clock_seconds: i64, zone: Tz) -> Timestamp {
    let found = zone
        .name()
        .and_then(|name| jiff::tz::TimeZone::get(&name).ok());
    let clock = jiff::Timestamp::from_second(clock_seconds)
        .map(|clock| jiff::tz::TimeZone::UTC.to_datetime(clock));
    let exact = found
        .zip(clock.ok())
        .and_then(|(zone, clock)| zone.to_ambiguous_timestamp(clock).compatible().ok());
    Timestamp::from_seconds(exact.map_or(clock_seconds, jiff::Timestamp::as_second))
}

fn start_of(event: &ICalendarComponent) -> Option<&PartialDateTime> {
    let start = event.property(&ICalendarProperty::Dtstart)?;
    start.values.first()?.as_partial_date_time()
}

/// What the clock shows: `20020806T090000`.
fn clock_text(clock_seconds: i64) -> String {
    let clock = jiff::Timestamp::from_second(clock_seconds).unwrap_or_default();
    let clock = jiff::tz::TimeZone::UTC.to_datetime(clock);
    clock.strftime("%Y%m%dT%H%M%S").to_string()
}

/// Until when an event repeats, on the clock of its own zone: calcard compares it with that, whatever
/// zone it is given in. A day counts to its end.
fn own_until(event: &ICalendarComponent, calendar: &ICalendar) -> Option<PartialDateTime> {
    let until = rule_of(event)?.until.as_ref()?;
    if !until.has_time() {
        return Some(PartialDateTime {
            hour: Some(23),
            minute: Some(59),
            second: Some(59),
            ..until.clone()
        });
    }
    let start = event.property(&ICalendarProperty::Dtstart)?;
    let zone = calendar.build_tz_resolver().resolve(start.tz_id()?)?;
    until.tz_hour?;
    let moment = until.to_date_time_with_tz(Tz::UTC)?.timestamp();
    let zone = jiff::tz::TimeZone::get(&zone.name()?).ok()?;
    let clock = zone.to_datetime(jiff::Timestamp::from_second(moment).ok()?);
    Some(PartialDateTime {
        year: u16::try_from(clock.year()).ok(),
        month: u8::try_from(clock.month()).ok(),
        day: u8::try_from(clock.day()).ok(),
        hour: u8::try_from(clock.hour()).ok(),
        minute: u8::try_from(clock.minute()).ok(),
        second: u8::try_from(clock.second()).ok(),
        tz_hour: None,
        tz_minute: None,
        tz_minus: false,
    })
}

fn rule_of(event: &ICalendarComponent) -> Option<&ICalendarRecurrenceRule> {
    let entry = event.property(&ICalendarProperty::Rrule)?;
    match entry.values.first()? {
        ICalendarValue::RecurrenceRule(rule) => Some(rule),
        _ => None,
    }
}

fn set_until(event: &mut ICalendarComponent, until: PartialDateTime) {
    let entry = event.property_mut(&ICalendarProperty::Rrule);
    let value = entry.and_then(|entry| entry.values.first_mut());
    if let Some(ICalendarValue::RecurrenceRule(rule)) = value {
        rule.until = Some(until);
    }
}

/// Whether an event says how long it lasts; a whole day says nothing of it.
fn has_length(event: &ICalendarComponent) -> bool {
    let has_end = event.has_property(&ICalendarProperty::Dtend)
        || event.has_property(&ICalendarProperty::Duration);
    has_end && start_of(event).is_some_and(PartialDateTime::has_time)
}
