//! CSV files as people have them: what is read, what is left out, and what stays the same.

use std::collections::BTreeSet;

use kith_capture::Moments;
use kith_capture::csv::{Error, Reader};
use kith_capture::report::{Place, Reason, Report};
use kith_domain::interaction::{Kind, Part};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::InteractionInput;
use kith_proto::kith::interaction::v1::participant_ref::Who;
use kith_proto::words::Word;
use proptest::prelude::*;

/// 2026-03-01T00:00:00Z.
const RECEIVED: Timestamp = Timestamp::from_seconds(1_772_323_200);

fn read(file: impl AsRef<[u8]>) -> (Vec<InteractionInput>, Report) {
    let mut reader = Reader::open(file.as_ref(), RECEIVED).expect("a header");
    let moments = reader.by_ref().map(|m| m.expect("a readable file"));
    let moments = moments.collect();
    (moments, reader.report().clone())
}

/// Where rows were left out for a reason.
fn lines(report: &Report, reason: Reason) -> Vec<u64> {
    let places = report.skipped.get(&reason).map(|skipped| &skipped.places);
    let line = |place: &Place| match place {
        Place::Line(line) => *line,
        other => panic!("{other} is no line"),
    };
    places.into_iter().flatten().map(line).collect()
}

fn keys(file: impl AsRef<[u8]>) -> BTreeSet<String> {
    read(file).0.into_iter().map(|m| m.source_key).collect()
}

fn people(moment: &InteractionInput) -> Vec<(String, Option<Part>)> {
    let who = |who: &Option<Who>| match who {
        Some(Who::Address(text) | Who::ExternalKey(text) | Who::PersonId(text)) => text.clone(),
        None => String::new(),
    };
    moment
        .participants
        .iter()
        .map(|p| (who(&p.who), Part::from_wire(p.part)))
        .collect()
}

#[test]
fn a_mail_goes_from_its_sender_to_each_recipient() {
    let file = "from,to,at,kind,duration_s,note\n\
        Ana Silva <ana@x.org>,\"ben@x.org; crm-17;BEN@x.org\",2026-02-01T10:00:00Z,Email,,\"hi, \"\"you\"\"\"\n";
    let (moments, report) = read(file);
    assert_eq!(report.total(), 1);
    let mail = &moments[0];
    assert_eq!(Kind::from_wire(mail.kind), Some(Kind::Mail));
    assert_eq!(mail.note, "hi, \"you\"");
    assert_eq!(mail.participants[0].name, "Ana Silva");
    assert_eq!(
        people(mail),
        [
            ("ana@x.org".into(), Some(Part::Initiator)),
            ("BEN@x.org".into(), Some(Part::Recipient)),
            ("crm-17".into(), Some(Part::Recipient)),
        ]
    );
}

#[test]
fn those_who_met_are_both_attendees_and_a_caller_stays_the_caller() {
    let (moments, _) = read(
        "src,dst,unix_ts,channel,duration_s\n1,2,1480486100,f2f,20\n1,2,1480486100,phone,60\n",
    );
    let parts = |m: &InteractionInput| people(m).into_iter().map(|p| p.1).collect::<Vec<_>>();
    assert_eq!(Kind::from_wire(moments[0].kind), Some(Kind::Encounter));
    assert_eq!(
        parts(&moments[0]),
        [Some(Part::Attendee), Some(Part::Attendee)]
    );
    assert_eq!(
        parts(&moments[1]),
        [Some(Part::Initiator), Some(Part::Recipient)]
    );
    assert_eq!(moments[1].duration_s, 60);
}

#[test]
fn an_unknown_channel_becomes_other_and_keeps_its_label() {
    let (moments, _) = read("src,dst,unix_ts,channel\n5,1197,1116637427,acked\n");
    assert_eq!(Kind::from_wire(moments[0].kind), Some(Kind::Other));
    assert_eq!(moments[0].channel, "acked");
}

#[test]
fn each_wrong_row_is_counted_under_its_reason_with_its_line() {
    let rows = [
        ("a,b,soon,mail,,", Reason::BadDate),
        ("a,b,2026-03-02T00:00:01Z,mail,,", Reason::FutureDate),
        ("a,b,-1,mail,,", Reason::Before1970),
        (" ,b,1,mail,,", Reason::MissingFrom),
        ("a,\" ; \",1,mail,,", Reason::MissingTo),
        ("A@x.org,a@X.org,1,mail,,", Reason::SamePerson),
        ("a,b,1,,,", Reason::MissingKind),
        ("a,b,1,ana@x.org,,", Reason::BadKind),
        ("a,b,1,mail,long,", Reason::BadDuration),
        ("a,b,1", Reason::TooFewColumns),
        ("a,\"b,1,mail", Reason::UnclosedQuote),
    ];
    let mut file = String::from("from,to,at,kind,duration_s,note\n");
    for (row, _) in rows {
        file.push_str(row);
        file.push('\n');
    }
    let (moments, report) = read(&file);
    assert!(moments.is_empty());
    for (index, (row, reason)) in rows.into_iter().enumerate() {
        assert_eq!(lines(&report, reason), [index as u64 + 2], "{row}");
    }
}

#[test]
fn long_cells_many_people_and_foreign_encodings_are_left_out() {
    let long = "x".repeat(201);
    let many: Vec<String> = (0..100).map(|n| format!("p{n}")).collect();
    let note = "x".repeat(10_001);
    let mut file = format!(
        "from,to,at,kind,note\n{long},b,1,mail,\na,{},1,mail,\na,b,1,mail,{note}\n",
        many.join(";")
    )
    .into_bytes();
    file.extend(b"a,M\xfcller,1,mail,\na,b\x07c,1,mail,\na,b,1,mail,be\x07ll\n");
    let (moments, report) = read(&file);
    assert_eq!(moments[0].note, "be ll");
    assert_eq!(lines(&report, Reason::TooLong), [2, 4]);
    assert_eq!(lines(&report, Reason::TooManyPeople), [3]);
    assert_eq!(lines(&report, Reason::Undecodable), [5, 6]);
}

#[test]
fn unknown_columns_are_reported_and_missing_ones_refused() {
    let (_, report) = read("from,to,at,kind,mood\na,b,1,mail,good\n");
    assert_eq!(report.unknown_columns, ["mood"]);
    let refused = |file: &[u8]| Reader::open(file, RECEIVED).err();
    assert!(matches!(
        refused(b"from,to,kind\n"),
        Some(Error::MissingColumns { .. })
    ));
    assert!(matches!(refused(b""), Some(Error::Empty)));
    assert!(matches!(refused(b"\xff\xfef\0"), Some(Error::Utf16)));
}

#[test]
fn equal_rows_are_all_kept_and_spelling_does_not_make_a_row_different() {
    let twice = keys("from,to,at,kind\na@x.org,b,60,mail\na@x.org,b,60,mail\n");
    assert_eq!(twice.len(), 2);
    let respelt = keys(
        "kind;at;to;from\r\nE-Mail;60.0;b;A@X.ORG\r\nmail;1970-01-01T01:01:00+01:00;b;a@x.org\r\n",
    );
    assert_eq!(twice, respelt);
}

#[test]
fn the_source_key_of_a_row_never_changes() {
    let row = "Ana@X.org,crm-17;ben@x.org,1064966400.5,acked,60,hi\n";
    let expected = "csv:caa1f21e069053fa4bd89cefc210eba8#1".to_owned();
    let file = "from,to,at,kind,duration_s,note\n".to_owned() + row;
    assert_eq!(keys(file), BTreeSet::from([expected]));
}

/// Rows over few values, so that equal rows are common.
fn rows() -> impl Strategy<Value = Vec<String>> {
    let row = ("[ab]", "[cd]", 0..4_u32, "mail|f2f|acked");
    let row = row.prop_map(|(from, to, at, kind)| format!("{from},{to},{at},{kind}\n"));
    proptest::collection::vec(row, 0..60)
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic_and_every_row_is_accounted_for(
        header in prop_oneof![Just("from,to,at,kind,note\n"), Just("src;dst;unix_ts;channel\n"), Just("")],
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..400),
            "[ab,;\"\r\n@1]{0,200}".prop_map(String::into_bytes),
        ],
    ) {
        let mut file = header.as_bytes().to_vec();
        file.extend(&bytes);
        if let Ok(mut reader) = Reader::open(file.as_slice(), RECEIVED) {
            let moments = reader.by_ref().flatten().count() as u64;
            prop_assert_eq!(moments, reader.report().moments);
            prop_assert!(reader.next().is_none());
        }
    }

    #[test]
    fn a_reordered_file_has_the_same_source_keys(rows in rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        let turn = (seed % (rows.len() as u64 + 1)) as usize;
        shuffled.rotate_left(turn);
        shuffled.sort_by_key(|row| row.len() ^ (seed as usize % 3));
        let header = "from,to,at,kind\n";
        let before = keys(header.to_owned() + &rows.concat());
        let after = keys(header.to_owned() + &shuffled.concat());
        prop_assert_eq!(before.len(), rows.len());
        prop_assert_eq!(before, after);
    }
}
