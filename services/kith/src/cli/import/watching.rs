//! `--watch`: goes on looking for mail that is new.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Outcome;
use super::sending::Import;
use crate::cli::failure::{Exit, Failure};
use crate::cli::{ambient, output, shape};

/// Between two looks.
const BETWEEN: Duration = Duration::from_secs(10);

/// What changes when mail arrives: the file, or the folders that hold files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct State(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl State {
    /// Of a file, or of a folder with all folders in it.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut state = Self::default();
        let mut waiting = vec![path.to_owned()];
        while let Some(path) = waiting.pop() {
            let about = fs::metadata(&path)?;
            if about.is_dir() {
                for entry in fs::read_dir(&path)? {
                    let entry = entry?;
                    if entry.file_type()?.is_dir() {
                        waiting.push(entry.path());
                    }
                }
            }
            // The size of a folder says nothing that its time does not.
            let length = if about.is_dir() { 0 } else { about.len() };
            state.0.push((path, length, about.modified().ok()));
        }
        state.0.sort_unstable();
        Ok(state)
    }
}

/// Sends what is new, until it is told to end, or until trying again is of no use.
pub(super) async fn watch(mut import: Import<'_>) -> Result<(), Failure> {
    output::note("Watching for new mail; Ctrl-C ends it.");
    let mut states: Vec<State> = import.sources.iter().map(|_| State::default()).collect();
    loop {
        tokio::time::sleep(BETWEEN).await;
        let sources = import.sources;
        for (source, before) in sources.iter().zip(&mut states) {
            // Read before the mails are: what comes meanwhile is seen by the next look.
            let now = match State::of(source.path()) {
                Ok(now) => now,
                Err(error) => {
                    // Told once; it may come back.
                    if *before != State::default() {
                        source.unreadable(&error).tell();
                        *before = State::default();
                    }
                    continue;
                }
            };
            if now == *before {
                continue;
            }
            match import.bring_in(source).await {
                Ok(outcome) => {
                    *before = now;
                    tell(&outcome);
                }
                // The import was taken back meanwhile. What comes now is another one.
                Err(failure) if failure.is("STATE") => import.begin_another(),
                Err(failure) if matches!(failure.exit(), Exit::Refused | Exit::Usage) => {
                    return Err(failure);
                }
                Err(failure) => failure.tell(),
            }
        }
    }
}

fn tell(outcome: &Outcome) {
    let recorded = outcome.answer.recorded;
    if recorded > 0 {
        let moments = shape::counted(recorded, "new moment", "new moments");
        let now = ambient::here().strftime("%H:%M").to_string();
        output::note(&format!("{now} {moments} from {}", outcome.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_arrives_changes_the_state_of_its_folder() {
        let root = tempfile::tempdir().unwrap();
        let new = root.path().join(".Sent").join("new");
        fs::create_dir_all(&new).unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        fs::File::open(&new)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        let before = State::of(root.path()).unwrap();
        assert_eq!(State::of(root.path()).unwrap(), before);
        fs::write(new.join("1028640874.a.host"), "From: a@x.org").unwrap();
        assert_ne!(State::of(root.path()).unwrap(), before);
    }

    #[test]
    fn a_file_that_grows_has_another_state() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("inbox");
        fs::write(&path, "one").unwrap();
        let before = State::of(&path).unwrap();
        fs::write(&path, "one two").unwrap();
        assert_ne!(State::of(&path).unwrap(), before);
        assert!(State::of(&root.path().join("nothing")).is_err());
    }
}
