//! Words that the log and the API share: enums, times.
//!
//! On the wire every enum starts with an unspecified value 0 and the rest follow the order of the
//! domain's `ALL`, so one rule converts them all; a test holds every pair of enums to it.

use kith_domain::access::{Content, Role};
use kith_domain::fact::Kind as FactKind;
use kith_domain::followup::Reason;
use kith_domain::interaction::{Kind, Part};
use kith_domain::sharing::Level;
use kith_domain::time::Timestamp;
use kith_domain::undo;
use kith_domain::{care, comfort, duplicates, resolution};

/// A domain enum that has a wire enum of the same order, shifted by the unspecified value.
pub trait Word: Copy + Sized {
    /// Position in the domain's order.
    fn position(self) -> usize;
    /// The value at a position.
    fn at(position: usize) -> Option<Self>;

    /// The value as it is written on the wire.
    fn to_wire(self) -> i32 {
        self.position() as i32 + 1
    }

    /// The value read from the wire; `None` when unspecified or unknown.
    fn from_wire(value: i32) -> Option<Self> {
        usize::try_from(value)
            .ok()?
            .checked_sub(1)
            .and_then(Self::at)
    }
}

macro_rules! words {
    ($($name:ty),*) => {$(
        impl Word for $name {
            fn position(self) -> usize {
                self.index()
            }

            fn at(position: usize) -> Option<Self> {
                Self::from_index(position)
            }
        }
    )*};
}

words!(
    Content,
    Role,
    Level,
    Kind,
    Part,
    FactKind,
    Reason,
    care::Word,
    undo::Kind,
    comfort::Pace,
    duplicates::Reason,
    resolution::Ground
);

/// The moment of a protobuf timestamp; `None` outside the years 1 to 9999 or with bad nanoseconds.
#[must_use]
pub fn moment(timestamp: &prost_types::Timestamp) -> Option<Timestamp> {
    const YEAR_1: i64 = -62_135_596_800;
    const YEAR_10000: i64 = 253_402_300_800;
    if !(YEAR_1..YEAR_10000).contains(&timestamp.seconds) {
        return None;
    }
    let nanos = u32::try_from(timestamp.nanos)
        .ok()
        .filter(|n| *n < 1_000_000_000)?;
    Some(Timestamp::from_seconds(timestamp.seconds).plus_micros(i64::from(nanos / 1_000)))
}

/// A moment as protobuf writes it.
#[must_use]
pub fn timestamp(moment: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: moment.seconds_floor(),
        nanos: moment.micros().rem_euclid(1_000_000) as i32 * 1_000,
    }
}

/// The reason's name as `google.rpc.ErrorInfo` carries it, without the enum's prefix.
#[must_use]
pub fn reason_name(reason: crate::kith::error::v1::ErrorReason) -> &'static str {
    reason.as_str_name().trim_start_matches("ERROR_REASON_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kith::admin::v1::Pace;
    use crate::kith::directory::v1::DuplicateReason;
    use crate::kith::event::v1 as wire;
    use crate::kith::gathering::v1::ResolutionGround;
    use crate::kith::history::v1::ChangeKind;

    #[test]
    fn every_word_has_the_same_name_in_the_domain_and_on_the_wire() {
        fn names<W: Word + std::fmt::Debug>(all: &[W], wire: impl Fn(i32) -> Option<String>) {
            for word in all {
                let name = wire(word.to_wire()).expect("a wire value for every word");
                let squeezed = name.replace('_', "").to_lowercase();
                assert!(
                    squeezed.ends_with(&format!("{word:?}").to_lowercase()),
                    "{name} {word:?}"
                );
                assert!(
                    W::from_wire(word.to_wire()).is_some_and(|w| w.position() == word.position())
                );
            }
            assert!(
                wire(all.len() as i32 + 1).is_none(),
                "a wire value without a word"
            );
            assert!(W::from_wire(0).is_none());
            assert!(W::from_wire(-1).is_none());
        }
        let name = |s: &'static str| Some(s.to_owned());
        names(&Role::ALL, |v| {
            name(wire::Role::try_from(v).ok()?.as_str_name())
        });
        names(&Level::ALL, |v| {
            name(wire::SharingLevel::try_from(v).ok()?.as_str_name())
        });
        names(&Kind::ALL, |v| {
            name(wire::InteractionKind::try_from(v).ok()?.as_str_name())
        });
        names(&Part::ALL, |v| {
            name(wire::Part::try_from(v).ok()?.as_str_name())
        });
        names(&FactKind::ALL, |v| {
            name(wire::FactKind::try_from(v).ok()?.as_str_name())
        });
        names(&Reason::ALL, |v| {
            name(wire::FollowUpReason::try_from(v).ok()?.as_str_name())
        });
        names(&care::Word::ALL, |v| {
            name(wire::Care::try_from(v).ok()?.as_str_name())
        });
        names(&undo::Kind::ALL, |v| {
            name(ChangeKind::try_from(v).ok()?.as_str_name())
        });
        names(&comfort::Pace::ALL, |v| {
            name(Pace::try_from(v).ok()?.as_str_name())
        });
        names(&duplicates::Reason::ALL, |v| {
            name(DuplicateReason::try_from(v).ok()?.as_str_name())
        });
        names(&resolution::Ground::ALL, |v| {
            name(ResolutionGround::try_from(v).ok()?.as_str_name())
        });
    }

    #[test]
    fn a_moment_before_1970_survives_the_wire() {
        let moment_before = Timestamp(-1_500_000);
        assert_eq!(moment(&timestamp(moment_before)), Some(moment_before));
    }
}
