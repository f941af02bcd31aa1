//! Where an export goes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;

/// Where rows go: standard output, or a file that gets its name when it is complete.
pub(in crate::cli) enum Target {
    Out(BufWriter<io::Stdout>),
    File {
        beside: PathBuf,
        path: PathBuf,
        file: BufWriter<File>,
    },
}

impl Target {
    /// Standard output unless a path is given.
    pub(in crate::cli) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let Some(path) = path else {
            return Ok(Self::Out(BufWriter::new(io::stdout())));
        };
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        // Names and figures are personal: for the eyes of whoever exports.
        let mut options = File::options();
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(&beside).map_err(|error| {
            Failure::failed(format!("{} can not be written: {error}", beside.display()))
        })?;
        Ok(Self::File {
            beside,
            path: path.to_owned(),
            file: BufWriter::new(file),
        })
    }

    /// All rows are written.
    pub(in crate::cli) fn finish(self) -> io::Result<()> {
        match self {
            Self::Out(mut out) => out.flush(),
            Self::File { beside, path, file } => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.sync_all()?;
                std::fs::rename(beside, path)
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Out(out) => out.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Out(out) => out.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_only_when_it_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ties.csv");
        let mut target = Target::open(Some(&path)).unwrap();
        target.write_all(b"x").unwrap();
        assert!(!path.exists());
        target.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"x");
    }
}
