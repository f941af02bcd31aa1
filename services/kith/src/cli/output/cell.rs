//! One value, as people see it and as programs read it.

use jiff::Zoned;
use serde_json::Value;

use crate::cli::{shape, when, words};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) struct Cell {
    /// For people; `None` keeps it from them.
    pub(super) shown: Option<String>,
    /// For programs.
    pub(in crate::cli) value: Value,
    pub(super) tint: Tint,
}

/// A colour that repeats what a word says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tint {
    #[default]
    None,
    Good,
    Fresh,
    Fading,
    Faint,
}

impl Cell {
    /// The same text for people and programs.
    pub(in crate::cli) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::apart(text.clone(), text)
    }

    /// One thing for people, another for programs.
    pub(in crate::cli) fn apart(shown: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            shown: Some(shown.into()),
            value: value.into(),
            tint: Tint::None,
        }
    }

    /// For programs alone.
    pub(in crate::cli) fn hidden(value: impl Into<Value>) -> Self {
        Self {
            shown: None,
            value: value.into(),
            tint: Tint::None,
        }
    }

    /// A count.
    pub(in crate::cli) fn count(count: u64) -> Self {
        Self::apart(shape::grouped(count), count)
    }

    /// A figure: rounded for people, as it is for programs.
    pub(in crate::cli) fn figure(figure: f64, decimals: usize) -> Self {
        Self::apart(format!("{figure:.decimals$}"), figure)
    }

    /// A probability; nothing is unknown, never 0.
    pub(in crate::cli) fn probability(probability: Option<f64>) -> Self {
        match probability {
            Some(p) => Self::apart(shape::percent(p), p),
            None => Self::apart("unknown", Value::Null),
        }
    }

    /// Yes or no.
    pub(in crate::cli) fn flag(flag: bool) -> Self {
        Self::apart(if flag { "yes" } else { "no" }, flag)
    }

    /// An id: a short form for people.
    pub(in crate::cli) fn id(id: &str) -> Self {
        Self::apart(shape::short(id), id)
    }

    /// Several texts.
    pub(in crate::cli) fn texts(texts: &[String]) -> Self {
        Self::apart(texts.join(", "), texts.to_vec())
    }

    /// A moment, to the minute.
    pub(in crate::cli) fn minute(moment: Option<&prost_types::Timestamp>, here: &Zoned) -> Self {
        Self::moment(moment, |m| when::minute(m, here.time_zone()))
    }

    /// A moment, to the day.
    pub(in crate::cli) fn day(moment: Option<&prost_types::Timestamp>, here: &Zoned) -> Self {
        Self::moment(moment, |m| when::day(m, here.time_zone()))
    }

    /// A moment to come, with its distance from today.
    pub(in crate::cli) fn due(moment: Option<&prost_types::Timestamp>, here: &Zoned) -> Self {
        Self::moment(moment, |m| {
            let day = when::day(m, here.time_zone());
            format!("{day} ({})", when::from_today(m, here))
        })
    }

    fn moment(
        moment: Option<&prost_types::Timestamp>,
        show: impl Fn(jiff::Timestamp) -> String,
    ) -> Self {
        match moment.and_then(when::from_wire) {
            Some(moment) => Self::apart(show(moment), moment.to_string()),
            None => Self::apart("", Value::Null),
        }
    }

    /// The word of a tie.
    pub(in crate::cli) fn band(band: i32) -> Self {
        use kith_proto::kith::relationship::v1::Band;
        let tint = match Band::try_from(band) {
            Ok(Band::Strong) => Tint::Good,
            Ok(Band::New) => Tint::Fresh,
            Ok(Band::Cooling) => Tint::Fading,
            Ok(Band::Dormant | Band::Unknown) => Tint::Faint,
            _ => Tint::None,
        };
        Self {
            tint,
            ..Self::text(words::band(band))
        }
    }
}
