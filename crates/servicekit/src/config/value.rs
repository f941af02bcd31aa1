//! The types of settings: how each is read from text, and shown as TOML.

use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

/// The type of a setting.
pub(super) trait Value: Sized {
    /// Reads it. An error completes the sentence "the setting …" and never quotes a secret.
    fn read(text: &str) -> Result<Self, String>;
    /// The TOML value that reads back as this; `None` when there is none.
    fn show(&self) -> Option<String>;
}

/// A text that is shown with its secret part masked: a URL with a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// This text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one that connects with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text without what may be secret: what stands before the `@` but for a user's name (a user
    /// without a password may be a token), and what follows a `?`.
    ///
    /// A password may hold any of the characters that delimit it: where that leaves a doubt,
    /// everything is masked.
    #[must_use]
    pub fn masked(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return "***".to_owned();
        };
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, _)) if user.contains(['/', '?', '@', '#']) => {
                return format!("{scheme}://***");
            }
            Some((user, place)) => match user.split_once(':') {
                Some((name, _)) => (format!("{name}:***@"), place),
                None => ("***@".to_owned(), place),
            },
            None => (String::new(), rest),
        };
        let place = match place.split_once('?') {
            Some((before, _)) => format!("{before}?***"),
            None => place.to_owned(),
        };
        format!("{scheme}://{user}{place}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Directives of what is logged, as `tracing_subscriber::EnvFilter` reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl LogFilter {
    /// The filter.
    #[must_use]
    pub fn filter(&self) -> EnvFilter {
        // Checked when it was read.
        EnvFilter::builder().parse_lossy(&self.0)
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

impl Value for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = |_| format!("must be an address and a port such as 127.0.0.1:7400, not {text}");
        text.parse().map_err(wrong)
    }

    fn show(&self) -> Option<String> {
        Some(quoted(&self.to_string()))
    }
}

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| format!("must be true or false, not {text}"))
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn read(text: &str) -> Result<Self, String> {
                let wrong = |_| format!("must be a whole number up to {}, not {text}", Self::MAX);
                text.parse().map_err(wrong)
            }

            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}

whole_numbers!(u16, u32);

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        let path = Some(text.into()).filter(|_| !text.is_empty());
        path.ok_or_else(|| "must not be empty".to_owned())
    }

    fn show(&self) -> Option<String> {
        Some(quoted(&self.to_string_lossy()))
    }
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        let text = Some(text.to_owned()).filter(|_| !text.is_empty());
        text.ok_or_else(|| "must not be empty".to_owned())
    }

    fn show(&self) -> Option<String> {
        Some(quoted(self))
    }
}

impl Value for Secret {
    fn read(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return Ok(Self::new(text));
        }
        Err("must be a URL such as scheme://host".to_owned())
    }

    fn show(&self) -> Option<String> {
        Some(quoted(&self.masked()))
    }
}

impl Value for LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("must be text or json, not {text}")),
        }
    }

    fn show(&self) -> Option<String> {
        let word = match self {
            Self::Text => "text",
            Self::Json => "json",
        };
        Some(quoted(word))
    }
}

impl Value for LogFilter {
    fn read(text: &str) -> Result<Self, String> {
        let parsed = EnvFilter::builder().parse(text);
        parsed
            .map(|_| Self(text.to_owned()))
            .map_err(|error| format!("must be a level or directives: {error}"))
    }

    fn show(&self) -> Option<String> {
        Some(quoted(&self.0))
    }
}

impl<V: Value> Value for Option<V> {
    fn read(text: &str) -> Result<Self, String> {
        V::read(text).map(Some)
    }

    fn show(&self) -> Option<String> {
        self.as_ref().and_then(Value::show)
    }
}
