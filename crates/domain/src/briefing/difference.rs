//! What a curve ball changes: somebody more on the list, somebody less, a talk at another hour.

use std::collections::BTreeSet;

use super::Briefing;
use super::page::Page;
use crate::id::PersonId;

/// How one briefing differs from the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// The pages that are new or read otherwise, by their numbers in the later briefing.
    pub pages: Vec<usize>,
    /// Whose pages are gone, by their ids on the list.
    pub gone: Vec<PersonId>,
    /// What changed, in sentences.
    pub told: Vec<String>,
    /// Whether the days are planned otherwise.
    pub days: bool,
}

impl Difference {
    /// From one briefing to a later one of the same gathering and reader.
    #[must_use]
    pub fn between(before: &Briefing, after: &Briefing) -> Self {
        let mut difference = Self::default();
        if (before.occasion.begins, before.occasion.ends)
            != (after.occasion.begins, after.occasion.ends)
            || before.occasion.place != after.occasion.place
        {
            difference.told.push(format!(
                "{} has another time or place.",
                after.occasion.name
            ));
        }
        let on_list = |briefing: &Briefing| -> BTreeSet<PersonId> {
            briefing.listed.iter().copied().collect()
        };
        let (then, now) = (on_list(before), on_list(after));
        for (number, page) in after.pages.iter().enumerate() {
            let was = before.pages.iter().find(|was| was.listed == page.listed);
            if was == Some(page) {
                continue;
            }
            difference.pages.push(number);
            difference.told.push(match was {
                Some(was) => changed(was, page),
                None if then.contains(&page.listed) => {
                    format!("{} has a place in your days now.", page.name)
                }
                None => format!("{} comes too.", page.name),
            });
        }
        for page in &before.pages {
            if after.pages.iter().any(|now| now.listed == page.listed) {
                continue;
            }
            difference.gone.push(page.listed);
            difference.told.push(if now.contains(&page.listed) {
                format!("{} has no place in your days any more.", page.name)
            } else {
                format!("{} does not come after all.", page.name)
            });
        }
        let names = |briefing: &Briefing| -> Vec<_> {
            let days = briefing.days.iter().map(|day| {
                let steps = day.steps.iter().map(|step| match step {
                    super::Step::Meet(page) => Some(briefing.pages[*page].listed),
                    super::Step::Break => None,
                });
                (day.day, steps.collect::<Vec<_>>())
            });
            days.collect()
        };
        difference.days = names(before) != names(after);
        difference
    }

    /// Whether nothing is another.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What of a page reads otherwise: the first thing that a reader wants to know.
fn changed(was: &Page, is: &Page) -> String {
    let name = &is.name;
    if was.talks != is.talks {
        return match is.talks.first() {
            Some(talk) => format!("{name}: {}", talk.text),
            None => format!("{name} gives no talk after all."),
        };
    }
    if was.promises != is.promises {
        return format!("Something that you and {name} promised has changed.");
    }
    if was.last_talk != is.last_talk {
        return format!("You spoke to {name}.");
    }
    if was.notes != is.notes || was.common != is.common {
        return format!("There is something new to know of {name}.");
    }
    if was.known_by != is.known_by || was.introduction != is.introduction {
        return format!("Somebody else of us knows {name}, or goes too.");
    }
    format!("The page of {name} reads otherwise.")
}
