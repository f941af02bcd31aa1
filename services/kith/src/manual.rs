//! `kith completions` and `kith manual`: the command line as shells and `man` know it, made from the
//! definition that parses it.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Command;

/// Whose completions.
#[derive(Debug, clap::Args)]
pub(crate) struct Shell {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Where pages go.
#[derive(Debug, clap::Args)]
pub(crate) struct Folder {
    /// The folder; it is made if there is none.
    folder: PathBuf,
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: &Shell, mut line: Command) -> io::Result<()> {
    let mut written = Vec::new();
    clap_complete::generate(shell.shell, &mut line, "kith", &mut written);
    match io::stdout().write_all(&written) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes a page for every command: kith.1, kith-import.1, kith-import-mbox.1.
pub(crate) fn pages(to: &Folder, line: Command) -> anyhow::Result<()> {
    let folder = &to.folder;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} can't be made", folder.display()))?;
    let mut line = line;
    line.build();
    let count = page(folder, &line)?;
    println!(
        "{count} pages are in {}: man -l {}",
        folder.display(),
        folder.join("kith.1").display()
    );
    Ok(())
}

/// Writes the page of a command and those of the commands under it. Answers how many.
fn page(folder: &Path, command: &Command) -> anyhow::Result<usize> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let file = folder.join(format!("{name}.1"));
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    std::fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))?;
    let mut count = 1;
    for below in command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
    {
        count += page(folder, below)?;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::Line;

    #[test]
    fn every_command_has_a_page_and_the_page_says_what_it_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let to = Folder {
            folder: folder.path().join("man1"),
        };
        pages(&to, Line::command()).unwrap();
        let read = |name: &str| std::fs::read_to_string(to.folder.join(name)).unwrap();
        assert!(read("kith.1").contains("professional relationships"));
        assert!(read("kith-due.1").contains("whom to get in touch with"));
        assert!(read("kith-import-mbox.1").contains("kith"));
    }
}
