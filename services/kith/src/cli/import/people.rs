//! Who takes part in most moments of an import: what somebody wants to know before they send it.

use std::collections::HashMap;

use kith_proto::kith::interaction::v1::InteractionInput;
use kith_proto::kith::interaction::v1::participant_ref::Who;

use crate::cli::output::{Cell, Sheet};

/// People listed at most.
const MOST: usize = 30;

/// How often everybody takes part.
#[derive(Default)]
pub(super) struct People {
    /// By address or key, in the form in which two spellings are one.
    counts: HashMap<String, Count>,
}

#[derive(Default)]
struct Count {
    name: String,
    moments: u64,
}

impl People {
    /// Counts who takes part, besides the importing member: readers name that one by their id.
    pub(super) fn add(&mut self, moment: &InteractionInput) {
        for participant in &moment.participants {
            let reference = match &participant.who {
                Some(Who::Address(address)) => kith_domain::text::normalised_address(address),
                Some(Who::ExternalKey(key)) => key.clone(),
                Some(Who::PersonId(_)) | None => continue,
            };
            let count = self.counts.entry(reference).or_default();
            count.moments += 1;
            if count.name.is_empty() {
                count.name.clone_from(&participant.name);
            }
        }
    }

    /// The most frequent ones, with how many more there are.
    pub(super) fn most_frequent(&self) -> (Sheet, usize) {
        let mut all: Vec<(&String, &Count)> = self.counts.iter().collect();
        all.sort_by(|a, b| b.1.moments.cmp(&a.1.moments).then(a.0.cmp(b.0)));
        let mut sheet = Sheet::new(&["person", "name", "moments"]);
        for (reference, count) in all.iter().take(MOST) {
            sheet.rows.push(vec![
                Cell::text(reference.as_str()),
                Cell::text(count.name.as_str()),
                Cell::count(count.moments),
            ]);
        }
        let shown = sheet.rows.len();
        (sheet, all.len() - shown)
    }
}

#[cfg(test)]
mod tests {
    use kith_proto::kith::interaction::v1::ParticipantRef;
    use serde_json::json;

    use super::*;

    fn with(who: &[Who]) -> InteractionInput {
        let participants = who.iter().map(|who| ParticipantRef {
            who: Some(who.clone()),
            ..ParticipantRef::default()
        });
        InteractionInput {
            participants: participants.collect(),
            ..InteractionInput::default()
        }
    }

    #[test]
    fn the_most_frequent_come_first_and_the_member_not_at_all() {
        let me = Who::PersonId("me".into());
        let bo = |text: &str| Who::Address(text.into());
        let mut people = People::default();
        people.add(&with(&[me.clone(), bo("bo@x.org")]));
        people.add(&with(&[
            me.clone(),
            bo("Bo@X.org"),
            Who::ExternalKey("17".into()),
        ]));
        for number in 0..MOST {
            people.add(&with(&[me.clone(), bo(&format!("{number:02}@y.org"))]));
        }
        let (sheet, more) = people.most_frequent();
        assert_eq!((sheet.rows.len(), more), (MOST, 2));
        let first: Vec<_> = sheet.rows[0]
            .iter()
            .map(|cell| cell.value.clone())
            .collect();
        assert_eq!(first, [json!("bo@x.org"), json!(""), json!(2)]);
    }
}
