//! Logs: one line per event on standard error, as text or JSON.
//!
//! **Nothing personal is logged.** No name, address, note, subject, tag or request body, and no key
//! or token. Ids, counts, kinds, method names, positions and our own sentences may be. What holds
//! this up besides care:
//! - errors are logged through their `Display`, never their `Debug`, which may quote a row;
//! - libraries may speak from the level *info* upwards; what they say below it quotes statements
//!   and messages, and is dropped whatever the filter asks for. So are the six lines with which the
//!   migrator greets every new generation;
//! - a panic is logged with its place, and with its message only if that is a literal of the
//!   source: a formatted one may quote a value.

use std::panic::PanicHookInfo;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

use crate::config::{Config, LogFilter, LogFormat};

/// Logging was begun twice in this process.
#[derive(Debug, thiserror::Error)]
#[error("logging has begun already")]
pub struct AlreadyBegun;

/// Begins to log: once, by `main`, before anything else starts.
pub fn init(config: &Config) -> Result<(), AlreadyBegun> {
    let subscriber = subscriber(config.log_format, &config.log_level, std::io::stderr);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| AlreadyBegun)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// What writes the lines; tests give a writer of their own.
pub fn subscriber<W>(format: LogFormat, filter: &LogFilter, writer: W) -> impl Subscriber + use<W>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // No colours: a log is read by programs, and by people through them.
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    // The hint leaves it to the other filter to switch off whole levels at no cost.
    let harmless = filter_fn(may_be_logged).with_max_level_hint(LevelFilter::TRACE);
    let wanted = filter.filter().and(harmless);
    tracing_subscriber::registry().with(lines.with_filter(wanted))
}

fn may_be_logged(event: &Metadata<'_>) -> bool {
    let level = if event.target().starts_with("sea_orm_migration") {
        Level::WARN
    } else {
        Level::INFO
    };
    *event.level() <= level || event.target().starts_with("kith")
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let literal = panic.payload().downcast_ref::<&'static str>().copied();
    let message = literal.unwrap_or("(its message is withheld: it may quote a value)");
    let backtrace = std::backtrace::Backtrace::capture();
    tracing::error!(place, %backtrace, "panicked: {message}");
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str, act: impl FnOnce()) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let filter = {
            let flags = crate::config::Flags::new().set("log_level", Some(filter));
            Config::layered(flags, []).unwrap().log_level
        };
        let subscriber = subscriber(format, &filter, move || writer.clone());
        tracing::subscriber::with_default(subscriber, act);
        let bytes = captured.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_library_can_not_say_below_info_what_it_sees() {
        let text = logged(LogFormat::Text, "trace", || {
            tracing::debug!(target: "sqlx::query", "select Ana");
            tracing::warn!(target: "sqlx::pool", "slow");
            tracing::debug!(target: "kith_api", "ours");
        });
        assert!(!text.contains("Ana"), "{text}");
        assert!(text.contains("slow") && text.contains("ours"), "{text}");
    }

    #[test]
    fn json_lines_carry_fields_and_message_at_the_top() {
        let text = logged(LogFormat::Json, "info", || {
            tracing::info!(shard = 3, "began");
        });
        assert!(text.starts_with('{') && text.ends_with("}\n"), "{text}");
        assert!(
            text.contains(r#""shard":3"#) && text.contains(r#""message":"began""#),
            "{text}"
        );
    }

    #[test]
    fn a_panic_is_logged_with_its_place_but_never_with_a_value() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let text = logged(LogFormat::Text, "info", || {
            let name = "Ana".to_owned();
            assert!(std::panic::catch_unwind(|| panic!("a literal")).is_err());
            assert!(std::panic::catch_unwind(move || panic!("no {name}")).is_err());
        });
        std::panic::set_hook(before);
        assert!(
            text.contains("a literal") && text.contains("telemetry.rs"),
            "{text}"
        );
        assert!(text.contains("withheld") && !text.contains("Ana"), "{text}");
    }
}
