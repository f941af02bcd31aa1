//! What is stored of a commit with erased texts.

use kith_domain::event::{Commit, Event};
use kith_domain::gathering::Entry;
use kith_domain::interaction::{self, Recorded};
use kith_domain::text::Text;
use kith_domain::{comfort, fact, followup, import, person};

/// What is stored of a commit: an erased text is absent, except where a text must be.
pub(crate) fn as_stored(mut commit: Commit) -> Commit {
    for event in &mut commit.events {
        match event {
            Event::Person(person::Event::Added { profile, .. }) => {
                for text in [
                    &mut profile.name,
                    &mut profile.external_key,
                    &mut profile.company,
                    &mut profile.title,
                ] {
                    drop_erased(text);
                }
                profile.addresses.retain(is_clear);
                profile.affiliations.retain(is_clear);
                profile.tags.retain(is_clear);
            }
            Event::Person(person::Event::Changed { change, .. }) => {
                for change in [&mut change.name, &mut change.company, &mut change.title] {
                    change.iter_mut().for_each(drop_erased);
                }
                let lists = [
                    &mut change.addresses,
                    &mut change.affiliations,
                    &mut change.tags,
                ];
                for texts in lists.into_iter().flatten() {
                    texts.retain(is_clear);
                }
            }
            Event::Fact(fact::Event::Added(fact)) => {
                drop_erased(&mut fact.source);
                drop_erased(&mut fact.question);
            }
            Event::Comfort(comfort::Event::Set {
                profile: Some(profile),
                ..
            }) => drop_erased(&mut profile.own_words),
            Event::Interaction(
                interaction::Event::Recorded(Recorded { moment, .. })
                | interaction::Event::Corrected { moment, .. },
            ) => {
                drop_erased(&mut moment.channel);
                drop_erased(&mut moment.note);
                drop_erased(&mut moment.subject);
            }
            Event::FollowUp(followup::Event::PromiseMade(promise)) => {
                drop_erased(&mut promise.text);
            }
            Event::Import(import::Event::Part { name, .. }) => drop_erased(name),
            Event::Gathering(event) => gathering(&mut event.entry),
            _ => {}
        }
    }
    commit
}

fn is_clear(text: &Text) -> bool {
    text.as_clear().is_some()
}

fn drop_erased(text: &mut Option<Text>) {
    if !text.as_ref().is_some_and(is_clear) {
        *text = None;
    }
}

/// What is stored of an entry: an erased text is absent.
fn gathering(entry: &mut Entry) {
    match entry {
        Entry::Details(Some(details)) => {
            drop_erased(&mut details.place);
            details.topics.retain(is_clear);
        }
        Entry::Session(_, Some(session)) => {
            drop_erased(&mut session.room);
            session.topics.retain(is_clear);
        }
        Entry::Attendee(_, Some(of)) => {
            let texts = [
                &mut of.name,
                &mut of.company,
                &mut of.title,
                &mut of.address,
                &mut of.bio,
            ];
            texts.into_iter().for_each(drop_erased);
            [&mut of.talk, &mut of.url]
                .into_iter()
                .for_each(drop_erased);
            of.topics.retain(is_clear);
        }
        _ => {}
    }
}
