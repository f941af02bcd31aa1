//! Mails become moments. Of a mail only its head is looked at: who, when, and the subject. Bodies and
//! attachments are read over, and nothing of them is kept.
//!
//! Of a file one head is in memory, whatever its size. What is no letter between people (mailing
//! lists, programs, more than twenty people) and what is not the member's is counted in the
//! [`Report`] with its place.

mod charset;
mod date;
mod folder;
mod head;
mod letter;
mod lines;
mod mbox;
mod mine;
mod moment;
mod survey;

use std::io::{self, BufRead};
use std::path::Path;

use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::InteractionInput;

use crate::Moments;
use crate::report::{Place, Reason, Report, Unit};
use head::Head;
pub use mine::Mine;
pub use survey::{Candidate, Survey};

/// Mails of one source.
pub struct Reader {
    heads: Box<dyn Heads>,
    letters: letter::Reader,
    mine: Mine,
    received: Timestamp,
    report: Report,
    place: Place,
    ended: bool,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never what was read: it is personal.
        f.debug_struct("Reader")
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

/// Where heads come from.
trait Heads: Send {
    /// The next head, or what there is instead of one.
    fn next(&mut self) -> io::Result<Option<Found>>;
}

enum Found {
    Head(Head),
    /// Something that is no mail, or none to look at.
    LeftOut(Reason, Place),
}

impl Reader {
    /// The messages of an mbox file. `received` is the present moment: mails dated more than 24 hours
    /// after it are left out.
    pub fn mbox(input: impl BufRead + Send + 'static, mine: Mine, received: Timestamp) -> Self {
        Self::new(Box::new(mbox::Heads::new(input)), mine, received)
    }

    /// A file with one message (`.eml`, Apple's `.emlx`), or all such files under a folder.
    pub fn eml(path: &Path, mine: Mine, received: Timestamp) -> io::Result<Self> {
        let heads = folder::Heads::of_files(path)?;
        Ok(Self::new(Box::new(heads), mine, received))
    }

    /// A maildir and the folders in it.
    pub fn maildir(path: &Path, mine: Mine, received: Timestamp) -> io::Result<Self> {
        let heads = folder::Heads::of_maildir(path)?;
        Ok(Self::new(Box::new(heads), mine, received))
    }

    fn new(heads: Box<dyn Heads>, mine: Mine, received: Timestamp) -> Self {
        Self {
            heads,
            letters: letter::Reader::default(),
            mine,
            received,
            report: Report {
                unit: Unit::Message,
                ..Report::default()
            },
            place: Place::Byte(0),
            ended: false,
        }
    }

    /// Who takes part in the first mails, at most so many.
    pub fn survey(mut self, most: usize) -> io::Result<Survey> {
        let mut survey = Survey::default();
        for _ in 0..most {
            match self.heads.next()? {
                None => break,
                Some(Found::LeftOut(..)) => {}
                Some(Found::Head(head)) => {
                    if let Some(letter) = self.letters.read(&head) {
                        survey.add(&letter);
                    }
                }
            }
        }
        Ok(survey)
    }

    /// The moment that a head tells of.
    fn moment(&self, head: &Head) -> Result<InteractionInput, Reason> {
        let letter = self.letters.read(head).ok_or(Reason::Undecodable)?;
        moment::moment(letter, &self.mine, self.received)
    }
}

impl Moments for Reader {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

impl Iterator for Reader {
    type Item = io::Result<InteractionInput>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let head = match self.heads.next() {
                Ok(Some(Found::Head(head))) => head,
                Ok(Some(Found::LeftOut(reason, place))) => {
                    self.report.skip(reason, place);
                    continue;
                }
                Ok(None) => break,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            match self.moment(&head) {
                Ok(moment) => {
                    self.report.moments += 1;
                    self.place = head.place;
                    return Some(Ok(moment));
                }
                Err(reason) => self.report.skip(reason, head.place),
            }
        }
        self.ended = true;
        None
    }
}
