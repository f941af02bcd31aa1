//! The context file: which server the commands of this user talk to, and with which key, so that on
//! one machine nothing needs typing. `kith up` writes it.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::ambient;

/// Where commands go unless flags or variables say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Context {
    /// The server's URL, for example `http://127.0.0.1:7400`.
    pub server: String,
    /// The file with the API key.
    pub key_file: PathBuf,
    /// The certificate of the authority that signed the server's, PEM; for `https` servers.
    pub ca_file: Option<PathBuf>,
}

/// Why the context is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The user has no home directory.
    #[error("there is no home directory to keep the context file in")]
    NoHome,
    /// The file can't be read or written.
    #[error("{} can not be {verb}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What was tried.
        verb: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The file says something else than a context.
    #[error("{} is no context file: {what}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// Where the context file is: `$XDG_CONFIG_HOME/kith/context.toml`, else
/// `~/.config/kith/context.toml`.
pub(crate) fn path() -> Result<PathBuf, Error> {
    let home = ambient::config_home().ok_or(Error::NoHome)?;
    Ok(home.join("kith").join("context.toml"))
}

/// The context of this user; `None` when there is none.
pub(crate) fn read() -> Result<Option<Context>, Error> {
    read_from(&path()?)
}

/// Makes this the context of this user, for the user's eyes alone. Answers where it is written.
pub(crate) fn write(context: &Context) -> Result<PathBuf, Error> {
    let path = path()?;
    write_to(&path, context)?;
    Ok(path)
}

fn read_from(path: &Path) -> Result<Option<Context>, Error> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(file(path, "read", source)),
    };
    match parse(&text) {
        Ok(context) => Ok(Some(context)),
        Err(what) => Err(Error::Malformed {
            path: path.to_owned(),
            what,
        }),
    }
}

fn file(path: &Path, verb: &'static str, source: io::Error) -> Error {
    let path = path.to_owned();
    Error::File { path, verb, source }
}

fn parse(text: &str) -> Result<Context, String> {
    let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
    let (mut server, mut key_file, mut ca_file) = (None, None, None);
    for (key, value) in table.into_inner() {
        let DeValue::String(value) = value.into_inner() else {
            return Err(format!("'{}' must be a text", key.get_ref()));
        };
        let slot = match key.get_ref().as_ref() {
            "server" => &mut server,
            "key_file" => &mut key_file,
            "ca_file" => &mut ca_file,
            unknown => return Err(format!("'{unknown}' is not known")),
        };
        *slot = Some(value.into_owned());
    }
    Ok(Context {
        server: server.ok_or("'server' is missing")?,
        key_file: key_file.ok_or("'key_file' is missing")?.into(),
        ca_file: ca_file.map(PathBuf::from),
    })
}

fn render(path: &Path, context: &Context) -> Result<String, Error> {
    let text = |path_in: &Path| {
        let utf8 = path_in.to_str().map(quoted);
        utf8.ok_or_else(|| Error::Malformed {
            path: path.to_owned(),
            what: "a path in it would not be UTF-8".to_owned(),
        })
    };
    let mut lines = vec![
        "# Which server the commands of kith talk to. Written by `kith up`.".to_owned(),
        format!("server = {}", quoted(&context.server)),
        format!("key_file = {}", text(&context.key_file)?),
    ];
    if let Some(ca_file) = &context.ca_file {
        lines.push(format!("ca_file = {}", text(ca_file)?));
    }
    Ok(lines.join("\n") + "\n")
}

/// A TOML basic string: JSON escapes are a part of TOML's, and JSON leaves no control character
/// bare but DEL.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}

fn write_to(path: &Path, context: &Context) -> Result<(), Error> {
    let text = render(path, context)?;
    let write = || {
        let folder = path.parent().unwrap_or(Path::new("."));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        // Beside it first, so that nobody reads half a context.
        let beside = path.with_extension(format!("new-{}", std::process::id()));
        let mut new = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|source| file(path, "written", source))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_context_reads_back_as_it_was_written_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kith").join("context.toml");
        assert_eq!(read_from(&path).unwrap(), None);
        let context = Context {
            server: "http://127.0.0.1:7400".into(),
            key_file: "/data/\"odd\\\u{7f} name\"/admin.key".into(),
            ca_file: Some("/ca.pem".into()),
        };
        write_to(&path, &context).unwrap();
        write_to(&path, &context).unwrap();
        assert_eq!(read_from(&path).unwrap(), Some(context));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_is_wrong_with_a_context_is_said() {
        let wrong = |text: &str| parse(text).unwrap_err();
        assert_eq!(
            wrong("server = 'http://x'\nkey = 'y'"),
            "'key' is not known"
        );
        assert_eq!(wrong("server = 'http://x'"), "'key_file' is missing");
        assert_eq!(wrong("server = 1"), "'server' must be a text");
        assert!(!wrong("server").is_empty());
    }
}
