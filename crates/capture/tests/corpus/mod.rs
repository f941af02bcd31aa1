//! A folder of awkward files and what is expected of each.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is the report"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kith_capture::report::Report;

/// One of the folders beside the tests.
pub(crate) struct Corpus {
    name: &'static str,
    folder: PathBuf,
}

impl Corpus {
    /// The folder of this name.
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(name);
        Self { name, folder }
    }

    /// The bytes of a file.
    pub(crate) fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.folder.join(file)).unwrap()
    }

    /// The names of the files with one of these extensions, in order.
    pub(crate) fn files(&self, extensions: &[&str]) -> BTreeSet<String> {
        let entries = fs::read_dir(&self.folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let wanted = |name: &String| {
            let extension = name.rsplit_once('.').map(|(_, extension)| extension);
            extension.is_some_and(|own| extensions.contains(&own))
        };
        names.filter(wanted).collect()
    }

    /// What becomes of each file: a line each, with its name in front.
    pub(crate) fn told(
        &self,
        extensions: &[&str],
        outcome: impl Fn(&str, Vec<u8>) -> Vec<String>,
    ) -> String {
        let mut told = String::new();
        for file in self.files(extensions) {
            let lines = outcome(&file, self.read(&file));
            assert!(
                !lines.is_empty() || file.contains("empty") || file.contains("todo"),
                "{file}"
            );
            for line in lines {
                told += &format!("{file}: {line}\n");
            }
        }
        told
    }

    /// Holds what was told to `expected.txt`.
    pub(crate) fn compare(&self, told: &str) {
        let expected = fs::read_to_string(self.folder.join("expected.txt")).unwrap_or_default();
        if told != expected {
            let written = format!("{}.txt", self.name);
            let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join(written);
            fs::write(&written, told).unwrap();
            let lines = told.lines().zip(expected.lines());
            let differs = lines.into_iter().find(|(now, then)| now != then);
            panic!(
                "what is read differs, first: {differs:?}; all of it is in {}",
                written.display()
            );
        }
    }
}

/// A line for everything that was left out.
pub(crate) fn left_out(report: &Report) -> Vec<String> {
    let each = report.skipped.iter().flat_map(|(reason, skipped)| {
        let once = format!("left out: {}", reason.as_str());
        std::iter::repeat_n(once, skipped.count as usize)
    });
    each.collect()
}
