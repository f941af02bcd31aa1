//! What commands print: tables and sentences for people, JSON and CSV for programs.
//!
//! A list is one JSON array, a single thing one JSON object; in CSV both are rows under a header.
//! Sentences are for people alone. Nothing is told by colour only.

mod cell;
mod render;

use std::io::{self, IsTerminal as _, Write as _};

pub(super) use cell::Cell;
use jiff::Zoned;

use super::ambient;
use super::failure::Failure;

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs: times in RFC 3339 (UTC), ids in full.
    Json,
    /// For spreadsheets: the same values under a header.
    Csv,
}

/// Where results go.
pub(super) struct Output {
    /// How they are printed.
    pub(super) format: Format,
    /// The present moment in the reader's zone.
    pub(super) here: Zoned,
    colours: bool,
}

/// A list of things with the same properties. Names are words joined by `_`, as JSON has them.
pub(super) struct Sheet {
    pub(super) names: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// An empty list of things with these properties.
    pub(super) fn new(names: &[&'static str]) -> Self {
        Self {
            names: names.to_vec(),
            rows: Vec::new(),
        }
    }
}

/// One thing and its properties.
pub(super) type Card = Vec<(&'static str, Cell)>;

impl Output {
    /// Standard output. Colours on a terminal, unless `NO_COLOR` is set.
    pub(super) fn new(format: Format) -> Self {
        let colours = io::stdout().is_terminal() && !ambient::no_colour();
        Self {
            format,
            here: ambient::here(),
            colours,
        }
    }

    /// Whether people read along.
    pub(super) fn for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Prints a list. People see nothing of an empty one: tell them why it is empty.
    pub(super) fn list(&self, sheet: &Sheet) -> Result<(), Failure> {
        print(&match self.format {
            Format::Table => render::table(sheet, self.colours),
            Format::Json => render::json_array(sheet),
            Format::Csv => render::csv(sheet)?,
        })
    }

    /// Prints one thing.
    pub(super) fn card(&self, card: Card) -> Result<(), Failure> {
        let (names, cells) = card.into_iter().unzip();
        let sheet = Sheet {
            names,
            rows: vec![cells],
        };
        print(&match self.format {
            Format::Table => render::upright_table(&sheet, self.colours),
            Format::Json => render::json_object(&sheet),
            Format::Csv => render::csv(&sheet)?,
        })
    }

    /// Tells that something was changed: people read it, programs get the position.
    pub(super) fn changed(&self, sentence: &str, position: &str) -> Result<(), Failure> {
        if self.for_people() {
            return self.say(sentence);
        }
        self.card(vec![("position", Cell::text(position))])
    }

    /// Prints a sentence for people.
    pub(super) fn say(&self, sentence: impl AsRef<str>) -> Result<(), Failure> {
        if !self.for_people() {
            return Ok(());
        }
        print(&format!("{}\n", sentence.as_ref()))
    }
}

/// Prints text as it is, at once.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Says something beside the results, to people and logs.
pub(super) fn note(text: &str) {
    // When this can't be written there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{text}");
}
