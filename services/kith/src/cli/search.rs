//! `kith search`: people, facts and your own moments, by words.

use kith_domain::search::{Wanted, indexed};
use kith_proto::kith::directory::v1::found::What;
use kith_proto::kith::directory::v1::{Fact, FactAbout, Found, FoundKind, Person, SearchRequest};
use kith_proto::kith::interaction::v1::Interaction;

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::record::info;
use super::{MAX_PAGE, job, who, words};

/// What to look for.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Words, or how they begin; accents and case don't matter, and each must be there.
    #[arg(required = true)]
    words: Vec<String>,
    /// At most this many people, facts and moments each.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_PAGE)))]
    limit: u32,
}

/// The longest text shown to people, in characters.
const SHOWN: usize = 80;

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let text = args.words.join(" ");
    let wanted = Wanted::read(&text).ok();
    let (mut found, mut has_more) = (Vec::new(), false);
    // Some of each: what is written of people would hide behind them otherwise.
    for kind in [FoundKind::Person, FoundKind::Fact, FoundKind::Moment] {
        let request = client.request(SearchRequest {
            text: text.clone(),
            kinds: vec![kind.into()],
            page_size: args.limit,
            page_token: String::new(),
            min_position: client.min_position.clone(),
        });
        let answer = client.directory().search(request).await?.into_inner();
        found.extend(answer.found);
        has_more |= !answer.next_page_token.is_empty();
    }
    let mut sheet = Sheet::new(&["what", "person", "text", "when", "person_id", "id"]);
    // Whoever asks took part in all of their moments: they are not named in each.
    let me = info(client).await?.me.map(|me| me.member_id);
    for found in &found {
        sheet
            .rows
            .extend(row(found, wanted.as_ref(), me.as_deref(), output));
    }
    output.list(&sheet)?;
    if found.is_empty() {
        return output.say(
            "Nothing is found by these words: each must begin a word of one person, fact, note or subject.\n\
             Try fewer of them, or only how they begin.",
        );
    }
    if has_more {
        return output.say("There is more: give another word, or a larger --limit.");
    }
    Ok(())
}

fn row(
    found: &Found,
    wanted: Option<&Wanted>,
    me: Option<&str>,
    output: &Output,
) -> Option<Vec<Cell>> {
    Some(match found.what.as_ref()? {
        What::Person(person) => vec![
            Cell::text("person"),
            Cell::text(who::called(person)),
            Cell::text(known(person, wanted)),
            Cell::text(""),
            Cell::hidden(person.person_id.as_str()),
            Cell::hidden(person.person_id.as_str()),
        ],
        What::Fact(FactAbout {
            fact,
            person_id,
            person_name,
        }) => {
            let fact = fact.clone().unwrap_or_default();
            vec![
                Cell::text(words::fact_kind(fact.kind)),
                Cell::text(person_name),
                Cell::apart(part(&sourced(&fact, wanted), wanted), fact.text.as_str()),
                Cell::day(fact.noted_at.as_ref(), &output.here),
                Cell::hidden(person_id.as_str()),
                Cell::hidden(fact.fact_id.as_str()),
            ]
        }
        What::Moment(moment) => {
            let text = told(moment, wanted);
            let (ids, names) = others(moment, me);
            vec![
                Cell::text(words::kind(moment.kind)),
                Cell::text(names),
                Cell::apart(part(text, wanted), text),
                Cell::day(moment.at.as_ref(), &output.here),
                Cell::hidden(ids),
                Cell::hidden(moment.interaction_id.as_str()),
            ]
        }
    })
}

/// What is known of a person, in a line: what they do and where, and what else has one of the words.
fn known(person: &Person, wanted: Option<&Wanted>) -> String {
    let mut known: Vec<String> = [&person.title, &person.company]
        .into_iter()
        .filter(|text| !text.is_empty())
        .cloned()
        .collect();
    let jobs = person.affiliations.iter().map(job::told);
    let others = person.addresses.iter().chain(&person.tags).cloned();
    for text in jobs.chain(others) {
        if has_any(&text, wanted) {
            known.push(text);
        }
    }
    known.join(", ")
}

/// A fact, with where it comes from if that has one of the words.
fn sourced(fact: &Fact, wanted: Option<&Wanted>) -> String {
    if has_any(&fact.source, wanted) {
        return format!("{} ({})", fact.text, fact.source);
    }
    fact.text.clone()
}

/// Whether a text has one of the words.
fn has_any(text: &str, wanted: Option<&Wanted>) -> bool {
    let words = indexed([text]).unwrap_or_default();
    let wanted = wanted.map_or(&[][..], Wanted::words);
    let mut own = words.split(' ');
    own.any(|own| wanted.iter().any(|wanted| own.starts_with(wanted.as_str())))
}

/// The text by which a moment was found.
fn told<'m>(moment: &'m Interaction, wanted: Option<&Wanted>) -> &'m str {
    let has_words = |text: &str| {
        let words = indexed([text]);
        wanted
            .zip(words)
            .is_some_and(|(wanted, words)| wanted.find(&words))
    };
    let both = [moment.subject.as_str(), moment.note.as_str()];
    let found = both.into_iter().find(|text| has_words(text));
    let any = || both.into_iter().find(|text| !text.is_empty());
    found.or_else(any).unwrap_or_default()
}

/// Who took part but the one who asks: ids and names.
fn others(moment: &Interaction, me: Option<&str>) -> (Vec<String>, String) {
    let others = || {
        let all = moment.participants.iter();
        all.filter(|p| Some(p.person_id.as_str()) != me)
    };
    let names: Vec<&str> = others().map(|p| p.name.as_str()).collect();
    let ids = others().map(|p| p.person_id.clone()).collect();
    (ids, names.join(", "))
}

/// A text in one line, cut to the place where the first wanted word stands.
fn part(text: &str, wanted: Option<&Wanted>) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let whole = line.join(" ");
    if whole.chars().count() <= SHOWN {
        return whole;
    }
    // A few words before it say what it is about.
    let from = line
        .iter()
        .position(|word| has_any(word, wanted))
        .unwrap_or(0);
    let from = from.saturating_sub(3);
    let rest = line[from..].join(" ");
    let mut shown: String = rest.chars().take(SHOWN).collect();
    if from > 0 {
        shown.insert_str(0, "… ");
    }
    if rest.chars().count() > SHOWN {
        shown.push_str(" …");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_to_where_it_was_found() {
        let wanted = Wanted::read("HARB").ok();
        let short = "meets\nthe  harbour master";
        assert_eq!(part(short, wanted.as_ref()), "meets the harbour master");
        let long = format!(
            "{} meets at the harbour {}",
            "word ".repeat(40),
            "more ".repeat(40)
        );
        let shown = part(&long, wanted.as_ref());
        assert!(shown.starts_with("… meets at the harbour more"), "{shown}");
        assert!(
            shown.ends_with(" …") && shown.chars().count() < SHOWN + 6,
            "{shown}"
        );
    }

    #[test]
    fn a_person_shows_what_they_were_found_by() {
        let person = Person {
            title: "pilot".to_owned(),
            addresses: vec![
                "ana@harbour.example".to_owned(),
                "ana@home.example".to_owned(),
            ],
            tags: vec!["Harbour Days".to_owned(), "vip".to_owned()],
            ..Person::default()
        };
        let shown = |words: &str| known(&person, Wanted::read(words).ok().as_ref());
        assert_eq!(shown("harb"), "pilot, ana@harbour.example, Harbour Days");
        assert_eq!(shown("pilot"), "pilot");
    }

    #[test]
    fn a_fact_shows_its_source_where_that_was_found() {
        let fact = Fact {
            text: "sails".to_owned(),
            source: "Harbour Days".to_owned(),
            ..Fact::default()
        };
        let shown = |words: &str| sourced(&fact, Wanted::read(words).ok().as_ref());
        assert_eq!(shown("harb"), "sails (Harbour Days)");
        assert_eq!(shown("sails"), "sails");
    }

    #[test]
    fn a_moment_shows_the_text_by_which_it_was_found() {
        let moment = Interaction {
            subject: "grid".to_owned(),
            note: "wants a crane".to_owned(),
            ..Interaction::default()
        };
        let shown = |words: &str| told(&moment, Wanted::read(words).ok().as_ref()).to_owned();
        assert_eq!(shown("crane"), "wants a crane");
        assert_eq!(shown("gri"), "grid");
        assert_eq!(shown("grid crane"), "grid");
    }
}
