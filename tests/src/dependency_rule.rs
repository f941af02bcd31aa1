//! The dependency rule, as data and pure functions.
//!
//! ```text
//! domain ← proto ← eventlog ← { readmodel ← followup, capture, servicekit } ← services
//! ```
//! Nothing depends on what stands to its right.

use std::collections::{BTreeMap, VecDeque};

/// One crate of the workspace names another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The crate that names the other.
    pub from: String,
    /// The crate that is named.
    pub to: String,
    /// Whether it stands under `[dev-dependencies]`.
    pub for_tests: bool,
}

/// What every role may use.
const FOR_SERVICES: &[&str] = &[
    "kith-domain",
    "kith-proto",
    "kith-eventlog",
    "kith-readmodel",
    "kith-followup",
    "kith-capture",
    "kith-servicekit",
];

/// Every crate, and what it may name. `kith` and `kith-tests` stand at the right end: they may name
/// everything, so they are not listed.
const RULE: &[(&str, &[&str])] = &[
    ("kith-domain", &[]),
    ("kith-testkit", &["kith-domain"]),
    ("kith-proto", &["kith-domain"]),
    ("kith-eventlog", &["kith-domain", "kith-proto"]),
    ("kith-capture", &["kith-domain", "kith-proto"]),
    (
        "kith-readmodel",
        &["kith-domain", "kith-proto", "kith-eventlog"],
    ),
    (
        "kith-followup",
        &[
            "kith-domain",
            "kith-proto",
            "kith-eventlog",
            "kith-readmodel",
        ],
    ),
    (
        "kith-servicekit",
        &[
            "kith-domain",
            "kith-proto",
            "kith-eventlog",
            "kith-readmodel",
        ],
    ),
    ("kith-api", FOR_SERVICES),
    ("kith-projector", FOR_SERVICES),
    ("kith-scheduler", FOR_SERVICES),
];

/// Crates at the right end: they may name everything, and nothing may name them.
const RIGHT_END: &[&str] = &["kith", "kith-tests"];

/// For tests only, whoever names it.
const TESTKIT: &str = "kith-testkit";

/// What the domain may not name, alone or as the head of a family (`tokio`, `tokio-util`).
pub const NOT_IN_THE_DOMAIN: &[&str] =
    &["tokio", "prost", "sea-orm", "async-nats", "tonic", "serde"];

/// A sentence for every edge that the rule forbids.
#[must_use]
pub fn broken(edges: &[Edge]) -> Vec<String> {
    edges.iter().filter_map(why_broken).collect()
}

fn why_broken(edge: &Edge) -> Option<String> {
    let Edge {
        from,
        to,
        for_tests,
    } = edge;
    let tests_own = *for_tests && (to == TESTKIT || to == from);
    if tests_own {
        return None;
    }
    if RIGHT_END.contains(&from.as_str()) {
        let ships_testkit = from == "kith" && to == TESTKIT;
        return ships_testkit
            .then(|| format!("{from} must not depend on {to}, which is for tests only"));
    }
    let Some((_, may_name)) = RULE.iter().find(|(name, _)| name == from) else {
        return Some(format!(
            "{from} has no place in the dependency rule: a new crate needs a reason in \
             ARCHITECTURE.md and a line in tests/src/dependency_rule.rs"
        ));
    };
    if may_name.contains(&to.as_str()) {
        return None;
    }
    let kind = if *for_tests {
        "even for tests"
    } else {
        "at all"
    };
    Some(format!("{from} must not depend on {to} {kind}"))
}

/// The shortest way from a crate to each forbidden one, as `kith-domain → a → tokio`.
///
/// `graph` names what each crate depends on when it is built; a crate without an entry has no
/// dependency.
#[must_use]
pub fn ways_to(
    graph: &BTreeMap<String, Vec<String>>,
    from: &str,
    forbidden: &[&str],
) -> Vec<String> {
    let mut ways = Vec::new();
    let mut seen = vec![from.to_owned()];
    let mut queue = VecDeque::from([vec![from.to_owned()]]);
    while let Some(way) = queue.pop_front() {
        let Some(here) = way.last() else { continue };
        if is_of(here, forbidden) {
            ways.push(way.join(" → "));
            continue;
        }
        for next in graph.get(here).into_iter().flatten() {
            if !seen.contains(next) {
                seen.push(next.clone());
                queue.push_back([way.as_slice(), std::slice::from_ref(next)].concat());
            }
        }
    }
    ways
}

fn is_of(name: &str, families: &[&str]) -> bool {
    families.iter().any(|family| {
        name.strip_prefix(family)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    })
}

/// The lines under `[workspace.dependencies]` that don't end with a comment.
#[must_use]
pub fn uncommented(manifest: &str) -> Vec<&str> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| line.contains('=') && !line.starts_with('#'))
        .filter(|line| {
            let comment = line.rsplit_once('#').map(|(_, comment)| comment.trim());
            comment.is_none_or(|comment| comment.is_empty() || comment.contains(['"', '}']))
        })
        .collect()
}
