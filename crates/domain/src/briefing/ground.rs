//! Common ground: what two people can talk about, and what each could do for the other.

use std::collections::{BTreeMap, BTreeSet};

use super::corpus::Corpus;
use super::known::{Guest, Note, Person, Reader, Source, Wish};
use crate::fact::Kind;
use crate::id::PersonId;
use crate::pitch::Sentence;
use crate::text::folded;
use crate::wording::{Speaker, count_words, first_person, is_verb, listed, without_end};

/// What two people have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ground {
    /// The reader offers what they need.
    YouCanHelp,
    /// Somebody whom the reader can bring to them offers what they need.
    OthersCanHelp,
    /// They offer what the reader needs.
    TheyCanHelp,
    /// They offer what somebody needs whom the reader can bring to them.
    TheyCanHelpOthers,
    /// They speak about something that the reader cares about.
    Talk,
    /// Something that both care about.
    Interest,
    /// A place where both worked.
    Employer,
    /// People whom both know.
    Contacts,
    /// A gathering at which both were.
    Visit,
}

/// Something that the reader and an attendee have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// What sort of thing.
    pub ground: Ground,
    /// Told to the reader.
    pub told: Sentence<Source>,
    /// As the reader says it to the other, if that can be said aloud.
    pub said: Option<Sentence<Source>>,
}

/// The most of one sort on a page.
const MOST_OF_A_SORT: usize = 3;
/// A note takes no more of what is said than this, in words.
const LONGEST_HEARD: usize = 22;
/// The most people named in a row.
const MOST_NAMED: usize = 3;

/// A text of the reader's, with the words by which it is compared.
pub(super) struct Compared<'r, T> {
    of: &'r T,
    telling: BTreeSet<String>,
}

/// What of a reader is compared with everybody.
pub(super) struct Side<'r> {
    reader: &'r Reader,
    corpus: &'r Corpus,
    /// Who is on the list, and by which id there.
    there: BTreeMap<PersonId, PersonId>,
    /// How that is said: "comes too".
    there_too: &'static str,
    offers: Vec<Compared<'r, Wish>>,
    needs: Vec<Compared<'r, Wish>>,
    cares: Vec<Compared<'r, Note>>,
}

/// A note as it stands; with what sort it is in front, where it does not begin with its verb and so say it itself.
fn quoted(sort: &str, note: &str) -> String {
    let first = note.split_whitespace().next().unwrap_or_default();
    if is_verb(first) {
        format!("“{note}”")
    } else {
        format!("{sort}: “{note}”")
    }
}

/// A note that can be spoken of aloud: no private one, and none of what happened to somebody.
fn is_for_all(note: &Note) -> bool {
    !note.is_private && note.kind != Kind::LifeEvent
}

fn is_of_interest(note: &Note) -> bool {
    matches!(note.kind, Kind::Interest | Kind::Expertise)
}

impl<'r> Side<'r> {
    /// Of a gathering that is over, or not, with these guests.
    pub(super) fn of(
        reader: &'r Reader,
        corpus: &'r Corpus,
        guests: &[Guest],
        is_over: bool,
    ) -> Self {
        let wish = |of: &'r Wish| Compared {
            of,
            telling: corpus.telling(&of.note.text),
        };
        let note = |of: &'r Note| Compared {
            of,
            telling: corpus.telling(&of.text),
        };
        let cares = reader.notes.iter();
        let cares = cares.filter(|note| is_for_all(note) && note.kind != Kind::Preference);
        Self {
            reader,
            corpus,
            there: guests
                .iter()
                .filter_map(|guest| Some((guest.person.as_ref()?.id, guest.listed)))
                .filter(|(person, _)| *person != reader.id)
                .collect(),
            there_too: if is_over {
                "was there too"
            } else {
                "comes too"
            },
            offers: reader.offers.iter().map(wish).collect(),
            needs: reader.needs.iter().map(wish).collect(),
            cares: cares.map(note).collect(),
        }
    }

    /// Everything in common with somebody, what weighs most first.
    pub(super) fn with(&self, guest: &Guest) -> Vec<Common> {
        let mut all = Vec::new();
        if let Some(person) = &guest.person {
            all.extend(self.of_notes(person));
            all.extend(self.of_past(person));
        }
        all.extend(self.of_list(guest));
        // Whoever speaks about it needs nobody to help them with it.
        let talks: Vec<BTreeSet<String>> = guest
            .talks
            .iter()
            .map(|talk| self.corpus.telling(&talk.title))
            .collect();
        for common in &mut all {
            let is_help = matches!(common.ground, Ground::YouCanHelp | Ground::OthersCanHelp);
            let speaks = |said: &Sentence<Source>| {
                let said = self.corpus.telling(&said.text);
                talks
                    .iter()
                    .any(|talk| talk.intersection(&said).count() > 1)
            };
            if is_help && common.said.as_ref().is_some_and(speaks) {
                common.said = None;
            }
        }
        all.sort_by_key(|common| common.ground);
        let mut counted: (Option<Ground>, usize) = (None, 0);
        all.retain(|common| {
            let count = if counted.0 == Some(common.ground) {
                counted.1 + 1
            } else {
                1
            };
            counted = (Some(common.ground), count);
            count <= MOST_OF_A_SORT
        });
        all
    }

    fn of_notes(&self, person: &Person) -> Vec<Common> {
        let mut found = Vec::new();
        for note in &person.notes {
            match note.kind {
                Kind::Need => {
                    found.extend(
                        self.best(&self.offers, person.id, note)
                            .map(|wish| self.help(note, wish)),
                    );
                }
                Kind::Offer => {
                    found.extend(
                        self.best(&self.needs, person.id, note)
                            .map(|wish| self.helped(note, wish)),
                    );
                }
                Kind::Interest | Kind::Expertise => found.extend(self.interest(note)),
                Kind::LifeEvent | Kind::Preference => {}
            }
        }
        found
    }

    /// What matches a note best: the reader's own before that of others.
    fn best<'s>(
        &'s self,
        wishes: &'s [Compared<'r, Wish>],
        person: PersonId,
        note: &Note,
    ) -> Option<&'r Wish> {
        let others = wishes.iter().filter(|wish| wish.of.person != person);
        let matching = others.filter_map(|wish| {
            let shared = self.corpus.shared(&wish.telling, &note.text)?;
            Some((wish.of, shared))
        });
        let best = matching.max_by_key(|(wish, shared)| {
            let is_own = wish.person == self.reader.id;
            let text = std::cmp::Reverse(&wish.note.text);
            (is_own, wish.is_known, shared.words, text)
        });
        best.map(|(wish, _)| wish)
    }

    fn help(&self, need: &Note, offer: &Wish) -> Common {
        let is_own = offer.person == self.reader.id;
        let quoted = quoted("Needs", &need.text);
        let told = if is_own {
            format!("{quoted} You offer: “{}”", offer.note.text)
        } else {
            self.brought_together(&quoted, offer)
        };
        let ground = if is_own {
            Ground::YouCanHelp
        } else {
            Ground::OthersCanHelp
        };
        let ending = if is_own {
            "I may be able to help"
        } else {
            "I may know somebody"
        };
        self.matched(ground, need, offer, told, ending)
    }

    fn helped(&self, offer: &Note, need: &Wish) -> Common {
        let is_own = need.person == self.reader.id;
        let quoted = quoted("Offers", &offer.text);
        let told = if is_own {
            format!("{quoted} You need: “{}”", need.note.text)
        } else {
            self.brought_together(&quoted, need)
        };
        let ground = if is_own {
            Ground::TheyCanHelp
        } else {
            Ground::TheyCanHelpOthers
        };
        let ending = if is_own {
            "that is what I am looking for"
        } else {
            "I may know somebody who needs that"
        };
        self.matched(ground, offer, need, told, ending)
    }

    /// What both care about.
    fn interest(&self, note: &Note) -> Option<Common> {
        let own = self.cares.iter().filter(|own| is_of_interest(own.of));
        let matching = own.filter_map(|own| {
            let shared = self.corpus.shared(&own.telling, &note.text)?;
            // A single word is too little to care about together.
            (shared.words > 1).then_some((own.of, shared))
        });
        let (own, shared) = matching.max_by_key(|(own, shared)| (shared.words, &own.text))?;
        let sources = vec![Source::Fact(note.id), Source::Fact(own.id)];
        Some(Common {
            ground: Ground::Interest,
            told: Sentence {
                text: format!("“{}” You: “{}”", note.text, own.text),
                sources: sources.clone(),
            },
            said: (is_for_all(note) && shared.is_sayable()).then(|| Sentence {
                text: format!("We both care about {}.", shared.phrase),
                sources,
            }),
        })
    }

    /// What the list says: their talk, and what they come for.
    fn of_list(&self, guest: &Guest) -> Vec<Common> {
        let mut found = Vec::new();
        for talk in &guest.talks {
            let about = [std::slice::from_ref(&talk.title), &talk.topics]
                .concat()
                .join(", ");
            let source = talk
                .session
                .map_or(Source::Attendee(guest.listed), Source::Session);
            let title = without_end(&talk.title);
            found.extend(self.listed(Ground::Talk, &about, source, |_, own| {
                (
                    format!("Speaks on “{title}”. You: “{}”", own.text),
                    format!("Your talk, “{title}”, is close to what I do."),
                )
            }));
        }
        let source = Source::Attendee(guest.listed);
        for topic in &guest.topics {
            found.extend(self.listed(Ground::Interest, topic, source, |shared, own| {
                (
                    format!("Comes for “{topic}”. You: “{}”", own.text),
                    format!("We both care about {shared}."),
                )
            }));
        }
        found
    }

    /// What a text of the list has in common with a note of the reader.
    fn listed(
        &self,
        ground: Ground,
        text: &str,
        source: Source,
        sentences: impl Fn(&str, &Note) -> (String, String),
    ) -> Option<Common> {
        let matching = self.cares.iter().filter_map(|own| {
            let shared = self.corpus.shared(&own.telling, text)?;
            // Of several words one alone is too little.
            let is_enough = shared.words > 1 || self.corpus.telling(text).len() == 1;
            is_enough.then_some((own.of, shared))
        });
        let (own, shared) = matching.max_by_key(|(own, shared)| (shared.words, &own.text))?;
        let sources = vec![source, Source::Fact(own.id)];
        let (told, said) = sentences(&shared.phrase, own);
        Some(Common {
            ground,
            told: Sentence {
                text: told,
                sources: sources.clone(),
            },
            said: (ground == Ground::Talk || shared.is_sayable()).then_some(Sentence {
                text: said,
                sources,
            }),
        })
    }

    /// Where both were.
    fn of_past(&self, person: &Person) -> Vec<Common> {
        let mut found = Vec::new();
        let mine: BTreeSet<String> = self.reader.companies.iter().map(|c| folded(c)).collect();
        let mut seen = BTreeSet::new();
        for company in &person.companies {
            let company_folded = folded(company);
            if mine.contains(&company_folded) && seen.insert(company_folded) {
                let sources = vec![Source::Entry(person.id), Source::Entry(self.reader.id)];
                found.push(both(
                    Ground::Employer,
                    format!("You both know {company} from within."),
                    Some(format!("We both know {company} from within.")),
                    &sources,
                ));
            }
        }
        if !person.mutual.is_empty() {
            let names: Vec<String> = person
                .mutual
                .iter()
                .take(MOST_NAMED)
                .map(|(_, name)| name.clone())
                .collect();
            let more = person.mutual.len() - names.len();
            let mut told = names.clone();
            if more > 0 {
                told.push(format!("{more} more"));
            }
            let ids = person.mutual.iter().take(MOST_NAMED);
            let sources = ids.flat_map(|(id, _)| {
                [
                    Source::Tie(Some(self.reader.id), *id),
                    Source::Tie(Some(*id), person.id),
                ]
            });
            found.push(both(
                Ground::Contacts,
                format!("You both know {}.", listed(&told)),
                None,
                &sources.collect::<Vec<_>>(),
            ));
        }
        if let Some(visit) = person.visits.first() {
            let (name, year) = (without_end(&visit.name), visit.day.year());
            // Its name may say the year already.
            let at = if name.contains(&year.to_string()) {
                name.to_owned()
            } else {
                format!("{name} in {year}")
            };
            found.push(both(
                Ground::Visit,
                format!("You were both at {at}."),
                // Whoever was met there knows it.
                person
                    .tie
                    .is_none()
                    .then(|| format!("We were both at {at}.")),
                &[Source::Gathering(visit.id)],
            ));
        }
        found
    }

    /// Two people whom the reader can bring together.
    fn brought_together(&self, note: &str, other: &Wish) -> String {
        let is_there = self.there.contains_key(&other.person);
        let there = is_there.then(|| format!("who {}", self.there_too));
        let unknown = (!other.is_known).then(|| "whom you do not know yet".to_owned());
        let who: Vec<String> = there.into_iter().chain(unknown).collect();
        let who = match who.as_slice() {
            [] => String::new(),
            some => format!(", {}", some.join(" and ")),
        };
        let (name, text) = (&other.name, &other.note.text);
        format!("{note} Bring them together with {name}{who}: “{text}”")
    }

    /// A note of theirs that meets another, and what is said of it, if that can be said aloud: of somebody whom the
    /// reader does not know, nothing is promised.
    fn matched(
        &self,
        ground: Ground,
        theirs: &Note,
        other: &Wish,
        told: String,
        ending: &str,
    ) -> Common {
        let sources = vec![Source::Fact(theirs.id), Source::Fact(other.note.id)];
        let is_open = is_for_all(theirs) && is_for_all(&other.note) && other.is_known;
        let heard = first_person(&theirs.text, Speaker::ToThem)
            .filter(|text| is_open && count_words(text) <= LONGEST_HEARD);
        let listed = self.there.get(&other.person).copied();
        let listed = listed.map(Source::Attendee);
        Common {
            ground,
            told: Sentence {
                text: told,
                sources: sources.iter().copied().chain(listed).collect(),
            },
            said: heard.map(|text| Sentence {
                text: format!(
                    "I hear that you {}; {ending}.",
                    without_end(text.trim_start_matches("You "))
                ),
                sources,
            }),
        }
    }
}

fn both(ground: Ground, told: String, said: Option<String>, sources: &[Source]) -> Common {
    let of = |text| Sentence {
        text,
        sources: sources.to_vec(),
    };
    Common {
        ground,
        told: of(told),
        said: said.map(of),
    }
}
