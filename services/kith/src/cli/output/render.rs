//! Sheets as text: tables, JSON, CSV. Pure.

use std::io;

use comfy_table::{Attribute, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};
use serde_json::{Map, Value};

use super::cell::Tint;
use super::{Cell, Sheet};

/// The least width of a last column. A terminal that is too narrow for it breaks lines itself.
const LAST_COLUMN: u16 = 24;

/// One row per thing; empty without things.
pub(super) fn table(sheet: &Sheet, colours: bool) -> String {
    let Some(first) = sheet.rows.first() else {
        return String::new();
    };
    let is_shown = |column: &usize| first.get(*column).is_some_and(|c| c.shown.is_some());
    let shown: Vec<usize> = (0..sheet.names.len()).filter(is_shown).collect();
    let mut table = plain_table(colours);
    table.set_header(shown.iter().map(|column| {
        let title = comfy_table::Cell::new(title(sheet.names[*column]));
        if colours {
            title.add_attribute(Attribute::Bold)
        } else {
            title
        }
    }));
    for row in &sheet.rows {
        table.add_row(shown.iter().map(|column| styled(&row[*column], colours)));
    }
    // Only the last column, where sentences are, may be broken into lines.
    let last = shown.len().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_constraint(if index < last {
            ColumnConstraint::ContentWidth
        } else {
            ColumnConstraint::LowerBoundary(Width::Fixed(LAST_COLUMN))
        });
    }
    finished(&table)
}

/// One row per property of the first thing. Properties without a value are left out.
pub(super) fn upright_table(sheet: &Sheet, colours: bool) -> String {
    let mut table = plain_table(colours);
    let cells = sheet.rows.first().into_iter().flatten();
    for (name, cell) in sheet.names.iter().zip(cells) {
        let empty = cell.shown.as_ref().is_none_or(String::is_empty);
        if !empty {
            let name = comfy_table::Cell::new(title(name));
            table.add_row([name, styled(cell, colours)]);
        }
    }
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    finished(&table)
}

fn plain_table(colours: bool) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if colours {
        table.enforce_styling();
    } else if !table.is_tty() {
        table.force_no_tty();
    }
    table
}

fn finished(table: &Table) -> String {
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

fn title(name: &str) -> String {
    name.replace('_', " ")
}

fn styled(cell: &Cell, colours: bool) -> comfy_table::Cell {
    let plain = comfy_table::Cell::new(cell.shown.as_deref().unwrap_or_default());
    if !colours {
        return plain;
    }
    match cell.tint {
        Tint::None => plain,
        Tint::Good => plain.fg(Color::Green),
        Tint::Fresh => plain.fg(Color::Cyan),
        Tint::Fading => plain.fg(Color::Yellow),
        Tint::Faint => plain.add_attribute(Attribute::Dim),
    }
}

/// An array of objects.
pub(super) fn json_array(sheet: &Sheet) -> String {
    let rows = sheet.rows.iter().map(|row| object(&sheet.names, row));
    pretty(&Value::Array(rows.collect()))
}

/// One object.
pub(super) fn json_object(sheet: &Sheet) -> String {
    let row = sheet.rows.first().map_or(&[][..], Vec::as_slice);
    pretty(&object(&sheet.names, row))
}

fn object(names: &[&str], row: &[Cell]) -> Value {
    let pairs = names.iter().zip(row);
    Value::Object(
        pairs
            .map(|(name, cell)| ((*name).to_owned(), cell.value.clone()))
            .collect::<Map<_, _>>(),
    )
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Rows under a header.
pub(super) fn csv(sheet: &Sheet) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&sheet.names)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(|cell| scalar(&cell.value)))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// A value in one CSV cell: several texts are joined, what has parts of its own stays JSON.
fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            texts.join(";")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new(&["person", "last_contact", "band", "person_id"]);
        sheet.rows.push(vec![
            Cell::text("Ana \"A\" Silva"),
            Cell::apart("2026-03-01", "2026-03-01T12:00:00Z"),
            Cell::band(5),
            Cell::hidden("abc"),
        ]);
        sheet
    }

    #[test]
    fn people_see_titles_short_times_and_no_hidden_values() {
        let text = table(&sheet(), false);
        assert!(text.contains("last contact"), "{text}");
        assert!(text.contains("2026-03-01 "), "{text}");
        assert!(!text.contains("abc"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(table(&Sheet::new(&["person"]), false), "");
    }

    #[test]
    fn a_colour_never_replaces_the_word() {
        let text = table(&sheet(), true);
        assert!(text.contains('\u{1b}') && text.contains("strong"), "{text}");
    }

    #[test]
    fn programs_get_every_value_in_full() {
        let json: Value = serde_json::from_str(&json_array(&sheet())).unwrap();
        assert_eq!(json[0]["last_contact"], "2026-03-01T12:00:00Z");
        assert_eq!(json[0]["person_id"], "abc");
        assert_eq!(
            csv(&sheet()).unwrap(),
            "person,last_contact,band,person_id\n\
             \"Ana \"\"A\"\" Silva\",2026-03-01T12:00:00Z,strong,abc\n"
        );
    }

    #[test]
    fn a_single_thing_shows_only_what_is_known_of_it() {
        let mut card = sheet();
        card.rows[0][1] = Cell::text("");
        let text = upright_table(&card, false);
        assert!(
            text.contains("band") && !text.contains("last contact"),
            "{text}"
        );
    }
}
