//! Heads of messages that are a file each: in a maildir, or in any folder.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use kith_domain::time::Timestamp;

use super::Found;
use super::head::{self, Head};
use crate::report::{Place, Reason};

/// Folders of what nobody wrote to be kept, in the names that mail programs give them.
const DISCARDED: [&str; 8] = [
    "trash",
    "deleted",
    "deleted items",
    "deleted messages",
    "junk",
    "junk e-mail",
    "spam",
    "drafts",
];

/// Heads of the messages of a folder. Its files are visited in the order of their names, so that
/// reading it again gives the same.
pub(super) struct Heads {
    root: PathBuf,
    /// What is still to be visited, the next one last.
    waiting: Vec<PathBuf>,
    layout: Layout,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Files ending in `.eml` or `.emlx`.
    Files,
    /// Files in folders named `cur` and `new`; those in `tmp` are not there yet.
    Maildir,
}

impl Heads {
    pub(super) fn of_files(path: &Path) -> io::Result<Self> {
        Self::open(path, Layout::Files)
    }

    pub(super) fn of_maildir(path: &Path) -> io::Result<Self> {
        let is_one = ["cur", "new"].iter().any(|name| path.join(name).is_dir());
        if !is_one {
            let told = "is no maildir: it has no folder 'cur' or 'new'";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
        }
        Self::open(path, Layout::Maildir)
    }

    fn open(path: &Path, layout: Layout) -> io::Result<Self> {
        fs::metadata(path)?;
        Ok(Self {
            root: path.to_owned(),
            waiting: vec![path.to_owned()],
            layout,
        })
    }

    fn visit_later(&mut self, directory: &Path) -> io::Result<()> {
        let mut inside = Vec::new();
        for entry in fs::read_dir(directory)? {
            inside.push(entry?.path());
        }
        inside.sort_unstable_by(|a, b| b.cmp(a));
        self.waiting.append(&mut inside);
        Ok(())
    }

    /// Whether a file is a message. Named by the caller, it is one whatever its name.
    fn is_message(&self, path: &Path) -> bool {
        match self.layout {
            Layout::Files => {
                let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
                let known = ["eml", "emlx"].map(|own| extension.eq_ignore_ascii_case(own));
                path == self.root || known.contains(&true)
            }
            Layout::Maildir => matches!(parent(path), Some("cur" | "new")),
        }
    }

    /// What is at a path, if that is a message; what is in it, is visited next.
    fn visit(&mut self, path: &Path) -> io::Result<Option<Found>> {
        // Links are not followed: one to a folder above would never end.
        let about = fs::symlink_metadata(path)?;
        if about.is_dir() {
            if self.layout == Layout::Files || parent(&path.join("x")) != Some("tmp") {
                self.visit_later(path)?;
            }
            return Ok(None);
        }
        if !about.is_file() || !self.is_message(path) {
            return Ok(None);
        }
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        if is_discarded(below) {
            return Ok(Some(Found::LeftOut(Reason::Discarded, self.place(path))));
        }
        self.read(path).map(Found::Head).map(Some)
    }

    fn place(&self, path: &Path) -> Place {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let shown = if below.as_os_str().is_empty() {
            path
        } else {
            below
        };
        Place::File(shown.display().to_string())
    }

    fn read(&self, path: &Path) -> io::Result<Head> {
        let input = BufReader::new(File::open(path)?);
        head::of_file(self.place(path), input, delivered(path))
    }
}

impl super::Heads for Heads {
    fn next(&mut self) -> io::Result<Option<Found>> {
        while let Some(path) = self.waiting.pop() {
            match self.visit(&path) {
                Ok(None) => {}
                // Mail programs move and rename their files while they are read.
                Err(error) if error.kind() == io::ErrorKind::NotFound && path != self.root => {}
                // One that may not be read keeps none of the others back.
                Err(error)
                    if error.kind() == io::ErrorKind::PermissionDenied && path != self.root =>
                {
                    return Ok(Some(Found::LeftOut(Reason::Undecodable, self.place(&path))));
                }
                found => return found,
            }
        }
        Ok(None)
    }
}

fn parent(path: &Path) -> Option<&str> {
    path.parent()?.file_name()?.to_str()
}

/// Whether a message lies in a folder of discarded ones, or its name says that it was deleted or
/// never sent: `…:2,DS`.
fn is_discarded(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::iter);
    let in_discarded = folders.filter_map(|name| name.to_str()).any(|name| {
        let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
        DISCARDED.contains(&&*name)
    });
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("");
    let flags = name.rsplit_once(":2,").or_else(|| name.rsplit_once("!2,"));
    in_discarded || flags.is_some_and(|(_, flags)| flags.contains(['T', 'D']))
}

/// When a message of a maildir was delivered: its name begins with Unix seconds.
fn delivered(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?;
    let (seconds, _) = name.split_once('.')?;
    if seconds.len() < 9 {
        return None;
    }
    seconds.parse().ok().map(Timestamp::from_seconds)
}
