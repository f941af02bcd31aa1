//! Which column says what.

use super::Error;
use super::records::Record;

/// Where the known columns are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) at: usize,
    pub(super) kind: usize,
    pub(super) duration_s: Option<usize>,
    pub(super) note: Option<usize>,
}

/// A column's names, the own one first, and how an error calls it.
struct Known {
    names: &'static [&'static str],
    called: &'static str,
}

const FROM: usize = 0;
const TO: usize = 1;
const AT: usize = 2;
const KIND: usize = 3;
const DURATION: usize = 4;
const NOTE: usize = 5;

const KNOWN: [Known; 6] = [
    Known {
        names: &["from", "src"],
        called: "the column 'from' (or 'src')",
    },
    Known {
        names: &["to", "dst"],
        called: "the column 'to' (or 'dst')",
    },
    Known {
        names: &["at", "unix_ts"],
        called: "the column 'at' (or 'unix_ts')",
    },
    Known {
        names: &["kind", "channel"],
        called: "the column 'kind' (or 'channel')",
    },
    Known {
        names: &["duration_s"],
        called: "the column 'duration_s'",
    },
    Known {
        names: &["note"],
        called: "the column 'note'",
    },
];

/// Which of the known columns a header cell names.
fn known(cell: &str) -> Option<usize> {
    let name = cell.trim().to_ascii_lowercase();
    KNOWN.iter().position(|k| k.names.contains(&name.as_str()))
}

/// How many cells of a header name a known column.
pub(super) fn familiarity(header: &Record<'_>) -> usize {
    cells(header).filter(|cell| known(cell).is_some()).count()
}

fn cells<'a>(header: &'a Record<'_>) -> impl Iterator<Item = String> + 'a {
    (0..header.len()).map_while(|i| Some(String::from_utf8_lossy(header.get(i)?).into_owned()))
}

impl Columns {
    /// The columns that a header names, and the names of those that Kith does not know.
    pub(super) fn find(header: &[String]) -> Result<(Self, Vec<String>), Error> {
        let mut places: [Option<usize>; 6] = [None; 6];
        let mut unknown = Vec::new();
        for (index, cell) in header.iter().enumerate() {
            let Some(column) = known(cell) else {
                unknown.push(cell.trim().to_owned());
                continue;
            };
            if let Some(before) = places[column] {
                return Err(Error::RepeatedColumn {
                    name: KNOWN[column].names[0],
                    first: header[before].trim().to_owned(),
                    second: cell.trim().to_owned(),
                });
            }
            places[column] = Some(index);
        }
        let [Some(from), Some(to), Some(at), Some(kind), ..] = places else {
            let needed = [FROM, TO, AT, KIND].into_iter();
            return Err(Error::MissingColumns {
                missing: needed
                    .filter(|column| places[*column].is_none())
                    .map(|column| KNOWN[column].called)
                    .collect(),
                found: header.iter().map(|cell| cell.trim().to_owned()).collect(),
            });
        };
        let columns = Self {
            from,
            to,
            at,
            kind,
            duration_s: places[DURATION],
            note: places[NOTE],
        };
        Ok((columns, unknown))
    }
}

/// All cells of a header as text.
pub(super) fn names(header: &Record<'_>) -> Vec<String> {
    cells(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(header: &[&str]) -> Result<(Columns, Vec<String>), Error> {
        let header: Vec<String> = header.iter().map(|s| (*s).to_owned()).collect();
        Columns::find(&header)
    }

    #[test]
    fn columns_come_in_any_order_under_either_name() {
        let (columns, unknown) =
            found(&["Kind", "colour", " unix_ts", "dst", "FROM", "note"]).unwrap();
        assert_eq!(
            (columns.kind, columns.at, columns.to, columns.from),
            (0, 2, 3, 4)
        );
        assert_eq!((columns.duration_s, columns.note), (None, Some(5)));
        assert_eq!(unknown, ["colour"]);
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = found(&["from", "at", "who"]).unwrap_err().to_string();
        assert!(error.contains("'to' (or 'dst')"), "{error}");
        assert!(error.contains("'kind' (or 'channel')"), "{error}");
        assert!(!error.contains("'from'"), "{error}");
    }

    #[test]
    fn two_columns_that_say_the_same_are_refused() {
        let error = found(&["from", "src", "to", "at", "kind"]).unwrap_err();
        assert!(error.to_string().contains("'from' and as 'src'"));
    }
}
