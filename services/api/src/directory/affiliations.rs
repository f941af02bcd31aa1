//! Where people work and worked, as requests and answers have it.

use kith_domain::affiliation::{Affiliation, stays};
use kith_domain::date::{Date, PartialDate};
use kith_domain::person::{Change, MAX_LIST};
use kith_domain::text::{Text, folded};
use kith_proto::kith::directory::v1::Person;
use kith_servicekit::failure::Violations;

use super::persons::MAX_TEXT;

/// The affiliations of a request, each in a line.
pub(super) fn given(fields: &mut Violations, person: &Person) -> Vec<Text> {
    fields.check(
        person.affiliations.len() <= MAX_LIST,
        "person.affiliations",
        "must be at most 50",
    );
    let mut lines = Vec::new();
    for (number, given) in person.affiliations.iter().take(MAX_LIST).enumerate() {
        let field = |name: &str| format!("person.affiliations[{number}].{name}");
        let mut date = |name: &str, text: &str| {
            let date = (!text.is_empty()).then(|| text.parse::<PartialDate>());
            date.transpose()
                .map_err(|error| fields.add(field(name), error.to_string()))
                .unwrap_or_default()
        };
        let (since, until) = (date("since", &given.since), date("until", &given.until));
        let one = Affiliation {
            company: fields.required_text(field("company"), &given.company, MAX_TEXT),
            title: fields.optional_text(field("title"), &given.title, MAX_TEXT),
            since,
            until,
        };
        fields.check(
            one.is_in_order(),
            field("until"),
            "must not be before since",
        );
        let line = Text::Clear(one.line());
        // Said twice is said once.
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The one by which somebody is shown: the first that goes on.
pub(super) fn foremost(lines: &[Text], today: Date) -> Option<Affiliation> {
    let lines = lines.iter().filter_map(Text::as_clear);
    Affiliation::all(lines).find(|one| one.holds_on(today))
}

/// A change of an entry's affiliations is one of its company too, unless that says itself what it becomes: one
/// of which nothing says that it ended stays; any other becomes the first that goes on, or none.
pub(super) fn with_company(change: &mut Change, company: Option<&str>, today: Date) {
    let (Some(lines), None) = (&change.affiliations, &change.company) else {
        return;
    };
    let (own, stays) = (company.map(folded), stays(None, lines));
    let stay = own.as_ref().map(|own| stays.get(own));
    // Nothing is said of it, or that it goes on.
    let is_kept = stay.is_some_and(|stay| stay.is_none_or(|stay| stay.holds_on(today)));
    let clear_lines = lines.iter().filter_map(Text::as_clear);
    let mut going_on = Affiliation::all(clear_lines).filter(|one| one.holds_on(today));
    let chosen = going_on.find(|one| !is_kept || Some(folded(&one.company)) == own);
    let title = chosen.as_ref().and_then(|one| one.title.clone());
    if !is_kept {
        let becomes = chosen.map(|one| one.company);
        if becomes.as_deref() == company {
            return;
        }
        change.company = Some(becomes.map(Text::Clear));
    } else if title.is_none() {
        return;
    }
    if change.title.is_none() {
        change.title = Some(title.map(Text::Clear));
    }
}
