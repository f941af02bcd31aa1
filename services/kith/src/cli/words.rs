//! Words for what the wire says with numbers, and numbers for the words of arguments.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use kith_domain::access::Role;
use kith_domain::interaction::Kind;
use kith_proto::kith::admin::v1::Pace;
use kith_proto::kith::event::v1 as event;
use kith_proto::kith::followup::v1::FollowUpStatus;
use kith_proto::kith::relationship::v1::{Band, TieOrder, Trend};
use kith_proto::words::Word;

use super::failure::Failure;

/// `BAND_STRONG` becomes `strong`, `FACT_KIND_LIFE_EVENT` becomes `life event`. What is not said,
/// or not known to this version, is empty.
fn plain(name: Option<&str>, prefix: &str) -> String {
    let word = name.and_then(|name| name.strip_prefix(prefix));
    match word {
        None | Some("UNSPECIFIED") => String::new(),
        Some(word) => word.to_lowercase().replace('_', " "),
    }
}

/// The word of a band.
pub(super) fn band(value: i32) -> String {
    plain(Band::try_from(value).ok().map(|b| b.as_str_name()), "BAND_")
}

/// The word of a trend.
pub(super) fn trend(value: i32) -> String {
    plain(
        Trend::try_from(value).ok().map(|t| t.as_str_name()),
        "TREND_",
    )
}

/// The word of a role.
pub(super) fn role(value: i32) -> String {
    Role::from_wire(value).map_or_else(String::new, |role| role.as_str().to_owned())
}

/// The word of a sharing level.
pub(super) fn level(value: i32) -> String {
    let level = event::SharingLevel::try_from(value).ok();
    plain(level.map(|l| l.as_str_name()), "SHARING_LEVEL_")
}

/// The word of a pace.
pub(super) fn pace(value: i32) -> String {
    plain(Pace::try_from(value).ok().map(|p| p.as_str_name()), "PACE_")
}

/// The kind of contact that a word names.
pub(super) fn kind_of(word: &str) -> Result<event::InteractionKind, Failure> {
    let kind = Kind::from_label(word);
    let kind = kind.and_then(|kind| event::InteractionKind::try_from(kind.to_wire()).ok());
    kind.ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        Failure::usage(format!(
            "'{word}' is no kind of contact: write {}",
            known.join(", ")
        ))
    })
}

/// The word of a kind of fact.
pub(super) fn fact_kind(value: i32) -> String {
    let kind = event::FactKind::try_from(value).ok();
    plain(kind.map(|k| k.as_str_name()), "FACT_KIND_")
}

/// The word of what happened.
pub(super) fn kind(value: i32) -> String {
    Kind::from_wire(value).map_or_else(String::new, |kind| kind.as_str().to_owned())
}

/// The word of a reason to get in touch.
pub(super) fn follow_up_reason(value: i32) -> String {
    let reason = event::FollowUpReason::try_from(value).ok();
    plain(reason.map(|r| r.as_str_name()), "FOLLOW_UP_REASON_")
}

/// The word of where a follow-up stands.
pub(super) fn status(value: i32) -> String {
    let status = FollowUpStatus::try_from(value).ok();
    plain(status.map(|s| s.as_str_name()), "FOLLOW_UP_STATUS_")
}

/// Reads a band.
pub(super) fn band_argument() -> impl TypedValueParser<Value = Band> {
    const WORDS: [&str; 6] = ["strong", "steady", "new", "cooling", "dormant", "unknown"];
    PossibleValuesParser::new(WORDS).map(|word| {
        let name = format!("BAND_{}", word.to_uppercase());
        Band::from_str_name(&name).unwrap_or_default()
    })
}

/// Reads an order of ties.
pub(super) fn order_argument() -> impl TypedValueParser<Value = TieOrder> {
    const WORDS: [&str; 5] = ["alive", "depth", "fading", "due", "last-contact"];
    PossibleValuesParser::new(WORDS).map(|word| {
        let name = format!("TIE_ORDER_{}", word.to_uppercase().replace('-', "_"));
        TieOrder::from_str_name(&name).unwrap_or_default()
    })
}

/// Reads a role.
pub(super) fn role_argument() -> impl TypedValueParser<Value = event::Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).map(|word| {
        let name = format!("ROLE_{}", word.to_uppercase());
        event::Role::from_str_name(&name).unwrap_or_default()
    })
}

/// Reads a sharing level; `default` takes an earlier word back.
pub(super) fn level_argument() -> impl TypedValueParser<Value = event::SharingLevel> {
    PossibleValuesParser::new(["named", "anonymous", "private", "default"]).map(|word| {
        let name = format!("SHARING_LEVEL_{}", word.to_uppercase());
        event::SharingLevel::from_str_name(&name).unwrap_or_default()
    })
}

/// The word of a decision about a tie.
pub(super) fn care(value: i32) -> String {
    let care = event::Care::try_from(value).ok();
    plain(care.map(|c| c.as_str_name()), "CARE_")
}

/// Reads a decision about a tie.
pub(super) fn care_argument() -> impl TypedValueParser<Value = event::Care> {
    PossibleValuesParser::new(["tend", "quiet", "never", "undecided"]).map(|word| {
        let name = format!("CARE_{}", word.to_uppercase());
        event::Care::from_str_name(&name).unwrap_or_default()
    })
}

/// Reads what happened: a kind, or a label that stands for one.
pub(super) fn kind_argument(text: &str) -> Result<Kind, String> {
    Kind::from_label(text).ok_or_else(|| {
        let kinds = Kind::ALL.map(Kind::as_str).join(", ");
        format!("it is one of {kinds}; for anything else: other --channel '{text}'")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_an_argument_is_one_of_the_wire() {
        fn all<P: TypedValueParser>(parser: &P) -> Vec<String>
        where
            P::Value: Into<i32> + Copy,
        {
            let command = clap::Command::new("test");
            let words: Vec<String> = parser
                .possible_values()
                .expect("a list")
                .map(|v| v.get_name().to_owned())
                .collect();
            let read = |word: &String| parser.parse_ref(&command, None, word.as_ref());
            let unread = words
                .iter()
                .filter(|word| read(word).map_or(true, |value| Into::<i32>::into(value) == 0));
            unread.cloned().collect()
        }
        assert!(all(&band_argument()).is_empty());
        assert!(all(&order_argument()).is_empty());
        assert!(all(&role_argument()).is_empty());
        assert_eq!(all(&level_argument()), ["default"]);
    }

    #[test]
    fn what_is_not_known_has_no_word() {
        assert_eq!(band(5), "strong");
        assert_eq!(band(0), "");
        assert_eq!(band(99), "");
        assert_eq!(fact_kind(5), "life event");
    }

    #[test]
    fn a_kind_that_is_not_known_is_answered_with_those_that_are() {
        assert_eq!(kind_argument("phone"), Ok(Kind::Call));
        let told = kind_argument("meting").unwrap_err();
        assert!(told.contains("meeting") && told.contains("--channel 'meting'"));
    }
}
