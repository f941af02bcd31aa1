//! The progress bar of an import: on standard error, and only on a terminal.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::source::Source;
use crate::cli::{output, shape};

/// Moments between two looks at the rate.
const STEP: u64 = 1_000;

/// How far an import is.
#[derive(Clone)]
pub(super) struct Progress {
    /// Hidden unless standard error is a terminal.
    bar: ProgressBar,
    moments: Arc<AtomicU64>,
}

impl Progress {
    /// A bar for a file, or where its length is not known something that turns.
    pub(super) fn begin(source: &Source) -> Self {
        let (bar, template) = match source.length() {
            Some(length) => (
                ProgressBar::new(length),
                "{prefix} {wide_bar} {percent:>3} %  {msg}  {eta} left",
            ),
            None => (ProgressBar::new_spinner(), "{prefix} {spinner}  {msg}"),
        };
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(source.name());
        Self {
            bar,
            moments: Arc::default(),
        }
    }

    /// Nothing to see: of a look that is over at once.
    pub(super) fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            moments: Arc::default(),
        }
    }

    /// Something that turns while the figures follow.
    pub(super) fn waiting() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_message("it is in the log; the figures follow");
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            moments: Arc::default(),
        }
    }

    /// Counts the bytes that are read.
    pub(super) fn counting(&self, input: Box<dyn Read + Send>) -> Counting {
        Counting {
            input,
            bar: self.bar.clone(),
        }
    }

    /// Counts a moment.
    pub(super) fn moment(&self) {
        let count = self.moments.fetch_add(1, Ordering::Relaxed) + 1;
        if count.is_multiple_of(STEP) {
            let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
            let rate = (count as f64 / seconds) as u64;
            self.bar.set_message(format!(
                "{} moments, {} a second",
                shape::grouped(count),
                shape::grouped(rate)
            ));
        }
    }

    /// Moments since the beginning.
    pub(super) fn count(&self) -> u64 {
        self.moments.load(Ordering::Relaxed)
    }

    /// Says something without disturbing the bar.
    pub(super) fn note(&self, text: &str) {
        if self.bar.is_hidden() {
            output::note(text);
        } else {
            self.bar.println(text);
        }
    }

    /// Counts from the beginning of the file again.
    pub(super) fn begin_again(&self) {
        self.moments.store(0, Ordering::Relaxed);
        self.bar.set_position(0);
        self.bar.reset_elapsed();
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// An input whose bytes are counted.
pub(super) struct Counting {
    input: Box<dyn Read + Send>,
    bar: ProgressBar,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
