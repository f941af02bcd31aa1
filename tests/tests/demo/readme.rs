//! Runs the lines of a section of the README, as somebody who pastes them one after the other.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use kith_testkit::machine::{Machine, PATIENCE, listening, said};
use kith_testkit::process::Process;
use kith_testkit::tools::workspace_root;

/// Lines that go on until they are stopped: each has a terminal of its own.
const SERVERS: [&str; 4] = ["up", "api", "projector", "scheduler"];

/// The lines of all fenced blocks of a section, without their remarks.
pub(crate) fn lines(section: &str) -> Result<Vec<String>> {
    let readme = std::fs::read_to_string(workspace_root().join("README.md"))?;
    let (_, from) = readme
        .split_once(&format!("\n## {section}\n"))
        .with_context(|| format!("the README has no section {section}"))?;
    let section = from.split("\n## ").next().unwrap_or(from);
    let mut lines = Vec::new();
    for block in section.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap_or(block);
        let words = block
            .lines()
            .map(|line| line.split('#').next().unwrap_or(line).trim());
        lines.extend(words.filter(|line| !line.is_empty()).map(ToOwned::to_owned));
    }
    ensure!(!lines.is_empty(), "the section has no lines to run");
    Ok(lines)
}

/// Somebody's terminals.
pub(crate) struct Session {
    pub(crate) machine: Machine,
    /// What the reader's machine has under another name than the README's.
    translations: Vec<(String, String)>,
    variables: BTreeMap<String, String>,
    servers: Vec<Process>,
    /// Each line that was run, and what it printed.
    pub(crate) said: Vec<(String, String)>,
}

impl Session {
    pub(crate) fn new() -> Result<Self> {
        let mut session = Self {
            machine: Machine::new()?,
            translations: Vec::new(),
            variables: BTreeMap::new(),
            servers: Vec::new(),
            said: Vec::new(),
        };
        // The binary of these tests is not the release's.
        session.translate("cargo run --release -- up", "kith up");
        Ok(session)
    }

    /// From now on a line says `to` where the README says `from`.
    pub(crate) fn translate(&mut self, from: &str, to: &str) {
        self.translations.push((from.to_owned(), to.to_owned()));
    }

    /// Runs a line to its end; one that starts a server, until it listens.
    pub(crate) async fn run(&mut self, line: &str) -> Result<()> {
        let translated = self
            .translations
            .iter()
            .fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
        if let Some(variables) = translated.strip_prefix("export ") {
            let pairs = variables.split(' ').filter_map(|pair| pair.split_once('='));
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            self.variables.extend(pairs);
            return Ok(());
        }
        let mut command = self.machine.shell(&translated);
        command.envs(&self.variables);
        let verb = translated.split(' ').nth(1).unwrap_or_default();
        let output = if SERVERS.contains(&verb) {
            // The shell makes way, so that the server itself gets the signals.
            let mut command = self.machine.shell(&format!("exec {translated}"));
            command.envs(&self.variables);
            let server = listening(&command).await;
            let server = server.with_context(|| format!("running: {line}"))?;
            let output = server.stdout()? + &server.stderr()?;
            self.servers.push(server);
            output
        } else {
            let ended = tokio::task::spawn_blocking(move || command.output());
            let ended = tokio::time::timeout(PATIENCE, ended).await;
            let ended = ended.with_context(|| format!("it never ends: {line}"))???;
            said(&ended).with_context(|| format!("running: {line}"))?
        };
        self.said.push((line.to_owned(), output));
        Ok(())
    }

    /// Ctrl-C in the terminal of every server.
    pub(crate) async fn stop_servers(&mut self) -> Result<()> {
        for server in &mut self.servers {
            server.signal("INT");
            let code = server.wait(PATIENCE).await?;
            ensure!(code == 0, "no graceful end: {}", server.stderr()?);
        }
        self.servers.clear();
        Ok(())
    }

    /// What every line that begins so has printed, in order.
    pub(crate) fn outputs(&self, line: &str) -> Vec<&str> {
        let of_line = self.said.iter().filter(|(said, _)| said.starts_with(line));
        of_line.map(|(_, output)| output.as_str()).collect()
    }
}

/// The figure in per cent of the row `alive` of `kith tie`.
pub(crate) fn alive(tie: &str) -> Result<f64> {
    let row = tie
        .lines()
        .find_map(|line| line.trim().strip_prefix("alive "));
    let figure = row.and_then(|row| row.split('%').next());
    let figure = figure.with_context(|| format!("no figure in:\n{tie}"))?;
    Ok(figure.trim().parse()?)
}
