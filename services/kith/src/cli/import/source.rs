//! What is imported: files, folders and standard input, each read as moments.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use kith_capture::Moments;
use kith_capture::mail::{self, Mine};
use kith_capture::{calendar, csv};

use super::progress::Progress;
use crate::cli::ambient;
use crate::cli::failure::Failure;

/// Bytes read at once from an mbox file.
const BLOCK: usize = 256 * 1024;

/// Moments being read, whatever from.
pub(super) type Reading = Box<dyn Moments + Send>;

/// In what form moments are kept.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// Rows.
    Csv,
    /// Mail of this member.
    Mail(Layout, Mine),
    /// Meetings of this member, with the zone of times that name none.
    Calendar(Mine, String),
}

/// How a mailbox is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// All mails in one file.
    Mbox,
    /// A file each, or a folder of them.
    Eml,
    /// A file each, in folders `cur` and `new`.
    Maildir,
}

/// A file, a folder, or standard input.
#[derive(Debug, Clone)]
pub(super) struct Source {
    path: PathBuf,
}

impl Source {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_standard_input(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Whether it is the same when it is read once more: neither standard input nor a pipe is.
    pub(super) fn can_be_read_again(&self) -> bool {
        let about = std::fs::metadata(&self.path);
        !self.is_standard_input() && about.is_ok_and(|about| about.is_file() || about.is_dir())
    }

    pub(super) fn name(&self) -> String {
        if self.is_standard_input() {
            "standard input".to_owned()
        } else {
            self.path.display().to_string()
        }
    }

    /// Its length in bytes, where there is one.
    pub(super) fn length(&self) -> Option<u64> {
        let about = std::fs::metadata(&self.path).ok()?;
        (!self.is_standard_input() && about.is_file()).then_some(about.len())
    }

    /// Its moments, from the first.
    pub(super) fn open(&self, form: &Form, progress: &Progress) -> Result<Reading, Failure> {
        match form {
            Form::Csv => {
                let input = progress.counting(self.bytes()?);
                let reader = csv::Reader::open(input, ambient::now())
                    .map_err(|error| Failure::failed(kith_servicekit::failure::chain(&error)))?;
                Ok(Box::new(reader))
            }
            Form::Calendar(mine, zone) => {
                let input = progress.counting(self.bytes()?);
                let reader = calendar::Reader::open(input, mine.clone(), zone, ambient::now())
                    .map_err(|error| self.unreadable(&error))?;
                Ok(Box::new(reader))
            }
            Form::Mail(layout, mine) => Ok(Box::new(self.mail(*layout, mine, progress)?)),
        }
    }

    /// Its mails, from the first.
    pub(super) fn mail(
        &self,
        layout: Layout,
        mine: &Mine,
        progress: &Progress,
    ) -> Result<mail::Reader, Failure> {
        let (mine, now) = (mine.clone(), ambient::now());
        let reader = match layout {
            Layout::Mbox => {
                let input = progress.counting(self.bytes()?);
                let input = BufReader::with_capacity(BLOCK, input);
                return Ok(mail::Reader::mbox(input, mine, now));
            }
            Layout::Eml => mail::Reader::eml(&self.path, mine, now),
            Layout::Maildir => mail::Reader::maildir(&self.path, mine, now),
        };
        reader.map_err(|error| self.unreadable(&error))
    }

    /// Its bytes, from the first.
    pub(super) fn bytes(&self) -> Result<Box<dyn Read + Send>, Failure> {
        if self.is_standard_input() {
            return Ok(Box::new(io::stdin()));
        }
        let file = File::open(&self.path).map_err(|error| self.unreadable(&error))?;
        Ok(Box::new(file))
    }

    /// Whether it is there to be read, in a form that lies in folders or not. A pipe is not opened for
    /// that: its writer would notice.
    pub(super) fn check(&self, in_folders: bool) -> Result<(), Failure> {
        let shown = self.path.display();
        if self.is_standard_input() {
            return if in_folders {
                Err(Failure::usage(
                    "what lies in folders can't be read from standard input",
                ))
            } else {
                Ok(())
            };
        }
        let about = std::fs::metadata(&self.path).map_err(|error| self.unreadable(&error))?;
        if about.is_dir() && !in_folders {
            return Err(Failure::usage(format!("{shown} is a folder")).next(
                "name a file, or read a folder with 'kith import eml' or 'kith import maildir'",
            ));
        }
        if about.is_file() {
            self.bytes()?;
        }
        Ok(())
    }

    /// What is told when it can't be read.
    pub(super) fn unreadable(&self, error: &io::Error) -> Failure {
        let shown = self.name();
        match error.kind() {
            io::ErrorKind::NotFound => Failure::not_found(format!("there is no file {shown}")),
            io::ErrorKind::InvalidInput => Failure::usage(format!("{shown} {error}")),
            _ => Failure::failed(format!("{shown} can not be read to its end: {error}")),
        }
    }
}
