//! Request fields: what is taken, what is refused.

use kith_domain::access::Role;
use kith_domain::id::PersonId;
use kith_domain::time::Timestamp;
use kith_proto::words::Word as _;
use kith_servicekit::failure::Violations;

/// The descriptions that `check` leaves behind.
fn wrong(check: impl FnOnce(&mut Violations)) -> Vec<String> {
    let mut fields = Violations::new();
    check(&mut fields);
    let told = fields
        .finish()
        .map_err(|failure| failure.violations().to_vec());
    let told = told.err().unwrap_or_default();
    told.into_iter()
        .map(|violation| violation.description)
        .collect()
}

#[test]
fn a_request_id_is_a_uuid_in_any_spelling_but_not_the_nil_one() {
    let mut fields = Violations::new();
    let plain = fields.request_id("67e55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(plain, fields.request_id("67E5504410B1426F9247BB680E5FE0C8"));
    assert!(fields.finish().is_ok());
    for text in ["", "1", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(
            wrong(|f| {
                f.request_id(text);
            })
            .len(),
            1,
            "{text}"
        );
    }
}

#[test]
fn an_id_is_read_or_refused_and_an_optional_one_may_be_empty() {
    let id = PersonId::from_bytes([7; 16]);
    let mut fields = Violations::new();
    assert_eq!(fields.id::<PersonId>("person_id", &id.to_string()), id);
    assert_eq!(fields.optional_id::<PersonId>("person_id", ""), None);
    assert!(fields.finish().is_ok());
    assert_eq!(
        wrong(|f| {
            f.id::<PersonId>("person_id", "x");
        })
        .len(),
        1
    );
}

#[test]
fn a_text_is_trimmed_counted_in_characters_and_free_of_controls() {
    let mut fields = Violations::new();
    assert_eq!(fields.required_text("name", " Zoë ", 3), "Zoë");
    assert_eq!(fields.optional_text("company", "  ", 3), None);
    let note = fields.optional_lines("note", "two\nlines", 9);
    assert_eq!(note.as_deref(), Some("two\nlines"));
    assert!(fields.finish().is_ok());
    assert_eq!(
        wrong(|f| {
            f.required_text("name", " ", 3);
        }),
        ["must not be empty"]
    );
    let long = wrong(|f| {
        f.optional_text("name", "Zoës", 3);
    });
    assert_eq!(long, ["must be at most 3 characters"]);
    for text in ["A\nB", "A\0B", "A\u{202e}B", "A\u{2028}B", "A\u{7f}B"] {
        let told = wrong(|f| {
            f.required_text("name", text, 9);
        });
        assert_eq!(told, ["must not hold control characters"], "{text:?}");
    }
    assert_eq!(
        wrong(|f| {
            f.optional_lines("note", "A\0B", 9);
        })
        .len(),
        1
    );
}

#[test]
fn a_moment_is_required_or_optional_but_never_nonsense() {
    let at = |seconds, nanos| prost_types::Timestamp { seconds, nanos };
    let mut fields = Violations::new();
    let moment = fields.timestamp("at", Some(&at(1, 500_000_000)));
    assert_eq!(moment, Timestamp(1_500_000));
    assert_eq!(fields.optional_timestamp("until", None), None);
    assert!(fields.finish().is_ok());
    assert_eq!(
        wrong(|f| {
            f.timestamp("at", None);
        }),
        ["must be given"]
    );
    for nonsense in [at(i64::MAX, 0), at(0, -1), at(0, 1_000_000_000)] {
        assert_eq!(
            wrong(|f| {
                f.timestamp("at", Some(&nonsense));
            })
            .len(),
            1
        );
    }
}

#[test]
fn an_enum_must_be_specified_and_known() {
    let mut fields = Violations::new();
    let role = fields.word::<Role>("role", Role::Member.to_wire());
    assert_eq!(role, Some(Role::Member));
    assert!(fields.finish().is_ok());
    for value in [0, -1, 99] {
        assert_eq!(
            wrong(|f| {
                f.word::<Role>("role", value);
            })
            .len(),
            1
        );
    }
}

#[test]
fn a_page_has_50_rows_unless_asked_and_1000_at_most() {
    let mut fields = Violations::new();
    let sizes = [0, 1, 1_000].map(|size| fields.page_size("page_size", size));
    assert_eq!(sizes, [50, 1, 1_000]);
    assert!(fields.finish().is_ok());
    let told = wrong(|f| {
        f.page_size("page_size", 1_001);
    });
    assert_eq!(told, ["must be at most 1000"]);
}

#[test]
fn an_address_has_one_at_sign_and_no_spaces() {
    let mut fields = Violations::new();
    assert_eq!(
        fields.address("address", " Ana@Example.org "),
        "Ana@Example.org"
    );
    assert!(fields.finish().is_ok());
    let long = format!("{}@example.org", "a".repeat(250));
    for text in [
        "",
        "ana",
        "@x.org",
        "ana@",
        "a@b@c",
        "ana silva@x.org",
        "a\0@x.org",
        &long,
    ] {
        assert_eq!(
            wrong(|f| {
                f.address("address", text);
            })
            .len(),
            1,
            "{text:?}"
        );
    }
}
