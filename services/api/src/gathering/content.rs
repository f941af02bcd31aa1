//! What requests say of gatherings, checked; and rows as messages.

use kith_domain::gathering::{Description, MAX_TOPICS};
use kith_domain::id::{GatheringId, PersonId};
use kith_domain::text::{Text, normalised_address};
use kith_proto::kith::gathering::v1::{AttendeeInput, Gathering, Session};
use kith_readmodel::entity::{gathering, gathering_attendee, gathering_session};
use kith_servicekit::failure::Violations;

use crate::caller::Caller;
use crate::views::{id_text, moment};

/// The longest name, place, company or title, in characters.
pub(super) const MAX_TEXT: usize = 200;
const MAX_TOPIC: usize = 100;
const MAX_BIO: usize = 4_000;
const MAX_TALK: usize = 300;
const MAX_URL: usize = 500;

pub(super) fn clear(text: Option<String>) -> Option<Text> {
    text.map(Text::Clear)
}

/// Topics, each said once.
pub(super) fn topics(fields: &mut Violations, field: &str, given: &[String]) -> Vec<Text> {
    fields.check(given.len() <= MAX_TOPICS, field, "must be at most 20");
    let mut topics = Vec::new();
    for topic in given.iter().take(MAX_TOPICS) {
        let topic = Text::Clear(fields.required_text(field, topic, MAX_TOPIC));
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    topics
}

/// What a list says of an attendee. `field` names them in what is told of a mistake.
pub(super) fn attendee(fields: &mut Violations, field: &str, given: &AttendeeInput) -> Description {
    let of = |name: &str| format!("{field}.{name}");
    let mut text =
        |name: &str, text: &str, most: usize| clear(fields.optional_text(of(name), text, most));
    let description = Description {
        name: text("name", &given.name, MAX_TEXT),
        company: text("company", &given.company, MAX_TEXT),
        title: text("title", &given.title, MAX_TEXT),
        talk: text("talk", &given.talk, MAX_TALK),
        url: text("url", &given.url, MAX_URL),
        ..Description::default()
    };
    let address =
        (!given.address.trim().is_empty()).then(|| fields.address(of("address"), &given.address));
    let bio = fields.optional_lines(of("bio"), &given.bio, MAX_BIO);
    let topics = topics(fields, &of("topics"), &given.topics);
    fields.check(
        description.name.is_some() || address.is_some(),
        of("name"),
        "must be given, unless an address is",
    );
    Description {
        address: address.map(|address| Text::Clear(normalised_address(&address))),
        bio: clear(bio),
        topics,
        ..description
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(ToOwned::to_owned).collect()
}

/// A gathering; who goes, and how many are on its list, is added by whoever knows. Its etag comes from what it says:
/// what changes beside that, such as who its attendees are, is not told by it.
pub(super) fn gathering(caller: &Caller, row: &gathering::Model) -> Gathering {
    let said = Gathering {
        gathering_id: id_text(&row.id),
        name: row.name.clone(),
        place: row.place.clone().unwrap_or_default(),
        begins_at: Some(moment(row.begins_us)),
        ends_at: Some(moment(row.ends_us)),
        zone: row.zone.clone(),
        topics: lines(&row.topics),
        cancelled: row.cancelled,
        ..Gathering::default()
    };
    let of = caller
        .keys
        .fingerprint("Gathering", &prost::Message::encode_to_vec(&said));
    Gathering {
        etag: GatheringId::from_bytes(of).to_string(),
        ..said
    }
}

pub(super) fn session(row: &gathering_session::Model) -> Session {
    let speakers = row.speakers.chunks(16).filter_map(PersonId::from_slice);
    Session {
        session_id: id_text(&row.id),
        title: row.title.clone(),
        room: row.room.clone().unwrap_or_default(),
        begins_at: Some(moment(row.begins_us)),
        ends_at: Some(moment(row.ends_us)),
        topics: lines(&row.topics),
        speaker_ids: speakers.map(|id| id.to_string()).collect(),
    }
}

/// What the list says of somebody.
pub(super) fn listed(row: &gathering_attendee::Model) -> AttendeeInput {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    AttendeeInput {
        name: text(&row.name),
        company: text(&row.company),
        title: text(&row.title),
        address: text(&row.address),
        bio: text(&row.bio),
        topics: lines(&row.topics),
        talk: text(&row.talk),
        url: text(&row.url),
    }
}
