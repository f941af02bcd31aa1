//! Every event ever stored stays readable: golden bytes, decoded for ever.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use kith_proto::kith::event::v1 as wire;
use kith_tests::golden::{self, Case, decoded, former, today};
use kith_tests::tree;
use prost::Message;
use prost_types::{FieldDescriptorProto, FileDescriptorSet};

/// Read once, so that tests that run side by side see the same files.
static FILES: LazyLock<BTreeMap<String, Vec<u8>>> =
    LazyLock::new(|| golden::files().expect("the golden files can be read"));

fn bytes_of(case: &Case) -> Result<&'static [u8]> {
    let bytes = FILES.get(case.name).with_context(|| {
        format!(
            "tests/golden/events/{}.pb is missing: run `UPDATE_GOLDEN=1 cargo test -p kith-tests \
             --test golden` and commit what it wrote",
            case.name
        )
    })?;
    Ok(bytes)
}

/// The events of the contract: every member of `Event.body`, by its field number.
fn events() -> Result<BTreeMap<u32, FieldDescriptorProto>> {
    let files = FileDescriptorSet::decode(kith_proto::DESCRIPTORS)?.file;
    let file = files.iter().find(|file| file.package() == "kith.event.v1");
    let messages = &file.context("the package of events")?.message_type;
    let event = messages.iter().find(|message| message.name() == "Event");
    let event = event.context("the message Event")?;
    let body = event
        .oneof_decl
        .iter()
        .position(|oneof| oneof.name() == "body");
    let body = body.context("the oneof body")? as i32;
    let fields = event
        .field
        .iter()
        .filter(|field| field.oneof_index == Some(body));
    Ok(fields
        .map(|field| (field.number() as u32, field.clone()))
        .collect())
}

/// Field number and name of each.
fn contract() -> Result<BTreeMap<u32, String>> {
    let events = events()?.into_iter();
    Ok(events
        .map(|(number, field)| (number, field.name().to_owned()))
        .collect())
}

/// The event that a case's name says it is: what stands before the dot.
fn event_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(event, _)| event)
}

#[test]
fn every_event_ever_stored_is_read_as_what_it_meant() -> Result<()> {
    for case in today().iter().chain(&former()) {
        let commit =
            decoded(bytes_of(case)?).with_context(|| format!("reading {}.pb", case.name))?;
        ensure!(
            commit == case.commit(),
            "{}.pb is read as {commit:?}, but means {:?}",
            case.name,
            case.commit()
        );
    }
    Ok(())
}

#[test]
fn every_event_is_written_as_its_golden_file_says() -> Result<()> {
    for case in today() {
        ensure!(
            case.encoded() == bytes_of(&case)?,
            "`{}` is no longer stored as before. The old bytes are in logs for ever: move this case \
             to `former` in tests/src/golden/cases.rs, keep its file, and add a case of another \
             name for the new form",
            case.name
        );
    }
    Ok(())
}

#[test]
fn every_event_of_the_contract_has_a_golden_file() -> Result<()> {
    let contract = contract()?;
    ensure!(
        contract.len() >= 20,
        "too few events were found: {contract:?}"
    );
    for event in contract.values() {
        ensure!(
            FILES.keys().any(|name| event_of(name) == event),
            "`{event}` of event.proto has no golden file: add a case in tests/src/golden/cases.rs"
        );
    }
    Ok(())
}

#[test]
fn every_golden_file_has_a_case_that_says_what_it_means() -> Result<()> {
    let cases: Vec<&str> = today()
        .iter()
        .chain(&former())
        .map(|case| case.name)
        .collect();
    for name in FILES.keys() {
        ensure!(
            cases.contains(&name.as_str()),
            "nothing says what {name}.pb means: a stored form is forgotten in tests/src/golden/cases.rs"
        );
    }
    Ok(())
}

#[test]
fn every_golden_file_holds_the_event_that_its_name_says() -> Result<()> {
    let contract = contract()?;
    for (name, bytes) in &*FILES {
        let commit = wire::Commit::decode(bytes.as_slice())?;
        ensure!(commit.events.len() == 1, "{name}.pb holds one event");
        let event = commit.events[0].encode_to_vec();
        let (number, _) = prost::encoding::decode_key(&mut event.as_slice())?;
        let held = contract.get(&number).map(String::as_str);
        ensure!(held == Some(event_of(name)), "{name}.pb holds {held:?}");
    }
    Ok(())
}

#[test]
fn every_event_of_the_contract_is_in_the_changelog() -> Result<()> {
    let changelog = tree::read("CHANGELOG.md")?;
    for event in events()?.values() {
        let name = event.type_name().rsplit('.').next().unwrap_or_default();
        ensure!(
            changelog.contains(&format!("| `{name}` |")),
            "CHANGELOG.md has no line for `{name}` in a section *Events*"
        );
    }
    Ok(())
}
