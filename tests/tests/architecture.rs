//! The folders are the architecture: dependencies, sizes and the map, checked against the tree.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use kith_testkit::tools::workspace_root;
use kith_tests::dependency_rule::{Edge, NOT_IN_THE_DOMAIN, broken, uncommented, ways_to};
use kith_tests::tree;

/// Lines of the longest file that a reader can be asked to hold in mind.
const MOST_LINES: usize = 500;

fn metadata(options: &[&str]) -> Result<Metadata> {
    let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
    MetadataCommand::new()
        .current_dir(workspace_root())
        .other_options([vec!["--offline".to_owned()], options].concat())
        .exec()
        .context("asking Cargo about the workspace")
}

/// Every dependency of one crate of the workspace on another.
fn edges() -> Result<Vec<Edge>> {
    let workspace = metadata(&["--no-deps"])?;
    let own: Vec<&str> = workspace
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let edges = workspace.packages.iter().flat_map(|package| {
        package.dependencies.iter().map(|dependency| Edge {
            from: package.name.to_string(),
            to: dependency.name.clone(),
            for_tests: dependency.kind == DependencyKind::Development,
        })
    });
    Ok(edges
        .filter(|edge| own.contains(&edge.to.as_str()))
        .collect())
}

fn edge(from: &str, to: &str) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        for_tests: false,
    }
}

fn for_tests(from: &str, to: &str) -> Edge {
    Edge {
        for_tests: true,
        ..edge(from, to)
    }
}

#[test]
fn nothing_depends_on_what_stands_to_its_right() -> Result<()> {
    let edges = edges()?;
    ensure!(
        edges.len() > 20,
        "Cargo named too few dependencies: {edges:?}"
    );
    let broken = broken(&edges);
    ensure!(
        broken.is_empty(),
        "the dependency rule of ARCHITECTURE.md is broken:\n{}",
        broken.join("\n")
    );
    Ok(())
}

#[test]
fn a_planted_forbidden_dependency_is_found() {
    let planted = [
        edge("kith-domain", "kith-proto"),
        edge("kith-proto", "kith-eventlog"),
        edge("kith-eventlog", "kith-readmodel"),
        edge("kith-readmodel", "kith-followup"),
        edge("kith-capture", "kith-eventlog"),
        edge("kith-servicekit", "kith-followup"),
        edge("kith-testkit", "kith-eventlog"),
        edge("kith-api", "kith-scheduler"),
        edge("kith-api", "kith"),
        edge("kith-api", "kith-testkit"),
        edge("kith", "kith-testkit"),
        edge("kith-common", "kith-domain"),
        for_tests("kith-readmodel", "kith-servicekit"),
    ];
    for planted in planted {
        let found = broken(std::slice::from_ref(&planted));
        assert_eq!(found.len(), 1, "{planted:?} should be refused");
    }
}

#[test]
fn what_the_rule_allows_is_not_reported() {
    let allowed = [
        edge("kith-proto", "kith-domain"),
        edge("kith-followup", "kith-readmodel"),
        edge("kith-servicekit", "kith-readmodel"),
        edge("kith-scheduler", "kith-followup"),
        edge("kith", "kith-api"),
        edge("kith", "kith-capture"),
        for_tests("kith-domain", "kith-testkit"),
        for_tests("kith-eventlog", "kith-eventlog"),
    ];
    assert_eq!(broken(&allowed), Vec::<String>::new());
}

#[test]
fn the_domain_names_no_runtime_no_database_no_broker_and_no_wire_format() -> Result<()> {
    let workspace = metadata(&["--no-deps"])?;
    let mut graph = BTreeMap::new();
    for package in &workspace.packages {
        let named = package.dependencies.iter().map(|d| d.name.clone());
        graph.insert(package.name.to_string(), named.collect());
    }
    // Its own dependencies alone, those of its tests included.
    let ways = ways_to(&graph, "kith-domain", NOT_IN_THE_DOMAIN);
    ensure!(
        ways.is_empty(),
        "kith-domain is pure and synchronous: {ways:?}"
    );
    Ok(())
}

#[test]
fn nothing_that_the_domain_builds_on_brings_one_of_them_in() -> Result<()> {
    // Cargo may have fetched the crates of this platform alone.
    let version = std::process::Command::new("rustc").arg("-vV").output()?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc names its host")?;
    let whole = metadata(&["--filter-platform", host])?;

    let name = |id| whole[id].name.to_string();
    let resolve = whole.resolve.as_ref().context("a resolved graph")?;
    let mut graph: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for node in &resolve.nodes {
        let built = node.deps.iter().filter(|dependency| {
            let mut kinds = dependency.dep_kinds.iter();
            kinds.any(|info| info.kind != DependencyKind::Development)
        });
        let built = built.map(|dependency| name(&dependency.pkg));
        graph.entry(name(&node.id)).or_default().extend(built);
    }
    ensure!(graph.contains_key("kith-domain"), "Cargo resolved nothing");
    let ways = ways_to(&graph, "kith-domain", NOT_IN_THE_DOMAIN);
    ensure!(
        ways.is_empty(),
        "kith-domain is pure and synchronous: {ways:?}"
    );
    Ok(())
}

#[test]
fn a_planted_way_from_the_domain_to_a_runtime_is_found() {
    let graph = BTreeMap::from([
        (
            "kith-domain".to_owned(),
            vec!["libm".to_owned(), "a".to_owned()],
        ),
        (
            "a".to_owned(),
            vec!["tokio-util".to_owned(), "serdes".to_owned()],
        ),
    ]);
    let ways = ways_to(&graph, "kith-domain", NOT_IN_THE_DOMAIN);
    assert_eq!(ways, ["kith-domain → a → tokio-util"]);
}

#[test]
fn every_workspace_dependency_says_what_it_is_for() -> Result<()> {
    let manifest = tree::read("Cargo.toml")?;
    let silent = uncommented(&manifest);
    ensure!(
        silent.is_empty(),
        "give these lines of the root Cargo.toml a comment of a few words:\n{}",
        silent.join("\n")
    );
    Ok(())
}

#[test]
fn a_planted_dependency_without_a_comment_is_found() {
    let manifest = "[workspace.dependencies]\n\
                    good = \"1\" # why\n\
                    bad = { version = \"1\", features = [\"a#b\"] }\n\
                    [profile.dev]\n\
                    debug = true\n";
    assert_eq!(uncommented(manifest).len(), 1);
}

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() -> Result<()> {
    let sources = tree::sources()?;
    ensure!(sources.len() > 50, "too few sources were found");
    let long = sources.iter().filter_map(|source| {
        let lines = source.text.lines().count();
        let too_long = lines > MOST_LINES;
        too_long.then(|| format!("{}: {lines} lines", source.path.display()))
    });
    let long: Vec<String> = long.collect();
    ensure!(
        long.is_empty(),
        "split these, {MOST_LINES} lines are the most:\n{}",
        long.join("\n")
    );
    Ok(())
}

#[test]
fn every_crate_is_on_the_map() -> Result<()> {
    let map = tree::read("ARCHITECTURE.md")?;
    for package in metadata(&["--no-deps"])?.packages {
        let folder = package.manifest_path.parent().context("a folder")?;
        let folder = folder.strip_prefix(workspace_root())?;
        ensure!(
            map.contains(&format!("`{folder}`")),
            "ARCHITECTURE.md has no line for `{folder}` ({})",
            package.name
        );
    }
    Ok(())
}

/// Spelt in halves, so that this file does not hold them.
fn unfinished() -> [&'static str; 3] {
    [
        concat!("#[", "ignore"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ]
}

#[test]
fn no_test_is_skipped_and_nothing_is_left_unwritten() -> Result<()> {
    let mut found = Vec::new();
    for source in tree::sources()? {
        for (number, line) in source.text.lines().enumerate() {
            if unfinished().iter().any(|word| line.contains(word)) {
                found.push(format!(
                    "{}:{}: {}",
                    source.path.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    ensure!(
        found.is_empty(),
        "a test that does not run and code that is not there prove nothing:\n{}",
        found.join("\n")
    );
    Ok(())
}
