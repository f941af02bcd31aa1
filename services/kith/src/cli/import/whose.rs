//! Whose mailbox it is. Direction follows from it, so it is never guessed: the member's entry and
//! `--me` say it, and what else takes part in most of the mails is asked about.

use kith_capture::mail::{Candidate, Mine, Survey};
use kith_capture::mailbox::is_address;
use kith_proto::kith::admin::v1::{GetServerInfoRequest, Member};
use kith_proto::kith::directory::v1::{Person, UpdatePersonRequest};

use super::progress::Progress;
use super::source::{Layout, Source};
use crate::cli::asking;
use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::{ambient, output, shape, who};

/// Mails of a source that are looked at to learn whose it is.
const SAMPLE: usize = 1_000;
/// Questions at most.
const QUESTIONS: usize = 5;

/// Who the owner of a mailbox is.
pub(super) struct Owner {
    member: Option<Member>,
    /// The addresses in their entry.
    known: Vec<String>,
    /// Those that were given or learnt besides.
    learnt: Vec<String>,
}

impl Owner {
    /// From `--me`, and with a server from the entry of the key's member.
    pub(super) async fn find(me: &[String], client: Option<&Client>) -> Result<Self, Failure> {
        if let Some(wrong) = me.iter().find(|text| !is_address(text)) {
            return Err(Failure::usage(format!(
                "--me: '{wrong}' is no mail address"
            )));
        }
        let mut owner = Self {
            member: None,
            known: Vec::new(),
            learnt: me.to_vec(),
        };
        if let Some(client) = client {
            let request = client.request(GetServerInfoRequest {});
            let info = client.admin().get_server_info(request).await?.into_inner();
            owner.member = info.me;
        }
        if let (Some(client), Some(member)) = (client, &owner.member) {
            owner.known = entry(client, &member.member_id).await?.addresses;
        }
        owner
            .learnt
            .retain(|address| !owner.known.contains(address));
        Ok(owner)
    }

    /// Asks about whoever takes part in most of what names none of the addresses known so far; away
    /// from a terminal it only says so.
    pub(super) fn learn(&mut self, sources: &[Source], layout: Layout) -> Result<(), Failure> {
        let mut survey = Survey::default();
        // What can be read once is kept for the import.
        let files = sources.iter().filter(|source| source.can_be_read_again());
        for source in files {
            let reader = source.mail(layout, &self.addresses(), &Progress::hidden())?;
            let part = reader.survey(SAMPLE);
            survey.merge(part.map_err(|error| source.unreadable(&error))?);
        }
        let asks = asking::is_possible();
        let mut refused = Vec::new();
        for _ in 0..QUESTIONS {
            let Some(candidate) = survey.candidate(&self.addresses(), &refused) else {
                break;
            };
            if !asks {
                let address = &candidate.address;
                output::note(&format!(
                    "{} If it is yours: --me {address}",
                    told(&candidate)
                ));
                break;
            }
            if confirmed(&candidate)? {
                self.learnt.push(candidate.address);
            } else {
                refused.push(candidate.address);
            }
        }
        Ok(())
    }

    fn addresses(&self) -> Mine {
        let all = [self.known.as_slice(), &self.learnt].concat();
        let id = self.member.as_ref().map(|member| member.member_id.clone());
        Mine::member(id.unwrap_or_default(), &all)
    }

    /// The owner, as readers of mail take them.
    pub(super) fn mine(&self) -> Result<Mine, Failure> {
        let all = [self.known.as_slice(), &self.learnt].concat();
        match &self.member {
            _ if all.is_empty() => Err(Failure::usage("nobody knows whose mail this is")
                .detail("your entry in the directory has no address")
                .next("say it with --me ana@example.org")),
            Some(member) => Ok(Mine::member(member.member_id.clone(), &all)),
            None => Mine::new(&all).ok_or_else(|| Failure::usage("whose mail is it? Say --me")),
        }
    }

    /// Adds what was learnt to the member's own entry, so that it is known the next time, and to
    /// colleagues' imports too. Leaves alone what belongs to somebody else there.
    pub(super) async fn remember(&self, client: &Client) -> Result<(), Failure> {
        let Some(member) = &self.member else {
            return Ok(());
        };
        let mut new = Vec::new();
        for address in &self.learnt {
            match who::get(client, address).await? {
                Some(person) if person.person_id == member.member_id => {}
                Some(person) => output::note(&format!(
                    "{address} stands in the directory as somebody else ({}); your mail is read as \
                     yours all the same.",
                    shape::short(&person.person_id)
                )),
                None => new.push(address.clone()),
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut person = entry(client, &member.member_id).await?;
        person.addresses.extend(new.iter().cloned());
        let etag = person.etag.clone();
        let request = UpdatePersonRequest {
            request_id: ambient::request_id().to_string(),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["addresses".to_owned()],
            }),
            person: Some(person),
            etag,
            ..UpdatePersonRequest::default()
        };
        client
            .directory()
            .update_person(client.request(request))
            .await?;
        output::note(&format!(
            "Your entry in the directory has {} now.",
            new.join(", ")
        ));
        Ok(())
    }
}

async fn entry(client: &Client, member_id: &str) -> Result<Person, Failure> {
    let entry = who::get(client, member_id).await?;
    entry.ok_or_else(|| Failure::not_found("you have no entry in the directory"))
}

fn told(candidate: &Candidate) -> String {
    format!(
        "{} takes part in {} of {} that name none of your addresses.",
        candidate.address,
        shape::grouped(candidate.takes_part as u64),
        shape::counted(candidate.of as u64, "mail", "mails"),
    )
}

/// Asks on the terminal. Nothing said is no.
fn confirmed(candidate: &Candidate) -> Result<bool, Failure> {
    let answer = asking::line(&format!("{} Is it yours? [y/N]", told(candidate)))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}
