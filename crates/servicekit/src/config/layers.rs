//! Where settings come from: file, environment and flags, each turned into key, text and origin.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::ConfigError;

/// The prefix of Kith's variables.
const PREFIX: &str = "KITH_";

/// Variables of the command line and of the tests: no settings of a server, and no mistakes.
const NOT_OURS: &[&str] = &[
    "KITH_BARS_DATA",
    "KITH_KEY_FILE",
    "KITH_NATS_SERVER",
    "KITH_SEEDS",
    "KITH_SERVER",
];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody gave one.
    Default,
    /// A line of the configuration file, counted from 1.
    File(PathBuf, usize),
    /// A variable.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{} line {line}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    config: Option<PathBuf>,
    values: Vec<(String, String)>,
}

impl Flags {
    /// No flag.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The file that `--config` names.
    #[must_use]
    pub fn config(mut self, path: Option<PathBuf>) -> Self {
        self.config = path;
        self
    }

    /// The value of the flag for setting `key`, if it was given.
    #[must_use]
    pub fn set(mut self, key: &str, value: Option<impl Into<String>>) -> Self {
        let value = value.map(|value| (key.to_owned(), value.into()));
        self.values.extend(value);
        self
    }
}

/// A value before it is read; an error if it has no text.
pub(super) struct Given {
    pub(super) key: String,
    pub(super) text: Result<String, &'static str>,
    pub(super) origin: Origin,
}

/// Everything that was given, weakest layer first.
pub(super) fn all(
    flags: Flags,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<Given>, ConfigError> {
    let mut file = flags.config;
    let mut home = Home::default();
    let mut variables = Vec::new();
    for (name, value) in environment {
        // An empty variable counts as unset: compose files pass `${X:-}` on.
        let Some(name) = name.to_str().filter(|_| !value.is_empty()) else {
            continue;
        };
        home.look(name, &value);
        match name.strip_prefix(PREFIX) {
            Some("CONFIG") => drop(file.get_or_insert_with(|| value.into())),
            Some(key) if !is_foreign(name, &value) => variables.push(Given {
                key: key.to_lowercase(),
                text: value.into_string().map_err(|_| "must be UTF-8"),
                origin: Origin::Environment(name.to_owned()),
            }),
            _ => {}
        }
    }
    // One order of complaints, whatever order the environment has.
    variables.sort_by(|a, b| a.key.cmp(&b.key));

    let mut given: Vec<Given> = home.data_dir().into_iter().collect();
    if let Some(path) = file {
        given.extend(from_file(&path)?);
    }
    given.extend(variables);
    given.extend(flags.values.into_iter().map(|(key, text)| Given {
        origin: Origin::Flag(format!("--{}", key.replace('_', "-"))),
        key,
        text: Ok(text),
    }));
    Ok(given)
}

/// Whether a variable that begins with `KITH_` isn't meant for the server.
///
/// Kubernetes sets `KITH_SERVICE_HOST`, `KITH_PORT=tcp://…` and `KITH_PORT_7400_TCP_ADDR` in every
/// container beside a service named `kith`, and the like beside `kith-api`
/// (<https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>).
fn is_foreign(name: &str, value: &OsString) -> bool {
    let service_link = name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.contains("_PORT_") && (name.contains("_TCP") || name.contains("_UDP")))
        || (name.ends_with("_PORT") && value.to_str().is_some_and(|v| v.contains("://")));
    service_link || NOT_OURS.contains(&name) || name.starts_with("KITH_TEST_")
}

/// The default data directory follows the XDG base directory specification.
#[derive(Default)]
struct Home {
    xdg: Option<PathBuf>,
    home: Option<PathBuf>,
}

impl Home {
    fn look(&mut self, name: &str, value: &OsString) {
        match name {
            "XDG_DATA_HOME" => self.xdg = Some(value.into()).filter(|p: &PathBuf| p.is_absolute()),
            "HOME" => self.home = Some(value.into()),
            _ => {}
        }
    }

    fn data_dir(self) -> Option<Given> {
        let in_home = || self.home.map(|home| home.join(".local/share"));
        let path = self.xdg.or_else(in_home)?.join("kith");
        Some(Given {
            key: "data_dir".to_owned(),
            text: Ok(path.into_os_string().into_string().ok()?),
            origin: Origin::Default,
        })
    }
}

/// The text of a file that holds settings.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn from_file(path: &Path) -> Result<Vec<Given>, ConfigError> {
    let text = read(path)?;
    let line_at = |offset: usize| text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
    // The message alone: the error's full text quotes the line, and with it perhaps a password.
    let table = DeTable::parse(&text).map_err(|error| ConfigError::NotToml {
        path: path.to_owned(),
        line: line_at(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let given = table.get_ref().iter().map(|(key, value)| {
        let line = line_at(key.span().start);
        let text = match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Boolean(value) => Ok(value.to_string()),
            DeValue::Integer(value) if value.radix() == 10 => Ok(value.as_str().to_owned()),
            _ => Err("must be a string, a whole number, or true or false"),
        };
        Given {
            key: key.get_ref().to_string(),
            text,
            origin: Origin::File(path.to_owned(), line),
        }
    });
    let mut given: Vec<Given> = given.collect();
    given.sort_by_key(|given| match given.origin {
        Origin::File(_, line) => line,
        _ => 0,
    });
    Ok(given)
}
