//! Whom an argument means: a name, an address, an external key or an id.

use kith_capture::mailbox::{Identity, Mailbox};
use kith_domain::id::PersonId;
use kith_domain::interaction::Part;
use kith_domain::text::folded;
use kith_proto::kith::admin::v1::GetMemberRequest;
use kith_proto::kith::directory::v1::{GetPersonRequest, ListPersonsRequest, Person};
use kith_proto::kith::interaction::v1::ParticipantRef;
use kith_proto::kith::interaction::v1::participant_ref;
use kith_proto::words::Word;
use tonic::Code;

use super::connect::Client;
use super::failure::Failure;
use super::shape;

/// Candidates shown when a name fits several people.
const CANDIDATES: u32 = 10;

/// The id of the member for whom the key speaks.
pub(super) async fn me(client: &Client) -> Result<String, Failure> {
    let request = client.request(GetMemberRequest {
        min_position: client.min_position.clone(),
    });
    let answer = client.admin().get_member(request).await?.into_inner();
    Ok(answer.member.unwrap_or_default().member_id)
}

/// Somebody, who may not be in the directory yet.
#[derive(Debug, Clone)]
pub(super) enum Who {
    /// In the directory.
    Known(Person),
    /// An address, with or without a name.
    Address(Mailbox),
}

impl Who {
    /// How queries name them.
    pub(super) fn reference(&self) -> &str {
        match self {
            Self::Known(person) => &person.person_id,
            Self::Address(mailbox) => mailbox.identity.as_str(),
        }
    }

    /// How people name them.
    pub(super) fn called(&self) -> String {
        match self {
            Self::Known(person) => called(person),
            Self::Address(mailbox) if !mailbox.name.is_empty() => mailbox.name.clone(),
            Self::Address(mailbox) => mailbox.identity.as_str().to_owned(),
        }
    }

    /// Them, in a part of a moment.
    pub(super) fn participant(&self, part: Part) -> ParticipantRef {
        match self {
            Self::Known(person) => known_participant(&person.person_id, part),
            Self::Address(mailbox) => mailbox.participant(part),
        }
    }
}

/// Somebody of the directory in a part of a moment.
pub(super) fn known_participant(person_id: &str, part: Part) -> ParticipantRef {
    ParticipantRef {
        who: Some(participant_ref::Who::PersonId(person_id.to_owned())),
        part: part.to_wire(),
        name: String::new(),
    }
}

/// A person's name, or else what identifies them.
pub(super) fn called(person: &Person) -> String {
    let known = [
        Some(&person.name),
        person.addresses.first(),
        Some(&person.external_key),
    ];
    let known = known.into_iter().flatten().find(|text| !text.is_empty());
    known.unwrap_or(&person.person_id).clone()
}

/// Whom `text` means. An address need not be in the directory.
pub(super) async fn find(client: &Client, text: &str) -> Result<Who, Failure> {
    let Some(mailbox) = Mailbox::parse(text) else {
        return Err(Failure::usage("say whom: a name, an address or an id"));
    };
    match &mailbox.identity {
        Identity::Address(_) => Ok(Who::Address(mailbox)),
        Identity::ExternalKey(words) => known(client, words).await.map(Who::Known),
    }
}

/// The person of the directory whom `text` means.
pub(super) async fn person(client: &Client, text: &str) -> Result<Person, Failure> {
    match find(client, text).await? {
        Who::Known(person) => Ok(person),
        Who::Address(mailbox) => {
            let address = mailbox.identity.as_str();
            get(client, address).await?.ok_or_else(|| nobody(address))
        }
    }
}

async fn known(client: &Client, words: &str) -> Result<Person, Failure> {
    if words.parse::<PersonId>().is_ok() {
        return get(client, words).await?.ok_or_else(|| nobody(words));
    }
    let request = ListPersonsRequest {
        name: words.to_owned(),
        page_size: CANDIDATES,
        min_position: client.min_position.clone(),
        ..ListPersonsRequest::default()
    };
    let answer = client
        .directory()
        .list_persons(client.request(request))
        .await?;
    let answer = answer.into_inner();
    let complete = answer.next_page_token.is_empty();
    match choose(answer.persons, complete, words) {
        Choice::One(person) => Ok(*person),
        // Not a name: perhaps a key of the caller's.
        Choice::Nobody => get(client, words).await?.ok_or_else(|| nobody(words)),
        Choice::Several(candidates) => Err(several(words, &candidates, complete)),
    }
}

/// The person of the directory with this id, address or key.
pub(super) async fn get(client: &Client, reference: &str) -> Result<Option<Person>, Failure> {
    get_after(client, reference, &client.min_position).await
}

/// The same, once a position is visible.
pub(super) async fn get_after(
    client: &Client,
    reference: &str,
    position: &str,
) -> Result<Option<Person>, Failure> {
    let request = GetPersonRequest {
        person: reference.to_owned(),
        min_position: position.to_owned(),
    };
    match client.directory().get_person(client.request(request)).await {
        Ok(answer) => Ok(answer.into_inner().person),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}

enum Choice {
    Nobody,
    One(Box<Person>),
    Several(Vec<Person>),
}

/// Of those whose name contains `words`, the one that is meant: the only one, or the only one who
/// is called exactly so.
fn choose(mut persons: Vec<Person>, complete: bool, words: &str) -> Choice {
    let asked = folded(words);
    let exact: Vec<usize> = (0..persons.len())
        .filter(|index| folded(&persons[*index].name) == asked)
        .collect();
    match (persons.len(), exact.as_slice()) {
        (0, _) => Choice::Nobody,
        (1, _) if complete => Choice::One(Box::new(persons.remove(0))),
        (_, [only]) if complete => Choice::One(Box::new(persons.remove(*only))),
        _ => Choice::Several(persons),
    }
}

fn nobody(text: &str) -> Failure {
    Failure::not_found(format!("nobody in the directory goes by '{text}'")).next(
        "look with 'kith person find TEXT', or give an address: 'Ana Silva <ana@example.org>'",
    )
}

fn several(text: &str, candidates: &[Person], complete: bool) -> Failure {
    let failure = Failure::usage(format!("'{text}' may be several people"));
    let mut failure = candidates.iter().fold(failure, |failure, person| {
        let known = [
            Some(person.company.as_str()),
            person.addresses.first().map(String::as_str),
        ];
        let known: Vec<&str> = known
            .into_iter()
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        let line = format!(
            "{}  {}  {}",
            person.person_id,
            called(person),
            known.join(", ")
        );
        failure.detail(line.trim_end())
    });
    if !complete {
        let shown = shape::counted(candidates.len() as u64, "is", "are");
        failure = failure.detail(format!("only the first {shown} shown"));
    }
    failure.next("name one of them by address or by id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(names: &[&str]) -> Vec<Person> {
        let person = |name: &&str| Person {
            name: (*name).to_owned(),
            ..Person::default()
        };
        names.iter().map(person).collect()
    }

    fn chosen(names: &[&str], complete: bool, words: &str) -> String {
        match choose(people(names), complete, words) {
            Choice::Nobody => "nobody".to_owned(),
            Choice::One(person) => person.name,
            Choice::Several(persons) => format!("{} people", persons.len()),
        }
    }

    #[test]
    fn the_only_match_is_meant_and_so_is_the_only_exact_one() {
        assert_eq!(chosen(&["Ana Silva"], true, "ana"), "Ana Silva");
        assert_eq!(
            chosen(&["José Nuñez", "José Nuñez Vega"], true, "jose nunez"),
            "José Nuñez"
        );
        assert_eq!(chosen(&[], true, "ana"), "nobody");
    }

    #[test]
    fn a_name_that_fits_several_people_is_never_guessed() {
        assert_eq!(chosen(&["Ana Silva", "Ana Costa"], true, "ana"), "2 people");
        assert_eq!(chosen(&["Ana", "Ana"], true, "ana"), "2 people");
        // There may be another of that name on the next page.
        assert_eq!(chosen(&["Ana"], false, "ana"), "1 people");
        let told = several("ana", &people(&["Ana Silva", "Ana Costa"]), true).to_string();
        assert!(told.contains("Ana Silva") && told.contains("by address or by id"));
    }

    #[test]
    fn somebody_without_a_name_is_called_by_what_is_known() {
        let mut person = Person {
            person_id: "id".into(),
            external_key: "crm-17".into(),
            ..Person::default()
        };
        assert_eq!(called(&person), "crm-17");
        person.addresses = vec!["ana@x.org".into()];
        assert_eq!(called(&person), "ana@x.org");
    }
}
