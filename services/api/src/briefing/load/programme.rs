//! When what takes place, and when the reader is there.

use std::collections::HashMap;

use kith_domain::briefing::known::{Day, Talk};
use kith_domain::id::{PersonId, SessionId};
use kith_domain::text::folded;
use kith_domain::time::Timestamp;
use kith_readmodel::entity::{gathering_attendee, gathering_session};
use kith_readmodel::query::gatherings;
use kith_servicekit::failure::Failure;

use super::Loading;

/// Sessions by who speaks there, and by what they are called; and the reader's days.
pub(super) struct Programme {
    pub(super) days: Vec<Day>,
    by_speaker: HashMap<PersonId, Vec<Talk>>,
    by_title: HashMap<String, Talk>,
}

impl Programme {
    /// What somebody on the list gives: sessions that name them as a speaker, else the one that is called like the
    /// talk of which the list tells, else that talk, of which nobody knows when it is.
    pub(super) fn talks(&self, row: &gathering_attendee::Model) -> Vec<Talk> {
        let listed = PersonId::from_slice(&row.listed).unwrap_or_default();
        if let Some(talks) = self.by_speaker.get(&listed) {
            return talks.clone();
        }
        let Some(title) = &row.talk else {
            return vec![];
        };
        let planned = self.by_title.get(&folded(title)).cloned();
        let unplanned = || Talk {
            session: None,
            title: title.clone(),
            topics: vec![],
            begins: None,
            room: None,
        };
        vec![planned.unwrap_or_else(unplanned)]
    }
}

impl Loading<'_> {
    pub(super) async fn programme(&self) -> Result<Programme, Failure> {
        let live = self.api.live();
        let organisation = self.caller.principal.organisation;
        let sessions = gatherings::sessions(&live.reading, organisation, self.id).await;
        let sessions = sessions.map_err(Failure::unavailable)?;
        let mut going = self.going.iter();
        let own = going.find(|row| row.member == self.me.as_bytes());
        // Who does not say that they go may still read what they would do there.
        let from = own
            .and_then(|row| row.from_us)
            .unwrap_or(self.row.begins_us);
        let until = own.and_then(|row| row.until_us).unwrap_or(self.row.ends_us);
        let mut programme = Programme {
            days: self.calendar.days(Timestamp(from), Timestamp(until)),
            by_speaker: HashMap::new(),
            by_title: HashMap::new(),
        };
        for session in &sessions {
            let talk = self.talk(session);
            for speaker in session.speakers.chunks(16).filter_map(PersonId::from_slice) {
                let talks = programme.by_speaker.entry(speaker).or_default();
                talks.push(talk.clone());
            }
            programme
                .by_title
                .entry(folded(&session.title))
                .or_insert(talk);
        }
        Ok(programme)
    }

    fn talk(&self, session: &gathering_session::Model) -> Talk {
        Talk {
            session: SessionId::from_slice(&session.id),
            title: session.title.clone(),
            topics: session.topics.lines().map(ToOwned::to_owned).collect(),
            begins: Some(self.calendar.local(Timestamp(session.begins_us))),
            room: session.room.clone(),
        }
    }
}
