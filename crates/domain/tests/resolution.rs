//! Attendees of a noisy list, resolved against a directory, with the answers known.
//!
//! `attendees/` holds invented people: a directory of 5 000, and 1 300 lines of whom 900 are in it. What
//! `attendees.csv` says in `person` and `kind` is the answer, and nothing that the resolver is given.
#![expect(clippy::unwrap_used, reason = "a broken list fails the test")]

use std::collections::{BTreeMap, HashMap};

use kith_domain::id::PersonId;
use kith_domain::resolution::{Description, Directory, Ground, Resolution};
use kith_domain::text::normalised_address;

type Row = HashMap<String, String>;

fn rows(name: &str) -> Vec<Row> {
    let path = format!("{}/tests/attendees/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let cells = headers.iter().zip(&record);
        cells
            .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
            .collect()
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

fn described(row: &Row) -> Description {
    let given = |column: &str| Some(row[column].clone()).filter(|cell| !cell.is_empty());
    Description {
        names: given("name").into_iter().collect(),
        companies: given("company").into_iter().collect(),
        addresses: given("email")
            .map(|address| normalised_address(&address))
            .into_iter()
            .collect(),
    }
}

fn id(row: &Row) -> Option<PersonId> {
    let number: u128 = row["person"].parse().ok()?;
    Some(PersonId::from_bytes(number.to_be_bytes()))
}

/// What became of each line: the right answer, and the resolver's.
fn resolved() -> Vec<(Option<PersonId>, Resolution)> {
    let people: Vec<(PersonId, Description)> = rows("directory")
        .iter()
        .map(|row| (id(row).unwrap(), described(row)))
        .collect();
    let directory = Directory::of(people.iter().map(|(id, of)| (*id, of)));
    rows("attendees")
        .iter()
        .map(|row| (id(row), directory.resolve(&described(row))))
        .collect()
}

#[test]
fn a_noisy_list_is_resolved_right_and_what_is_doubtful_is_asked() {
    let lines = resolved();
    assert_eq!(lines.len(), 1_300);
    let (mut right, mut wrong, mut asked, mut offered) = (0_u32, 0_u32, 0_u32, 0_u32);
    for (answer, resolution) in &lines {
        match resolution {
            Resolution::Resolved(found) if Some(found.person) == *answer => right += 1,
            Resolution::Resolved(_) => wrong += 1,
            Resolution::Doubtful(candidates) => {
                asked += 1;
                offered += u32::from(candidates.iter().any(|c| Some(c.person) == *answer));
            }
            Resolution::Unknown => {}
        }
    }
    let precision = f64::from(right) / f64::from(right + wrong);
    let recall = f64::from(right) / 900.0;
    println!(
        "precision {precision:.4}, recall {recall:.4}, {asked} asked, {offered} of these offer who it is"
    );
    assert!(precision >= 0.985, "precision {precision}");
    assert!(recall >= 0.92, "recall {recall}");
}

#[test]
fn each_ground_is_as_sure_as_it_says() {
    let mut found: BTreeMap<Ground, (u32, u32)> = BTreeMap::new();
    for (answer, resolution) in resolved() {
        let first = match resolution {
            Resolution::Resolved(first) => first,
            Resolution::Doubtful(candidates) => candidates[0],
            Resolution::Unknown => continue,
        };
        // Of one who shares it with others the confidence is a part.
        if first.confidence == first.ground.confidence() {
            let (right, all) = found.entry(first.ground).or_default();
            *right += u32::from(Some(first.person) == answer);
            *all += 1;
        }
    }
    for (ground, (right, all)) in &found {
        let (share, said) = (
            f64::from(*right) / f64::from(*all),
            f64::from(ground.confidence()) / 100.0,
        );
        println!("{ground:?}: {right} of {all}, said {said}");
        // Three standard errors of what was said, and room for a wrong one among few.
        let room = 3.0 * (said * (1.0 - said) / f64::from(*all)).sqrt() + 1.0 / f64::from(*all);
        assert!(
            (share - said).abs() <= room.max(0.02),
            "{ground:?}: {right} of {all}, said {said}"
        );
    }
    assert!(
        found.contains_key(&Ground::LikeNameAndCompany)
            && found.contains_key(&Ground::OtherCompany)
    );
}
