//! Where people work or worked: as what, from when to when.
//!
//! An affiliation is personal, its dates too, so that events and rows hold each as one text
//! ([`Affiliation::line`]), sealed and compared as a whole.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::date::{Date, PartialDate};
use crate::text::{Text, folded};

/// A job, or what is like one.
#[derive(Clone, PartialEq, Eq)]
pub struct Affiliation {
    /// Where.
    pub company: String,
    /// As what.
    pub title: Option<String>,
    /// Since when, if that is known.
    pub since: Option<PartialDate>,
    /// Until when; `None` while it goes on.
    pub until: Option<PartialDate>,
}

/// Never prints the words: a `Debug` line may end in a log.
impl fmt::Debug for Affiliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Affiliation({} bytes)", self.line().len())
    }
}

/// What parts the fields of a line: no field has one.
const BETWEEN: char = '\t';

impl Affiliation {
    /// It in one line: company, title, since and until behind tabs, empty where nothing is known.
    #[must_use]
    pub fn line(&self) -> String {
        let date = |date: Option<PartialDate>| date.map(|date| date.to_string());
        let title = self.title.clone().unwrap_or_default();
        let (since, until) = (date(self.since), date(self.until));
        let (since, until) = (since.unwrap_or_default(), until.unwrap_or_default());
        [&self.company, &title, &since, &until]
            .map(String::as_str)
            .join(&BETWEEN.to_string())
    }

    /// What [`line`](Self::line) wrote; `None` for anything else.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut fields = line.split(BETWEEN);
        let company = fields.next().filter(|company| !company.is_empty())?;
        let mut next = || fields.next().filter(|field| !field.is_empty());
        let (title, since, until) = (next(), next(), next());
        let date = |text: Option<&str>| text.map(PartialDate::from_str).transpose().ok();
        Some(Self {
            company: company.to_owned(),
            title: title.map(ToOwned::to_owned),
            since: date(since)?,
            until: date(until)?,
        })
    }

    /// Those that these texts hold; erased ones are none.
    pub fn all<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Self> {
        lines.filter_map(Self::read)
    }

    /// Whether it may go on on a day: dates that are not known exclude nothing.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.stay().holds_on(day)
    }

    /// The time that it may have taken at most.
    fn stay(&self) -> Stay {
        Stay {
            company: self.company.clone(),
            since: self.since.map(PartialDate::first_day),
            until: self.until.map(PartialDate::last_day),
        }
    }

    /// Whether it may have begun before it ended.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        let dates = self.since.zip(self.until);
        dates.is_none_or(|(since, until)| since.first_day() <= until.last_day())
    }
}

/// A line in the form in which two that say the same are one: each field [`folded`].
#[must_use]
pub fn key(line: &str) -> String {
    let fields: Vec<String> = line.split(BETWEEN).map(folded).collect();
    fields.join(&BETWEEN.to_string())
}

/// As people read it: `Harbour, captain (2019-03 to 2021)`.
impl fmt::Display for Affiliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.company)?;
        if let Some(title) = &self.title {
            write!(f, ", {title}")?;
        }
        match (self.since, self.until) {
            (None, None) => Ok(()),
            (Some(since), None) => write!(f, " (since {since})"),
            (None, Some(until)) => write!(f, " (until {until})"),
            (Some(since), Some(until)) => write!(f, " ({since} to {until})"),
        }
    }
}

/// The time somebody spends at one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The company, as it is written.
    pub company: String,
    /// The first day that is possible; `None` for any.
    pub since: Option<Date>,
    /// The last one.
    pub until: Option<Date>,
}

impl Stay {
    /// Whether it may go on on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| until >= day)
    }
}

/// The companies of a person, by their [`folded`] names: those of affiliations, and the one that is named as
/// theirs, which goes on unless an affiliation there says how long. Several stays at one company are one, from
/// the first day to the last.
#[must_use]
pub fn stays(company: Option<&Text>, affiliations: &[Text]) -> BTreeMap<String, Stay> {
    let own = company.and_then(Text::as_clear).map(|company| Stay {
        company: company.to_owned(),
        since: None,
        until: None,
    });
    let lines = affiliations.iter().filter_map(Text::as_clear);
    let others = Affiliation::all(lines).map(|one| one.stay());
    let mut stays: BTreeMap<String, Stay> = BTreeMap::new();
    for stay in others {
        let name = folded(&stay.company);
        match stays.get_mut(&name) {
            Some(known) => {
                known.since = known.since.zip(stay.since).map(|(a, b)| a.min(b));
                known.until = known.until.zip(stay.until).map(|(a, b)| a.max(b));
            }
            None => drop(stays.insert(name, stay)),
        }
    }
    if let Some(own) = own {
        stays.entry(folded(&own.company)).or_insert(own);
    }
    stays.retain(|name, _| !name.is_empty());
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    fn captain(since: Option<&str>, until: Option<&str>) -> Affiliation {
        Affiliation {
            company: "Harbour".to_owned(),
            title: Some("captain".to_owned()),
            since: since.map(date),
            until: until.map(date),
        }
    }

    #[test]
    fn a_line_is_read_back_as_it_was() {
        let bare = Affiliation {
            title: None,
            ..captain(None, None)
        };
        for one in [
            captain(None, None),
            captain(Some("2019-03"), None),
            captain(None, Some("2021")),
            captain(Some("2019"), Some("2021-01-31")),
            bare,
        ] {
            assert_eq!(Affiliation::read(&one.line()), Some(one));
        }
        assert_eq!(Affiliation::read("\tcaptain\t\t"), None);
        assert_eq!(Affiliation::read("Harbour\t\tsoon\t"), None);
    }

    #[test]
    fn it_holds_as_long_as_its_dates_allow() {
        let holds = |one: Affiliation, day: &str| one.holds_on(date(day).first_day());
        assert!(holds(captain(None, None), "1999-01-01"));
        assert!(holds(captain(Some("2019"), None), "2019-01-01"));
        assert!(!holds(captain(Some("2019-03"), None), "2019-02-28"));
        assert!(holds(captain(None, Some("2021-02")), "2021-02-28"));
        assert!(!holds(captain(None, Some("2021-02")), "2021-03-01"));
        assert!(captain(Some("2021-05"), Some("2021")).is_in_order());
        assert!(!captain(Some("2021-05"), Some("2021-04")).is_in_order());
    }

    #[test]
    fn stays_at_one_company_are_one_however_it_is_written() {
        let lines = [
            captain(Some("2010"), Some("2012")),
            Affiliation {
                company: "HARBOUR".to_owned(),
                ..captain(Some("2015"), Some("2016-05"))
            },
            Affiliation {
                company: "Wind".to_owned(),
                ..captain(None, Some("2009"))
            },
        ]
        .map(|one| Text::Clear(one.line()));
        let day = |text: &str| Some(date(text).first_day());
        let found = stays(Some(&"Guild".into()), &lines);
        let expected = [
            ("guild", "Guild", None, None),
            ("harbour", "Harbour", day("2010-01-01"), day("2016-05-31")),
            ("wind", "Wind", None, day("2009-12-31")),
        ]
        .map(|(name, company, since, until)| {
            let company = company.to_owned();
            (
                name.to_owned(),
                Stay {
                    company,
                    since,
                    until,
                },
            )
        });
        assert_eq!(found, BTreeMap::from(expected));
    }

    #[test]
    fn whoever_is_said_to_leave_is_gone_then_whatever_their_company_says() {
        let leaves = [Text::Clear(captain(Some("2019"), Some("2024")).line())];
        let found = stays(Some(&"Harbour".into()), &leaves);
        let holds = |day: &str| found["harbour"].holds_on(date(day).first_day());
        assert!(holds("2024-12-31") && !holds("2025-01-01"));
    }

    #[test]
    fn two_lines_say_the_same_if_each_of_their_fields_does() {
        assert_eq!(key("Harbour\tCaptain\t\t"), key("HARBOUR\tcaptain\t\t"));
        assert_ne!(key("Harbour\t\t2021\t"), key("Harbour\t\t\t2021"));
        assert_ne!(key("Harbour Captain\t\t\t"), key("Harbour\tCaptain\t\t"));
    }

    #[test]
    fn debug_output_never_shows_the_words() {
        assert!(!format!("{:?}", captain(None, None)).contains("arbour"));
    }
}
