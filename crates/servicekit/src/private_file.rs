//! Files that hold a key: written for their owner alone, and refused when others can read them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;
use kith_eventlog::sealing::MasterKey;
use zeroize::Zeroizing;

/// Why a private file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// It can't be read.
    #[error("{} can not be read", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It can't be written, or is there already.
    #[error("{} can not be written", .path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its group or everybody may read or write it.
    #[error("{} is open to others (mode {mode:04o}); run: chmod 600 {}", .path.display(), .path.display())]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It holds something else than a master key.
    #[error("{} does not hold a master key: 64 hexadecimal digits are expected", .path.display())]
    NotAMasterKey {
        /// Which file.
        path: PathBuf,
    },
}

/// The text of a file that nobody but its owner may read or write.
pub fn read(path: &Path) -> Result<Zeroizing<String>, PrivateFileError> {
    let unreadable = |source| PrivateFileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(unreadable)?;
    // Asked of the open file, so that the file read is the file judged.
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(PrivateFileError::OpenToOthers { path, mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// Writes a new file that nobody but its owner may read. A file that is there stays as it is.
pub fn create(path: &Path, text: &str) -> Result<(), PrivateFileError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|source| PrivateFileError::Unwritable {
        path: path.to_owned(),
        source,
    })
}

/// The master key in a private file: 64 hexadecimal digits, white space around them ignored.
pub fn read_master_key(path: &Path) -> Result<MasterKey, PrivateFileError> {
    let text = read(path)?;
    let mut key = Zeroizing::new([0; 32]);
    let digits = text.trim().as_bytes();
    // `decode_mut` wants the lengths to agree before it looks.
    if digits.len() != 64 || HEXLOWER_PERMISSIVE.decode_mut(digits, &mut *key).is_err() {
        let path = path.to_owned();
        return Err(PrivateFileError::NotAMasterKey { path });
    }
    Ok(MasterKey::new(*key))
}

/// Writes a master key into a new private file.
pub fn create_master_key(path: &Path, key: &MasterKey) -> Result<(), PrivateFileError> {
    let digits = Zeroizing::new(HEXLOWER_PERMISSIVE.encode(key.as_bytes()) + "\n");
    create(path, &digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_is_read_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        create_master_key(&path, &MasterKey::new([0xa5; 32])).unwrap();
        assert_eq!(read_master_key(&path).unwrap().as_bytes(), &[0xa5; 32]);
    }

    #[test]
    fn a_key_file_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, "first").unwrap();
        assert!(create(&path, "second").is_err());
        assert_eq!(*read(&path).unwrap(), "first");
    }

    #[test]
    fn a_file_that_its_group_or_everybody_may_read_is_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, "secret").unwrap();
        for mode in [0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let refused = read(&path).unwrap_err().to_string();
            assert!(refused.contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn anything_but_64_hexadecimal_digits_is_no_master_key() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("a", "a5".repeat(31)),
            ("b", "zz".repeat(32)),
            ("c", String::new()),
        ] {
            let path = folder.path().join(name);
            create(&path, &text).unwrap();
            let refused = read_master_key(&path).unwrap_err().to_string();
            assert!(
                refused.ends_with("64 hexadecimal digits are expected"),
                "{refused}"
            );
        }
    }
}
