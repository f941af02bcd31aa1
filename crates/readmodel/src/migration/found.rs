//! What rows are found by words: an index on the columns `words`, as each engine has it.
//!
//! Postgres indexes the column itself (GIN). SQLite's full text search (FTS5) needs numbers for rows, which
//! must not change: `found` gives each row one, and triggers keep both as the rows are.

/// Tables with words.
struct Source {
    table: &'static str,
    /// Its number in `found`.
    number: u8,
    /// The columns that name a row beside its organisation.
    key: &'static str,
    member: Option<&'static str>,
    /// Whether a row has an end, after which it is found no more.
    ends: bool,
}

const SOURCES: [Source; 4] = [
    Source {
        table: "person",
        number: 0,
        key: "id",
        member: None,
        ends: false,
    },
    Source {
        table: "telling",
        number: 1,
        key: "entry",
        member: Some("member"),
        ends: false,
    },
    Source {
        table: "fact",
        number: 2,
        key: "id",
        member: None,
        ends: false,
    },
    Source {
        table: "interaction",
        number: 3,
        key: "id",
        member: None,
        ends: true,
    },
];

pub(super) fn on_postgres() -> String {
    let index = |source: &Source| {
        let Source { table, ends, .. } = source;
        let lasts = if *ends {
            " AND to_position IS NULL"
        } else {
            ""
        };
        format!(
            "CREATE INDEX {table}_words ON {table} \
             USING gin (array_to_tsvector(string_to_array(words, ' '))) \
             WHERE words IS NOT NULL{lasts};\n"
        )
    };
    SOURCES.iter().map(index).collect()
}

pub(super) fn on_sqlite() -> String {
    // Words are given as they are to be found: `ascii` cuts at spaces and leaves every letter alone. What is
    // deleted leaves nothing in the index.
    let mut ddl = "
    CREATE TABLE found (
        id integer PRIMARY KEY,
        source integer NOT NULL,
        organisation blob NOT NULL,
        key blob NOT NULL,
        member blob NOT NULL,
        words text NOT NULL,
        UNIQUE (source, organisation, key, member)
    );
    CREATE VIRTUAL TABLE found_words USING fts5(
        words, content='found', content_rowid='id', tokenize='ascii', detail='none', columnsize=0
    );
    INSERT INTO found_words (found_words, rank) VALUES ('secure-delete', 1);
    CREATE TRIGGER found_added AFTER INSERT ON found BEGIN
        INSERT INTO found_words (rowid, words) VALUES (NEW.id, NEW.words);
    END;
    CREATE TRIGGER found_removed AFTER DELETE ON found BEGIN
        INSERT INTO found_words (found_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);
    END;
    "
    .to_owned();
    ddl.extend(SOURCES.iter().map(triggers));
    ddl
}

fn triggers(source: &Source) -> String {
    let Source { table, number, .. } = source;
    let member = |row: &str| {
        source
            .member
            .map_or("x''".to_owned(), |m| format!("{row}.{m}"))
    };
    let is_found = |row: &str| {
        let lasts = if source.ends {
            format!(" AND {row}.to_position IS NULL")
        } else {
            String::new()
        };
        format!("{row}.words IS NOT NULL{lasts}")
    };
    let key = source.key;
    let add = format!(
        "INSERT INTO found (source, organisation, key, member, words) \
         SELECT {number}, NEW.organisation, NEW.{key}, {}, NEW.words WHERE {};",
        member("NEW"),
        is_found("NEW")
    );
    let remove = format!(
        "DELETE FROM found WHERE source = {number} AND organisation = OLD.organisation \
         AND key = OLD.{key} AND member = {} AND {};",
        member("OLD"),
        is_found("OLD")
    );
    let (before, after) = (is_found("OLD"), is_found("NEW"));
    format!(
        "CREATE TRIGGER found_{table}_added AFTER INSERT ON {table} WHEN {after} BEGIN {add} END;
         CREATE TRIGGER found_{table}_removed AFTER DELETE ON {table} WHEN {before} BEGIN {remove} END;
         CREATE TRIGGER found_{table}_changed AFTER UPDATE ON {table} \
         WHEN OLD.words IS NOT NEW.words OR ({before}) <> ({after}) BEGIN {remove} {add} END;\n"
    )
}
